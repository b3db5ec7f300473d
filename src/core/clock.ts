/** Time, passed in, so that a test may own it. */
export interface Clock {
  /** Wall clock, in milliseconds since 1970. For expiries that others stated and for display. */
  now(): number
  /** Runs `task` once, no sooner than `ms` milliseconds from now; not moved by changes of the wall clock. Returns the function that cancels it. */
  after(ms: number, task: () => void): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, task) {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  },
}
