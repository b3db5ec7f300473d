/**
 * What was decided on must still hold when it is written. The decision is made
 * on what this process reads; the transaction that appends asks again whether
 * that has changed since. If so nothing is written, and it is decided anew.
 */
import type { Statement } from '../index.ts'
import { isDirect, type PersonId, type RoomId } from './events.ts'
import { refusalBy } from './people/blocks.ts'

/** The versions of a room and of a person's membership; 0: there is none. */
export interface Seen {
  readonly room: RoomId
  readonly roomVersion: number
  readonly person: PersonId
  readonly memberVersion: number
  readonly banVersion: number
  /** Why the other of a direct room cannot be written to; empty: nothing stands against it. */
  readonly refused: string
}

/** What somebody is in a room is what it was. */
export function unchanged({ room, roomVersion, person, memberVersion, banVersion, refused }: Seen): Statement {
  const direct = isDirect(room) ? `AND coalesce(${refusalBy('?3', 'r.id')}, '') = ?6` : ''
  return {
    sql: `SELECT 1 FROM chat_rooms r WHERE r.id = ?1 AND r.version = ?2
      AND coalesce((SELECT version FROM chat_members WHERE room = ?1 AND person = ?3), 0) = ?4
      AND coalesce((SELECT version FROM chat_bans WHERE room = ?1 AND person = ?3), 0) = ?5 ${direct}`,
    params: [room, roomVersion, person, memberVersion, banVersion, ...(isDirect(room) ? [refused] : [])],
    guard: 'changed',
  }
}

/** The message is there, and was not taken back. */
export function stands(room: RoomId, offset: number): Statement {
  return {
    sql: 'SELECT 1 FROM chat_messages WHERE room = ? AND offset = ? AND removed IS NULL',
    params: [room, offset],
    guard: 'changed',
  }
}
