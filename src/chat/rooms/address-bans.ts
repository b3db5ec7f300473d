/**
 * Addresses that are kept out, of a room or of the server (room `''`): whoever
 * is banned comes back under another name within seconds. An address belongs to
 * many, so this keeps out guests only, who have no other mark than that; people
 * with a password, and who is in the room already, are not meant.
 *
 * Behind a proxy that the configuration does not know as one, everybody has the
 * proxy's address.
 */
import type { Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import type { PersonId, RoomId } from '../events.ts'
import { text } from '../rows.ts'

const recent = 10 // addresses of one person that a ban is for
const limit = 1000 // of one room; beyond, those of longest ago go

/** SQL for whether somebody is a guest who comes from an address that a room keeps out; what is given are SQL expressions. */
export function addressBan(person: string, room: string, now: string): string {
  return `EXISTS (SELECT 1 FROM chat_people p
    JOIN chat_sessions s ON s.person = p.id AND s.expires > ${now}
    JOIN chat_address_bans a ON a.room = ${room} AND a.address = s.network AND (a.until IS NULL OR a.until > ${now})
    WHERE p.id = ${person} AND p.kind = 'guest')`
}

/** No address keeps somebody out of a room. */
export function isLetIn(room: RoomId, person: PersonId, now: number): Statement {
  return { sql: `SELECT 1 WHERE NOT ${addressBan('?2', '?1', '?3')}`, params: [room, person, now], guard: 'changed' }
}

/** From where somebody was here last. */
export function networksOf(chat: Chat, person: PersonId): string[] {
  const rows = chat.rows(
    'SELECT network FROM chat_networks WHERE person = ? ORDER BY seen DESC LIMIT ?',
    person,
    recent,
  )
  return rows.map((row) => text(row, 'network')).filter((network) => network !== '')
}

/** What keeps them out. */
export function banAddresses(
  {
    room,
    person,
    by,
    time,
    until,
  }: { room: RoomId; person: PersonId; by: PersonId; time: number; until: number | null },
  networks: readonly string[],
): Statement[] {
  return [
    ...networks.map((network) => ({
      sql: `INSERT OR REPLACE INTO chat_address_bans (room, address, person, by, time, until) VALUES (?, ?, ?, ?, ?, ?)`,
      params: [room, network, person, by, time, until],
    })),
    {
      sql: `DELETE FROM chat_address_bans WHERE room = ?1 AND address IN (
        SELECT address FROM chat_address_bans WHERE room = ?1 ORDER BY time DESC LIMIT -1 OFFSET ?2)`,
      params: [room, limit],
    },
  ]
}

/** What lets in again who was kept out because of somebody. */
export function unbanAddresses(room: RoomId, person: PersonId): Statement {
  return { sql: 'DELETE FROM chat_address_bans WHERE room = ? AND person = ?', params: [room, person] }
}

/** Whether a room, or the server (`''`), keeps out who comes from there. */
export function isKeptOut(chat: Chat, room: RoomId, network: string): boolean {
  const row = chat.row(
    'SELECT 1 FROM chat_address_bans WHERE room = ? AND address = ? AND (until IS NULL OR until > ?)',
    room,
    network,
    chat.now(),
  )
  return row !== undefined
}
