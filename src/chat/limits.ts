/**
 * How often something may be asked, by person, and by address where nobody is
 * known. What is over it is refused with the time after which it may be tried
 * again. Slow mode and what a room allows is the room's matter, not this.
 */
import { RateLimits } from '../index.ts'
import { ChatError } from './errors.ts'
import { networkOf } from './people/network.ts'
import type { Person } from './people/person.ts'

const second = 1000
const minute = 60 * second

/** So many (`count`) in so long (`per`), all of them at once if one likes. */
export const rates = {
  call: { count: 300, per: 10 * second }, // what only reads
  send: { count: 1200, per: minute }, // a thousand lines may be pasted in a row
  change: { count: 60, per: minute },
  create: { count: 30, per: 10 * minute },
  search: { count: 60, per: minute },
  live: { count: 60, per: 10 * second }, // typing and the like
  marks: { count: 120, per: 10 * second },
  enter: { count: 30, per: 10 * minute }, // new guests, by address
  login: { count: 20, per: 10 * minute }, // by address; by account see people/passwords
  previews: { count: 60, per: minute }, // links that are looked at, by who sent them
  hook: { count: 120, per: minute }, // messages of one incoming webhook
  export: { count: 6, per: 10 * minute },
} as const satisfies Record<string, { readonly count: number; readonly per: number }>

export type LimitName = keyof typeof rates

const byAddress: ReadonlySet<LimitName> = new Set(['enter', 'login'])
const keys = 50_000 // of each; beyond, those that were not used for longest are forgotten

export class ChatLimits {
  readonly #limits: ReadonlyMap<string, RateLimits>

  /** @param factor so many times what the table says */
  constructor(now: () => number, factor = 1) {
    this.#limits = new Map(
      Object.entries(rates).map(([name, { count, per }]) => [
        name,
        new RateLimits({ count: count * factor, per, maxKeys: keys, now }),
      ]),
    )
  }

  /** @throws ChatError `tooMany` */
  take(
    name: LimitName,
    { person, address }: { readonly person: Pick<Person, 'id'> | undefined; readonly address: string },
  ): void {
    const key = person === undefined || byAddress.has(name) ? `@${networkOf(address)}` : person.id
    const wait = this.#limits.get(name)?.take(key) ?? 0
    if (wait > 0) throw new ChatError('tooMany', { retryAfter: wait })
  }
}
