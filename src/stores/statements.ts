/**
 * The prepared statements of one connection.
 *
 * The runtime closes a database for good only when each of its statements is
 * finalized; until then it holds the files. So whoever prepares here can close.
 */
import type { Database, SQLQueryBindings, Statement } from 'bun:sqlite'
import type { SqlRow } from './sql-row.ts'

type Prepared<Row, Params extends SQLQueryBindings[]> = ReturnType<typeof Database.prototype.prepare<Row, Params>>

const maxRemembered = 256

export class Statements {
  readonly #db: Database
  readonly #own: { finalize(): void }[] = []
  readonly #remembered = new Map<string, Statement<SqlRow, SQLQueryBindings[]>>() // by text, oldest first

  constructor(db: Database) {
    this.#db = db
  }

  /** For statements that live as long as the connection. */
  prepare<Row, Params extends SQLQueryBindings[]>(sql: string): Prepared<Row, Params> {
    const statement = this.#db.prepare<Row, Params>(sql)
    this.#own.push(statement)
    return statement
  }

  /** A setting of the connection. It takes effect where it is compiled, so it cannot be prepared. */
  pragma(setting: string): void {
    this.#db.run(`PRAGMA ${setting}`)
  }

  /** For texts from elsewhere: of these the latest are kept. */
  remember(sql: string): Statement<SqlRow, SQLQueryBindings[]> {
    const known = this.#remembered.get(sql)
    if (known !== undefined) return known
    const statement = this.#db.prepare<SqlRow, SQLQueryBindings[]>(sql)
    this.#remembered.set(sql, statement)
    for (const [oldest, dropped] of this.#remembered) {
      if (this.#remembered.size <= maxRemembered) break
      this.#remembered.delete(oldest)
      dropped.finalize()
    }
    return statement
  }

  /** Finalizes all, then closes the database. Throws what SQLite throws. */
  close(): void {
    for (const statement of this.#own) statement.finalize()
    for (const statement of this.#remembered.values()) statement.finalize()
    this.#remembered.clear()
    this.#db.close(true)
  }
}
