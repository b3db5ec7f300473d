/** A look at what a data folder holds, without a server, or beside the one that runs. */
import { join } from 'node:path'
import type { StatementParam } from '../core/store.ts'
import { databaseName } from '../data-dir.ts'
import { Inspector, type Logged } from '../stores/sqlite-inspector.ts'
import type { SqlRow } from '../stores/sql-row.ts'
import { type Publication, toPublication } from './publishing.ts'

type Param = Exclude<StatementParam, { readonly of: string }>

/** One state of the data, for as long as it is looked at. All of it is synchronous. */
export interface Inspection {
  /** What a query finds. TEMP tables may be made and filled, too; they are for this look only. @throws StoreError */
  sql(query: string, ...params: readonly Param[]): readonly SqlRow[]
  /** The same, one row after the other: for what is too much at once. */
  each(query: string, ...params: readonly Param[]): Iterable<SqlRow>
  /** Channels whose names begin with `prefix`, by name, those after `after`. @throws StoreError */
  channels(options: { readonly prefix?: string; readonly after?: string; readonly limit: number }): readonly Channel[]
  /** Oldest first, what comes after `since`; a page ends after `limit` publications, or `maxBytes`. @throws StoreError */
  history(channel: string, options: InspectedPage): readonly Publication[]
}

export interface Channel {
  readonly channel: string
  /** The lowest offset that is kept; one above `offset` if none is. */
  readonly first: number
  /** Where the log ends. */
  readonly offset: number
}

export interface InspectedPage {
  readonly since: number
  readonly limit: number
  readonly maxBytes?: number | undefined
}

export interface InspectOptions {
  /** Whether `sql` may write: then no server may be running there, and it is kept when `look` returns. */
  readonly write?: boolean
}

/**
 * Looks at the data in a folder. Returns what `look` returns.
 * @throws StoreError if there is none, or it is damaged; to write, if it is in use; and what `look` throws, and then nothing was written
 */
export function inspect<T>(dir: string, look: (data: Inspection) => T, { write = false }: InspectOptions = {}): T {
  const inspector = new Inspector(join(dir, databaseName), write)
  try {
    const found = look(inspectionOf(inspector))
    if (found instanceof Promise) throw new TypeError('what is looked at cannot be waited for')
    inspector.commit()
    return found
  } finally {
    inspector.close()
  }
}

function inspectionOf(inspector: Inspector): Inspection {
  return {
    sql: (query, ...params) => inspector.query(query, params),
    each: (query, ...params) => inspector.each(query, params),
    channels: ({ prefix = '', after = '', limit }) => inspector.logs(prefix, after, limit).map(toChannel),
    history: (channel, { since, limit, maxBytes }) =>
      inspector.read(channel, { since, limit, maxBytes }).publications.map(toPublication),
  }
}

const toChannel = ({ name, first, top }: Logged): Channel => ({
  channel: name,
  first: Math.min(first, top + 1),
  offset: top,
})
