import type { Clock } from './clock.ts'

/** Something that wants to be woken at a time. */
export interface Sleeper {
  /**
   * Its time has come. Returns when it wants to be woken next, if at all.
   * `late`: the process itself was frozen or starved, so nobody could have been
   * on time and silence proves nothing.
   */
  wake(now: number, late: boolean): number | undefined
}

/**
 * Wakes many sleepers with one timer: fifteen thousand connections with a ping
 * each would otherwise hold fifteen thousand timers. Times are those of
 * `clock.monotonic`; a sleeper is woken up to one slot after its time.
 */
export class Wheel {
  readonly #clock: Clock
  readonly #slot: number
  readonly #slots = new Map<number, Set<Sleeper>>()
  #last: number // the last slot that was woken
  #cancel: (() => void) | undefined
  #stopped = false

  /** `slot`: milliseconds. */
  constructor(clock: Clock, slot = 250) {
    this.#clock = clock
    this.#slot = slot
    this.#last = this.#now()
    this.#turn()
  }

  add(at: number, sleeper: Sleeper): void {
    const slot = Math.max(Math.ceil(at / this.#slot), this.#last + 1)
    const sleepers = this.#slots.get(slot)
    if (sleepers === undefined) this.#slots.set(slot, new Set([sleeper]))
    else sleepers.add(sleeper)
  }

  /** Forgets a sleeper that was added for `at`; one whose time has come may be woken all the same. */
  remove(at: number, sleeper: Sleeper): void {
    this.#slots.get(Math.ceil(at / this.#slot))?.delete(sleeper)
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
    this.#slots.clear()
  }

  #now(): number {
    return Math.floor(this.#clock.monotonic() / this.#slot)
  }

  #turn(): void {
    this.#cancel = this.#clock.after(this.#slot, () => {
      const now = this.#now()
      const late = (now - this.#last) * this.#slot > lateAfter
      while (this.#last < now) this.#wake(++this.#last, late)
      if (!this.#stopped) this.#turn()
    })
  }

  #wake(slot: number, late: boolean): void {
    const sleepers = this.#slots.get(slot)
    if (sleepers === undefined) return
    this.#slots.delete(slot)
    const time = this.#clock.monotonic()
    for (const sleeper of sleepers) {
      const next = sleeper.wake(time, late)
      if (next !== undefined) this.add(next, sleeper)
    }
  }
}

const lateAfter = 3000 // ms between two turns of the wheel that only a frozen process explains
