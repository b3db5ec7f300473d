/** The rooms of a person, those first in which something was said last. */
import type { Chat } from '../chat.ts'
import { findPeople, type Person, personView } from '../people/person.ts'
import { number, text } from '../rows.ts'
import type { PersonView, RoomView } from '../views.ts'
import { roomViews } from './room-views.ts'

export interface RoomList {
  readonly rooms: RoomView[]
  /** Who said what was said last. */
  readonly people: PersonView[]
  readonly next?: string | undefined
}

/** @param after what `next` said of the page before */
export function listRooms(chat: Chat, me: Person, limit: number, archived: boolean, after?: string): RoomList {
  return chat.server.snapshot(() => {
    const [time = Number.MAX_SAFE_INTEGER, key = 0] = (after ?? '').split('.').filter(Boolean).map(Number)
    const found = chat.rows(
      `SELECT r.id, r.key, r.last_time FROM chat_members m CROSS JOIN chat_rooms r ON r.id = m.room
       WHERE m.person = ? AND r.archived = ? AND (r.last_time, r.key) < (?, ?)
       ORDER BY r.last_time DESC, r.key DESC LIMIT ?`,
      me.id,
      archived ? 1 : 0,
      time,
      key,
      limit + 1,
    )
    const page = found.slice(0, limit)
    const rooms = roomViews(
      chat,
      me,
      page.map((row) => text(row, 'id')),
    )
    const people = findPeople(
      chat,
      rooms.flatMap(({ last }) => last?.from ?? []),
    )
    const end = found.length > limit ? page.at(-1) : undefined
    return {
      rooms,
      people: people.map(personView),
      ...(end && { next: `${number(end, 'last_time')}.${number(end, 'key')}` }),
    }
  })
}
