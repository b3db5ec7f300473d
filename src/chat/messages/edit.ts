/** The own message gets another text. What it said before is kept for who moderates the room. */
import type { Statement } from '../../index.ts'
import type { Chat, Performance } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { EditEvent, RoomId } from '../events.ts'
import { stands } from '../guards.ts'
import type { Person } from '../people/person.ts'
import { number } from '../rows.ts'
import { type Found, standingMessage } from './find.ts'
import { cleanText } from './text.ts'
import { whomMentions } from './whom.ts'

export interface Edit {
  readonly room: RoomId
  readonly offset: number
  readonly text: string
  readonly clientId?: string | undefined
}

/** Where the entry stands that last changed the message. @throws ChatError */
export async function edit(chat: Chat, person: Person, change: Edit): Promise<{ offset: number }> {
  const { room, clientId } = change
  const key = clientId === undefined ? undefined : `${person.id}/edit/${clientId}`
  const done = await chat
    .perform(person, () => prepare(chat, person, change, key))
    .catch(async (error: unknown) => {
      const before = key !== undefined && error instanceof ChatError ? await chat.doneBefore(room, key) : undefined
      if (before === undefined) throw error
      return before
    })
  return { offset: done?.offset ?? standingMessage(chat, room, change.offset).version }
}

function prepare(chat: Chat, person: Person, change: Edit, key: string | undefined): Performance | undefined {
  const { room, offset } = change
  chat.demand('see', room, person)
  const message = standingMessage(chat, room, offset)
  const target = { person: message.author }
  const standing = chat.demand('edit', room, person, target)
  checkTime(chat, message)
  checkCount(chat, room, offset)
  const text = textOf(chat, change.text, message)
  if (text === message.text) return undefined
  const whom = whomMentions(chat, room, person.id, { said: text, standing })
  const event: EditEvent = { type: 'edit', of: offset, by: person.id, time: chat.now(), text, ...whom }
  return { room, deed: 'edit', target, event, key, guards: [stands(room, offset), differs(room, offset, text)] }
}

function textOf(chat: Chat, written: string, { extra }: Found): string {
  if (extra.forwarded !== undefined)
    throw new ChatError('forbidden', { message: 'These are the words of somebody else' })
  const text = cleanText(written, chat.options.messageLimit)
  if (text === '' && (extra.files ?? []).length === 0)
    throw new ChatError('invalid', { message: 'A message needs a text; take it back if you do not want it' })
  return text
}

function checkTime(chat: Chat, { time }: Found): void {
  if (chat.now() - time >= chat.options.editTime)
    throw new ChatError('tooLate', { message: 'It is too late to edit this message' })
}

/** All of them are wiped with the message when it is taken back. */
function checkCount(chat: Chat, room: RoomId, offset: number): void {
  const row = chat.row('SELECT count(*) AS edits FROM chat_edits WHERE room = ? AND of = ?', room, offset)
  if (row !== undefined && number(row, 'edits') >= maxEdits)
    throw new ChatError('full', { message: `A message is edited ${maxEdits} times at most` })
}

const maxEdits = 1000

/** Of two that say the same at once, one is written. */
const differs = (room: RoomId, offset: number, text: string): Statement => ({
  sql: 'SELECT 1 FROM chat_messages WHERE room = ? AND offset = ? AND text <> ?',
  params: [room, offset, text],
  guard: 'changed',
})
