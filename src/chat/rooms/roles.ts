/** Roles: given and taken away by owners and admins, to those below them. A room always has an owner. */
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { MemberEvent, PersonId, Role, RoomId } from '../events.ts'
import { findPerson, type Person } from '../people/person.ts'
import { holds, ownerRemains } from './leave.ts'
import { roleOf } from './standing.ts'

/** @throws ChatError `forbidden`, `notFound` for somebody who is no member, `lastOwner` */
export async function setRole(chat: Chat, me: Person, room: RoomId, person: PersonId, role: Role) {
  await chat.perform(me, () => {
    const before = memberRole(chat, me, room, person)
    chat.demand('role', room, me, { person, newRole: role })
    if (before === role) return undefined
    const guards = before === 'owner' ? [ownerRemains(room, person)] : []
    if (!guards.every((guard) => holds(chat, guard))) throw new ChatError('lastOwner')
    return { room, deed: 'role', target: { person, newRole: role }, event: roleEvent(chat, me, person, role), guards }
  })
  return {}
}

/**
 * The room has another owner from here on, and who was it is an admin. These are
 * two entries: should it end between them there are two owners, and asked again
 * it is completed.
 * @throws ChatError
 */
export async function handOver(chat: Chat, me: Person, room: RoomId, person: PersonId) {
  if (person === me.id) throw new ChatError('invalid', { message: 'It is yours already' })
  if (roleOf(chat, room, me) !== 'owner') refuse(chat, me, room)
  await setRole(chat, me, room, person, 'owner')
  await setRole(chat, me, room, me.id, 'admin')
  return {}
}

/** Somebody who is no owner cannot give the room away. @throws ChatError */
function refuse(chat: Chat, me: Person, room: RoomId): never {
  chat.demand('archive', room, me) // which is an owner's, too
  throw new ChatError(roleOf(chat, room, me) === undefined ? 'notMember' : 'forbidden') // an administrator of the server, who owns nothing here
}

/** @throws ChatError `notFound` if somebody is no member, for those who may know */
export function memberRole(chat: Chat, me: Person, room: RoomId, person: PersonId): Role {
  chat.demand('see', room, me)
  const found = findPerson(chat, person)
  const role = found && roleOf(chat, room, found)
  if (role === undefined) throw new ChatError('notFound', { message: 'This person is not a member of the room' })
  return role
}

function roleEvent(chat: Chat, me: Person, person: PersonId, role: Role): MemberEvent {
  return { type: 'member', what: 'role', by: me.id, time: chat.now(), person, role }
}
