/**
 * How far somebody has read, told at once the first time and then once a second
 * at the most: who scrolls through a room says it often.
 */
import type { Clock } from './clock.ts'

const pause = 1000 // ms

export class Marks {
  readonly #clock: Clock
  readonly #tell: (offset: number) => Promise<void>
  #read = 0
  #told = 0
  #waits = false

  constructor(clock: Clock, tell: (offset: number) => Promise<void>) {
    this.#clock = clock
    this.#tell = tell
  }

  /** Only ever rises. */
  read(offset: number): void {
    if (offset <= this.#read) return
    this.#read = offset
    if (!this.#waits) this.#go()
  }

  #go(): void {
    if (this.#told === this.#read) {
      this.#waits = false
      return
    }
    this.#waits = true
    this.#told = this.#read
    void this.#tell(this.#read)
    this.#clock.after(pause, () => this.#go())
  }
}
