/**
 * What happens often is told at once the first time, and then together: as many
 * as there were in a moment, and not one by one. So the cost of telling does
 * not grow with how much there is to tell.
 */
export class Batches<Item> {
  readonly #pause: number
  readonly #after: (delay: number, call: () => void) => () => void
  readonly #tell: (key: string, items: readonly Item[]) => void
  readonly #waiting = new Map<string, { items: Item[]; readonly cancel: () => void }>()

  /** @param pause milliseconds between two tellings of the same key */
  constructor(
    pause: number,
    after: (delay: number, call: () => void) => () => void,
    tell: (key: string, items: readonly Item[]) => void,
  ) {
    this.#pause = pause
    this.#after = after
    this.#tell = tell
  }

  add(key: string, item: Item): void {
    const waiting = this.#waiting.get(key)
    if (waiting !== undefined) return void waiting.items.push(item)
    this.#open(key)
    this.#tell(key, [item])
  }

  close(): void {
    for (const { cancel } of this.#waiting.values()) cancel()
    this.#waiting.clear()
  }

  #open(key: string): void {
    this.#waiting.set(key, { items: [], cancel: this.#after(this.#pause, () => this.#flush(key)) })
  }

  #flush(key: string): void {
    const { items = [] } = this.#waiting.get(key) ?? {}
    this.#waiting.delete(key)
    if (items.length === 0) return
    this.#open(key)
    this.#tell(key, items)
  }
}
