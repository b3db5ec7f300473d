/**
 * A rate for each of many: names, addresses, accounts. What is remembered of
 * them has a limit, for keys are often what strangers send. At the limit those
 * are forgotten who have spent nothing that did not come back, which changes
 * nothing; and if that is too few, those who have spent the least. So whoever
 * is held back stays so, as long as there are not as many others who are, too.
 */
import { systemClock } from './clock.ts'
import { Rate } from './rate.ts'

export interface RateLimitsOptions {
  /** So many … */
  readonly count: number
  /** … in so many milliseconds, on average. */
  readonly per: number
  /** How many at once, by whoever was quiet for long enough. Else `count`. */
  readonly burst?: number | undefined
  /** How many keys are remembered. Else 10,000. */
  readonly maxKeys?: number | undefined
  /** Milliseconds of a clock that never jumps. */
  readonly now?: (() => number) | undefined
}

export class RateLimits {
  readonly #rate: Rate
  readonly #maxKeys: number
  readonly #now: () => number
  readonly #backAt = new Map<string, number>() // see `Rate`

  /** @throws RangeError for numbers that are not above 0 */
  constructor({ count, per, burst = count, maxKeys = 10_000, now }: RateLimitsOptions) {
    for (const [name, value] of Object.entries({ count, per, burst, maxKeys }))
      if (!(value > 0 && value < Infinity)) throw new RangeError(`${name} must be a number above 0, not ${value}`)
    this.#rate = new Rate(count, per, burst)
    this.#maxKeys = Math.max(1, Math.floor(maxKeys))
    this.#now = now ?? (() => systemClock.monotonic())
  }

  /**
   * Takes `n`, if so many are left. 0 if they were; else nothing is taken, and
   * it is said in how many milliseconds they would be. Infinity: never, they
   * are more than a burst.
   */
  take(key: string, n = 1): number {
    const now = this.#now()
    const backAt = this.#backAt.get(key) ?? now
    const wait = this.#rate.wait(backAt, now, n)
    if (wait > 0) return wait
    if (!this.#backAt.has(key)) this.#makeRoom(now)
    this.#backAt.set(key, this.#rate.spend(backAt, now, n))
    return 0
  }

  /** What `take` would say now; nothing is taken. */
  peek(key: string, n = 1): number {
    const now = this.#now()
    return this.#rate.wait(this.#backAt.get(key) ?? now, now, n)
  }

  /** As if it had never taken anything: for whoever has proved to be the right one. */
  forget(key: string): void {
    this.#backAt.delete(key)
  }

  #makeRoom(now: number): void {
    if (this.#backAt.size < this.#maxKeys) return
    for (const [key, backAt] of this.#backAt) if (backAt <= now) this.#backAt.delete(key)
    const most = Math.floor(this.#maxKeys * 0.75) // so that it is seldom done
    const superfluous = this.#backAt.size - most
    if (superfluous <= 0) return
    const leastFirst = [...this.#backAt].toSorted(([, one], [, other]) => one - other)
    for (const [key] of leastFirst.slice(0, superfluous)) this.#backAt.delete(key)
  }
}
