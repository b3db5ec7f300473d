/** Time, passed in so that tests have it in hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls back once; returns how to cancel. */
  after(delay: number, call: () => void): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  after(delay, call) {
    const timer = setTimeout(call, delay)
    return () => clearTimeout(timer)
  },
}
