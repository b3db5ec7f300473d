/**
 * How often something may happen: so many in a time on average, and so many at
 * once. What somebody has spent is one number, the moment at which all of it
 * will have come back (the generic cell rate algorithm, ITU-T I.371), so that
 * millions can be counted; whoever's moment is past has the whole burst again.
 */
export class Rate {
  readonly #each: number // ms in which one comes back
  readonly #whole: number // ms in which a burst does

  /** `count` in `per` milliseconds; `burst` at once, if one was quiet for long enough. */
  constructor(count: number, per: number, burst = count) {
    this.#each = per / count
    this.#whole = this.#each * burst
  }

  /** Milliseconds until `n` more may happen, whole ones; 0 for at once, Infinity for more than a burst. */
  wait(backAt: number, now: number, n = 1): number {
    const cost = this.#each * n
    if (cost > this.#whole + rounding) return Infinity
    const early = Math.max(backAt, now) + cost - this.#whole - now
    return early > rounding ? Math.ceil(early) : 0
  }

  /** The moment at which all is back, after `n` more have happened. */
  spend(backAt: number, now: number, n = 1): number {
    return Math.max(backAt, now) + this.#each * n
  }
}

/** Milliseconds that sums of fractions may be off. */
const rounding = 1e-3
