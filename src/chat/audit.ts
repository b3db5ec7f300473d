/** Who did what to whom, for those who answer for it. Written along with what was done. */
import type { Statement } from '../index.ts'
import type { PersonId, RoomId } from './events.ts'

export interface AuditEntry {
  readonly time: number
  readonly by: PersonId // empty: by the key of the server
  readonly action: string
  readonly room?: RoomId | undefined
  readonly person?: PersonId | undefined
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

export function audit({ time, by, action, room = '', person = '', details = {} }: AuditEntry): Statement {
  return {
    sql: 'INSERT INTO chat_audit (time, by, action, room, person, details) VALUES (?, ?, ?, ?, ?, ?)',
    params: [time, by, action, room, person, JSON.stringify(details)],
  }
}
