/**
 * The chat's tables. Those in `projections` hold what the rooms' logs say, as it
 * now reads: each is written by `projection.ts` in the transaction that appends
 * to the log, and could be made anew from it. The others hold what is nobody
 * else's business, or no publication: sessions, marks, drafts, invitations.
 *
 * `chat_meta` counts the migrations that a database went through. The list only
 * ever grows at its end; what is published is never edited.
 */
import { fileTables } from './files/schema.ts'

/** Owners first. An expression of an index: it is found only where it is written the same. */
export const rankOfRole = `CASE role WHEN 'owner' THEN 0 WHEN 'admin' THEN 1 WHEN 'moderator' THEN 2 ELSE 3 END`

/** Kept in step with the log. `posthouse check` makes them anew and compares. */
export const projections = [
  'chat_rooms',
  'chat_members',
  'chat_bans',
  'chat_mutes',
  'chat_messages',
  'chat_edits',
  'chat_reactions',
  'chat_mentions',
  'chat_file_uses',
  'chat_notices',
] as const

export const projectionTables = [
  `CREATE TABLE chat_rooms (
    key INTEGER PRIMARY KEY,               -- short, for the search index
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,                    -- public, group, direct
    name TEXT NOT NULL, name_key TEXT NOT NULL, -- as it is searched for: without case
    description TEXT NOT NULL,
    created INTEGER NOT NULL, created_by TEXT NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0,
    read_only INTEGER NOT NULL DEFAULT 0,
    slow INTEGER NOT NULL DEFAULT 0,       -- seconds
    retention INTEGER,                     -- milliseconds; NULL: for good
    avatar TEXT,                           -- a file
    members INTEGER NOT NULL DEFAULT 0,
    last INTEGER NOT NULL DEFAULT 0,       -- offset of the last message
    last_time INTEGER NOT NULL,            -- of the last message; without one, when it was made
    version INTEGER NOT NULL               -- offset of the last entry that changed the room itself
  ) STRICT`,
  `CREATE INDEX chat_rooms_public ON chat_rooms (members DESC, id) WHERE kind = 'public' AND archived = 0`,
  `CREATE INDEX chat_rooms_retention ON chat_rooms (id) WHERE retention IS NOT NULL`,

  `CREATE TABLE chat_members (
    room TEXT NOT NULL, person TEXT NOT NULL,
    role TEXT NOT NULL,
    joined INTEGER NOT NULL,               -- time
    since INTEGER NOT NULL,                -- offset of the entry
    muted INTEGER NOT NULL DEFAULT 0, muted_until INTEGER, -- NULL: until it is lifted
    version INTEGER NOT NULL,              -- offset of the last entry about this member
    PRIMARY KEY (room, person)
  ) STRICT, WITHOUT ROWID`,
  `CREATE INDEX chat_members_person ON chat_members (person, room)`,
  `CREATE INDEX chat_members_rank ON chat_members (room, ${rankOfRole}, since, person)`,

  `CREATE TABLE chat_bans (
    room TEXT NOT NULL, person TEXT NOT NULL,
    by TEXT NOT NULL, time INTEGER NOT NULL, until INTEGER, reason TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (room, person)
  ) STRICT, WITHOUT ROWID`,

  // Beside the membership, which leaving ends: who comes back is muted as before.
  `CREATE TABLE chat_mutes (
    room TEXT NOT NULL, person TEXT NOT NULL,
    by TEXT NOT NULL, time INTEGER NOT NULL, until INTEGER, -- NULL: until it is lifted
    PRIMARY KEY (room, person)
  ) STRICT, WITHOUT ROWID`,

  `CREATE TABLE chat_messages (
    key INTEGER PRIMARY KEY,               -- the row of the search index
    room TEXT NOT NULL, offset INTEGER NOT NULL,
    version INTEGER NOT NULL,
    author TEXT NOT NULL, client_id TEXT NOT NULL,
    time INTEGER NOT NULL,
    text TEXT NOT NULL,
    edited INTEGER, removed INTEGER, removed_by TEXT,
    reply INTEGER,
    everyone INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0,
    kinds INTEGER NOT NULL DEFAULT 0,      -- bits of what it has: 1 link, 2 image, 4 other file, 8 voice
    extra TEXT NOT NULL DEFAULT '{}',      -- JSON: mentions, files, previews, forwarded, as; previewed: where the entries stand; words: the files' names, as the index has them
    UNIQUE (room, offset)
  ) STRICT`,
  `CREATE INDEX chat_messages_author ON chat_messages (room, author, offset)`,
  // What is unread is counted in here, without looking at the messages themselves.
  `CREATE INDEX chat_messages_standing ON chat_messages (room, offset, author, removed) WHERE removed IS NULL`,
  `CREATE INDEX chat_messages_pinned ON chat_messages (room, offset) WHERE pinned = 1`,
  `CREATE INDEX chat_messages_everyone ON chat_messages (room, offset) WHERE everyone = 1 AND removed IS NULL`,

  `CREATE TABLE chat_edits (              -- what a message said before
    room TEXT NOT NULL, of INTEGER NOT NULL, offset INTEGER NOT NULL,
    text TEXT NOT NULL, time INTEGER NOT NULL, by TEXT NOT NULL,
    PRIMARY KEY (room, of, offset)
  ) STRICT, WITHOUT ROWID`,

  `CREATE TABLE chat_reactions (
    room TEXT NOT NULL, of INTEGER NOT NULL, emoji TEXT NOT NULL, person TEXT NOT NULL,
    offset INTEGER NOT NULL,
    PRIMARY KEY (room, of, emoji, person)
  ) STRICT, WITHOUT ROWID`,
  `CREATE INDEX chat_reactions_person ON chat_reactions (person, room, of, emoji)`,

  `CREATE TABLE chat_mentions (
    person TEXT NOT NULL, room TEXT NOT NULL, offset INTEGER NOT NULL,
    PRIMARY KEY (person, room, offset)
  ) STRICT, WITHOUT ROWID`,

  `CREATE TABLE chat_file_uses (
    file TEXT NOT NULL, room TEXT NOT NULL, offset INTEGER NOT NULL,
    PRIMARY KEY (file, room, offset)
  ) STRICT, WITHOUT ROWID`,
  `CREATE INDEX chat_file_uses_room ON chat_file_uses (room, offset)`,

  // Who came and went, and what became of the room: shown between the messages.
  `CREATE TABLE chat_notices (
    room TEXT NOT NULL, offset INTEGER NOT NULL,
    event TEXT NOT NULL,                   -- JSON: the entry
    PRIMARY KEY (room, offset)
  ) STRICT, WITHOUT ROWID`,

  // Its rows are those of chat_messages. See reading/search-text.ts for what is put into `body`, and
  // reading/search-scope.ts for `scope`. The index of first letters is for single Chinese characters.
  `CREATE VIRTUAL TABLE chat_search USING fts5 (scope, body, content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 2', detail = full, prefix = '1')`,
  `CREATE VIRTUAL TABLE chat_words USING fts5vocab (chat_search, instance)`,
]

