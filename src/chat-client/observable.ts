/**
 * A value that others watch. `subscribe` and `value` are what React's
 * `useSyncExternalStore` wants, and enough for anybody else.
 */
export interface Observable<T> {
  readonly value: T
  /** Calls back after each change; returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void
}

export class Watched<T> implements Observable<T> {
  #value: T
  readonly #listeners = new Set<() => void>()

  constructor(value: T) {
    this.#value = value
  }

  get value(): T {
    return this.#value
  }

  set value(value: T) {
    if (Object.is(value, this.#value) || (isEmpty(value) && isEmpty(this.#value))) return
    this.#value = value
    for (const listener of this.#listeners) listener()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}

/** An empty list is the same as any other. */
function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
