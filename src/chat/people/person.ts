/** Somebody: a guest, who has a name only; a member, who has a password; a bot. */
import type { SqlRow } from '../../index.ts'
import type { Chat } from '../chat.ts'
import type { PersonId } from '../events.ts'
import { flag, text, textOrNull } from '../rows.ts'
import type { PersonView } from '../views.ts'

export interface Person {
  readonly id: PersonId
  readonly name: string
  readonly kind: PersonView['kind']
  readonly avatar: string | null
  readonly admin: boolean // of the server
}

/** What a person is made of, of a table that is called p in the query. */
export const personColumns = 'p.id, p.name, p.kind, p.avatar, p.admin'

export function findPerson(chat: Chat, id: PersonId): Person | undefined {
  const row = chat.row(`SELECT ${personColumns} FROM chat_people p WHERE p.id = ?`, id)
  return row && toPerson(row)
}

/** Somebody who may do anything here: neither gone nor banned from the server. */
export function findActive(chat: Chat, id: PersonId): Person | undefined {
  const row = chat.row(
    `SELECT ${personColumns} FROM chat_people p
     WHERE p.id = ? AND p.kind <> 'gone' AND NOT (p.banned = 1 AND coalesce(p.banned_until, ?) >= ?)`,
    id,
    Number.MAX_SAFE_INTEGER,
    chat.now(),
  )
  return row && toPerson(row)
}

/** In the order asked for is not promised; who is not there is left out. */
export function findPeople(chat: Chat, ids: Iterable<PersonId>): readonly Person[] {
  return chat
    .rows(
      `SELECT ${personColumns} FROM chat_people p WHERE p.id IN (SELECT value FROM json_each(?))`,
      JSON.stringify([...new Set(ids)]),
    )
    .map(toPerson)
}

export function toPerson(row: SqlRow): Person {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    kind: kindOf(text(row, 'kind')),
    avatar: textOrNull(row, 'avatar'),
    admin: flag(row, 'admin'),
  }
}

export function personView({ id, name, kind, avatar }: Person): PersonView {
  return { id, name, kind, ...(avatar !== null && { avatar: `/files/${avatar}/thumbnail` }) }
}

function kindOf(kind: string): PersonView['kind'] {
  if (kind === 'guest' || kind === 'member' || kind === 'bot' || kind === 'gone') return kind
  throw new TypeError(`${kind} is no kind of person`)
}
