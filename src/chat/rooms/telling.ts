/**
 * Whom a room's entries concern besides its readers: somebody who comes in or
 * goes, whose role changes, who may not write any more, is told in their inbox;
 * and so are all members of a room that changes itself, since it stands in
 * their lists. Of a large room they are not: who has it open reads it in its log.
 */
import type { Chat } from '../chat.ts'
import type { MemberEvent, PersonId, RoomEntry, RoomEvent, RoomId } from '../events.ts'
import { tell } from '../inbox.ts'
import { text } from '../rows.ts'
import { roomView } from './room-view.ts'

const large = 1000 // members
const slice = 50 // of them that are told at a time, with others served in between

/** A listener of the chat. */
export function telling(chat: Chat): (room: RoomId, event: RoomEvent) => void {
  return (room, event) => {
    if (event.type === 'member') tellPerson(chat, room, event)
    if (event.type === 'room') void tellMembers(chat, room, event).catch((error: unknown) => chat.server.report(error))
  }
}

function tellPerson(chat: Chat, room: RoomId, { what, person }: MemberEvent): void {
  if (what === 'left' || what === 'kicked' || what === 'banned') tell(chat, person, { type: 'left', room, why: what })
  else if (what !== 'unbanned') tellRoom(chat, person, room)
}

async function tellMembers(chat: Chat, room: RoomId, { members }: RoomEntry): Promise<void> {
  const people = members?.map(({ person }) => person) ?? membersOf(chat, room)
  for (let at = 0; at < people.length; at += slice) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve))
    for (const person of people.slice(at, at + slice)) tellRoom(chat, person, room)
  }
}

function tellRoom(chat: Chat, person: PersonId, room: RoomId): void {
  if (chat.server.clients(person).length === 0) return
  const view = roomView(chat, person, room)
  if (view?.role !== undefined) tell(chat, person, { type: 'room', room: view })
}

/** None where there are too many to tell. */
function membersOf(chat: Chat, room: RoomId): PersonId[] {
  const rows = chat.rows('SELECT person FROM chat_members WHERE room = ? LIMIT ?', room, large + 1)
  return rows.length > large ? [] : rows.map((row) => text(row, 'person'))
}