const otherTables = [
  `CREATE TABLE chat_people (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT UNIQUE,                  -- NULL: the name is free again
    kind TEXT NOT NULL,                    -- guest, member, bot, gone
    password TEXT,                         -- argon2id
    admin INTEGER NOT NULL DEFAULT 0,      -- of the server
    avatar TEXT,                           -- a file
    owner TEXT,                            -- of a bot
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL,                 -- when the last connection ended, to the minute
    hide_seen INTEGER NOT NULL DEFAULT 0, hide_typing INTEGER NOT NULL DEFAULT 0, hide_read INTEGER NOT NULL DEFAULT 0,
    quiet_until INTEGER NOT NULL DEFAULT 0, -- do not disturb
    settings TEXT NOT NULL DEFAULT '{}',   -- JSON of the apps: language, theme
    banned INTEGER NOT NULL DEFAULT 0, banned_until INTEGER, banned_reason TEXT NOT NULL DEFAULT ''
  ) STRICT, WITHOUT ROWID`,

  `CREATE TABLE chat_sessions (
    id TEXT PRIMARY KEY,
    token BLOB NOT NULL UNIQUE,            -- SHA-256 of it: who reads the file cannot log in with it
    person TEXT NOT NULL,
    created INTEGER NOT NULL, seen INTEGER NOT NULL, expires INTEGER NOT NULL,
    address TEXT NOT NULL, network TEXT NOT NULL, agent TEXT NOT NULL,
    label TEXT NOT NULL DEFAULT ''         -- of a bot's token
  ) STRICT, WITHOUT ROWID`,
  `CREATE INDEX chat_sessions_person ON chat_sessions (person)`,
  `CREATE INDEX chat_people_owner ON chat_people (owner) WHERE owner IS NOT NULL`,
  `CREATE INDEX chat_sessions_expires ON chat_sessions (expires)`,

  `CREATE TABLE chat_networks (           -- from where somebody has been logged in; see people/network.ts
    person TEXT NOT NULL, network TEXT NOT NULL, seen INTEGER NOT NULL,
    PRIMARY KEY (person, network)
  ) STRICT, WITHOUT ROWID`,

  `CREATE TABLE chat_departures (         -- who is about to be gone; see people/departures.ts
    person TEXT PRIMARY KEY, since INTEGER NOT NULL,
    recall INTEGER NOT NULL DEFAULT 0      -- with all that was said
  ) STRICT, WITHOUT ROWID`,

  `CREATE TABLE chat_marks (              -- where a person is in a room
    person TEXT NOT NULL, room TEXT NOT NULL,
    read INTEGER NOT NULL DEFAULT 0, delivered INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,     -- marked so by hand
    level TEXT NOT NULL DEFAULT 'all',
    draft TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (person, room)
  ) STRICT, WITHOUT ROWID`,
  `CREATE INDEX chat_marks_room ON chat_marks (room)`,

  `CREATE TABLE chat_invitations (
    token TEXT PRIMARY KEY, room TEXT NOT NULL,
    by TEXT NOT NULL, created INTEGER NOT NULL,
    expires INTEGER, uses_left INTEGER, used INTEGER NOT NULL DEFAULT 0, revoked INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID`,
  `CREATE INDEX chat_invitations_room ON chat_invitations (room, created)`,

  `CREATE TABLE chat_blocks (             -- whose direct messages a person does not want
    person TEXT NOT NULL, blocked TEXT NOT NULL, time INTEGER NOT NULL,
    PRIMARY KEY (person, blocked)
  ) STRICT, WITHOUT ROWID`,

  `CREATE TABLE chat_address_bans (
    room TEXT NOT NULL, address TEXT NOT NULL, -- room '': the whole server; address: see people/network.ts
    person TEXT NOT NULL, by TEXT NOT NULL, time INTEGER NOT NULL, until INTEGER,
    PRIMARY KEY (room, address)
  ) STRICT, WITHOUT ROWID`,

  `CREATE TABLE chat_reports (
    id INTEGER PRIMARY KEY, room TEXT NOT NULL, offset INTEGER NOT NULL,
    author TEXT NOT NULL,                  -- of the message
    by TEXT NOT NULL, reason TEXT NOT NULL, time INTEGER NOT NULL,
    text TEXT NOT NULL,                    -- of the message, as it was then
    settled INTEGER, settled_by TEXT, outcome TEXT,
    UNIQUE (room, offset, by)
  ) STRICT`,
  `CREATE INDEX chat_reports_open ON chat_reports (id) WHERE settled IS NULL`,
  `CREATE INDEX chat_reports_room ON chat_reports (room, id)`,

  `CREATE TABLE chat_audit (
    id INTEGER PRIMARY KEY, time INTEGER NOT NULL, by TEXT NOT NULL, action TEXT NOT NULL,
    room TEXT NOT NULL DEFAULT '', person TEXT NOT NULL DEFAULT '', details TEXT NOT NULL DEFAULT '{}'
  ) STRICT`,
  `CREATE INDEX chat_audit_room ON chat_audit (room, id)`,

  `CREATE TABLE chat_webhooks (
    id TEXT PRIMARY KEY, room TEXT NOT NULL, direction TEXT NOT NULL, -- in, out
    name TEXT NOT NULL, created INTEGER NOT NULL, by TEXT NOT NULL,
    token BLOB UNIQUE,                     -- of one in: SHA-256 of what its URL says
    person TEXT,                           -- the bot that it posts as
    url TEXT, secret TEXT,                 -- of one out
    old_secret TEXT, old_until INTEGER,    -- signs along until then
    position INTEGER NOT NULL DEFAULT 0,   -- the offset of the last publication that was delivered
    failing TEXT,                          -- JSON: since when, how often, why, and when it is tried again
    disabled TEXT                          -- why it is switched off
  ) STRICT, WITHOUT ROWID`,
  `CREATE INDEX chat_webhooks_room ON chat_webhooks (room)`,
]

export const migrations: readonly (readonly string[])[] = [[...projectionTables, ...otherTables, ...fileTables]]
