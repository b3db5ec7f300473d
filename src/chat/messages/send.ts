/** A message on its way into a room. */
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { MessageEvent, RoomId } from '../events.ts'
import { of, type Statement } from '../../index.ts'
import type { Person } from '../people/person.ts'
import { cleanText } from './text.ts'

export interface Draft {
  readonly room: RoomId
  readonly clientId: string
  readonly text: string
  readonly reply?: number | undefined
}

/** @throws ChatError */
export async function send(chat: Chat, person: Person, draft: Draft) {
  const { room, clientId, reply } = draft
  const text = cleanText(draft.text, chat.options.messageLimit)
  if (text === '') throw new ChatError('invalid', { message: 'A message needs a text' })
  const time = chat.now()
  const event: MessageEvent = { type: 'message', by: person.id, time, id: clientId, text, reply }
  const done = await chat.perform(person, () => ({
    room,
    deed: 'write',
    event,
    key: `${person.id}/${clientId}`,
    statements: [readUpTo(person.id, room)],
  }))
  return { offset: done.offset, time, mentions: [] }
}

/** Who speaks has read what was said before. */
function readUpTo(person: string, room: RoomId): Statement {
  return {
    sql: `INSERT INTO chat_marks (person, room, read, delivered) VALUES (?1, ?2, ?3, ?3)
      ON CONFLICT (person, room) DO UPDATE SET read = max(read, ?3), delivered = max(delivered, ?3), unread = 0, draft = ''`,
    params: [person, room, of.offset],
  }
}
