/**
 * The tables made anew from the logs, room by room and page by page.
 *
 * Of a room whose log was trimmed, what was said before is gone from the tables
 * too; but its settings and its members came to be by entries that are no longer
 * there. So those are taken from the real tables, and what is left of the log is
 * done to them once more: of each the last entry counts, so it changes nothing
 * where they are right, and what no entry speaks of any more is taken on trust.
 */
import type { Channel, Inspection, Publication, Statement, StatementParam } from '../../index.ts'
import { eventOf, type RoomEvent, type RoomId, roomOf } from '../events.ts'
import { project } from '../projection.ts'
import { endFilling } from './scratch.ts'

const prefixes = ['dm:', 'room:']
const page = { limit: 1000, maxBytes: 4 * 2 ** 20 }
const lasting = ['chat_rooms', 'chat_members', 'chat_bans', 'chat_mutes']

export interface Replayed {
  readonly rooms: number
  readonly trimmed: number // rooms of which the beginning is gone
  readonly entries: number
}

export function countEntries(data: Inspection): number {
  let count = 0
  for (const { first, offset } of roomLogs(data)) count += offset - first + 1
  return count
}

export function replayAll(data: Inspection, progress: (entries: number) => void): Replayed {
  let [rooms, trimmed, entries] = [0, 0, 0]
  for (const log of roomLogs(data)) {
    const room = roomOf(log.channel)
    if (room === undefined) continue
    rooms++
    if (log.first > 1) {
      trimmed++
      for (const table of lasting) takeOver(data, table, room)
    }
    for (const publication of entriesOf(data, log)) {
      replay(data, room, publication, log.first)
      if (++entries % page.limit === 0) progress(entries)
    }
  }
  endFilling(data)
  return { rooms, trimmed, entries }
}

function* roomLogs(data: Inspection): Generator<Channel> {
  for (const prefix of prefixes)
    for (let after = ''; ;) {
      const channels = data.channels({ prefix, after, limit: 500 })
      yield* channels
      const last = channels.at(-1)
      if (last === undefined) break
      after = last.channel
    }
}

function* entriesOf(data: Inspection, { channel, first, offset }: Channel): Generator<Publication> {
  for (let since = first - 1; since < offset;) {
    const publications = data.history(channel, { since, ...page })
    yield* publications
    since = publications.at(-1)?.offset ?? offset
  }
}

function replay(data: Inspection, room: RoomId, { data: said, offset }: Publication, first: number): void {
  const event = eventOf(said)
  if (event === undefined || about(event) < first) return
  run(data, project(room, event, offset))
}

export function run(data: Inspection, statements: readonly Statement[]): void {
  for (const { sql, params = [] } of statements) data.sql(sql, ...params.map(known))
}

/** The message that an entry is about; Infinity if it is about none. */
const about = (event: RoomEvent): number => ('of' in event ? event.of : Infinity)

function takeOver(data: Inspection, table: string, room: RoomId): void {
  const key = table === 'chat_rooms' ? 'id' : 'room'
  data.sql(`INSERT INTO temp.${table} SELECT * FROM main.${table} WHERE ${key} = ?`, room)
}

/** With the offset put in there is nothing left that only an append knows. */
function known(param: StatementParam) {
  if (typeof param === 'object' && param !== null && 'of' in param) throw new TypeError(`${param.of} is not known`)
  return param
}
