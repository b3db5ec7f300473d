/**
 * A message is taken back: by its author, for some time (`recall`), or by who
 * moderates the room (`remove`). A tombstone stays. What it said is no longer
 * there for anybody, in no table and not in the log.
 */
import type { Chat, Performance } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { RecallEvent, RoomId } from '../events.ts'
import { stands } from '../guards.ts'
import type { Person } from '../people/person.ts'
import { objection } from '../permissions.ts'
import { findMessage, type Found } from './find.ts'

export interface Place {
  readonly room: RoomId
  readonly offset: number
}

type Way = 'recall' | 'remove'

/** Where the entry stands that says so. Done twice, it is done once. @throws ChatError */
export async function takeBack(chat: Chat, person: Person, { room, offset }: Place, way: Way) {
  const done = await chat.perform(person, () => prepare(chat, person, { room, offset }, way))
  return { offset: done?.offset ?? findMessage(chat, room, offset).version }
}

function prepare(chat: Chat, person: Person, { room, offset }: Place, way: Way): Performance | undefined {
  chat.demand('see', room, person)
  const message = findMessage(chat, room, offset)
  const target = { person: message.author }
  const standing = chat.demand(way, room, person, target)
  if (message.removed) return undefined
  if (way === 'recall' && objection('moderate', standing) !== undefined) checkTime(chat, message)
  const event: RecallEvent = { type: 'recall', of: offset, by: person.id, time: chat.now() }
  return { room, deed: way, target, event, guards: [stands(room, offset)] }
}

function checkTime(chat: Chat, { time }: Found): void {
  if (chat.now() - time >= chat.options.recallTime)
    throw new ChatError('tooLate', { message: 'It is too late to take this message back' })
}
