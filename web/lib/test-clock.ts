import type { Clock } from './clock.ts'

/** A clock that stands until a test moves it. */
export class TestClock implements Clock {
  #now = 1_700_000_000_000
  #tasks: { readonly at: number; readonly task: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(ms: number, task: () => void): () => void {
    const entry = { at: this.#now + ms, task }
    this.#tasks.push(entry)
    return () => void (this.#tasks = this.#tasks.filter((other) => other !== entry))
  }

  /** Runs what is due on the way, in order, and lets what follows from it run as well. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      const due = this.#tasks.toSorted((a, b) => a.at - b.at).find(({ at }) => at <= end)
      if (due === undefined) break
      this.#tasks = this.#tasks.filter((other) => other !== due)
      this.#now = Math.max(this.#now, due.at)
      due.task()
    }
    this.#now = end
  }
}
