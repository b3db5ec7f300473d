/**
 * Whom a room's entries concern besides its readers: somebody who comes in or
 * goes, whose role changes, who may not write any more, is told in their inbox;
 * and so are all members who are there when the room itself changes, since it
 * stands in their lists.
 */
import type { Chat } from '../chat.ts'
import type { MemberEvent, PersonId, RoomEvent, RoomId } from '../events.ts'
import { roomViews } from '../reading/room-views.ts'

const slice = 50 // people who are told at a time, with others served in between

/** A listener of the chat. */
export function telling(chat: Chat): (room: RoomId, event: RoomEvent) => void {
  return (room, event) => {
    if (event.type === 'member') tellPerson(chat, room, event)
    if (event.type === 'room') void tellMembers(chat, room).catch((error: unknown) => chat.server.report(error))
  }
}

function tellPerson(chat: Chat, room: RoomId, { what, person, reason, until }: MemberEvent): void {
  if (what === 'left' || what === 'kicked' || what === 'banned')
    chat.live.tell(person, { type: 'left', room, why: what, reason, until })
  else if (what !== 'unbanned') tellRoom(chat, person, room)
}

async function tellMembers(chat: Chat, room: RoomId): Promise<void> {
  const people = [...chat.live.online.in(room)]
  for (let at = 0; at < people.length; at += slice) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve))
    for (const person of people.slice(at, at + slice)) tellRoom(chat, person, room)
  }
}

function tellRoom(chat: Chat, person: PersonId, room: RoomId): void {
  if (!chat.live.online.isOnline(person)) return
  const [view] = roomViews(chat, { id: person }, [room])
  if (view?.role !== undefined) chat.live.tell(person, { type: 'room', room: view })
}
