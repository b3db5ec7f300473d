/** Who is there, for those who ask: people of a room that one may see, or people one shares a room with. */
import type { Chat } from '../chat.ts'
import type { RoomId } from '../events.ts'
import type { Person } from '../people/person.ts'
import { flag, number, text } from '../rows.ts'
import type { PresenceView } from '../views.ts'

const most = 200

/** @throws ChatError */
export function presenceIn(chat: Chat, me: Person, room: RoomId) {
  chat.demand('see', room, me)
  const online = chat.live.online.in(room)
  const members = number(chat.row('SELECT members FROM chat_rooms WHERE id = ?', room) ?? { members: 0 }, 'members')
  const ids = [...online].slice(0, most)
  return { members, online: online.size, people: views(chat, ids).filter((each) => each.online) }
}

/** Of those who are in no room with who asks, or do not want to hear from them, nothing is told. */
export function presenceOf(chat: Chat, me: Person, people: readonly string[]): PresenceView[] {
  const known = chat.rows(
    `SELECT value AS person FROM json_each(?1) WHERE value = ?2 OR (EXISTS (
         SELECT 1 FROM chat_members mine JOIN chat_members theirs ON theirs.room = mine.room
         WHERE mine.person = ?2 AND theirs.person = value)
       AND NOT EXISTS (SELECT 1 FROM chat_blocks WHERE person = value AND blocked = ?2))`,
    JSON.stringify(people.slice(0, most)),
    me.id,
  )
  return views(
    chat,
    known.map((row) => text(row, 'person')),
  )
}

function views(chat: Chat, ids: readonly string[]): PresenceView[] {
  return chat
    .rows(
      'SELECT id, seen, hide_seen FROM chat_people WHERE id IN (SELECT value FROM json_each(?))',
      JSON.stringify(ids),
    )
    .map((row) => {
      const person = text(row, 'id')
      if (flag(row, 'hide_seen')) return { person, online: false }
      const online = chat.live.online.isOnline(person)
      return { person, online, ...(!online && { seen: number(row, 'seen') }) }
    })
}
