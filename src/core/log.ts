import type { Page, Query, Retention, Store } from './store.ts'

/** The store, as seen by the readers of one channel. */
export class Log {
  readonly name: string
  readonly #store: Store
  readonly #retention: Retention

  constructor(store: Store, name: string, retention: Retention) {
    this.name = name
    this.#store = store
    this.#retention = retention
  }

  /** @throws StoreError */
  read(query: Query): Promise<Page> {
    return this.#store.read(this.name, this.#retention, query)
  }
}
