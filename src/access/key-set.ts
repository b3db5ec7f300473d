/**
 * The public keys of an identity provider, from a JSON Web Key Set (RFC 7517).
 *
 * Its address is one fixed text of the configuration: nothing that a token says
 * becomes a part of it, and each address has a set of its own, so that a `kid`
 * of one provider never finds the key of another.
 *
 *   kid ──known──▶ key                     (a set that is old is fetched anew meanwhile)
 *    └─unknown──▶ fetch, once for all who wait, `pause` after the last one ──▶ key, or none
 *
 * A `kid` is whatever a stranger writes, so an unknown one costs the provider at
 * most one request in `pause`. Who comes with one waits for that: after a
 * rotation, a client with a new token is not told that it is forged.
 */
import * as z from 'zod'
import type { JWK } from 'jose'
import type { Clock } from '../core/clock.ts'
import { errors } from '../core/errors.ts'
import { boundedBody } from './bounded-body.ts'
import type { KeyHint, TokenKey } from './jwt.ts'
import { algorithmsOf, keyOf, publicAlgorithms } from './public-key.ts'

export interface KeySetLimits {
  readonly pause: number // ms from the end of a fetch to the next one
  readonly freshFor: number // ms after which a set is fetched anew
  readonly keptFor: number // ms after which a set is no longer trusted, if it cannot be
  readonly timeout: number // ms that a fetch may take
  readonly size: number // bytes of an answer
}

export const keySetLimits: KeySetLimits = {
  pause: 5000,
  freshFor: 600_000,
  keptFor: 86_400_000,
  timeout: 5000,
  size: 262_144,
}

const longestKid = 512

interface Entry {
  readonly algorithms: readonly string[]
  readonly key: TokenKey['key']
}

export class KeySet implements TokenKey {
  readonly algorithms = publicAlgorithms
  readonly #endpoint: string
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #limits: KeySetLimits
  readonly #report: (error: unknown) => void
  #entries: ReadonlyMap<string, readonly Entry[]> = new Map()
  #readAt = -Infinity // when the keys came
  #triedAt = -Infinity // when the last fetch ended, well or not
  #fetching: Promise<void> | undefined
  #failure: unknown // of the last fetch; undefined if it was good

  constructor(
    endpoint: string,
    clock: Pick<Clock, 'monotonic'>,
    report: (error: unknown) => void,
    limits: KeySetLimits = keySetLimits,
  ) {
    this.#endpoint = endpoint
    this.#clock = clock
    this.#limits = limits
    this.#report = report
  }

  readonly good = () => true

  readonly key = async (hint: KeyHint): Promise<CryptoKey | undefined> => {
    if (hint.kid === '' || hint.kid.length > longestKid) return undefined
    const age = this.#clock.monotonic() - this.#readAt
    const { freshFor, keptFor, pause } = this.#limits
    if (age >= keptFor || !this.#entries.has(hint.kid)) {
      await this.#fetch()
      if (this.#failure !== undefined) throw errors.internal({ cause: this.#failure })
    } else if (age >= freshFor && this.#clock.monotonic() - this.#triedAt >= pause) {
      void this.#fetch() // nobody waits for it: keys that are gone are so from the next token on
    }
    return this.#entries
      .get(hint.kid)
      ?.find(({ algorithms }) => algorithms.includes(hint.alg))
      ?.key(hint)
  }

  /** Never fails; what went wrong is in `#failure`. */
  #fetch(): Promise<void> {
    this.#fetching ??= this.#fetchOnce()
    return this.#fetching
  }

  async #fetchOnce(): Promise<void> {
    const wait = this.#triedAt + this.#limits.pause - this.#clock.monotonic()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    try {
      this.#entries = readKeySet(await this.#read())
      this.#readAt = this.#clock.monotonic()
      this.#failure = undefined
    } catch (error) {
      this.#failure = new Error(`the keys at ${this.#endpoint} cannot be read`, { cause: error })
      this.#report(this.#failure)
    }
    this.#triedAt = this.#clock.monotonic()
    this.#fetching = undefined
  }

  async #read(): Promise<unknown> {
    const response = await fetch(this.#endpoint, {
      headers: { accept: 'application/jwk-set+json, application/json' },
      redirect: 'error', // the address is the configuration's to say
      signal: AbortSignal.timeout(this.#limits.timeout),
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new Error(`the answer has the status ${response.status}`)
    }
    return JSON.parse(await boundedBody(response, this.#limits.size))
  }
}

const setSchema = z.object({ keys: z.array(z.unknown()).max(200) })
const text = z.string().optional()
const keySchema = z.object({
  kty: z.enum(['RSA', 'EC', 'OKP']), // a shared secret (`oct`) has no place in a public set
  kid: z.string().min(1).max(longestKid),
  use: text,
  alg: text,
  key_ops: z.array(z.string()).optional(),
  crv: text,
  n: text,
  e: text,
  x: text,
  y: text,
})

/** The keys of use here, by `kid`; a provider may have others, for other things. */
function readKeySet(value: unknown): Map<string, Entry[]> {
  const entries = new Map<string, Entry[]>()
  for (const given of setSchema.parse(value).keys) {
    const parsed = keySchema.safeParse(given)
    if (!parsed.success) continue
    const jwk = Object.fromEntries(Object.entries(parsed.data).filter(([, part]) => part !== undefined)) as JWK
    const algorithms = algorithmsOf(jwk)
    const { kid } = parsed.data
    if (algorithms.length > 0) entries.set(kid, [...(entries.get(kid) ?? []), { algorithms, key: keyOf(jwk) }])
  }
  return entries
}
