/**
 * Links that let in whoever has them: for a time, so many times, until they are
 * taken back. A use is counted by a guard in the transaction that lets somebody
 * in, so that of a hundred who come at once with one use left, one comes in.
 */
import type { SqlRow, Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { PersonId, RoomId } from '../events.ts'
import { findPerson, type Person } from '../people/person.ts'
import { flag, number, numberOrNull, text, textOrNull } from '../rows.ts'
import { isLetIn } from './address-bans.ts'
import { hueOf } from './hue.ts'
import { arrival } from './join.ts'
import { demandSpace } from './membership.ts'
import { roleOf, standingOf } from './standing.ts'

const limit = 100 // links of a room that are good

const good = '(expires IS NULL OR expires > ?2) AND (uses_left IS NULL OR uses_left > 0) AND revoked = 0'

export interface NewInvitation {
  readonly room: RoomId
  readonly duration?: number | undefined // milliseconds
  readonly uses?: number | undefined
}

/** @throws ChatError `full` */
export async function createInvitation(chat: Chat, me: Person, { room, duration, uses }: NewInvitation) {
  const [token, now] = [chat.newId() + chat.newId(), chat.now()]
  const expires = duration === undefined ? null : now + duration
  const isLess = `SELECT 1 WHERE (SELECT count(*) FROM chat_invitations WHERE room = ?1 AND ${good}) < ?3`
  await chat.amend(me, () => {
    chat.demand('invite', room, me)
    if (chat.row(isLess, room, now, limit) === undefined)
      throw new ChatError('full', { message: `A room has at most ${limit} invitations that are good` })
    return {
      room,
      deed: 'invite',
      guards: [{ sql: isLess, params: [room, now, limit], guard: 'changed' }],
      statements: [
        {
          sql: 'INSERT INTO chat_invitations (token, room, by, created, expires, uses_left) VALUES (?, ?, ?, ?, ?, ?)',
          params: [token, room, me.id, now, expires, uses ?? null],
        },
      ],
    }
  })
  return { token, expires, usesLeft: uses ?? null }
}

/** Of a room, those that are good: one's own, or all where one may take them back. @throws ChatError */
export function listInvitations(chat: Chat, me: Person, room: RoomId) {
  chat.demand('invite', room, me)
  const rows = chat.rows(
    `SELECT * FROM chat_invitations WHERE room = ?1 AND ${good} ORDER BY created DESC LIMIT ?3`,
    room,
    chat.now(),
    limit,
  )
  const all = rows.map(invitationOf)
  return { invitations: mayRevoke(chat, me, room) ? all : all.filter(({ by }) => by === me.id) }
}

/** @throws ChatError */
export async function revokeInvitation(chat: Chat, me: Person, room: RoomId, token: string) {
  await chat.amend(me, () => {
    const row = chat.row('SELECT by FROM chat_invitations WHERE token = ? AND room = ?', token, room)
    const isMine = row !== undefined && text(row, 'by') === me.id
    chat.demand(isMine ? 'invite' : 'revoke', room, me)
    if (row === undefined) throw new ChatError('notFound', { message: 'There is no such invitation' })
    const revoke = { sql: 'UPDATE chat_invitations SET revoked = 1 WHERE token = ?', params: [token] }
    return { room, deed: isMine ? 'invite' : 'revoke', statements: [revoke] }
  })
  return {}
}

/** What somebody may know who has the link, and need not be anybody. @throws ChatError `invitationOver` */
export function lookAtInvitation(chat: Chat, person: Person | undefined, token: string) {
  const { room, by } = goodInvitation(chat, token)
  const row = chat.row('SELECT kind, name, description, members, archived, avatar FROM chat_rooms WHERE id = ?', room)
  if (row === undefined || flag(row, 'archived')) throw new ChatError('invitationOver')
  const inviter = findPerson(chat, by)
  const avatar = textOrNull(row, 'avatar')
  return {
    name: text(row, 'name'),
    kind: text(row, 'kind') === 'public' ? ('public' as const) : ('group' as const),
    description: text(row, 'description'),
    members: number(row, 'members'),
    hue: hueOf(room),
    ...(avatar !== null && { avatar: `/files/${avatar}/thumbnail?invitation=${encodeURIComponent(token)}` }),
    ...(inviter !== undefined && inviter.kind !== 'gone' && { by: inviter.name }),
    // Where it leads is told to who is in there already.
    ...(person !== undefined && roleOf(chat, room, person) !== undefined && { room }),
  }
}

/** Whether this file is the picture of the room that a good invitation leads to: shown to who holds it. */
export function isFaceOfInvitation(chat: Chat, token: string, file: string): boolean {
  const sql = `SELECT 1 FROM chat_rooms WHERE avatar = ?3 AND archived = 0 AND
    id = (SELECT room FROM chat_invitations WHERE token = ?1 AND ${good})`
  return chat.row(sql, token, chat.now(), file) !== undefined
}

/** @throws ChatError `invitationOver`, `banned` */
export async function acceptInvitation(chat: Chat, me: Person, token: string) {
  demandSpace(chat, me.id)
  let room = ''
  await chat.perform(me, () => {
    room = goodInvitation(chat, token).room
    if (standingOf(chat, room, me).standing.role !== undefined) return undefined
    const guards = [isLetIn(room, me.id, chat.now()), use(token, chat.now())]
    return { room, deed: 'invited', guards, ...arrival(chat, me.id, me.id) }
  })
  return { room }
}

/** Counts a use, if there is one left. */
function use(token: string, now: number): Statement {
  return {
    sql: `UPDATE chat_invitations SET uses_left = uses_left - 1, used = used + 1 WHERE token = ?1 AND ${good} RETURNING 1`,
    params: [token, now],
    guard: 'changed',
  }
}

/** @throws ChatError `invitationOver`: also for one that never was */
function goodInvitation(chat: Chat, token: string): { room: RoomId; by: PersonId } {
  const row = chat.row(`SELECT room, by FROM chat_invitations WHERE token = ?1 AND ${good}`, token, chat.now())
  if (row === undefined) throw new ChatError('invitationOver')
  return { room: text(row, 'room'), by: text(row, 'by') }
}

function mayRevoke(chat: Chat, me: Person, room: RoomId): boolean {
  try {
    chat.demand('revoke', room, me)
    return true
  } catch (error) {
    if (error instanceof ChatError) return false
    throw error
  }
}

function invitationOf(row: SqlRow): {
  token: string
  by: PersonId
  created: number
  expires: number | null
  usesLeft: number | null
  used: number
} {
  return {
    token: text(row, 'token'),
    by: text(row, 'by'),
    created: number(row, 'created'),
    expires: numberOrNull(row, 'expires'),
    usesLeft: numberOrNull(row, 'uses_left'),
    used: number(row, 'used'),
  }
}
