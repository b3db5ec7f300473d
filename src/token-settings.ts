/** What the configuration says of tokens, in the words of the verifier. */
import { hmacKey, type TokenKey } from './access/jwt.ts'
import type { TokenSettings } from './access/token.ts'
import type { Config, TokenOptions } from './config.ts'
import type { Clock } from './core/clock.ts'

/** One for connections, one for subscriptions. @param secret signs tokens where the configuration gives none of its own */
export function tokenSettings({ client }: Config, secret: string, clock: Pick<Clock, 'now'>) {
  const connection = settingsOf(client.token, secret, clock)
  const { enabled } = client.subscription_token
  return { connection, subscription: enabled ? settingsOf(client.subscription_token, secret, clock) : connection }
}

function settingsOf(options: TokenOptions, secret: string, clock: Pick<Clock, 'now'>): TokenSettings {
  return {
    keys: keysOf(options, secret, clock),
    audience: options.audience || options.audience_regex,
    issuer: options.issuer || options.issuer_regex,
    userClaim: options.user_id_claim || 'sub',
  }
}

function keysOf(options: TokenOptions, secret: string, clock: Pick<Clock, 'now'>): TokenKey[] {
  const { hmac_secret_key, hmac_previous_secret_key, hmac_previous_secret_key_valid_until } = options
  const keys = [hmacKey(hmac_secret_key ?? secret)]
  if (hmac_previous_secret_key !== undefined)
    keys.push(hmacKey(hmac_previous_secret_key, () => clock.now(), hmac_previous_secret_key_valid_until))
  return keys
}
