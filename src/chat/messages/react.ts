/** A reaction to a message, put there or taken away. What is so already is not done again. */
import type { Statement } from '../../index.ts'
import type { Chat, Performance } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { PersonId, ReactionEvent, RoomId } from '../events.ts'
import { stands } from '../guards.ts'
import type { Person } from '../people/person.ts'
import { emojiOf } from './emoji.ts'
import { standingMessage } from './find.ts'

export interface Reaction {
  readonly room: RoomId
  readonly offset: number
  readonly emoji: string
  readonly on: boolean
}

const maxKinds = 20 // different ones of a message

/** Where the entry stands that last changed the message. @throws ChatError */
export async function react(chat: Chat, person: Person, reaction: Reaction): Promise<{ offset: number }> {
  const emoji = emojiOf(reaction.emoji)
  if (emoji === undefined) throw new ChatError('invalid', { message: 'A reaction is one emoji' })
  const done = await chat.perform(person, () => prepare(chat, person, { ...reaction, emoji }))
  return { offset: done?.offset ?? standingMessage(chat, reaction.room, reaction.offset).version }
}

function prepare(chat: Chat, person: Person, reaction: Reaction): Performance | undefined {
  const { room, offset, emoji, on } = reaction
  chat.demand('react', room, person)
  standingMessage(chat, room, offset)
  if (isThere(chat, reaction, person.id) === on) return undefined
  const guards = [stands(room, offset), still(reaction, person.id)]
  if (on) {
    if (chat.row(hasSpace, room, offset, emoji) === undefined)
      throw new ChatError('full', { message: `A message has at most ${maxKinds} different reactions; join one` })
    guards.push({ sql: hasSpace, params: [room, offset, emoji], guard: 'changed' })
  }
  const event: ReactionEvent = { type: 'reaction', of: offset, by: person.id, time: chat.now(), emoji, on }
  return { room, deed: 'react', event, guards }
}

const mine = 'SELECT 1 FROM chat_reactions WHERE room = ?1 AND of = ?2 AND emoji = ?3 AND person = ?4'

function isThere(chat: Chat, { room, offset, emoji }: Reaction, person: PersonId): boolean {
  return chat.row(mine, room, offset, emoji, person) !== undefined
}

const still = ({ room, offset, emoji, on }: Reaction, person: PersonId): Statement => ({
  sql: `SELECT 1 WHERE ${on ? 'NOT ' : ''}EXISTS (${mine})`,
  params: [room, offset, emoji, person],
  guard: 'changed',
})

/** A row if one more fits, or it is one of those. The kinds are stepped through, however many people chose each. */
const hasSpace = `
  WITH RECURSIVE kinds (emoji) AS (
    SELECT min(emoji) FROM chat_reactions WHERE room = ?1 AND of = ?2
    UNION ALL
    SELECT (SELECT min(emoji) FROM chat_reactions WHERE room = ?1 AND of = ?2 AND emoji > kinds.emoji) FROM kinds
    WHERE kinds.emoji IS NOT NULL LIMIT ${maxKinds + 1})
  SELECT 1 WHERE (SELECT count(emoji) FROM kinds) < ${maxKinds}
    OR EXISTS (SELECT 1 FROM kinds WHERE emoji = ?3)`
