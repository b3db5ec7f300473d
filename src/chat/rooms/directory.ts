/** The public rooms, those with the most members first, in pages; or those whose name has something in it. */
import type { Chat } from '../chat.ts'
import { fromCursor, toCursor } from '../page-cursor.ts'
import type { Person } from '../people/person.ts'
import { avatarOf } from '../reading/room-views.ts'
import { flag, number, text } from '../rows.ts'
import { roomKey } from './room-name.ts'

const looked = 20_000 // rooms that a name is looked for in

export interface Asked {
  readonly name?: string | undefined
  readonly after?: string | undefined
  readonly limit: number
}

/** A room that grows between two pages may be on both: its id tells. @throws ChatError */
export function publicRooms(chat: Chat, me: Person, { name = '', after, limit }: Asked) {
  const [members, id] = after === undefined ? [Number.MAX_SAFE_INTEGER, ''] : fromCursor(after, 0, '')
  const rows = chat.rows(
    `SELECT r.*, EXISTS (SELECT 1 FROM chat_members m WHERE m.room = r.id AND m.person = ?1) AS joined
     FROM (SELECT * FROM chat_rooms WHERE kind = 'public' AND archived = 0 AND members <= ?2 AND (members < ?2 OR id > ?3)
       ORDER BY members DESC, id LIMIT ?6) r
     WHERE ?4 = '' OR instr(r.name_key, ?4) > 0
     ORDER BY r.members DESC, r.id LIMIT ?5`,
    me.id,
    members,
    id,
    roomKey(name),
    limit + 1,
    name === '' ? limit + 1 : looked,
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    rooms: page.map((row) => ({
      id: text(row, 'id'),
      name: text(row, 'name'),
      description: text(row, 'description'),
      ...avatarOf(row),
      members: number(row, 'members'),
      readOnly: flag(row, 'read_only'),
      created: number(row, 'created'),
      active: number(row, 'last_time'),
      joined: flag(row, 'joined'),
    })),
    ...(rows.length > limit && last && { next: toCursor(number(last, 'members'), text(last, 'id')) }),
  }
}
