/**
 * What it means when SQLite fails, for whoever waits and for whoever operates.
 *
 *   mistake   the one call was wrong: a guard, a constraint, a syntax error, too much data. Others go on.
 *   passing   the disk is full, read-only or in trouble: nothing was written, the next try may succeed.
 *   unsafe    a flush to the disk failed. The system may have thrown the data away and will say "fine"
 *             when asked again, so nothing can be promised any more before a restart.
 *   damaged   the file is not what was written. Writing on could make it worse.
 *
 * Codes: https://www.sqlite.org/rescode.html
 */
import { SQLiteError } from 'bun:sqlite'
import { Refused, StoreError } from '../core/store.ts'

export interface Failure {
  readonly kind: 'mistake' | 'passing' | 'unsafe' | 'damaged'
  readonly message: string
  /** Which mistake, if it is one that a program expects. */
  readonly because?: 'guard' | 'constraint'
}

const flushes = new Set(['SQLITE_IOERR_FSYNC', 'SQLITE_IOERR_DIR_FSYNC'])

export function failureOf(error: unknown, file: string): Failure {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof Refused) return { kind: 'mistake', message: error.guard, because: 'guard' }
  if (error instanceof StoreError) return { kind: error.temporary ? 'passing' : 'mistake', message }
  if (!(error instanceof SQLiteError)) return { kind: 'mistake', message }
  const code = error.code ?? ''
  if (flushes.has(code))
    return {
      kind: 'unsafe',
      message: `Flushing ${file} to the disk failed (${code}); nothing more is written until a restart. Check the disk first`,
    }
  switch (error.errno & 0xff) {
    case 13:
      return { kind: 'passing', message: `The disk of ${file} is full; free some space` }
    case 8:
      return { kind: 'passing', message: `${file} is read-only (${code}); make it writable` }
    case 14:
      return {
        kind: 'passing',
        message: `${file} cannot be opened (${code}); see whether its folder is there and writable`,
      }
    case 5:
    case 6:
      return { kind: 'passing', message: `Another program holds ${file} locked (${code}); end it` }
    case 7:
      return { kind: 'passing', message: `No memory was left for writing to ${file} (${code})` }
    case 10:
    case 15:
      return { kind: 'passing', message: `Reading or writing ${file} failed (${code}); check the disk` }
    case 11:
    case 26:
      return { kind: 'damaged', message: damage(file, message) }
    case 19:
      return { kind: 'mistake', message, because: 'constraint' }
    default:
      return { kind: 'mistake', message }
  }
}

export const damage = (file: string, detail: string): string =>
  `${file} is damaged (${detail}). Nothing was deleted. Stop Posthouse, keep a copy of the file and its -wal file, ` +
  'then restore a backup, or save what can be read with "sqlite3 FILE .recover", or move the file away to begin anew'

export const toStoreError = ({ kind, message }: Failure, cause?: unknown): StoreError =>
  new StoreError(message, kind === 'passing', { cause })
