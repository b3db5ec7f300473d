/**
 * A message is reported: to who moderates its room, and to the administrators of
 * the server, who see of a room that is not theirs what somebody in it shows them,
 * and no more. The report keeps what the message said at that moment, whatever
 * becomes of the message.
 */
import type { SqlRow } from '../../index.ts'
import { audit } from '../audit.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import { type RoomId, roles } from '../events.ts'
import { stands } from '../guards.ts'
import { standingMessage } from '../messages/find.ts'
import { findPeople, type Person, personView } from '../people/person.ts'
import { flag, number, numberOrNull, text, textOrNull } from '../rows.ts'

export interface Complaint {
  readonly room: RoomId
  readonly offset: number
  readonly reason: string
}

/** Reported again by the same person, it is one report. @throws ChatError */
export async function report(chat: Chat, me: Person, { room, offset, reason }: Complaint) {
  await chat.amend(me, () => {
    chat.demand('see', room, me)
    const message = standingMessage(chat, room, offset)
    if (message.author === me.id) throw new ChatError('invalid', { message: 'This message is yours; take it back' })
    const said = [message.text, ...(message.extra.files ?? []).map(({ name }) => name)].filter((part) => part !== '')
    return {
      room,
      deed: 'see',
      guards: [
        stands(room, offset),
        {
          sql: 'SELECT 1 FROM chat_messages WHERE room = ? AND offset = ? AND text = ?',
          params: [room, offset, message.text],
          guard: 'changed',
        },
      ],
      statements: [
        {
          sql: `INSERT INTO chat_reports (room, offset, author, by, reason, time, text) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (room, offset, by) DO NOTHING`,
          params: [room, offset, message.author, me.id, reason, chat.now(), said.join('\n')],
        },
      ],
    }
  })
  chat.live.reported(room)
  return {}
}

export interface ReportQuery {
  readonly room?: RoomId | undefined
  readonly settled: boolean
  readonly before?: number | undefined
  readonly limit: number
}

/** The newest first. @throws ChatError */
export function listReports(chat: Chat, me: Person, { room, settled, before, limit }: ReportQuery) {
  return chat.server.snapshot(() => {
    demandOversight(chat, me, room)
    const rows = chat.rows(
      `SELECT p.*, m.offset IS NULL OR m.removed IS NOT NULL AS gone, r.name AS room_name, w.role FROM chat_reports p
       LEFT JOIN chat_messages m ON m.room = p.room AND m.offset = p.offset LEFT JOIN chat_rooms r ON r.id = p.room
       LEFT JOIN chat_members w ON w.room = p.room AND w.person = p.author
       WHERE ${room === undefined ? '?1 IS NULL' : 'p.room = ?1'} AND p.id < ?2
         AND p.settled IS ${settled ? 'NOT NULL' : 'NULL'} ORDER BY p.id DESC LIMIT ?3`,
      room ?? null,
      before ?? Number.MAX_SAFE_INTEGER,
      limit + 1,
    )
    const reports = rows.slice(0, limit).map(toReport)
    const named = reports.flatMap(({ from, by, settled: end }) => [from, by, ...(end ? [end.by] : [])])
    const last = rows.length > limit ? reports.at(-1) : undefined
    return { reports, people: findPeople(chat, named).map(personView), ...(last && { next: last.id }) }
  })
}

/** Done with. @throws ChatError */
export async function settleReport(
  chat: Chat,
  me: Person,
  { report: id, outcome, note }: { report: number; outcome: string; note: string },
) {
  const row = chat.row('SELECT room, offset, author, settled FROM chat_reports WHERE id = ?', id)
  if (row === undefined) throw hidden()
  const [room, person] = [text(row, 'room'), text(row, 'author')]
  if (!me.admin) demandModeration(chat, me, room)
  const now = chat.now()
  const isDone = await chat.attempt(
    {
      sql: `UPDATE chat_reports SET settled = ?2, settled_by = ?3, outcome = ?4 WHERE id = ?1 AND settled IS NULL RETURNING 1`,
      params: [id, now, me.id, outcome],
      guard: 'changed',
    },
    audit({
      time: now,
      by: me.id,
      action: 'report settled',
      room,
      person,
      details: { report: id, offset: number(row, 'offset'), outcome, ...(note !== '' && { note }) },
    }),
  )
  if (!isDone) throw new ChatError('conflict', { message: 'Somebody has settled this report already' })
  chat.live.reported(room)
  return {}
}

/** Of one room: who moderates it, and administrators; of all: administrators. @throws ChatError */
export function demandOversight(chat: Chat, me: Person, room: RoomId | undefined): void {
  if (me.admin) return
  if (room === undefined) throw new ChatError('forbidden', { message: 'Name a room that you moderate' })
  chat.demand('moderate', room, me)
}

/** Whoever may not is told that there is nothing. @throws ChatError */
function demandModeration(chat: Chat, me: Person, room: RoomId): void {
  try {
    chat.demand('moderate', room, me)
  } catch (error) {
    throw error instanceof ChatError ? hidden(error) : error
  }
}

const hidden = (cause?: unknown) => new ChatError('notFound', { message: 'There is no such report', cause })

function toReport(row: SqlRow) {
  const settled = numberOrNull(row, 'settled')
  const role = roles.find((each) => each === row['role'])
  return {
    id: number(row, 'id'),
    room: text(row, 'room'),
    roomName: textOrNull(row, 'room_name') ?? '',
    offset: number(row, 'offset'),
    from: text(row, 'author'),
    ...(role && { role }),
    by: text(row, 'by'),
    reason: text(row, 'reason'),
    time: number(row, 'time'),
    text: text(row, 'text'),
    gone: flag(row, 'gone'),
    ...(settled !== null && {
      settled: { time: settled, by: text(row, 'settled_by'), outcome: text(row, 'outcome') },
    }),
  }
}
