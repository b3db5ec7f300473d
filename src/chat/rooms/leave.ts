/**
 * Going out of a room. A room needs an owner: the last one cannot leave while
 * others are there, and with one who is alone in it the room is archived.
 */
import type { Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { PersonId, RoomId } from '../events.ts'
import type { Person } from '../people/person.ts'
import { rankOfRole } from '../schema.ts'
import { standingOf } from './standing.ts'

/** @throws ChatError `lastOwner`, `notMember` */
export async function leave(chat: Chat, me: Person, room: RoomId) {
  const event = { type: 'member', what: 'left', by: me.id, time: chat.now(), person: me.id } as const
  await chat.perform(me, () => {
    const { role } = standingOf(chat, room, me).standing
    if (role !== 'owner') return { room, deed: 'leave', event }
    const guard = ownerRemains(room, me.id, true)
    if (!holds(chat, guard)) throw new ChatError('lastOwner')
    return { room, deed: 'leave', event, guards: [guard] }
  })
  return {}
}

/** Without this one there is another owner; or nobody else at all, if that will do. */
export function ownerRemains(room: RoomId, person: PersonId, orNobody = false): Statement {
  const alone = 'EXISTS (SELECT 1 FROM chat_rooms WHERE id = ?1 AND members = 1)'
  return {
    sql: `SELECT 1 WHERE EXISTS (SELECT 1 FROM chat_members WHERE room = ?1 AND ${rankOfRole} = 0 AND person <> ?2)
      ${orNobody ? `OR ${alone}` : ''}`,
    params: [room, person],
    guard: 'changed',
  }
}

/** Whether a guard holds at this moment. */
export function holds(chat: Chat, { sql, params = [] }: Statement): boolean {
  return chat.row(sql, ...params.filter((param): param is string => typeof param === 'string')) !== undefined
}
