/**
 * Who is logged in, and from where: a random token that the browser has in a
 * signed cookie that scripts cannot read, and programs send as a bearer token.
 * Of it the database has the SHA-256 only, so whoever reads the file cannot log
 * in with it. A session that is not used ends; each use makes it last longer.
 */
import { createHash } from 'node:crypto'
import type { Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import type { PersonId } from '../events.ts'
import { number, text } from '../rows.ts'
import { networkOf } from './network.ts'
import { findPerson, type Person } from './person.ts'

export const cookieName = 'posthouse_session'

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

/** What the token proves; undefined if nothing, or no longer. */
export function findSession(chat: Chat, token: string): Session | undefined {
  if (!token.startsWith(prefix) || token.length > 100) return undefined
  const row = chat.row(
    'SELECT id, person, seen, expires FROM chat_sessions WHERE token = ? AND expires > ?',
    hashOf(token),
    chat.now(),
  )
  const person = row && findPerson(chat, text(row, 'person'))
  if (row === undefined || person === undefined || person.kind === 'gone') return undefined
  const session = { id: text(row, 'id'), person }
  if (chat.now() - number(row, 'seen') > hour && person.kind !== 'bot') void prolong(chat, session.id)
  return session
}

/** The token that a request brings: as a bearer, else in the cookie. */
export function tokenOf(chat: Chat, request: { readonly headers: Headers }): string {
  const [, bearer] = /^bearer (.+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  return bearer ?? chat.server.cookies.get(request, cookieName) ?? ''
}

/** A new session, with the statement that keeps it. */
export function newSession(chat: Chat, person: PersonId, { address, agent }: Device) {
  const token = `${prefix}${Buffer.from(chat.randomBytes(32)).toString('base64url')}`
  const [id, now] = [chat.newId(), chat.now()]
  const statement: Statement = {
    sql: `INSERT INTO chat_sessions (id, token, person, created, seen, expires, address, network, agent)
      VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8)`,
    params: [
      id,
      hashOf(token),
      person,
      now,
      now + chat.options.sessionTime,
      address,
      networkOf(address),
      agent.slice(0, 300),
    ],
  }
  return { id, token, statement }
}

/** A value for `Set-Cookie`. */
export function sessionCookie(chat: Chat, token: string, secure: boolean): string {
  const maxAge = Math.floor(chat.options.sessionTime / 1000)
  return chat.server.cookies.set(cookieName, token, { maxAge, ...(secure && { secure }) })
}

async function prolong(chat: Chat, id: string): Promise<void> {
  const now = chat.now()
  await chat
    .write({
      sql: 'UPDATE chat_sessions SET seen = ?2, expires = ?3 WHERE id = ?1',
      params: [id, now, now + chat.options.sessionTime],
    })
    .catch((error: unknown) => chat.server.report(error))
}

export const hashOf = (token: string): Uint8Array => createHash('sha256').update(token).digest()

const prefix = 'phs_' // so that a secret scanner, and we, know what it is
