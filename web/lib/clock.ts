/** Time, passed in, so that a test may own it. */
export interface Clock {
  now(): number // milliseconds since 1970
  /** Runs `task` once after `ms` milliseconds; returns what cancels it. */
  after(ms: number, task: () => void): () => void
}

export const browserClock: Clock = {
  now: Date.now,
  after(ms, task) {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  },
}
