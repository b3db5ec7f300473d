/**
 * How long, in seconds, nothing may be taken by the client before its connection is
 * cut: two of what the server says by itself, every `interval` milliseconds. That
 * holds for one that stalls, and, after the end of a stream, for one that is not
 * used; the runtime would keep both for ever, and to set the time only when it is
 * needed would mean to hold the whole request until then, 1.6 KB of it. Where
 * nothing is said, or too seldom, a quiet stream has to be let be (0).
 */
export function patience(interval: number): number {
  const seconds = Math.ceil((2 * interval) / 1000) + 8 // the runtime counts in steps of 4
  return interval > 0 && seconds <= longestTimeout ? seconds : 0
}

/**
 * The same for an answer that comes within `wait` milliseconds: it is not cut while it waits, and
 * a connection that is not used after it ends soon.
 */
export const patienceOfPoll = (wait: number): number => Math.ceil(wait / 1000) + 10

const longestTimeout = 255 // that the runtime can count
