/**
 * How often somebody may publish by single requests. A connection has a limit
 * of its own; requests have nothing in common but who sends them, so that is
 * what is counted: the user, or the address of those who are nobody. The ones
 * that were not seen for the longest are forgotten first, which costs an
 * attacker as many names as are remembered.
 */
import type { Clock } from '../core/clock.ts'
import { errors } from '../core/errors.ts'
import { RateLimit } from '../core/rate-limit.ts'

const remembered = 10_000

export class KeyedRates {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #rates = new Map<string, RateLimit>() // the latest last

  /** `perSecond`: on average; 0 for no limit. */
  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock
    this.#perSecond = perSecond
  }

  /** `user`: '' for nobody. @throws ClientError 111 when there were too many */
  spend(user: string, address: string): void {
    if (this.#perSecond === 0) return
    const now = this.#clock.monotonic()
    const key = user === '' ? `address ${address}` : `user ${user}`
    const rate = this.#rates.get(key) ?? new RateLimit(this.#perSecond, now)
    this.#rates.delete(key)
    this.#rates.set(key, rate)
    if (this.#rates.size > remembered) {
      const [oldest = ''] = this.#rates.keys()
      this.#rates.delete(oldest)
    }
    if (!rate.take(now)) throw errors.tooManyRequests()
  }
}
