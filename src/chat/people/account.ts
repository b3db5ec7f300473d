/**
 * Accounts: a guest claims the name with a password, or somebody begins with
 * both; login, logout, and the end of it. Whenever what a session may do grows,
 * there is a new one, and the old is void: whoever put theirs into somebody's
 * browser has nothing of it (session fixation).
 */
import type { Statement } from '../../index.ts'
import type { Call } from '../action.ts'
import { audit } from '../audit.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { PersonId } from '../events.ts'
import { numberOrNull, text, textOrNull } from '../rows.ts'
import { departing } from './departures.ts'
import { demandOpenDoor, letIn, newPerson } from './enter.ts'
import { networkOf } from './network.ts'
import { keyOrNothing, nameOf } from './names.ts'
import { findPerson, type Person, personView } from './person.ts'
import {
  disconnectEnded,
  endingSessions,
  endSessions,
  isBanned,
  isFamiliar,
  newSession,
  noCookie,
  sessionCookie,
} from './sessions.ts'

/** @throws ChatError `badName`, `nameTaken`, `badPassword`, `forbidden` */
export async function register(
  call: Call,
  { name, password, asToken }: { name: string; password: string; asToken: boolean },
) {
  demandRegistration(call.chat)
  demandOpenDoor(call)
  const checked = nameOf(name)
  const person = newPerson(call.chat, checked, 'member', await call.chat.passwords.hash(password))
  return letIn(call, person, asToken)
}

/** The name is this guest's for good, and so is all that was said under it. @throws ChatError `badPassword`, `forbidden` */
export async function claim(call: Call, { password, asToken }: { password: string; asToken: boolean }) {
  const { chat, me } = call
  demandRegistration(chat)
  if (me.kind !== 'guest') throw new ChatError('invalid', { message: 'This name has a password already' })
  const kept = await chat.passwords.hash(password)
  const isDone = await chat.attempt(
    {
      sql: `UPDATE chat_people SET kind = 'member', password = ? WHERE id = ? AND kind = 'guest' RETURNING 1`,
      params: [kept, me.id],
      guard: 'changed',
    },
    { sql: 'DELETE FROM chat_departures WHERE person = ?', params: [me.id] },
  )
  if (!isDone) throw new ChatError('conflict')
  return anew(call, me.id, asToken, endingSessions(chat, me.id, { except: undefined }))
}

/** @throws ChatError `wrongPassword`, `tooMany`, `banned` */
export async function login(
  call: Call,
  { name, password, asToken }: { name: string; password: string; asToken: boolean },
) {
  const { chat } = call
  const key = keyOrNothing(name)
  const row = chat.row(
    'SELECT id, password, banned, banned_until, banned_reason FROM chat_people WHERE name_key = ?',
    key,
  )
  const network = networkOf(call.address)
  const known = row !== undefined && isFamiliar(chat, text(row, 'id'), network)
  const attempt = { name: key, network, isFamiliar: known }
  chat.attempts.begin(attempt)
  const kept = row === undefined ? null : textOrNull(row, 'password')
  if (!(await chat.passwords.verify(password, kept ?? undefined)) || row === undefined)
    throw new ChatError('wrongPassword')
  chat.attempts.succeeded(attempt)
  if (isBanned(row, chat.now())) throw bannedError(text(row, 'banned_reason'), numberOrNull(row, 'banned_until'))
  // Who was here under another name in this browser is no more.
  const before =
    call.person !== undefined && call.session !== undefined ? { person: call.person.id, only: call.session } : undefined
  return anew(call, text(row, 'id'), asToken, before === undefined ? [] : endingSessions(chat, before.person, before))
}

/** @throws ChatError `unavailable` */
export async function logout(call: Call) {
  const { chat, person, session } = call
  if (person !== undefined && session !== undefined) await endSessions(chat, person.id, { only: session })
  call.cookies.push(noCookie(chat, call.secure))
  return {}
}

/** Others who know it are out. @throws ChatError `wrongPassword`, `badPassword`, `tooMany` */
export async function changePassword(call: Call, { old, password }: { old: string; password: string }) {
  const { chat, me } = call
  const kept = await demandPassword(call, old)
  const hash = await chat.passwords.hash(password)
  const isDone = await chat.attempt(
    {
      sql: 'UPDATE chat_people SET password = ?3 WHERE id = ?1 AND password = ?2 RETURNING 1',
      params: [me.id, kept, hash],
      guard: 'changed',
    },
    ...endingSessions(chat, me.id, { except: call.session }),
  )
  if (!isDone) throw new ChatError('conflict')
  disconnectEnded(chat, me.id)
  return {}
}

/** The account is no more; the name is free. @throws ChatError `wrongPassword`, `tooMany` */
export async function deleteAccount(
  call: Call,
  { password, recall }: { password?: string | undefined; recall: boolean },
) {
  const { chat, me } = call
  demandHuman(me)
  if (me.kind === 'member') await demandPassword(call, password ?? '')
  await remove(chat, me.id, recall, me.id)
  call.cookies.push(noCookie(chat, call.secure))
  return {}
}

/** Somebody is gone from here on. */
export async function remove(chat: Chat, person: PersonId, recall: boolean, by: PersonId): Promise<void> {
  const now = chat.now()
  await chat.write(
    ...departing(person, now, recall),
    audit({ time: now, by, action: 'account deleted', person, details: { recall } }),
  )
  chat.server.disconnect(person, { code: 4501, reason: 'session ended' })
  chat.departures.wake()
}

/** Bots have no password, and nobody's but their owner's account. @throws ChatError `forbidden` */
export function demandHuman({ kind }: Person): void {
  if (kind === 'bot') throw new ChatError('forbidden', { message: 'This is not for bots' })
}

/** Of who calls, however they came in. Returns what is kept of it. @throws ChatError */
async function demandPassword({ chat, me, address }: Call, password: string): Promise<string> {
  const row = chat.row('SELECT name_key, password FROM chat_people WHERE id = ?', me.id)
  const kept = row && textOrNull(row, 'password')
  if (row === undefined || kept === undefined || kept === null)
    throw new ChatError('invalid', { message: 'There is no password yet; claim the name first' })
  const attempt = { name: textOrNull(row, 'name_key') ?? me.id, network: networkOf(address), isFamiliar: true }
  chat.attempts.begin(attempt)
  if (!(await chat.passwords.verify(password, kept))) throw new ChatError('wrongPassword')
  chat.attempts.succeeded(attempt)
  return kept
}

/** A session of somebody, in place of what was before. */
async function anew(call: Call, id: PersonId, asToken: boolean, before: readonly Statement[]) {
  const { chat } = call
  const session = newSession(chat, id, call)
  await chat.write(...before, ...session.statements)
  if (call.person !== undefined) disconnectEnded(chat, call.person.id, 'changed')
  disconnectEnded(chat, id) // those that were too many
  chat.departures.wake()
  if (!asToken) call.cookies.push(sessionCookie(chat, session.token, call.secure))
  const person = findPerson(chat, id)
  if (person === undefined) throw new ChatError('gone')
  return { person: personView(person), ...(asToken && { token: session.token }) }
}

function demandRegistration(chat: Chat): void {
  if (!chat.options.registration)
    throw new ChatError('forbidden', { message: 'Accounts are made by the administrators here; ask one' })
}

/** @param until milliseconds since 1970; null: until it is lifted */
function bannedError(reason: string, until: number | null): ChatError {
  const time = until === null ? '' : ` until ${new Date(until).toISOString()}`
  return new ChatError('banned', {
    message: `You are banned from this server${time}${reason === '' ? '' : `: ${reason}`}`,
  })
}
