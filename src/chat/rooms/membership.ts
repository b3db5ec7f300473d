/** What holds of everybody who comes into a room: how many one may be in. */
import type { Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { PersonId, RoomId } from '../events.ts'

const roomsOfPerson = 5000 // beyond, somebody joins no more; others may still invite them

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
