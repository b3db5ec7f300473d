/** What coming into a room brings along: where somebody's reading begins, and how many rooms one may be in. */
import { of, type Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { PersonId, RoomId } from '../events.ts'

const roomsOfPerson = 5000 // beyond, somebody joins no more; others may still invite them

/** What was said before somebody came is not unread. */
export function beginReading(room: RoomId, people: readonly PersonId[]): Statement {
  return {
    sql: `INSERT INTO chat_marks (person, room, read, delivered)
      SELECT value, ?2, ?3, ?3 FROM json_each(?1) WHERE true
      ON CONFLICT (person, room) DO UPDATE SET read = max(read, ?3), delivered = max(delivered, ?3), unread = 0`,
    params: [JSON.stringify(people), room, of.offset],
  }
}

/** @throws ChatError `full` */
export function demandSpace(chat: Chat, person: PersonId): void {
  const row = chat.row('SELECT 1 FROM chat_members WHERE person = ? LIMIT 1 OFFSET ?', person, roomsOfPerson - 1)
  if (row !== undefined)
    throw new ChatError('full', { message: `You are in ${roomsOfPerson} rooms, and more are not possible` })
}

/** There is no such room yet. */
export function isNew(room: RoomId): Statement {
  return { sql: 'SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM chat_rooms WHERE id = ?)', params: [room], guard: 'changed' }
}

export const exists = (chat: Chat, room: RoomId): boolean =>
  chat.row('SELECT 1 FROM chat_rooms WHERE id = ?', room) !== undefined
