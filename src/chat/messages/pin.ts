/** A message is pinned to its room, or no longer. */
import type { Statement } from '../../index.ts'
import type { Chat, Performance } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { PinEvent, RoomId } from '../events.ts'
import type { Person } from '../people/person.ts'
import { number } from '../rows.ts'
import { standingMessage } from './find.ts'

export interface Pin {
  readonly room: RoomId
  readonly offset: number
  readonly on: boolean
}

export const maxPins = 100 // of a room

/** Where the entry stands that last changed the message. @throws ChatError */
export async function pin(chat: Chat, person: Person, change: Pin): Promise<{ offset: number }> {
  const done = await chat.perform(person, () => prepare(chat, person, change))
  return { offset: done?.offset ?? standingMessage(chat, change.room, change.offset).version }
}

function prepare(chat: Chat, person: Person, { room, offset, on }: Pin): Performance | undefined {
  chat.demand('pin', room, person)
  if (standingMessage(chat, room, offset).pinned === on) return undefined
  const guards = [still(room, offset, on)]
  if (on) {
    const pinned = chat.row(`SELECT (${count}) AS pins`, room)
    if (pinned !== undefined && number(pinned, 'pins') >= maxPins)
      throw new ChatError('full', { message: `A room has at most ${maxPins} pinned messages; take one off` })
    guards.push({ sql: `SELECT 1 WHERE (${count}) < ${maxPins}`, params: [room], guard: 'changed' })
  }
  const event: PinEvent = { type: 'pin', of: offset, by: person.id, time: chat.now(), on }
  return { room, deed: 'pin', event, guards }
}

const count = 'SELECT count(*) FROM chat_messages WHERE room = ?1 AND pinned = 1'

/** There, not taken back, and not yet as it is to be. */
const still = (room: RoomId, offset: number, on: boolean): Statement => ({
  sql: 'SELECT 1 FROM chat_messages WHERE room = ? AND offset = ? AND removed IS NULL AND pinned = ?',
  params: [room, offset, on ? 0 : 1],
  guard: 'changed',
})
