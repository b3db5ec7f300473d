/** What was done by who moderates and administers, for those who answer for it: the newest first. */
import type { Chat } from '../chat.ts'
import type { RoomId } from '../events.ts'
import { findPeople, type Person, personView } from '../people/person.ts'
import { number, record, text } from '../rows.ts'
import { demandOversight } from './reports.ts'

export interface AuditQuery {
  readonly room?: RoomId | undefined
  readonly before?: number | undefined
  readonly limit: number
}

/** Of a room, for who moderates it; of everything, for administrators. @throws ChatError */
export function auditLog(chat: Chat, me: Person, { room, before, limit }: AuditQuery) {
  return chat.server.snapshot(() => {
    demandOversight(chat, me, room)
    const rows = chat.rows(
      `SELECT id, time, by, action, room, person, details FROM chat_audit
       WHERE ${room === undefined ? '?1 IS NULL' : 'room = ?1'} AND id < ?2 ORDER BY id DESC LIMIT ?3`,
      room ?? null,
      before ?? Number.MAX_SAFE_INTEGER,
      limit + 1,
    )
    const entries = rows.slice(0, limit).map((row) => ({
      id: number(row, 'id'),
      time: number(row, 'time'),
      by: text(row, 'by'),
      action: text(row, 'action'),
      ...(text(row, 'room') !== '' && { room: text(row, 'room') }),
      ...(text(row, 'person') !== '' && { person: text(row, 'person') }),
      details: record(row, 'details'),
    }))
    const people = findPeople(
      chat,
      entries.flatMap(({ by, person = '' }) => [by, person]),
    ).map(personView)
    const last = rows.length > limit ? entries.at(-1) : undefined
    return { entries, people, ...(last && { next: last.id }) }
  })
}
