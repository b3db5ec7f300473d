/** Time, passed in, so that a test may own it. */
export interface Clock {
  /** Wall clock, in milliseconds since 1970. For expiries that others stated and for display. */
  now(): number
  /** Milliseconds since some moment; never jumps. For everything that waits. */
  monotonic(): number
  /** Runs `task` once, no sooner than `ms` milliseconds from now. Returns the function that cancels it. */
  after(ms: number, task: () => void): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  },
}

/** Resolves no sooner than `ms` milliseconds from now. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve))
}
