/**
 * Connection and subscription tokens: what a backend says of a client, signed.
 * Source: the Centrifuge client protocol, claims of Centrifugo v6.
 *
 *   token ──signature──▶ claims ──shape, channel, aud, iss──▶ ──exp, nbf──▶ good
 *              └──────────────── invalid ──┘            expired ──┘
 *
 * A token is `expired` only if all else about it is right: the client is told
 * to fetch a new one. A forged one, or one for something else, is `invalid`
 * and says no more. Whose connection it is, and which channel, the session compares.
 */
import * as z from 'zod'
import type { Clock } from '../core/clock.ts'
import type { ConnectClaims, SubscribeClaims, TokenVerifier as Verifier, Verdict } from '../core/auth.ts'
import { rawMembers } from '../protocol/json-text.ts'
import { grantSchema, payloadOf, readGrant, readSubs } from './grant.ts'
import { verifySignature, type Signed, type TokenKey } from './jwt.ts'

export interface TokenSettings {
  readonly keys: readonly TokenKey[] // tried in this order
  readonly audience: string | RegExp | undefined // one of the token's audiences must be this, or match
  readonly issuer: string | RegExp | undefined
  readonly userClaim: string // `sub`, unless the backend calls it otherwise
}

export class TokenVerifier implements Verifier {
  readonly #settings: TokenSettings
  readonly #clock: Pick<Clock, 'now'>

  constructor(settings: TokenSettings, clock: Pick<Clock, 'now'>) {
    this.#settings = settings
    this.#clock = clock
  }

  connection(token: string): Promise<Verdict<ConnectClaims>> {
    return this.#verify(token, readConnection)
  }

  subscription(token: string): Promise<Verdict<SubscribeClaims>> {
    return this.#verify(token, readSubscription)
  }

  async #verify<Claims>(token: string, read: (signed: Signed, user: string) => Claims | undefined) {
    const signed = await verifySignature(token, this.#settings.keys)
    if (signed === undefined) return invalid
    const common = commonSchema.safeParse(signed.claims)
    const user = z.string().default('').safeParse(signed.claims[this.#settings.userClaim])
    if (!common.success || !user.success || !this.#isForUs(signed.claims)) return invalid
    const claims = read(signed, user.data)
    if (claims === undefined) return invalid
    return this.#isCurrent(common.data) ? { ok: true as const, claims } : expired
  }

  #isForUs({ aud, iss }: Signed['claims']): boolean {
    const { audience, issuer } = this.#settings
    return matches(audience, Array.isArray(aud) ? aud : [aud]) && matches(issuer, [iss])
  }

  #isCurrent({ exp, nbf }: z.infer<typeof commonSchema>): boolean {
    const seconds = this.#clock.now() / 1000
    return (exp === undefined || exp > seconds) && (nbf === undefined || nbf <= seconds + skew)
  }
}

const invalid = { ok: false, because: 'invalid' } as const
const expired = { ok: false, because: 'expired' } as const
const skew = 5 // seconds that a backend's clock may be ahead of ours, for tokens that are good from right now

function matches(wanted: string | RegExp | undefined, values: readonly unknown[]): boolean {
  if (wanted === undefined) return true
  return values.some(
    (value) => typeof value === 'string' && (typeof wanted === 'string' ? value === wanted : wanted.test(value)),
  )
}

// A number that is none (1e400 reads as Infinity) would never be past, so zod's finite numbers are a check for security.
const commonSchema = z.object({
  exp: z.number().optional(),
  nbf: z.number().optional(),
  iat: z.number().optional(),
  expire_at: z.number().optional(),
})

const connectionSchema = commonSchema.extend({
  channel: z.undefined().optional(), // a subscription token is no way in
  b64info: z.base64().nullish(),
  channels: z.array(z.string()).nullish(),
  subs: z.looseObject({}).nullish(),
  meta: z.looseObject({}).nullish(),
})

const subscriptionSchema = commonSchema.extend({
  ...grantSchema.shape,
  channel: z.string().min(1),
  client: z.string().nullish(),
})

function readConnection({ claims, text }: Signed, user: string): ConnectClaims | undefined {
  const parsed = connectionSchema.safeParse(claims)
  if (!parsed.success) return undefined
  const { b64info, channels, meta } = parsed.data
  const written = rawMembers(text)
  const subs = readSubs(channels ?? [], written.get('subs'))
  if (subs === undefined) return undefined
  const info = payloadOf(written.get('info'), b64info)
  return { user, expireAt: expiry(parsed.data), info, meta: meta ? written.get('meta') : undefined, subs }
}

function readSubscription({ claims, text }: Signed, user: string): SubscribeClaims | undefined {
  const parsed = subscriptionSchema.safeParse(claims)
  const grant = readGrant(claims, text)
  if (!parsed.success || grant === undefined) return undefined
  const { channel, client } = parsed.data
  return { user, channel, client: client ?? undefined, expireAt: expiry(parsed.data), ...grant }
}

/** `expire_at` decides, where it is, and 0 there is never; the token's own end otherwise. */
function expiry({ exp, expire_at }: { exp?: number | undefined; expire_at?: number | undefined }): number | undefined {
  if (expire_at === undefined) return exp === undefined ? undefined : Math.floor(exp)
  return expire_at === 0 ? undefined : Math.floor(expire_at)
}
