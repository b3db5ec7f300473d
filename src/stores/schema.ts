/**
 * The tables of the log, and how a file of an older version becomes one of this.
 *
 * `PRAGMA user_version` counts the migrations that a file went through. The list
 * only ever grows at its end; what is published is never edited.
 */
import type { Database } from 'bun:sqlite'

/** "PoHo": in the header of a file, it tells ours from any other SQLite database. */
export const applicationId = 0x506f486f

export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta VALUES ('secret', randomblob(16));

  -- How often a channel of the bucket was forgotten; absent: never. See epochs.ts.
  CREATE TABLE generations (bucket INTEGER PRIMARY KEY, generation INTEGER NOT NULL) STRICT;

  CREATE TABLE channels (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: what is left of a forgotten channel is not the next one's
    name TEXT NOT NULL UNIQUE,
    epoch TEXT NOT NULL,
    top INTEGER NOT NULL,
    first INTEGER NOT NULL,    -- publications below are removed, deleted yet or not
    low INTEGER NOT NULL,      -- publications below are deleted; from here to top there is no hole
    touched INTEGER NOT NULL,  -- time of the last publication
    size INTEGER, age INTEGER, meta_age INTEGER, -- retention at the last append; NULL: without end
    version INTEGER, version_epoch TEXT NOT NULL,
    due INTEGER,               -- when the sweeper has something to do here; NULL: never
    sum INTEGER NOT NULL       -- see checksum.ts
  ) STRICT;
  CREATE INDEX channels_due ON channels (due) WHERE due IS NOT NULL;

  CREATE TABLE publications (
    channel INTEGER NOT NULL, offset INTEGER NOT NULL, time INTEGER NOT NULL,
    data ANY NOT NULL,         -- TEXT is JSON, BLOB is bytes; so in the other payloads
    user TEXT, client TEXT, conn_info ANY, chan_info ANY, -- of the publisher; user is NULL if there was none
    tags TEXT,                 -- JSON
    sum INTEGER NOT NULL,
    PRIMARY KEY (channel, offset)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE keys (
    channel INTEGER NOT NULL, key TEXT NOT NULL, offset INTEGER NOT NULL, time INTEGER NOT NULL,
    PRIMARY KEY (channel, key)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX keys_offset ON keys (channel, offset);
  `,
  `
  -- What channels are as streams, see core/stream.ts. By name: a stream may be empty.
  CREATE TABLE streams (
    channel TEXT PRIMARY KEY,
    content_type TEXT NOT NULL, ttl INTEGER, expires_at INTEGER, touched INTEGER NOT NULL,
    closed INTEGER NOT NULL, seq TEXT,
    due INTEGER                -- when it expires; NULL: never
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX streams_due ON streams (due) WHERE due IS NOT NULL;

  CREATE TABLE producers (
    channel TEXT NOT NULL, id TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    offset INTEGER NOT NULL, time INTEGER NOT NULL, -- of what it appended last
    PRIMARY KEY (channel, id)
  ) STRICT, WITHOUT ROWID;
  `,
]

/** Brings a file to the version of `steps`, all of it or nothing. Throws what SQLite throws. */
export function migrate(db: Database, steps: readonly string[] = migrations): void {
  const from = versionOf(db)
  if (from >= steps.length) return
  db.run('BEGIN IMMEDIATE')
  try {
    for (const step of steps.slice(from)) db.run(step)
    db.run(`PRAGMA application_id = ${applicationId}`)
    db.run(`PRAGMA user_version = ${steps.length}`)
    db.run('COMMIT')
  } catch (error) {
    if (db.inTransaction) db.run('ROLLBACK')
    throw error
  }
}

export const versionOf = (db: Database): number => pragma(db, 'user_version')

/** The one number that a pragma answers with. */
export function pragma(db: Database, name: string): number {
  using statement = db.prepare<Record<string, number>, []>(`PRAGMA ${name}`)
  return Object.values(statement.get() ?? {})[0] ?? 0
}
