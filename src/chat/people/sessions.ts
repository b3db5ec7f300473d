/**
 * Who is logged in, and from where: a random token that the browser has in a
 * signed cookie that scripts cannot read, and programs send as a bearer token.
 * Of it the database has the SHA-256 only, so whoever reads the file cannot log
 * in with it. A session that is not used ends; each use makes it last longer.
 * The tokens of bots are sessions, too: they have a label, and no end.
 *
 * A session that ends is gone from the table, and so are its connections, in the
 * same instant. One that is being made cannot slip through: who connects is
 * looked up and listed without a pause in between, and is looked for in the
 * list after the session is gone.
 */
import { createHash } from 'node:crypto'
import type { SqlRow, Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import type { PersonId } from '../events.ts'
import { flag, number, numberOrNull, text } from '../rows.ts'
import { networkOf } from './network.ts'
import { type Person, personColumns, toPerson } from './person.ts'

const cookieName = 'posthouse_session'

export interface Session {
  readonly id: string
  readonly person: Person
}

/** Where a session is begun. */
export interface Device {
  readonly address: string
  readonly agent: string
}

const hour = 3600 * 1000
const familiar = 20 // networks of a person that are remembered
const limit = 100 // sessions of a person; with one more, the one that was not used for longest ends
const never = 8.64e15 // the last moment that a Date can say

/** What the token proves; undefined if nothing, or no longer. */
export function findSession(chat: Chat, token: string): Session | undefined {
  if (!/^ph[sb]_/.test(token) || token.length > 100) return undefined
  const now = chat.now()
  const row = chat.row(
    `SELECT s.id AS session, s.seen AS used, ${personColumns}, p.banned, p.banned_until, p.owner
     FROM chat_sessions s JOIN chat_people p ON p.id = s.person WHERE s.token = ? AND s.expires > ?`,
    hashOf(token),
    now,
  )
  if (row === undefined) return undefined
  const person = toPerson(row)
  if (person.kind === 'gone' || isBanned(row, now) || isOfBanned(chat, row)) return undefined
  const session = { id: text(row, 'session'), person }
  if (now - number(row, 'used') > hour) void prolong(chat, session)
  return session
}

/** A bot does nothing whose owner may not. */
function isOfBanned(chat: Chat, { owner }: SqlRow): boolean {
  if (typeof owner !== 'string') return false
  const row = chat.row('SELECT banned, banned_until FROM chat_people WHERE id = ?', owner)
  return row !== undefined && isBanned(row, chat.now())
}

/** From the server. */
export function isBanned(row: SqlRow, now: number): boolean {
  const until = numberOrNull(row, 'banned_until')
  return flag(row, 'banned') && (until === null || until > now)
}

/** The token that a request brings: as a bearer, else in the cookie. */
export function tokenOf(chat: Chat, request: { readonly headers: Headers }): string {
  const [, bearer] = /^bearer (.+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  return bearer ?? chat.server.cookies.get(request, cookieName) ?? ''
}

/** A new session, with the statements that keep it. */
export function newSession(chat: Chat, person: PersonId, { address, agent }: Device) {
  const token = newToken(chat, 'phs_')
  const [id, now, network] = [chat.newId(), chat.now(), networkOf(address)]
  const statements: readonly Statement[] = [
    {
      sql: `INSERT INTO chat_sessions (id, token, person, created, seen, expires, address, network, agent)
        VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8)`,
      params: [
        id,
        hashOf(token),
        person,
        now,
        now + chat.options.sessionTime,
        address,
        network,
        agent.toWellFormed().slice(0, 300),
      ],
    },
    {
      sql: `DELETE FROM chat_sessions WHERE person = ?1 AND label = '' AND id IN (
        SELECT id FROM chat_sessions WHERE person = ?1 AND label = '' ORDER BY seen DESC, created DESC LIMIT -1 OFFSET ?2)`,
      params: [person, limit],
    },
    {
      sql: `INSERT INTO chat_networks (person, network, seen) VALUES (?1, ?2, ?3)
        ON CONFLICT (person, network) DO UPDATE SET seen = ?3`,
      params: [person, network, now],
    },
    {
      sql: `DELETE FROM chat_networks WHERE person = ?1 AND network IN (
        SELECT network FROM chat_networks WHERE person = ?1 ORDER BY seen DESC LIMIT -1 OFFSET ?2)`,
      params: [person, familiar],
    },
  ]
  return { id, token, statements }
}

/** A token of a bot, with the statement that keeps it. */
export function newBotToken(chat: Chat, bot: PersonId, label: string) {
  const token = newToken(chat, 'phb_')
  const [id, now] = [chat.newId(), chat.now()]
  const statement: Statement = {
    sql: `INSERT INTO chat_sessions (id, token, person, created, seen, expires, address, network, agent, label)
      VALUES (?1, ?2, ?3, ?4, ?4, ?5, '', '', '', ?6)`,
    params: [id, hashOf(token), bot, now, never, label],
  }
  return { id, token, statement }
}

/** A value for `Set-Cookie`. */
export function sessionCookie(chat: Chat, token: string, secure: boolean): string {
  const maxAge = Math.floor(chat.options.sessionTime / 1000)
  return chat.server.cookies.set(cookieName, token, { maxAge, ...(secure && { secure }) })
}

/** A value for `Set-Cookie` that takes it away. */
export function noCookie(chat: Chat, secure: boolean): string {
  return chat.server.cookies.clear(cookieName, { ...(secure && { secure }) })
}

// --- the end of sessions ------------------------------------------------------------

/** Which sessions of a person. */
export type Which = { readonly only: string } | { readonly except: string | undefined }

/** What ends them; a guest of whom none is left is gone. */
export function endingSessions(chat: Chat, person: PersonId, which: Which): Statement[] {
  const [condition, id] = 'only' in which ? ['id = ?2', which.only] : ["id <> ?2 AND label = ''", which.except ?? '']
  return [
    { sql: `DELETE FROM chat_sessions WHERE person = ?1 AND ${condition}`, params: [person, id] },
    forsaking(person, chat.now()),
  ]
}

/** A guest without a session cannot come back: the name is given free (see `departures.ts`). */
export function forsaking(person: PersonId, now: number): Statement {
  return {
    sql: `INSERT OR IGNORE INTO chat_departures (person, since) SELECT id, ?2 FROM chat_people p
      WHERE id = ?1 AND kind = 'guest' AND NOT EXISTS (SELECT 1 FROM chat_sessions s WHERE s.person = p.id)`,
    params: [person, now],
  }
}

/** Ends the connections of sessions that are no more. `changed`: there is another one, come back with that. */
export function disconnectEnded(chat: Chat, person: PersonId, why: 'ended' | 'changed' = 'ended'): void {
  const rows = chat.rows('SELECT id FROM chat_sessions WHERE person = ?', person)
  const living = new Set(rows.map((row) => row['id']))
  for (const client of chat.server.clients(person)) {
    const session = sessionOf(client.meta)
    if (session === undefined || living.has(session)) continue
    if (why === 'changed') client.disconnect(4001, 'session changed')
    else client.disconnect(4501, 'session ended')
  }
}

/** Of a connection: the session that it was made with. */
function sessionOf(meta: unknown): string | undefined {
  if (typeof meta !== 'object' || meta === null || !('session' in meta)) return undefined
  return typeof meta.session === 'string' ? meta.session : undefined
}

/** Ends sessions, and the connections that were made with them. @throws ChatError `unavailable` */
export async function endSessions(chat: Chat, person: PersonId, which: Which): Promise<void> {
  await chat.write(...endingSessions(chat, person, which))
  if ('except' in which && which.except === undefined)
    chat.server.disconnect(person, { code: 4501, reason: 'session ended' }) // also who has a token of another kind
  else disconnectEnded(chat, person)
  chat.departures.wake()
}

// --- lists ----------------------------------------------------------------------------

const shown = 200

/** Of one person, the last used first. */
export function listSessions(chat: Chat, person: PersonId, current: string | undefined) {
  const rows = chat.rows(
    `SELECT * FROM chat_sessions WHERE person = ? AND expires > ? AND label = '' ORDER BY seen DESC LIMIT ?`,
    person,
    chat.now(),
    shown,
  )
  return {
    sessions: rows.map((row) => ({
      id: text(row, 'id'),
      created: number(row, 'created'),
      seen: number(row, 'seen'),
      expires: number(row, 'expires'),
      address: text(row, 'address'),
      agent: text(row, 'agent'),
      current: text(row, 'id') === current,
    })),
  }
}

/** Whether somebody has been logged in from there. */
export function isFamiliar(chat: Chat, person: PersonId, network: string): boolean {
  return chat.row('SELECT 1 FROM chat_networks WHERE person = ? AND network = ?', person, network) !== undefined
}

async function prolong(chat: Chat, { id, person }: Session): Promise<void> {
  const now = chat.now()
  const expires = person.kind === 'bot' ? never : now + chat.options.sessionTime
  await chat
    .write({ sql: 'UPDATE chat_sessions SET seen = ?2, expires = ?3 WHERE id = ?1', params: [id, now, expires] })
    .catch((error: unknown) => chat.server.report(error))
}

/** 256 bits, after a prefix so that a secret scanner, and we, know what it is. */
function newToken(chat: Chat, prefix: string): string {
  return `${prefix}${Buffer.from(chat.randomBytes(32)).toString('base64url')}`
}

export const hashOf = (token: string): Uint8Array => createHash('sha256').update(token).digest()
