/**
 * A copy of a database as it is at one moment, whoever writes to it meanwhile,
 * this process or another: a reader's transaction that lasts as long as the
 * copying. Writers do not wait for it; only their log file cannot be begun anew
 * before its end.
 *
 * The copy is made anew, table by table (`VACUUM INTO`), so what was deleted is
 * not in it, and pages that cannot be read are found.
 */
import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs'
import { Database } from 'bun:sqlite'
import { StoreError } from '../core/store.ts'
import { applicationId, pragma } from './schema.ts'
import { damage, failureOf } from './sqlite-failure.ts'

/** Takes as long as reading and writing it all. @throws StoreError */
export function copyDatabase(file: string, to: string): void {
  if (!existsSync(file)) throw new StoreError(`There is no database ${file}`, false)
  closeSync(openSync(to, 'wx', 0o600)) // SQLite would make it for everybody to read
  let db: Database | undefined
  try {
    db = new Database(file, { readonly: true })
    db.run('PRAGMA busy_timeout = 5000')
    if (pragma(db, 'application_id') !== applicationId)
      throw new StoreError(`${file} is no database of Posthouse`, false)
    db.run('VACUUM INTO ?', [to])
  } catch (error) {
    if (error instanceof StoreError) throw error
    const { kind, message } = failureOf(error, file)
    const detail = error instanceof Error ? error.message : String(error)
    if (kind === 'damaged') throw new StoreError(damage(file, detail), false, { cause: error })
    throw new StoreError(`${file} could not be copied to ${to}: ${kind === 'mistake' ? message : detail}`, false, {
      cause: error,
    })
  } finally {
    db?.close()
  }
  const copy = openSync(to, 'r+')
  fsyncSync(copy)
  closeSync(copy)
}
