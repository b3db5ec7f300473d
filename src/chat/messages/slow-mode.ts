/** Slow mode: between two messages of a member lie so many seconds. Who moderates the room is free of it. */
import type { Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { PersonId, RoomId } from '../events.ts'
import { objection, type Standing } from '../permissions.ts'
import { number } from '../rows.ts'

/** Found by the place in the log, not by the clock, which may be set back. */
const lastOf = `SELECT offset, time FROM chat_messages WHERE room = ?1 AND author = ?2 ORDER BY offset DESC LIMIT 1`

/**
 * What must hold when the message is written: nothing of the same author came in between.
 * @throws ChatError `slow`, with how long to wait
 */
export function slowMode(chat: Chat, room: RoomId, author: PersonId, standing: Standing, time: number): Statement[] {
  if (objection('moderate', standing) === undefined) return []
  const row = chat.row('SELECT slow FROM chat_rooms WHERE id = ?', room)
  const pause = row === undefined ? 0 : number(row, 'slow') * 1000
  if (pause === 0) return []
  const last = chat.row(lastOf, room, author)
  const wait = last === undefined ? 0 : Math.min(number(last, 'time') + pause - time, pause)
  if (wait > 0) throw new ChatError('slow', { retryAfter: wait })
  return [
    {
      sql: `SELECT 1 WHERE coalesce((SELECT offset FROM (${lastOf})), 0) = ?3`,
      params: [room, author, last === undefined ? 0 : number(last, 'offset')],
      guard: 'changed',
    },
  ]
}
