/**
 * What happens to a database file before it is used: it is taken for this
 * process alone, looked at, and brought to the present schema.
 */
import { closeSync, existsSync, openSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Database, SQLiteError } from 'bun:sqlite'
import { StoreError } from '../core/store.ts'
import { damage, failureOf, toStoreError } from './sqlite-failure.ts'
import { applicationId, migrate, migrations, pragma, versionOf } from './schema.ts'

/** The path with links resolved, so that one file has one lock whatever name it is opened by. */
export function realFile(file: string): string {
  if (existsSync(file)) return realpathSync(file)
  const folder = dirname(file)
  if (!existsSync(folder))
    throw new StoreError(`The folder ${folder} does not exist; make it, or name another file`, false)
  return join(realpathSync(folder), basename(file))
}

/**
 * Takes the file for this process. The lock is an exclusive transaction on an
 * empty database beside it: the system drops it with the process, however that
 * ends. The main file cannot carry it, for SQLite then lets nobody read there.
 * @returns the function that lets go
 * @throws StoreError if another has it
 */
export function lock(file: string): () => void {
  let db: Database | undefined
  try {
    createPrivately(`${file}.lock`)
    db = new Database(`${file}.lock`, { readwrite: true })
    db.run('PRAGMA journal_mode = MEMORY') // nothing is ever written, so no file is wanted for undoing it
    db.run('BEGIN EXCLUSIVE')
  } catch (error) {
    db?.close()
    if (error instanceof SQLiteError && error.code === 'SQLITE_BUSY')
      throw new StoreError(`Another process is using ${file}; stop it first, or name another file`, false)
    throw new StoreError(
      `${file}.lock cannot be used (${messageOf(error)}); see whether its folder is writable`,
      false,
      {
        cause: error,
      },
    )
  }
  const held = db
  return () => held.close(true)
}

/**
 * Looks at a file and brings it to the present schema.
 * @param checkBytes files up to this size are read through for damage; of larger ones only what is read is checked
 * @throws StoreError if it is not ours, newer than we are, or damaged
 */
export function prepare(file: string, checkBytes: number): void {
  try {
    // Reading only, and closed last: SQLite would otherwise merge and delete the -wal of a file that we then refuse.
    const isNew = createPrivately(file) || statSync(file).size + sizeOf(`${file}-wal`) === 0
    const looker = isNew ? undefined : new Database(file, { readonly: true })
    try {
      if (looker !== undefined) inspect(looker, file, checkBytes)
      bringUp(file)
    } finally {
      looker?.close(true)
    }
  } catch (error) {
    if (error instanceof StoreError) throw error
    const failure = failureOf(error, file)
    throw toStoreError(
      failure.kind === 'mistake' ? { ...failure, message: damage(file, failure.message) } : failure,
      error,
    )
  }
}

function inspect(db: Database, file: string, checkBytes: number): void {
  db.run('PRAGMA busy_timeout = 2000')
  const version = versionOf(db)
  const isEmpty = pragma(db, 'page_count') === 0 || count(db, 'SELECT count(*) FROM sqlite_schema') === 0
  if (isEmpty && version === 0) return
  if (pragma(db, 'application_id') !== applicationId)
    throw new StoreError(`${file} is a database, but not one of Posthouse; name another file`, false)
  if (version > migrations.length)
    throw new StoreError(
      `${file} was written by a newer Posthouse (schema ${version}, this one knows ${migrations.length}); ` +
        'start that one, or name another file',
      false,
    )
  if (statSync(file).size > checkBytes) return
  using check = db.prepare<{ quick_check: string }, []>('PRAGMA quick_check(1)')
  const finding = check.get()?.quick_check ?? 'no answer'
  if (finding !== 'ok') throw new StoreError(damage(file, finding), false)
}

function bringUp(file: string): void {
  const db = new Database(file, { readwrite: true })
  try {
    db.run('PRAGMA busy_timeout = 2000')
    db.run('PRAGMA journal_mode = WAL')
    db.run('PRAGMA synchronous = FULL')
    migrate(db)
  } finally {
    db.close(true)
  }
}

function count(db: Database, sql: string): number {
  using statement = db.prepare<Record<string, number>, []>(sql)
  return Object.values(statement.get() ?? {})[0] ?? 0
}

/** Creates the file, for its owner's eyes only, if it is not there; SQLite gives the same mode to those beside it. */
function createPrivately(file: string): boolean {
  if (existsSync(file)) return false
  closeSync(openSync(file, 'a', 0o600))
  return true
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
