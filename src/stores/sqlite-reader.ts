/**
 * Reading, on the thread that asks: a page of fifty costs some 30 µs, less than
 * asking another thread for it. A connection of its own that cannot write.
 */
import { Database } from 'bun:sqlite'
import { StoreError } from '../core/store.ts'
import { isExpired } from '../core/stream.ts'
import { failureOf, toStoreError } from './sqlite-failure.ts'
import { Pages } from './sqlite-pages.ts'
import { streamColumns, streamOf } from './sqlite-stream.ts'
import { Statements } from './statements.ts'
import type { SqlRow } from './sql-row.ts'
import type { SQLQueryBindings } from 'bun:sqlite'
import type { Position } from '../core/publication.ts'
import type { Page, Query, Retention } from '../core/store.ts'
import type { StreamState } from '../core/stream.ts'
import type { StreamRow } from './sqlite-stream.ts'

type Opened = ReturnType<typeof open>

export class SqliteReader {
  readonly #file: string
  #open: Opened | undefined
  #held: Opened | undefined // while a snapshot is read

  /** Throws what SQLite throws. */
  constructor(file: string) {
    this.#file = file
    this.#open = open(file)
  }

  /**
   * Whatever `task` reads here is of one state of the database, the one at its
   * first read. Inside another snapshot it is that one's.
   * @throws StoreError, and what `task` throws
   */
  snapshot<T>(task: () => T): T {
    if (this.#held !== undefined) return task()
    const db = this.#guarded(() => this.#begin())
    this.#held = db
    try {
      return task()
    } finally {
      this.#held = undefined
      if (this.#open === db) this.#guarded(() => commit(db))
    }
  }

  /** Where the log of a channel ends. @throws StoreError */
  position(channel: string): Position {
    return this.#read(({ pages }) => pages.position(channel))
  }

  /** @throws StoreError */
  read(channel: string, retention: Retention, query: Query, now: number): Page {
    return this.#read((db) => db.pages.read(channel, retention, query, now, () => this.#isOver(db, channel, now)))
  }

  /** Whether the channel was a stream that has expired: what is left of it is not there any more. */
  #isOver(db: Opened, channel: string, now: number): boolean {
    const row = db.stream.get(channel)
    return row !== null && isExpired(streamOf(row), now)
  }

  /** @throws StoreError */
  stream(channel: string, now: number): StreamState | undefined {
    return this.#read((db) => {
      const row = db.stream.get(channel)
      const state = row === null ? undefined : streamOf(row)
      return state === undefined || isExpired(state, now) ? undefined : state
    })
  }

  /** Any SELECT, on what is committed. @throws StoreError */
  query(sql: string, params: readonly SQLQueryBindings[]): SqlRow[] {
    return this.#read((db) => db.prepared.remember(sql).all(...params))
  }

  close(): void {
    const opened = this.#open
    this.#open = undefined
    opened?.prepared.close()
  }

  /** All that `task` reads is of one state of the database. */
  #read<T>(task: (db: Opened) => T): T {
    const held = this.#held
    return this.#guarded(() => {
      if (held !== undefined) {
        if (this.#open !== held || !held.database.inTransaction)
          throw new StoreError('This snapshot has ended, because reading in it failed; begin another', true)
        return task(held)
      }
      const db = this.#begin()
      try {
        return task(db)
      } finally {
        commit(db)
      }
    })
  }

  #begin(): Opened {
    this.#open ??= open(this.#file)
    this.#open.begin.run()
    return this.#open
  }

  #guarded<T>(task: () => T): T {
    try {
      return task()
    } catch (error) {
      if (error instanceof StoreError) throw error
      const failure = failureOf(error, this.#file)
      if (failure.kind === 'passing') this.#reopen()
      throw toStoreError(failure, error)
    }
  }

  /** After trouble with the disk, the next read begins with a new connection. */
  #reopen(): void {
    try {
      this.close()
    } catch {
      // It could not even be closed: there is nothing left in it to lose.
    }
  }
}

function commit(db: Opened): void {
  if (db.database.inTransaction) db.commit.run() // some failures end it by themselves
}

function open(file: string) {
  const db = new Database(file, { readonly: true })
  const prepared = new Statements(db)
  try {
    db.run('PRAGMA busy_timeout = 250')
    db.run('PRAGMA cache_size = -16000')
    return {
      database: db,
      prepared,
      pages: new Pages(prepared, file),
      begin: prepared.prepare<unknown, []>('BEGIN'),
      commit: prepared.prepare<unknown, []>('COMMIT'),
      stream: prepared.prepare<StreamRow, [string]>(`SELECT ${streamColumns} FROM streams WHERE channel = ?`),
    }
  } catch (error) {
    prepared.close()
    throw error
  }
}
