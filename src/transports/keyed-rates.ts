/**
 * How often somebody may publish by single requests. A connection has a limit
 * of its own; requests have nothing in common but who sends them, so that is
 * what is counted: the user, or the address of those who are nobody.
 */
import type { Clock } from '../core/clock.ts'
import { errors } from '../core/errors.ts'
import { RateLimits } from '../core/rate-limits.ts'

export class KeyedRates {
  readonly #rates: RateLimits | undefined

  /** `perSecond`: on average; 0 for no limit. */
  constructor(clock: Clock, perSecond: number) {
    if (perSecond === 0) return
    this.#rates = new RateLimits({ count: perSecond, per: 1000, burst: perSecond * 5, now: () => clock.monotonic() })
  }

  /** `user`: '' for nobody. @throws ClientError 111 when there were too many */
  spend(user: string, address: string): void {
    const key = user === '' ? `address ${address}` : `user ${user}`
    if (this.#rates !== undefined && this.#rates.take(key) > 0) throw errors.tooManyRequests()
  }
}
