/** Who came and went, and what became of the room: entries that are shown between messages. */
import type { Chat } from '../chat.ts'
import type { PersonId, RoomEvent, RoomId } from '../events.ts'
import { number, record } from '../rows.ts'
import type { EntryView } from '../views.ts'

const most = 100 // of a page: in a large room there may be thousands between two messages

/** The last ones from one offset to before another, the oldest first. */
export function noticesIn(chat: Chat, room: RoomId, from: number, end: number): EntryView[] {
  return chat
    .rows(
      `SELECT offset, event FROM chat_notices
       WHERE room = ? AND offset >= ? AND offset < ? ORDER BY offset DESC LIMIT ${most}`,
      room,
      from,
      end,
    )
    .map((row) => ({ offset: number(row, 'offset'), event: record(row, 'event') as EntryView['event'] }))
    .toReversed()
}

/** Whom an entry concerns that is no message. */
export function peopleOf(event: RoomEvent): PersonId[] {
  if (event.type === 'member') return [event.person]
  return event.type === 'room' ? (event.members ?? []).slice(0, named).map(({ person }) => person) : []
}

export function namedIn({ event }: EntryView): PersonId[] {
  return [event.by, ...peopleOf(event as unknown as RoomEvent)]
}

const named = 20 // of those who were there from the beginning
