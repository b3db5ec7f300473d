/**
 * What administrators of the server do about people: accounts, bans from the
 * whole server, addresses that are kept out, other administrators. The key of
 * the server API is one, too, so that the first can be made by it.
 */
import type { SqlRow } from '../../index.ts'
import type { Call } from '../action.ts'
import { audit } from '../audit.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { PersonId } from '../events.ts'
import { fromCursor, toCursor } from '../page-cursor.ts'
import { banAddresses, networksOf, unbanAddresses } from '../rooms/address-bans.ts'
import { enterLobby } from '../rooms/lobby.ts'
import { flag, number, numberOrNull, text } from '../rows.ts'
import { remove } from './account.ts'
import { add, newPerson } from './enter.ts'
import { keyOf, keyOrNothing, nameOf } from './names.ts'
import { networkOf } from './network.ts'
import { findPerson, type Person, personColumns, personView, toPerson } from './person.ts'
import { disconnectEnded, isBanned } from './sessions.ts'

const generated = 15 // bytes of a password that is made here: 20 letters and digits

/** An account for somebody, with a password that is shown this once unless it was given. @throws ChatError `nameTaken`, `badName`, `badPassword` */
export async function createAccount(
  call: Call,
  { name, password, admin }: { name: string; password?: string | undefined; admin: boolean },
) {
  const { chat } = call
  const given = password ?? Buffer.from(chat.randomBytes(generated)).toString('base64url')
  const made = newPerson(chat, nameOf(name), 'member', await chat.passwords.hash(given))
  const written = audit({ ...by(call), action: 'account made', person: made.id, details: { admin } })
  const appointed = { sql: 'UPDATE chat_people SET admin = ? WHERE id = ?', params: [Number(admin), made.id] }
  await chat.begun
  const person = await add(chat, made, appointed, written)
  await enterLobby(chat, person)
  return { person: personView(person), ...(password === undefined && { password: given }) }
}

/** Makes an administrator of the server, or ends that; of a member, who has a password. @throws ChatError `notFound`, `invalid` */
export async function appoint(call: Call, { name, admin }: { name: string; admin: boolean }) {
  const { chat } = call
  const row = chat.row('SELECT id, kind FROM chat_people WHERE name_key = ?', keyOrNothing(name))
  if (row === undefined) throw new ChatError('notFound', { message: 'Nobody has this name' })
  if (text(row, 'kind') !== 'member')
    throw new ChatError('invalid', {
      message: 'Only somebody with a password can administer: claim the name with one first',
    })
  const person = text(row, 'id')
  await chat.write(
    { sql: 'UPDATE chat_people SET admin = ? WHERE id = ?', params: [Number(admin), person] },
    audit({ ...by(call), action: admin ? 'made administrator' : 'no administrator any more', person }),
  )
  return { person: personView(demandPerson(chat, person)) }
}

/** Another password for somebody who has lost it; all sessions end. @throws ChatError `notFound`, `badPassword` */
export async function resetPassword(call: Call, { person }: { person: PersonId }) {
  const { chat } = call
  demandBelow(call, person)
  if (demandPerson(chat, person).kind !== 'member')
    throw new ChatError('invalid', { message: 'Only members have passwords' })
  const password = Buffer.from(chat.randomBytes(generated)).toString('base64url')
  await chat.write(
    { sql: 'UPDATE chat_people SET password = ? WHERE id = ?', params: [await chat.passwords.hash(password), person] },
    { sql: 'DELETE FROM chat_sessions WHERE person = ?', params: [person] },
    audit({ ...by(call), action: 'password reset', person }),
  )
  disconnectEnded(chat, person)
  return { password }
}

export interface ServerBan {
  readonly person: PersonId
  readonly duration?: number | undefined // milliseconds
  readonly reason: string
  readonly addresses: boolean
}

/** Nobody may log in as this person, nor its bots; with `addresses`, no new guest comes from where they were seen. @throws ChatError `notFound`, `forbidden` */
export async function banFromServer(call: Call, { person, duration, reason, addresses }: ServerBan) {
  const { chat } = call
  demandBelow(call, person)
  const now = chat.now()
  const until = duration === undefined ? null : now + duration
  const kept = { room: '', person, by: by(call).by, time: now, until }
  await chat.write(
    {
      sql: 'UPDATE chat_people SET banned = 1, banned_until = ?2, banned_reason = ?3 WHERE id = ?1',
      params: [person, until, reason],
    },
    ...(addresses ? banAddresses(kept, networksOf(chat, person)) : []),
    audit({ ...by(call), action: 'banned from the server', person, details: { until, reason, addresses } }),
  )
  for (const id of [person, ...botsOf(chat, person)]) chat.server.disconnect(id, { code: 4501, reason: 'banned' })
  return {}
}

