/** A message that something is to be done with. */
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { Attachment, Forwarded, MessageEvent, PersonId, RoomId } from '../events.ts'
import { flag, number, numberOrNull, record, text } from '../rows.ts'

export interface Found {
  readonly offset: number
  readonly version: number
  readonly author: PersonId
  readonly time: number
  readonly text: string
  readonly removed: boolean
  readonly pinned: boolean
  readonly extra: Extra
}

/** The column `extra` of a message: JSON that the projection wrote, of what stands in the log. */
export interface Extra {
  readonly mentions?: readonly PersonId[]
  readonly files?: readonly Attachment[]
  readonly forwarded?: Forwarded
  readonly as?: MessageEvent['as']
}

/** As it now reads, taken back or not. @throws ChatError `notFound` */
export function findMessage(chat: Chat, room: RoomId, offset: number): Found {
  const row = chat.row(
    `SELECT offset, version, author, time, text, removed, pinned, extra FROM chat_messages WHERE room = ? AND offset = ?`,
    room,
    offset,
  )
  if (row === undefined) throw new ChatError('notFound', { message: 'There is no such message' })
  return {
    offset: number(row, 'offset'),
    version: number(row, 'version'),
    author: text(row, 'author'),
    time: number(row, 'time'),
    text: text(row, 'text'),
    removed: numberOrNull(row, 'removed') !== null,
    pinned: flag(row, 'pinned'),
    extra: record(row, 'extra'),
  }
}

/** One that was not taken back. @throws ChatError `notFound`, `gone` */
export function standingMessage(chat: Chat, room: RoomId, offset: number): Found {
  const found = findMessage(chat, room, offset)
  if (found.removed) throw new ChatError('gone', { message: 'This message was taken back' })
  return found
}
