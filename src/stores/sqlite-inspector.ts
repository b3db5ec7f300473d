/**
 * A look at a database from outside of the server that owns it: of one state,
 * however long it takes, on a connection of its own. While a server runs it can
 * read; a reader's transaction that lasts makes nobody wait, only the log file
 * cannot be begun anew before its end. To write, it takes the file for itself.
 *
 * Both may make TEMP tables, which nobody else sees and which go with it.
 */
import { existsSync } from 'node:fs'
import { Database, type SQLQueryBindings } from 'bun:sqlite'
import { StoreError } from '../core/store.ts'
import { applicationId, migrations, pragma, versionOf } from './schema.ts'
import { failureOf, toStoreError } from './sqlite-failure.ts'
import { lock, prepare, realFile } from './sqlite-file.ts'
import { Pages } from './sqlite-pages.ts'
import { Statements } from './statements.ts'
import type { Page, Query } from '../core/store.ts'
import type { SqlRow } from './sql-row.ts'

export interface Logged {
  readonly name: string
  readonly first: number // the lowest offset that is kept; top + 1 if none is
  readonly top: number
}

export class Inspector {
  readonly file: string
  readonly #db: Database
  readonly #prepared: Statements
  readonly #pages: Pages
  readonly #release: (() => void) | undefined

  /** @throws StoreError if the file is not there, not ours, of another version, or, to be written, in use */
  constructor(path: string, writes: boolean) {
    if (!existsSync(path)) throw new StoreError(`There is no database ${path}`, false)
    this.file = realFile(path)
    this.#release = writes ? lock(this.file) : undefined
    try {
      if (writes) prepare(this.file, 0)
      this.#db = new Database(this.file, writes ? { readwrite: true } : { readonly: true })
      this.#prepared = new Statements(this.#db)
      try {
        this.#begin(writes)
        this.#pages = new Pages(this.#prepared, this.file)
      } catch (error) {
        this.#prepared.close()
        throw error
      }
    } catch (error) {
      this.#release?.()
      throw this.#failure(error)
    }
  }

  #begin(writes: boolean): void {
    this.#db.run('PRAGMA busy_timeout = 5000')
    if (pragma(this.#db, 'application_id') !== applicationId)
      throw new StoreError(`${this.file} is no database of Posthouse`, false)
    if (versionOf(this.#db) !== migrations.length)
      throw new StoreError(
        `${this.file} was written by another version of Posthouse; start this one with it first`,
        false,
      )
    this.#db.run('PRAGMA synchronous = FULL')
    this.#db.run('PRAGMA cache_size = -32000')
    this.#db.run('PRAGMA temp.cache_size = -32000') // beyond, TEMP tables are in a file
    this.#db.run(writes ? 'BEGIN IMMEDIATE' : 'BEGIN')
    this.#db.run('SELECT 1 FROM meta') // a reader's state is that of its first read
  }

  /** @throws StoreError */
  query(sql: string, params: readonly SQLQueryBindings[]): SqlRow[] {
    return this.#guarded(() => this.#prepared.remember(sql).all(...params))
  }

  /** One row after the other. @throws StoreError */
  *each(sql: string, params: readonly SQLQueryBindings[]): Generator<SqlRow, void> {
    const statement = this.#guarded(() => this.#db.prepare<SqlRow, SQLQueryBindings[]>(sql))
    try {
      yield* statement.iterate(...params)
    } catch (error) {
      throw this.#failure(error)
    } finally {
      statement.finalize()
    }
  }

  /** @throws StoreError */
  read(channel: string, query: Query): Page {
    return this.#guarded(() => this.#pages.read(channel, forever, query, 0, () => false))
  }

  /** Channels with this beginning, by name, from behind `after` on. @throws StoreError */
  logs(prefix: string, after: string, limit: number): Logged[] {
    const sql = `SELECT name, max(first, low) AS first, top FROM channels
      WHERE name > ? AND substr(name, 1, length(?)) = ? ORDER BY name LIMIT ?`
    return this.query(sql, [after > prefix ? after : prefix, prefix, prefix, limit]).map(({ name, first, top }) => ({
      name: String(name),
      first: Number(first),
      top: Number(top),
    }))
  }

  /** Keeps what was written. @throws StoreError, and then it is not */
  commit(): void {
    this.#guarded(() => this.#db.run('COMMIT'))
  }

  /** What was not committed is undone. */
  close(): void {
    if (this.#db.inTransaction) this.#db.run('ROLLBACK')
    this.#prepared.close()
    this.#release?.()
  }

  #guarded<T>(task: () => T): T {
    try {
      return task()
    } catch (error) {
      throw this.#failure(error)
    }
  }

  #failure(error: unknown): StoreError {
    return error instanceof StoreError ? error : toStoreError(failureOf(error, this.file), error)
  }
}

const forever = { size: Infinity, age: Infinity, metaAge: Infinity }
