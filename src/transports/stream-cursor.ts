/**
 * The cursor that keeps caches moving (Durable Streams Protocol section 8.1):
 * whoever waits sends back the last one, so that the URL it waits at changes
 * with time, and those who wait together ask for one and the same.
 */

/** The number of the present interval; above `given` in any case. `random`: 0 to below 1. */
export function streamCursor(now: number, given: string | null, random: () => number): string {
  const current = Math.floor((now - epoch) / interval)
  const last = given !== null && /^\d{1,15}$/.test(given) ? Number(given) : -1
  if (last < current) return String(current)
  return String(last + Math.max(1, Math.ceil((1 + random() * (maxJitter - 1)) / (interval / 1000))))
}

const interval = 20_000 // ms
const epoch = Date.UTC(2024, 9, 9)
const maxJitter = 3600 // seconds