/** @throws ChatError `notFound` */
export async function unbanFromServer(call: Call, person: PersonId) {
  const { chat } = call
  demandPerson(chat, person)
  await chat.write(
    {
      sql: `UPDATE chat_people SET banned = 0, banned_until = NULL, banned_reason = '' WHERE id = ?`,
      params: [person],
    },
    unbanAddresses('', person),
    audit({ ...by(call), action: 'ban from the server lifted', person }),
  )
  return {}
}

/** No new guest comes from there, nor anybody who registers. */
export async function banAddress(
  call: Call,
  { address, duration }: { address: string; duration?: number | undefined },
) {
  const { chat } = call
  const [time, network] = [chat.now(), networkOf(address)]
  const until = duration === undefined ? null : time + duration
  await chat.write(
    ...banAddresses({ room: '', person: '', by: by(call).by, time, until }, [network]),
    audit({ ...by(call), action: 'address banned', details: { network, until } }),
  )
  return { network }
}

export async function unbanAddress(call: Call, network: string) {
  await call.chat.write(
    { sql: `DELETE FROM chat_address_bans WHERE room = '' AND address = ?`, params: [network] },
    audit({ ...by(call), action: 'ban of an address lifted', details: { network } }),
  )
  return {}
}

export function addressBans(chat: Chat) {
  const rows = chat.rows(
    `SELECT address, person, by, time, until FROM chat_address_bans WHERE room = '' AND (until IS NULL OR until > ?)
     ORDER BY address LIMIT 1000`,
    chat.now(),
  )
  return {
    addresses: rows.map((row) => ({
      network: text(row, 'address'),
      person: text(row, 'person'),
      by: text(row, 'by'),
      time: number(row, 'time'),
      until: numberOrNull(row, 'until'),
    })),
  }
}

/** All who are here, by their names, in pages. @throws ChatError */
export function listPeople(
  chat: Chat,
  { prefix = '', after, limit }: { prefix?: string | undefined; after?: string | undefined; limit: number },
) {
  const [from] = after === undefined ? [''] : fromCursor(after, '')
  const rows = chat.rows(
    `SELECT ${personColumns}, p.name_key, p.owner, p.created, p.seen, p.banned, p.banned_until, p.banned_reason
     FROM chat_people p WHERE p.name_key >= ?1 AND p.name_key < ?1 || char(1114111) AND p.name_key > ?2
     ORDER BY p.name_key LIMIT ?3`,
    keyOf(prefix),
    from,
    limit + 1,
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    people: page.map((row) => toAccount(row, chat.now())),
    ...(rows.length > limit && last && { next: toCursor(text(last, 'name_key')) }),
  }
}

function toAccount(row: SqlRow, now: number) {
  return {
    person: personView(toPerson(row)),
    admin: flag(row, 'admin'),
    created: number(row, 'created'),
    seen: number(row, 'seen'),
    ...(typeof row['owner'] === 'string' && { owner: row['owner'] }),
    ...(isBanned(row, now) && {
      banned: { until: numberOrNull(row, 'banned_until'), reason: text(row, 'banned_reason') },
    }),
  }
}

/** As if they had done it themselves. @throws ChatError `notFound`, `forbidden` */
export async function removePerson(call: Call, { person, recall }: { person: PersonId; recall: boolean }) {
  demandBelow(call, person)
  await remove(call.chat, person, recall, by(call).by)
  return {}
}

/** Administrators have no power over each other; the key of the server has. @throws ChatError `forbidden`, `notFound` */
function demandBelow({ chat, person: me }: Call, person: PersonId): void {
  const { admin, kind } = demandPerson(chat, person)
  if (kind === 'gone') throw new ChatError('gone')
  if (admin && me !== undefined)
    throw new ChatError('forbidden', { message: 'This is an administrator; take that away first' })
}

function demandPerson(chat: Chat, person: PersonId): Person {
  const found = findPerson(chat, person)
  if (found === undefined) throw new ChatError('notFound', { message: 'There is no such person' })
  return found
}

const botsOf = (chat: Chat, person: PersonId) =>
  chat.rows('SELECT id FROM chat_people WHERE owner = ?', person).map((row) => text(row, 'id'))

const by = ({ chat, person }: Call) => ({ by: person?.id ?? '', time: chat.now() })
