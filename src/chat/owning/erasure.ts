/**
 * What a message said leaves the log, too, when it is taken back: the message
 * itself, its edits and its previews are overwritten, in the transaction of the
 * entry that says so. What stays is where it stood, when, and by whom; made anew
 * from that, the tables are the same.
 */
import type { Erased, Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import type { EditEvent, MessageEvent, PreviewEvent, RoomId } from '../events.ts'
import { number, numberOrNull, record, text } from '../rows.ts'

export interface Erasure {
  readonly erase: readonly Erased[]
  /** Nothing was added to the message since it was looked at. */
  readonly guard: Statement
}

/** Of a message that is there. */
export function erasureOf(chat: Chat, room: RoomId, of: number): Erasure | undefined {
  const row = chat.row(
    'SELECT author, client_id, time, reply, extra FROM chat_messages WHERE room = ? AND offset = ?',
    room,
    of,
  )
  if (row === undefined) return undefined
  const message: MessageEvent = {
    type: 'message',
    by: text(row, 'author'),
    time: number(row, 'time'),
    id: text(row, 'client_id'),
    text: '',
    reply: numberOrNull(row, 'reply') ?? undefined,
    erased: true,
  }
  const edits = editsOf(chat, room, of)
  const previewed = offsetsIn(record(row, 'extra')['previewed'])
  const preview: PreviewEvent = { type: 'preview', of, by: '', time: message.time, previews: [], erased: true }
  return {
    erase: [{ offset: of, data: message }, ...edits, ...previewed.map((offset) => ({ offset, data: preview }))],
    guard: {
      sql: `SELECT 1 FROM chat_messages WHERE room = ?1 AND offset = ?2
        AND (SELECT count(*) FROM chat_edits WHERE room = ?1 AND of = ?2) = ?3
        AND coalesce(json_array_length(extra, '$.previewed'), 0) = ?4`,
      params: [room, of, edits.length, previewed.length],
      guard: 'changed',
    },
  }
}

function editsOf(chat: Chat, room: RoomId, of: number): Erased[] {
  return chat.rows('SELECT offset, time, by FROM chat_edits WHERE room = ? AND of = ?', room, of).map((row) => {
    const edit: EditEvent = { type: 'edit', of, by: text(row, 'by'), time: number(row, 'time'), text: '', erased: true }
    return { offset: number(row, 'offset'), data: edit }
  })
}

function offsetsIn(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'number') : []
}
