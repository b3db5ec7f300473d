/**
 * Rows of messages, with the beginning of what each of them answers. Each query
 * walks along an index from where it is to begin, and ends at its limit: however
 * long a room is, a page of it costs the same.
 */
import type { SqlRow } from '../../index.ts'
import type { Chat } from '../chat.ts'
import type { RoomId } from '../events.ts'

const columns = `m.key, m.room, m.offset, m.version, m.author, m.client_id, m.time, m.text, m.edited, m.removed,
  m.removed_by, m.reply, m.everyone, m.pinned, m.extra,
  q.author AS reply_author, substr(q.text, 1, 600) AS reply_text, q.removed AS reply_removed`
const quoted = 'LEFT JOIN chat_messages q ON q.room = m.room AND q.offset = m.reply'

/** The last ones before an offset, the newest first. */
export function rowsBefore(chat: Chat, room: RoomId, before: number, limit: number): readonly SqlRow[] {
  return chat.rows(
    `SELECT ${columns} FROM chat_messages m ${quoted}
     WHERE m.room = ? AND m.offset < ? ORDER BY m.offset DESC LIMIT ?`,
    room,
    before,
    limit,
  )
}

/** The first ones from an offset on, the oldest first. */
export function rowsFrom(chat: Chat, room: RoomId, from: number, limit: number): readonly SqlRow[] {
  return chat.rows(
    `SELECT ${columns} FROM chat_messages m ${quoted}
     WHERE m.room = ? AND m.offset >= ? ORDER BY m.offset LIMIT ?`,
    room,
    from,
    limit,
  )
}

/** Those of these that are there, the oldest first. */
export function rowsAt(chat: Chat, room: RoomId, offsets: readonly number[]): readonly SqlRow[] {
  return chat.rows(
    `SELECT ${columns} FROM json_each(?2) w CROSS JOIN chat_messages m ON m.room = ?1 AND m.offset = w.value
     ${quoted} ORDER BY m.offset`,
    room,
    JSON.stringify(offsets),
  )
}

/** What the search found, the newest first; of rooms that the person is a member of, or of the one room that was asked for. */
export function rowsOfKeys(
  chat: Chat,
  keys: readonly number[],
  { member, room }: { readonly member: string; readonly room: RoomId | undefined },
): readonly SqlRow[] {
  return chat.rows(
    `SELECT ${columns} FROM json_each(?1) w CROSS JOIN chat_messages m ON m.key = w.value ${quoted}
     WHERE m.removed IS NULL AND (m.room = ?3
       OR EXISTS (SELECT 1 FROM chat_members c WHERE c.room = m.room AND c.person = ?2)) ORDER BY m.key DESC`,
    JSON.stringify(keys),
    member,
    room ?? null,
  )
}

/** The pinned ones, the newest first. */
export function rowsPinned(chat: Chat, room: RoomId, limit: number): readonly SqlRow[] {
  return chat.rows(
    `SELECT ${columns} FROM chat_messages m ${quoted}
     WHERE m.room = ? AND m.pinned = 1 ORDER BY m.offset DESC LIMIT ?`,
    room,
    limit,
  )
}
