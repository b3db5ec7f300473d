/** What a search means: in which rooms, between which rows of the index, and for which words it is asked. */
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import { directRoom, type PersonId, type RoomId } from '../events.ts'
import { keyOf } from '../people/names.ts'
import type { Person } from '../people/person.ts'
import { number, text } from '../rows.ts'
import { keyAt, lastKey } from './place.ts'
import { parseQuery, type Query } from './search-query.ts'
import { byAuthor, having, inRooms } from './search-scope.ts'
import { type Expression, phraseExpression, wordExpression } from './search-text.ts'
import { wordsLike } from './search-words.ts'

export interface Plan {
  readonly query: Query
  /** The one room; undefined: all of the person's. */
  readonly room: RoomId | undefined
  /** What is asked of the index: all of it must hold. */
  readonly scope: readonly string[]
  readonly body: readonly string[]
  /** What can be looked for by itself without walking far: where one of them is not, nothing is found. */
  readonly needs: readonly string[]
  readonly begin: number // the first row
  readonly end: number // the one behind the last
}

const maxRooms = 500 // those in which something was said last
const maxNames = 1000 // of own rooms, among which one is looked for by its name

/** @throws ChatError */
export function planSearch(
  chat: Chat,
  me: Person,
  asked: { readonly query: string; readonly room?: RoomId | undefined; readonly utcOffset: number },
): Plan {
  const query = parseQuery(asked.query, asked.utcOffset)
  const room = query.room === undefined ? asked.room : roomNamed(chat, me, query.room)
  if (room !== undefined) chat.demand('see', room, me)
  const rooms = room === undefined ? keysOfMine(chat, me) : [keyOfRoom(chat, room)]
  const [begin, end] = rooms.length === 0 ? [0, 0] : boundsOf(chat, room, query)
  const mine = inRooms(rooms)
  const narrow = [...authorOf(chat, me, query), ...query.has.map(having)]
  const words = wordsOf(chat, query)
  return {
    query,
    room,
    scope: [mine, ...narrow],
    body: words.map(({ match }) => match),
    needs: [
      ...(room === undefined ? narrow : [mine, ...narrow]).map(inScope),
      ...words.flatMap((each) => each.needs).map(inBody),
    ],
    begin,
    end,
  }
}

export const inScope = (expression: string): string => `scope : ${expression}`
export const inBody = (expression: string): string => `body : ${expression}`

function authorOf(chat: Chat, me: Person, { from }: Query): string[] {
  return from === undefined ? [] : [byAuthor(personNamed(chat, me, from))]
}

function wordsOf(chat: Chat, { words, phrases, from, has, before, after }: Query): Expression[] {
  const found = [
    ...words.map((word) => wordExpression(word, (stem) => wordsLike(chat, stem))),
    ...phrases.map(phraseExpression),
  ].filter((each) => each !== undefined)
  const isFree = words.length + phrases.length === 0
  const hasOther = [from, before, after].some((each) => each !== undefined) || has.length > 0
  if (found.length === 0 && !(isFree && hasOther))
    throw new ChatError('invalid', { message: 'Search for letters or digits; signs and emoji are not found' })
  return found
}

function boundsOf(chat: Chat, room: RoomId | undefined, { after, before }: Query): [begin: number, end: number] {
  const first = firstAndLast(chat, room)
  const begin = after === undefined ? first[0] : Math.max(first[0], keyAt(chat, after))
  const end = before === undefined ? first[1] + 1 : Math.min(first[1] + 1, keyAt(chat, before))
  return [begin, end]
}

function firstAndLast(chat: Chat, room: RoomId | undefined): [first: number, last: number] {
  if (room === undefined) return [1, lastKey(chat)]
  const of = (order: string) =>
    chat.row(`SELECT key FROM chat_messages WHERE room = ? ORDER BY offset ${order} LIMIT 1`, room)
  const [first, last] = [of(''), of('DESC')]
  return first === undefined || last === undefined ? [1, 0] : [number(first, 'key'), number(last, 'key')]
}

function keysOfMine(chat: Chat, me: Person): number[] {
  return chat
    .rows(
      `SELECT r.key FROM chat_members m CROSS JOIN chat_rooms r ON r.id = m.room
       WHERE m.person = ? ORDER BY r.last_time DESC LIMIT ${maxRooms}`,
      me.id,
    )
    .map((row) => number(row, 'key'))
}

function keyOfRoom(chat: Chat, room: RoomId): number {
  const row = chat.row('SELECT key FROM chat_rooms WHERE id = ?', room)
  if (row === undefined) throw new ChatError('notFound')
  return number(row, 'key')
}

/** By the name, or the id. */
function personNamed(chat: Chat, me: Person, name: string): PersonId {
  if (name.toLowerCase() === 'me') return me.id
  const row = chat.row('SELECT id FROM chat_people WHERE name_key = ?', keyOf(name))
  const found = row ?? chat.row('SELECT id FROM chat_people WHERE id = ?', name)
  if (found === undefined) throw new ChatError('notFound', { message: `There is nobody called ${name}` })
  return text(found, 'id')
}

/** One of the own rooms: by its name, by the name of the other of two, or by the id. */
function roomNamed(chat: Chat, me: Person, name: string): RoomId {
  const key = keyOf(name)
  const mine = chat.rows(
    `SELECT r.id, r.name FROM chat_members m CROSS JOIN chat_rooms r ON r.id = m.room
     WHERE m.person = ? ORDER BY r.last_time DESC LIMIT ${maxNames}`,
    me.id,
  )
  const peer = chat.row('SELECT id FROM chat_people WHERE name_key = ?', key)
  const direct = peer && directRoom(me.id, text(peer, 'id'))
  const found = mine.find((row) => [name, direct].includes(text(row, 'id')) || keyOf(text(row, 'name')) === key)
  if (found === undefined) throw new ChatError('notFound', { message: `None of your rooms is called ${name}` })
  return text(found, 'id')
}
