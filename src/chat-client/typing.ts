/**
 * Who writes at this moment: told now and then while they do, and taken for
 * over when nothing more is told.
 */
import type { Clock } from './clock.ts'
import { type Observable, Watched } from './observable.ts'

const tellEvery = 3000 // ms
const afterSent = 1000 // ms in which whoever sends line after line tells nothing
const overAfter = 7000

export class Typing {
  readonly #clock: Clock
  readonly #tell: (on: boolean) => void
  readonly #people = new Watched<readonly string[]>([])
  readonly #ends = new Map<string, () => void>()
  #toldAt: number | undefined
  #sentAt = -Infinity

  constructor(clock: Clock, tell: (on: boolean) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  /** The others that write, whoever began first before. */
  get people(): Observable<readonly string[]> {
    return this.#people
  }

  /** The person here presses keys. */
  write(): void {
    const now = this.#clock.now()
    if (this.#toldAt !== undefined && now - this.#toldAt < tellEvery) return
    if (now - this.#sentAt < afterSent) return
    this.#toldAt = now
    this.#tell(true)
  }

  /** The person here has sent it: the message itself says to others that it is written. */
  sent(): void {
    this.#toldAt = undefined
    this.#sentAt = this.#clock.now()
  }

  /** The person here has let it be. */
  stop(): void {
    if (this.#toldAt === undefined) return
    this.#toldAt = undefined
    this.#tell(false)
  }

  /** Somebody writes, or no longer does. */
  told(person: string, on: boolean): void {
    this.#ends.get(person)?.()
    this.#ends.delete(person)
    if (on)
      this.#ends.set(
        person,
        this.#clock.after(overAfter, () => this.told(person, false)),
      )
    const others = this.#people.value.filter((each) => each !== person)
    if (!on && others.length < this.#people.value.length) this.#people.value = others
    else if (on && !this.#people.value.includes(person)) this.#people.value = [...this.#people.value, person]
  }

  /** Whoever has spoken no longer writes. */
  spoke(person: string): void {
    this.told(person, false)
  }

  close(): void {
    for (const cancel of this.#ends.values()) cancel()
    this.#ends.clear()
  }
}
