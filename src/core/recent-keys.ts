import type { Clock } from './clock.ts'

/**
 * Idempotency keys of channels without history, where nothing durable could
 * remember them: for five minutes, and a hundred thousand of them at the most.
 */
export class RecentKeys {
  readonly #clock: Clock
  readonly #times = new Map<string, number>() // in the order in which they came

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether this is the first time, which is noted. */
  first(channel: string, key: string): boolean {
    const now = this.#clock.monotonic()
    for (const [old, time] of this.#times) {
      if (now - time < keptFor && this.#times.size < most) break
      this.#times.delete(old)
    }
    const name = `${channel}\n${key}` // no channel name contains a line break
    if (this.#times.has(name)) return false
    this.#times.set(name, now)
    return true
  }
}

const keptFor = 5 * 60_000 // ms
const most = 100_000
