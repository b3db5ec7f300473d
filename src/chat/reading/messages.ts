/** Single messages of a room, as they now read. */
import type { SqlRow } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { channelOf, type RoomId } from '../events.ts'
import { maxPins } from '../messages/pin.ts'
import type { Person } from '../people/person.ts'
import type { PositionView } from '../views.ts'
import { rowsAt, rowsPinned } from './message-rows.ts'
import { messageViews, type MessageViews } from './message-views.ts'

export interface Some extends MessageViews {
  readonly position: PositionView
}

/** Those of these that are there, in the order of the room. @throws ChatError */
export function messagesAt(chat: Chat, person: Person, room: RoomId, offsets: readonly number[]): Some {
  return read(chat, person, room, () => rowsAt(chat, room, [...new Set(offsets)]))
}

/** The newest first. @throws ChatError */
export function pinned(chat: Chat, person: Person, room: RoomId): Some {
  return read(chat, person, room, () => rowsPinned(chat, room, maxPins))
}

function read(chat: Chat, person: Person, room: RoomId, rows: () => readonly SqlRow[]): Some {
  return chat.server.snapshot(() => {
    chat.demand('see', room, person)
    return { ...messageViews(chat, person.id, rows()), position: chat.server.position(channelOf(room)) }
  })
}
