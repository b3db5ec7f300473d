/**
 * The tables of the projections once more, empty, under the same names: TEMP
 * tables come first where a name is not said whole, so the statements of
 * `projection.ts` fill them as they are. `main.` are the real ones.
 *
 * Messages and rooms get the short numbers that they have in the real tables:
 * the search index is made of these.
 */
import type { Inspection } from '../../index.ts'
import { projectionTables } from '../schema.ts'

/** No real row has a number like this; what is not in the real tables gets one above. */
const beyondKeys = 2 ** 40

export function makeScratch(data: Inspection): void {
  for (const sql of projectionTables) if (isWanted(sql)) data.sql(asTemp(sql))
  numberAlike(data, 'chat_rooms', 'id = new.id')
  numberAlike(data, 'chat_messages', 'room = new.room AND offset = new.offset')
  data.sql(`INSERT INTO temp.chat_rooms (key, id, kind, name, name_key, description, created, created_by, last_time, version)
    VALUES (${beyondKeys}, '', '', '', '', '', 0, '', 0, 0)`)
  data.sql(`INSERT INTO temp.chat_messages (key, room, offset, version, author, client_id, time, text)
    VALUES (${beyondKeys}, '', 0, 0, '', '', 0, '')`)
}

/** The rows that made the numbers begin where they should. */
export function endFilling(data: Inspection): void {
  data.sql(`DELETE FROM temp.chat_rooms WHERE id = ''`)
  data.sql(`DELETE FROM temp.chat_messages WHERE room = ''`)
}

/** From here on the names mean the real tables. */
export function dropScratch(data: Inspection): void {
  const made = data.sql(`SELECT name FROM temp.sqlite_schema WHERE type = 'table' AND name GLOB 'chat_*'`)
  const isShadow = (name: string) => name.startsWith('chat_search_') // of the search index, with which they go
  for (const { name } of made) if (!isShadow(String(name))) data.sql(`DROP TABLE temp.${String(name)}`)
}

/** Indexes of the messages are for readers, and cost most. */
const isWanted = (sql: string): boolean =>
  !/^CREATE INDEX \w+ ON chat_messages\b/.test(sql) && !sql.includes('fts5vocab')

const asTemp = (sql: string): string =>
  sql.replace(/^CREATE (TABLE|VIRTUAL TABLE|INDEX|UNIQUE INDEX) /, 'CREATE $1 temp.')

function numberAlike(data: Inspection, table: string, same: string): void {
  data.sql(`CREATE TEMP TRIGGER chat_check_${table} AFTER INSERT ON temp.${table} WHEN new.key <> ${beyondKeys} BEGIN
    UPDATE ${table} SET key = coalesce((SELECT key FROM main.${table} WHERE ${same}), new.key) WHERE key = new.key;
  END`)
}
