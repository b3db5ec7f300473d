/** So many a second on average, with bursts of five seconds' worth: a client that comes back may say at once what it could not before. */
export class RateLimit {
  readonly #perSecond: number
  readonly #burst: number
  #left: number
  #at: number // monotonic ms

  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond
    this.#burst = perSecond * 5
    this.#left = this.#burst
    this.#at = now
  }

  /** Whether there is one left, which is taken. */
  take(now: number): boolean {
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#at) / 1000) * this.#perSecond)
    this.#at = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
