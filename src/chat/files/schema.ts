/**
 * What is known of files. Their bytes are in the store of blobs; a row says
 * which, and whose they are.
 *
 *   uploading ──all bytes are there──▶ ready ──in a message──▶ used
 *       │                                │                      │
 *       └─▶ (gone)                       └──▶ erased ◀──────────┘
 *
 * `erased` is gone for everybody; the bytes follow an hour later, so that a
 * backup that is being made finds what its copy of this table speaks of, and
 * then the row.
 */
export const fileTables: readonly string[] = [
  `CREATE TABLE chat_files (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('uploading', 'ready', 'used', 'erased')),
    name TEXT NOT NULL,
    type TEXT NOT NULL,          -- while it is uploading, what the sender says; then what it is
    announced INTEGER NOT NULL,  -- bytes that the sender has
    size INTEGER NOT NULL,       -- bytes that others get: fewer where the picture told of its place
    width INTEGER,               -- pixels, as it is seen
    height INTEGER,
    duration INTEGER,            -- milliseconds, as the sender says
    waveform TEXT,               -- JSON: numbers from 0 to 255, as the sender says
    voice INTEGER NOT NULL,      -- 1: spoken for the message that it is in
    placeholder TEXT,            -- a data: URL
    blob TEXT,                   -- in the store of blobs
    thumbnail TEXT,              -- likewise
    created INTEGER NOT NULL,    -- milliseconds since 1970
    changed INTEGER NOT NULL     -- since when it is in its state; while it is uploading, when something came last
  ) STRICT, WITHOUT ROWID`,
  // What somebody has under way, and has not sent.
  `CREATE INDEX chat_files_waiting ON chat_files (owner) WHERE state IN ('uploading', 'ready')`,
  `CREATE INDEX chat_files_by_state ON chat_files (state)`, // and within it by id, as the table
  `CREATE INDEX chat_files_by_blob ON chat_files (blob) WHERE blob IS NOT NULL`,
  `CREATE INDEX chat_files_by_thumbnail ON chat_files (thumbnail) WHERE thumbnail IS NOT NULL`,

  // Whatever puts a file to use, nobody has to think of saying so here; and it is said in the same transaction.
  `CREATE TRIGGER chat_files_used AFTER INSERT ON chat_file_uses BEGIN
    UPDATE chat_files SET state = 'used' WHERE id = NEW.file AND state IN ('ready', 'erased');
  END`,
  `CREATE TRIGGER chat_files_worn AFTER UPDATE OF avatar ON chat_people WHEN NEW.avatar IS NOT NULL BEGIN
    UPDATE chat_files SET state = 'used' WHERE id = NEW.avatar AND state IN ('ready', 'erased');
  END`,
  `CREATE TRIGGER chat_files_worn_by_room AFTER UPDATE OF avatar ON chat_rooms WHEN NEW.avatar IS NOT NULL BEGIN
    UPDATE chat_files SET state = 'used' WHERE id = NEW.avatar AND state IN ('ready', 'erased');
  END`,
  `CREATE INDEX chat_rooms_avatar ON chat_rooms (avatar) WHERE avatar IS NOT NULL`,
  `CREATE INDEX chat_people_avatar ON chat_people (avatar) WHERE avatar IS NOT NULL`,
]
