import { Rate } from './rate.ts'

/** So many a second on average, with bursts of five seconds' worth: a client that comes back may say at once what it could not before. */
export class RateLimit extends Rate {
  #backAt: number // monotonic ms

  constructor(perSecond: number, now: number) {
    super(perSecond, 1000, perSecond * 5)
    this.#backAt = now
  }

  /** Whether there is one left, which is taken. */
  take(now: number): boolean {
    if (this.wait(this.#backAt, now) > 0) return false
    this.#backAt = this.spend(this.#backAt, now)
    return true
  }
}
