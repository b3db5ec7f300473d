/** Coming into a room: by oneself where it is public, or asked by a member. */
import type { Chat, Performance } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { MemberEvent, PersonId, RoomId } from '../events.ts'
import { refusing } from '../people/blocks.ts'
import { findPerson, type Person } from '../people/person.ts'
import { isLetIn } from './address-bans.ts'
import { demandSpace } from './membership.ts'
import { standingOf } from './standing.ts'

/** Who is in it already stays as they are. @throws ChatError */
export async function join(chat: Chat, me: Person, room: RoomId) {
  demandSpace(chat, me.id)
  await chat.perform(me, () => {
    const { role, kind } = standingOf(chat, room, me).standing
    if (role !== undefined && kind !== 'direct') return undefined
    return { room, deed: 'join', guards: [isLetIn(room, me.id, chat.now())], ...arrival(chat, me.id, me.id) }
  })
  return { room }
}

/** Somebody is added to the room by a member of it. @throws ChatError */
export async function invite(chat: Chat, me: Person, room: RoomId, other: PersonId) {
  const person = findPerson(chat, other)
  if (person === undefined || person.kind === 'gone')
    throw new ChatError('notFound', { message: 'There is no such person' })
  await chat.perform(me, () => {
    chat.demand('invite', room, me)
    if (standingOf(chat, room, person).standing.role !== undefined) return undefined
    if (refusing(chat, [other], me.id).size > 0) throw new ChatError('blocked')
    demandWelcome(chat, room, person)
    const guards = [isLetIn(room, other, chat.now())]
    return { room, deed: 'invite', target: { person: other }, guards, ...arrival(chat, other, me.id) }
  })
  return {}
}

/** Somebody who is banned does not come back by way of a friend. */
function demandWelcome(chat: Chat, room: RoomId, person: Person): void {
  const { banned } = standingOf(chat, room, person).standing
  if (banned) throw new ChatError('banned', { message: 'This person is banned from the room; lift the ban first' })
}

/** Somebody is in the room from here on. */
export function arrival(chat: Chat, person: PersonId, by: PersonId): Pick<Performance, 'event'> {
  const event: MemberEvent = { type: 'member', what: 'joined', by, time: chat.now(), person, role: 'member' }
  return { event }
}
