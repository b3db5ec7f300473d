/** A message on its way into a room. */
import { of, type Published, type Statement } from '../../index.ts'
import type { Chat, Performance } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { MessageEvent, RoomId } from '../events.ts'
import type { Person } from '../people/person.ts'
import { attachmentsFor } from './attachments.ts'
import { findMessage } from './find.ts'
import { forward } from './forward.ts'
import { slowMode } from './slow-mode.ts'
import { cleanText } from './text.ts'
import { whomMentions } from './whom.ts'

export interface Draft {
  readonly room: RoomId
  readonly clientId: string
  readonly text: string
  readonly reply?: number | undefined
  readonly files: readonly string[]
  readonly forward?: { readonly room: RoomId; readonly offset: number } | undefined
}

/**
 * However often it is sent, it is one message, and each time the answer is where
 * it stands: also when the sender may not write there any more.
 * @throws ChatError
 */
export async function send(chat: Chat, person: Person, draft: Draft) {
  const key = `${person.id}/${draft.clientId}`
  const done = await chat
    .perform(person, () => prepare(chat, person, draft, key))
    .catch(async (error: unknown) => {
      const before = error instanceof ChatError ? await chat.doneBefore(draft.room, key) : undefined
      if (before === undefined) throw error
      return before
    })
  return answer(chat, draft.room, done)
}

function prepare(chat: Chat, person: Person, draft: Draft, key: string): Performance {
  const { room, clientId, reply } = draft
  const standing = chat.demand('write', room, person)
  const time = chat.now()
  const { guards, ...content } = contentOf(chat, person, draft)
  if (reply !== undefined) findMessage(chat, room, reply)
  const isOwn = content.forwarded === undefined // who is mentioned in what somebody else said is not told of it
  const whom = isOwn ? whomMentions(chat, room, person.id, { said: content.text, standing }) : {}
  const event: MessageEvent = { type: 'message', by: person.id, time, id: clientId, ...content, reply, ...whom }
  return {
    room,
    deed: 'write',
    event,
    key,
    guards: [...guards, ...slowMode(chat, room, person.id, standing, time)],
    statements: [readUpTo(person.id, room)],
  }
}

type Content = Pick<MessageEvent, 'text' | 'files' | 'forwarded'> & { readonly guards: readonly Statement[] }

function contentOf(chat: Chat, person: Person, draft: Draft): Content {
  if (draft.forward !== undefined) {
    if (draft.text !== '' || draft.files.length > 0)
      throw new ChatError('invalid', { message: 'What is passed on stands alone; send your own words after it' })
    const { part, guards } = forward(chat, person, draft.forward)
    return { ...part, guards }
  }
  const text = cleanText(draft.text, chat.options.messageLimit)
  const files = attachmentsFor(chat, person, draft.files)
  if (text === '' && files.length === 0)
    throw new ChatError('invalid', { message: 'A message needs a text, or a file' })
  return { text, ...(files.length > 0 && { files }), guards: [] }
}

/** As it stands there, for it may have been said before. */
function answer(chat: Chat, room: RoomId, { offset }: Published) {
  const { time, extra } = findMessage(chat, room, offset)
  return { offset, time, mentions: [...(extra.mentions ?? [])] }
}

/** Who speaks has read what was said before. */
function readUpTo(person: string, room: RoomId): Statement {
  return {
    sql: `INSERT INTO chat_marks (person, room, read, delivered) VALUES (?1, ?2, ?3, ?3)
      ON CONFLICT (person, room) DO UPDATE SET read = max(read, ?3), delivered = max(delivered, ?3), unread = 0`,
    params: [person, room, of.offset],
  }
}
