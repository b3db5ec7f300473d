/**
 * Who is in a room, in pages: owners first, then the others in the order in
 * which they came; or those whose names begin with something. And who is banned
 * from it, and why somebody is.
 */
import type { SqlRow } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import { type PersonId, type Role, type RoomId, roles } from '../events.ts'
import { fromCursor, toCursor } from '../page-cursor.ts'
import { beginningKey } from '../people/names.ts'
import { findPeople, type Person, personColumns, personView, toPerson } from '../people/person.ts'
import { flag, number, numberOrNull, text } from '../rows.ts'
import { rankOfRole } from '../schema.ts'
import type { MemberView } from '../views.ts'

const small = 2000 // members, up to which all of them are looked through for a name

export interface ListOptions {
  readonly room: RoomId
  readonly prefix?: string | undefined
  readonly after?: string | undefined
  readonly limit: number
}

const memberColumns = `m.role, m.joined, m.since, m.muted, m.muted_until, ${rankOfRole} AS rank`

/** @throws ChatError */
export function members(chat: Chat, me: Person, options: ListOptions) {
  chat.demand('see', options.room, me)
  const rows = (options.prefix ?? '') === '' ? byRank(chat, options) : byName(chat, options)
  const page = rows.slice(0, options.limit)
  const last = page.at(-1)
  const ordered = (options.prefix ?? '') === '' ? ['rank', 'since', 'id'] : ['name_key']
  return {
    members: page.map((row) => toMember(row, chat.now())),
    ...(rows.length > page.length && last && { next: toCursor(...ordered.map((column) => keyIn(last, column))) }),
  }
}

function byRank(chat: Chat, { room, after, limit }: ListOptions): readonly SqlRow[] {
  const [rank, since, person] = after === undefined ? [-1, 0, ''] : fromCursor(after, 0, 0, '')
  return chat.rows(
    `SELECT ${personColumns}, ${memberColumns} FROM chat_members m JOIN chat_people p ON p.id = m.person
     WHERE m.room = ?1 AND (${rankOfRole}, m.since, m.person) > (?2, ?3, ?4)
     ORDER BY ${rankOfRole}, m.since, m.person LIMIT ?5`,
    room,
    rank,
    since,
    person,
    limit + 1,
  )
}

/** Of a small room all members are looked at, else all people whose name begins so: most are members of a large room. */
function byName(chat: Chat, { room, prefix = '', after, limit }: ListOptions): readonly SqlRow[] {
  const key = beginningKey(prefix)
  const [from] = after === undefined ? [''] : fromCursor(after, '')
  const row = chat.row('SELECT members FROM chat_rooms WHERE id = ?', room)
  const tables =
    row !== undefined && number(row, 'members') <= small
      ? 'chat_members m CROSS JOIN chat_people p ON p.id = m.person'
      : 'chat_people p CROSS JOIN chat_members m ON m.person = p.id'
  return chat.rows(
    `SELECT ${personColumns}, p.name_key, ${memberColumns} FROM ${tables}
     WHERE m.room = ?1 AND p.name_key >= ?2 AND p.name_key < ?2 || char(1114111) AND p.name_key > ?3
     ORDER BY p.name_key LIMIT ?4`,
    room,
    key,
    from,
    limit + 1,
  )
}

const keyIn = (row: SqlRow, column: string) =>
  column === 'rank' || column === 'since' ? number(row, column) : text(row, column)

function toMember(row: SqlRow, now: number): MemberView {
  const until = numberOrNull(row, 'muted_until')
  return {
    person: personView(toPerson(row)),
    role: roles.find((each): each is Role => each === row['role']) ?? 'member',
    joined: number(row, 'joined'),
    ...(flag(row, 'muted') && (until === null || until > now) && { mutedUntil: until }),
  }
}

/** @throws ChatError */
export function bans(chat: Chat, me: Person, { room, after, limit }: Omit<ListOptions, 'prefix'>) {
  chat.demand('moderate', room, me)
  const rows = chat.rows(
    `SELECT b.person, b.by, b.time, b.until, b.reason FROM chat_bans b
     WHERE b.room = ? AND b.person > ? AND (b.until IS NULL OR b.until > ?) ORDER BY b.person LIMIT ?`,
    room,
    after === undefined ? '' : fromCursor(after, '')[0],
    chat.now(),
    limit + 1,
  )
  const page = rows.slice(0, limit)
  const people = new Map(
    findPeople(
      chat,
      page.map((row) => text(row, 'person')),
    ).map((person) => [person.id, person]),
  )
  const last = page.at(-1)
  return {
    bans: page.flatMap((row) => {
      const person = people.get(text(row, 'person'))
      return person === undefined ? [] : [toBan(row, person)]
    }),
    ...(rows.length > limit && last && { next: toCursor(text(last, 'person')) }),
  }
}

/**
 * Of who asks, and of nobody else: it needs no power in the room. Whoever is not
 * banned does not learn whether there is such a room. An address that is kept out
 * has no reason of its own; it was somebody else who was banned.
 * @throws ChatError `notFound` if no ban lasts
 */
export function whyBanned(chat: Chat, me: Person, room: RoomId) {
  const row = chat.row(
    'SELECT until, reason FROM chat_bans WHERE room = ? AND person = ? AND (until IS NULL OR until > ?)',
    room,
    me.id,
    chat.now(),
  )
  if (row === undefined) throw new ChatError('notFound', { message: 'You are not banned there' })
  const until = numberOrNull(row, 'until')
  return { reason: text(row, 'reason'), ...(until !== null && { until }) }
}

function toBan(row: SqlRow, person: Person) {
  const by: PersonId = text(row, 'by')
  const [time, until, reason] = [number(row, 'time'), numberOrNull(row, 'until'), text(row, 'reason')]
  return { person: personView(person), by, time, until, reason }
}
