/** Opening a room: the room, a page of it and the position to follow it from, all of one state, in one call. */
import type { Chat } from '../chat.ts'
import type { RoomId } from '../events.ts'
import type { Person } from '../people/person.ts'
import type { PageView, RoomView } from '../views.ts'
import { firstUnread, type Piece, readPage } from './page.ts'
import { roomView } from './room-views.ts'

/** Where to begin to read. */
export type At = 'latest' | 'unread' | { readonly offset: number } | { readonly time: number }

export interface Opened extends PageView {
  readonly room: RoomView
  readonly firstUnread?: number | undefined
}

/** @throws ChatError */
export function open(chat: Chat, person: Person, id: RoomId, at: At, limit: number): Opened {
  return chat.server.snapshot(() => {
    chat.demand('see', id, person)
    const room = roomView(chat, person, id)
    const first = room.role === undefined ? undefined : firstUnread(chat, person, id, room.read)
    const page = readPage(chat, person, id, pieceAt(at, first, limit), limit)
    return { room, ...(first !== undefined && { firstUnread: first }), ...page }
  })
}

/** Before the first unread one stand some that are known, so that it is seen where one left off. */
function pieceAt(at: At, first: number | undefined, limit: number): Piece {
  if (at === 'latest') return { last: true }
  if (at === 'unread') return first === undefined ? { last: true } : { around: first, lead: Math.floor(limit / 4) }
  return 'time' in at ? at : { around: at.offset }
}
