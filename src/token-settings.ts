/** What the configuration says of tokens, in the words of the verifier. */
import { hmacKey, type TokenKey } from './access/jwt.ts'
import { KeySet } from './access/key-set.ts'
import { publicKey } from './access/public-key.ts'
import type { TokenSettings } from './access/token.ts'
import type { Config, TokenOptions } from './config.ts'
import type { Clock } from './core/clock.ts'

export interface TokenParts {
  readonly secret: string // signs connection tokens where the configuration gives none
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  readonly report: (error: unknown) => void // hears why a key set cannot be read
}

/** One for connections, one for subscriptions. */
export function tokenSettings({ client }: Config, parts: TokenParts) {
  const { token, subscription_token: own } = client
  const connection = settingsOf(token, { ...parts, secret: token.hmac_secret_key ?? parts.secret })
  return {
    connection,
    subscription: own.enabled ? settingsOf(own, { ...parts, secret: own.hmac_secret_key }) : connection,
  }
}

type Parts = Omit<TokenParts, 'secret'> & { readonly secret: string | undefined }

function settingsOf(options: TokenOptions, parts: Parts): TokenSettings {
  return {
    keys: [...keysOf(options, parts)],
    audience: options.audience || options.audience_regex,
    issuer: options.issuer || options.issuer_regex,
    userClaim: options.user_id_claim || 'sub',
  }
}

function* keysOf(options: TokenOptions, { secret, clock, report }: Parts): Generator<TokenKey> {
  if (secret !== undefined) yield hmacKey(secret)
  const { hmac_previous_secret_key: previous, hmac_previous_secret_key_valid_until: until } = options
  if (previous !== undefined) yield hmacKey(previous, () => clock.now(), until)
  if (options.rsa_public_key !== '') yield publicKey(options.rsa_public_key, 'RSA')
  if (options.ecdsa_public_key !== '') yield publicKey(options.ecdsa_public_key, 'EC')
  if (options.eddsa_public_key !== '') yield publicKey(options.eddsa_public_key, 'OKP')
  if (options.jwks_public_endpoint !== '') yield new KeySet(options.jwks_public_endpoint, clock, report)
}
