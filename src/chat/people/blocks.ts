/**
 * Whose direct messages somebody does not want. It is the other's business only
 * when they try: they are told that they are not wanted, and in which words is
 * the table of errors' matter.
 */
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { PersonId } from '../events.ts'
import { findPeople, findPerson, type Person, personView } from './person.ts'

const limit = 1000 // of one person

/** SQL for why the other of a direct room cannot be written to by somebody; NULL if nothing stands against it. */
export function refusalBy(me: string, room: string): string {
  const other = `CASE WHEN ${room} LIKE ${me} || '.%' THEN substr(${room}, length(${me}) + 2) ELSE substr(${room}, 1, length(${room}) - length(${me}) - 1) END`
  return `(SELECT CASE
      WHEN p.kind = 'gone' THEN 'gone'
      WHEN EXISTS (SELECT 1 FROM chat_blocks WHERE person = p.id AND blocked = ${me}) THEN 'blocked'
    END FROM chat_people p WHERE p.id = ${other})`
}

/** @throws ChatError `notFound`, `full` */
export async function block(chat: Chat, me: Person, person: PersonId) {
  if (person === me.id) throw new ChatError('invalid', { message: 'This is you' })
  const other = findPerson(chat, person)
  if (other === undefined) throw new ChatError('notFound', { message: 'There is no such person' })
  if (blockedBy(chat, me.id).length >= limit) throw new ChatError('full', { message: `You can refuse ${limit} people` })
  await chat.write({
    sql: 'INSERT OR IGNORE INTO chat_blocks (person, blocked, time) VALUES (?, ?, ?)',
    params: [me.id, person, chat.now()],
  })
  tell(chat, me, other)
  return {}
}

export async function unblock(chat: Chat, me: Person, person: PersonId) {
  await chat.write({ sql: 'DELETE FROM chat_blocks WHERE person = ? AND blocked = ?', params: [me.id, person] })
  const other = findPerson(chat, person)
  if (other !== undefined) tell(chat, me, other)
  return {}
}

/** One's own devices, how it is now: the last that was done may not be the last that is told. */
function tell(chat: Chat, me: Person, other: Person): void {
  const blocked = refusing(chat, [me.id], other.id).has(me.id)
  chat.live.tell(me.id, { type: 'block', person: personView(other), blocked })
}

export function blocks(chat: Chat, me: Person) {
  return { people: findPeople(chat, blockedBy(chat, me.id)).map(personView) }
}

/** Of these, who does not want to hear from somebody. */
export function refusing(chat: Chat, people: readonly PersonId[], me: PersonId): ReadonlySet<PersonId> {
  const rows = chat.rows(
    'SELECT person FROM chat_blocks WHERE person IN (SELECT value FROM json_each(?)) AND blocked = ?',
    JSON.stringify(people),
    me,
  )
  return new Set(rows.map((row) => String(row['person'])))
}

function blockedBy(chat: Chat, person: PersonId): string[] {
  return chat
    .rows('SELECT blocked FROM chat_blocks WHERE person = ? LIMIT ?', person, limit)
    .map((row) => String(row['blocked']))
}
