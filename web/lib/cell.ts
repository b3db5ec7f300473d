/** State outside React, as the screens see it: what is, and word when it changes. */
import { Observable } from './observable.ts'

export interface Source<T> {
  /** The same object until it changes: never altered in place. */
  readonly value: T
  readonly subscribe: (listener: () => void) => () => void
}

/** A source that somebody sets. */
export class Cell<T> extends Observable implements Source<T> {
  #value: T

  constructor(value: T) {
    super()
    this.#value = value
  }

  get value(): T {
    return this.#value
  }

  set value(value: T) {
    if (Object.is(value, this.#value)) return
    this.#value = value
    this.changed()
  }
}
