/**
 * How far somebody has read, told at once the first time and then once a second
 * at the most: who scrolls through a room says it often. What could not be told
 * is told again, until the server has it.
 */
import type { Clock } from './clock.ts'
import { CallError } from './errors.ts'

const pause = 1000 // ms

export class Marks {
  readonly #clock: Clock
  readonly #tell: (offset: number) => Promise<unknown>
  #read = 0
  #told = 0
  #waits = false
  #isClosed = false

  constructor(clock: Clock, tell: (offset: number) => Promise<unknown>) {
    this.#clock = clock
    this.#tell = tell
  }

  /** Only ever rises. */
  read(offset: number): void {
    if (offset <= this.#read) return
    this.#read = offset
    if (!this.#waits) void this.#go()
  }

  close(): void {
    this.#isClosed = true
  }

  async #go(): Promise<void> {
    this.#waits = this.#told < this.#read && !this.#isClosed
    if (!this.#waits) return
    const read = this.#read
    try {
      await this.#tell(read)
      this.#told = read
    } catch (error) {
      const isLater = error instanceof CallError && error.temporary
      if (!isLater) this.#told = read // the server will not have it
    }
    this.#clock.after(pause, () => void this.#go())
  }
}
