/** The one connection that writes, with all that it needs prepared. */
import { Database } from 'bun:sqlite'
import { SqliteLog } from './sqlite-log.ts'
import { StreamTables } from './sqlite-stream.ts'
import { Sweeper } from './sqlite-sweeper.ts'
import { Statements } from './statements.ts'

/** Throws what SQLite throws, and StoreError for a file without what belongs in it. */
export function openForWriting(file: string) {
  const db = new Database(file, { readwrite: true })
  const prepared = new Statements(db)
  try {
    db.run('PRAGMA busy_timeout = 2000')
    db.run('PRAGMA journal_mode = WAL')
    db.run('PRAGMA synchronous = FULL') // acknowledged means durable
    db.run('PRAGMA foreign_keys = ON')
    db.run('PRAGMA secure_delete = FAST') // what is erased is not left in the page that it stood in
    db.run('PRAGMA wal_autocheckpoint = 0') // between groups instead, when it is cheapest
    db.run('PRAGMA journal_size_limit = 67108864')
    db.run('PRAGMA cache_size = -32000')
    const streams = new StreamTables(prepared)
    return {
      db,
      prepared,
      log: new SqliteLog(prepared, streams, file),
      sweeper: new Sweeper(prepared, streams),
      begin: prepared.prepare<unknown, []>('BEGIN IMMEDIATE'),
      commit: prepared.prepare<unknown, []>('COMMIT'),
      rollback: prepared.prepare<unknown, []>('ROLLBACK'),
      touch: prepared.prepare<unknown, []>("INSERT OR REPLACE INTO meta VALUES ('touched', 1)"),
      logSize: prepared.prepare<{ log: number; checkpointed: number }, []>('PRAGMA wal_checkpoint(NOOP)'),
      checkpoint: prepared.prepare<unknown, []>('PRAGMA wal_checkpoint(PASSIVE)'),
      truncate: prepared.prepare<unknown, []>('PRAGMA wal_checkpoint(TRUNCATE)'),
    }
  } catch (error) {
    prepared.close()
    throw error
  }
}
