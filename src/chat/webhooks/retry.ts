/**
 * When a delivery that failed is tried again: after one second, then twice as
 * long each time, up to an hour; somewhat earlier by chance, so that receivers
 * that failed together are not asked together. A receiver that says when to
 * come back (`Retry-After`) is not asked before.
 */
export const retries = {
  firstDelay: 1000, // ms
  longestDelay: 3_600_000,
  /** Nobody is allowed to put us off for longer. */
  longestRetryAfter: 86_400_000,
  /** After so long without a success a webhook is switched off. */
  giveUpAfter: 3 * 86_400_000,
} as const

/** Milliseconds until the next attempt. @param attempts that have failed in a row @param random 0 up to 1 */
export function retryDelay(attempts: number, random: number, retryAfter = 0): number {
  const delay = Math.min(retries.longestDelay, retries.firstDelay * 2 ** Math.min(attempts - 1, 30))
  return Math.ceil(Math.max(delay / 2 + (random * delay) / 2, Math.min(retryAfter, retries.longestRetryAfter)))
}

/** The header, in milliseconds from now: it has seconds, or a date (RFC 9110, section 10.2.3). Undefined for nonsense. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const value = header?.trim() ?? ''
  if (/^\d{1,10}$/.test(value)) return Number(value) * 1000
  const date = /^[A-Z][a-z]{2},/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
