/**
 * One at a time for each key, and the newest first: who comes tells the one
 * that is at it to stop, and begins when it has. Of several that wait only the
 * last one gets its turn.
 *
 * So it is for uploads: a sender that lost its connection tries again while the
 * server still waits on the old one, and must not wait for that to time out.
 */
export class Turns {
  readonly #last = new Map<string, Turn>()

  /** @param work looks at the signal where it can stop; the value it then resolves to is its own affair */
  async take<T>(key: string, work: (stop: AbortSignal) => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    before?.stop.abort()
    const { promise: done, resolve } = Promise.withResolvers<void>()
    const turn: Turn = { stop: new AbortController(), done }
    this.#last.set(key, turn)
    try {
      await before?.done
      return await work(turn.stop.signal)
    } finally {
      resolve()
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
  }

  isTaken(key: string): boolean {
    return this.#last.has(key)
  }
}

interface Turn {
  readonly stop: AbortController
  readonly done: Promise<void>
}
