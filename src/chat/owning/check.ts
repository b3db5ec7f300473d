/**
 * Whether the tables say what the logs say. All that a reader sees of a room is
 * in its log; the tables are made of it, entry by entry, in the transaction that
 * appends. Here they are made anew, and compared row by row.
 *
 * It looks at one state of the data, whether a server runs on it or not. What it
 * makes goes into TEMP tables, which are in a file when they are large.
 */
import { inspect, type Inspection, StoreError } from '../../index.ts'
import { migrations } from '../schema.ts'
import { compareSearch } from './compare-search.ts'
import { compareTable, type Difference, shapes } from './compare.ts'
import { repair } from './repair.ts'
import { countEntries, replayAll } from './replay.ts'
import { makeScratch } from './scratch.ts'

export interface CheckOptions {
  /** Write what the logs say. No server may be running on the data then. */
  readonly repair?: boolean
  readonly progress?: (step: Progress) => void
}

export interface Progress {
  readonly step: 'reading' | 'comparing' | 'searching' | 'repairing'
  /** Of `reading`: entries of the logs. */
  readonly done: number
  readonly total: number
}

export interface Checked {
  readonly rooms: number
  /** Rooms of which the beginning is trimmed: of those, what the rest of the log says was compared. */
  readonly trimmed: number
  readonly entries: number
  /** The first of them, in no promised order. */
  readonly differences: readonly Difference[]
  /** Whether there are more than those. */
  readonly more: boolean
}

/** Differences that are told, of each table. */
const told = 1000

/** @throws StoreError for data that is not there, damaged, or of another version; to repair, if it is in use */
export function checkChat(dir: string, options: CheckOptions = {}): Checked {
  return inspect(dir, (data) => check(data, options), { write: options.repair ?? false })
}

function check(data: Inspection, { repair: mends = false, progress = () => undefined }: CheckOptions): Checked {
  const version = versionOf(data)
  if (version === 0) return { rooms: 0, trimmed: 0, entries: 0, differences: [], more: false }
  if (version !== migrations.length)
    throw new StoreError('The tables of the chat are of another version; start this Posthouse with them first', false)
  const total = countEntries(data)
  const at = (step: Progress['step'], done = 0) => progress({ step, done, total })
  at('reading')
  makeScratch(data)
  const replayed = replayAll(data, (entries) => at('reading', entries))
  at('comparing', total)
  const tables = shapes(data)
  const rows = tables.map((table) => compareTable(data, table, told))
  at('searching', total)
  const search = compareSearch(data, told)
  const differences = [...rows.flat(), ...search.differences]
  const isEqual = differences.length === 0 && search.count === 0
  if (mends && !isEqual) {
    at('repairing', total)
    repair(data, tables)
  }
  const more = rows.some(({ length }) => length === told) || search.count > search.differences.length
  return { ...replayed, differences, more }
}

function versionOf(data: Inspection): number {
  const [table] = data.sql(`SELECT 1 FROM main.sqlite_schema WHERE name = 'chat_meta'`)
  if (table === undefined) return 0
  const [row] = data.sql('SELECT coalesce(max(version), 0) AS version FROM main.chat_meta')
  return Number(row?.['version'])
}
