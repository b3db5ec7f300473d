/**
 * Where in a log a time was. Nothing is ordered by time, which is for display
 * only; but it hardly ever goes back, so the place is found by halving: some
 * twenty looks for a million messages, and no index.
 */
import type { Chat } from '../chat.ts'
import type { RoomId } from '../events.ts'
import { number } from '../rows.ts'

/** What stands at a place, or is the next after it. */
type Look = (from: number) => { readonly at: number; readonly time: number } | undefined

/** The first place from `low` on, and below `end`, whose time is not before this one; `end` if there is none. */
export function placeOf(time: number, low: number, end: number, look: Look): number {
  while (low < end) {
    const middle = Math.floor((low + end) / 2)
    const found = look(middle)
    if (found === undefined || found.time >= time) end = middle
    else low = found.at + 1
  }
  return low
}

/** The offset of the first message of a room since a time; the one after the last if there is none. */
export function offsetAt(chat: Chat, room: RoomId, time: number): number {
  const last = chat.row('SELECT last FROM chat_rooms WHERE id = ?', room)
  return placeOf(time, 1, last === undefined ? 1 : number(last, 'last') + 1, (from) => {
    const sql = `SELECT offset AS at, time FROM chat_messages WHERE room = ? AND offset >= ? ORDER BY offset LIMIT 1`
    const row = chat.row(sql, room, from)
    return row && { at: number(row, 'at'), time: number(row, 'time') }
  })
}

/** The same in the order in which messages of all rooms were written. */
export function keyAt(chat: Chat, time: number): number {
  return placeOf(time, 1, lastKey(chat) + 1, (from) => {
    const row = chat.row('SELECT key AS at, time FROM chat_messages WHERE key >= ? ORDER BY key LIMIT 1', from)
    return row && { at: number(row, 'at'), time: number(row, 'time') }
  })
}

/** Of the newest message of all. */
export function lastKey(chat: Chat): number {
  const row = chat.row('SELECT key FROM chat_messages WHERE key > 0 ORDER BY key DESC LIMIT 1')
  return row === undefined ? 0 : number(row, 'key')
}
