/**
 * What was found lately, so that it is not asked for again: by key, for a time
 * that may differ by what was found, and not more of it than a number of
 * bytes. What was used longest ago goes first.
 */
export interface RecentOptions<T> {
  readonly bytes: number // all in all
  /** Of a value and its key, roughly. */
  readonly sizeOf: (value: T) => number
  readonly lifeOf: (value: T) => number // ms
  readonly now: () => number // ms, monotonic
}

interface Kept<T> {
  readonly value: T
  readonly size: number
  readonly until: number
}

export class Recent<T> {
  readonly #options: RecentOptions<T>
  readonly #kept = new Map<string, Kept<T>>() // in order of last use
  #bytes = 0

  constructor(options: RecentOptions<T>) {
    this.#options = options
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Boxed, for a value may be undefined. */
  get(key: string): { readonly value: T } | undefined {
    const found = this.#kept.get(key)
    if (found === undefined) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, found)
    if (found.until > this.#options.now()) return found
    this.#delete(key)
    return undefined
  }

  set(key: string, value: T): void {
    const { sizeOf, lifeOf, now, bytes } = this.#options
    this.#delete(key)
    const size = sizeOf(value) + 2 * key.length + overhead
    if (size > bytes) return
    this.#kept.set(key, { value, size, until: now() + lifeOf(value) })
    this.#bytes += size
    for (const [oldest] of this.#kept) {
      if (this.#bytes <= bytes) return
      this.#delete(oldest)
    }
  }

  #delete(key: string): void {
    this.#bytes -= this.#kept.get(key)?.size ?? 0
    this.#kept.delete(key)
  }
}

const overhead = 200 // bytes of an entry itself
