/**
 * A piece of a room's messages, as they now read, and the position it was read
 * at: whoever follows the room from there misses nothing, and gets nothing that
 * is in the page already.
 */
import type { SqlRow } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { channelOf, type RoomId } from '../events.ts'
import type { Person } from '../people/person.ts'
import { number } from '../rows.ts'
import type { PageView } from '../views.ts'
import { rowsBefore, rowsFrom } from './message-rows.ts'
import { messageViews } from './message-views.ts'
import { namedIn, noticesIn } from './notices.ts'
import { offsetAt } from './place.ts'

/** Which piece: the last messages, those before or after one, those around a place in the log or in time. */
export type Piece =
  | { readonly last: true }
  | { readonly before: number }
  | { readonly after: number }
  | { readonly around: number; readonly lead?: number | undefined } // how many of them before it; else half
  | { readonly time: number }

export const maxPage = 100

/** @throws ChatError if the person may not see the room */
export function readPage(chat: Chat, person: Person, room: RoomId, piece: Piece, limit: number): PageView {
  return chat.server.snapshot(() => {
    chat.demand('see', room, person)
    const position = chat.server.position(channelOf(room))
    const { rows, older, newer, end } = rowsOf(chat, room, piece, limit)
    const [first] = rows
    const notices = noticesIn(chat, room, older && first !== undefined ? number(first, 'offset') : 0, end)
    const { messages, people } = messageViews(chat, person.id, rows, notices.flatMap(namedIn))
    return { messages, notices, people, position, older, newer }
  })
}

interface Rows {
  readonly rows: readonly SqlRow[]
  readonly older: boolean
  readonly newer: boolean
  readonly end: number // what stands before it belongs to this piece
}

function rowsOf(chat: Chat, room: RoomId, piece: Piece, limit: number): Rows {
  if ('last' in piece) return before(chat, room, theEnd, limit)
  if ('before' in piece) return before(chat, room, piece.before, limit)
  if ('after' in piece) return from(chat, room, piece.after + 1, limit)
  const middle = 'time' in piece ? offsetAt(chat, room, piece.time) : piece.around
  const lead = ('lead' in piece ? piece.lead : undefined) ?? Math.floor(limit / 2)
  return around(chat, room, middle, lead, limit)
}

/** One more than wanted is asked for: so it shows whether there are more. */
function before(chat: Chat, room: RoomId, offset: number, limit: number): Rows {
  const found = rowsBefore(chat, room, offset, limit + 1)
  return {
    rows: found.slice(0, limit).toReversed(),
    older: found.length > limit,
    newer: offset !== theEnd && rowsFrom(chat, room, offset, 1).length > 0,
    end: offset,
  }
}

function from(chat: Chat, room: RoomId, offset: number, limit: number): Rows {
  const found = rowsFrom(chat, room, offset, limit + 1)
  return {
    rows: found.slice(0, limit),
    older: rowsBefore(chat, room, offset, 1).length > 0,
    newer: found.length > limit,
    end: endBefore(found[limit]),
  }
}

/** At the ends of the log the page is filled from the other side. */
function around(chat: Chat, room: RoomId, middle: number, lead: number, limit: number): Rows {
  const older = rowsBefore(chat, room, middle, limit + 1)
  const newer = rowsFrom(chat, room, middle, limit + 1)
  const back = Math.min(older.length, Math.max(lead, limit - newer.length))
  const forth = Math.min(newer.length, limit - back)
  return {
    rows: [...older.slice(0, back).toReversed(), ...newer.slice(0, forth)],
    older: older.length > back,
    newer: newer.length > forth,
    end: endBefore(newer[forth]),
  }
}

const theEnd = Number.MAX_SAFE_INTEGER
const endBefore = (next: SqlRow | undefined) => (next === undefined ? theEnd : number(next, 'offset'))

/** The first message of others that the person has not read; undefined if there is none. */
export function firstUnread(chat: Chat, person: Person, room: RoomId, read: number): number | undefined {
  const row = chat.row(
    `SELECT offset FROM chat_messages INDEXED BY chat_messages_standing
     WHERE room = ? AND offset > ? AND author <> ? AND removed IS NULL ORDER BY offset LIMIT 1`,
    room,
    read,
    person.id,
  )
  return row && number(row, 'offset')
}
