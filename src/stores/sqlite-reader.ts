/**
 * Reading, on the thread that asks: a page of fifty costs some 30 µs, less than
 * asking another thread for it. A connection of its own that cannot write.
 */
import { Database } from 'bun:sqlite'
import { StoreError } from '../core/store.ts'
import { isExpired } from '../core/stream.ts'
import { checksum } from './checksum.ts'
import { fitting, keptFrom, pageBounds } from './log-rules.ts'
import { Channels, stateOf } from './sqlite-channel.ts'
import { damage, failureOf, toStoreError } from './sqlite-failure.ts'
import { streamColumns, streamOf } from './sqlite-stream.ts'
import { Statements } from './statements.ts'
import type { SqlRow } from './sql-row.ts'
import type { SQLQueryBindings } from 'bun:sqlite'
import type { Payload, Position, Publication } from '../core/publication.ts'
import type { Page, Query, Retention } from '../core/store.ts'
import type { StreamState } from '../core/stream.ts'
import type { StreamRow } from './sqlite-stream.ts'

interface PublicationRow {
  readonly offset: number
  readonly time: number
  readonly data: Payload
  readonly user: string | null
  readonly client: string | null
  readonly conn_info: Payload | null
  readonly chan_info: Payload | null
  readonly tags: string | null
  readonly sum: number
}

type Opened = ReturnType<typeof open>
type Range = [channel: number, lo: number, hi: number]

export class SqliteReader {
  readonly #file: string
  #open: Opened | undefined
  #held: Opened | undefined // while a snapshot is read

  /** Throws what SQLite throws. */
  constructor(file: string) {
    this.#file = file
    this.#open = open(file)
  }

  /**
   * Whatever `task` reads here is of one state of the database, the one at its
   * first read. Inside another snapshot it is that one's.
   * @throws StoreError, and what `task` throws
   */
  snapshot<T>(task: () => T): T {
    if (this.#held !== undefined) return task()
    const db = this.#guarded(() => this.#begin())
    this.#held = db
    try {
      return task()
    } finally {
      this.#held = undefined
      if (this.#open === db) this.#guarded(() => commit(db))
    }
  }

  /** Where the log of a channel ends. @throws StoreError */
  position(channel: string): Position {
    return this.#read((db) => {
      const row = db.channels.find(channel)
      if (row === undefined) return { epoch: db.channels.nextEpoch(channel), offset: 0 }
      return { epoch: row.epoch, offset: row.top }
    })
  }

  /** @throws StoreError */
  read(channel: string, retention: Retention, query: Query, now: number): Page {
    return this.#read((db) => {
      const row = db.channels.find(channel)
      if (row === undefined) return { publications: [], top: { epoch: db.channels.nextEpoch(channel), offset: 0 } }
      const { id, epoch, top } = row
      const page = { publications: [] as readonly Publication[], top: { epoch, offset: top } }
      if (query.limit <= 0 || this.#isOver(db, channel, now)) return page
      const timeOf = (offset: number): number => db.time.get(id, offset)?.time ?? this.#hole(channel, offset)
      const asked = pageBounds(keptFrom(stateOf(row), retention, now, timeOf), top, query)
      if (asked.lo > asked.hi) return page
      const { lo, hi } = query.maxBytes === undefined ? asked : this.#within(db, channel, id, asked, query)
      const rows = (query.reverse === true ? db.backward : db.forward).all(id, lo, hi)
      // Without holes is what is promised, so what is missing is damage.
      if (rows.length !== hi - lo + 1) this.#hole(channel, lo)
      page.publications = rows.map((found) => this.#publicationOf(found, id, channel, epoch))
      return page
    })
  }

  /** The sizes stand in the rows' headers, so that what does not fit is not read. */
  #within(
    db: Opened,
    channel: string,
    id: number,
    asked: { readonly lo: number; readonly hi: number },
    query: Query,
  ): { lo: number; hi: number } {
    const { lo, hi } = asked
    const sizes = db.sizes.all(id, lo, hi).map(({ size }) => size)
    if (sizes.length !== hi - lo + 1) this.#hole(channel, lo)
    return fitting(asked, query, sizes)
  }

  /** Whether the channel was a stream that has expired: what is left of it is not there any more. */
  #isOver(db: Opened, channel: string, now: number): boolean {
    const row = db.stream.get(channel)
    return row !== null && isExpired(streamOf(row), now)
  }

  /** @throws StoreError */
  stream(channel: string, now: number): StreamState | undefined {
    return this.#read((db) => {
      const row = db.stream.get(channel)
      const state = row === null ? undefined : streamOf(row)
      return state === undefined || isExpired(state, now) ? undefined : state
    })
  }

  /** Any SELECT, on what is committed. @throws StoreError */
  query(sql: string, params: readonly SQLQueryBindings[]): SqlRow[] {
    return this.#read((db) => db.prepared.remember(sql).all(...params))
  }

  close(): void {
    const opened = this.#open
    this.#open = undefined
    opened?.prepared.close()
  }

  /** All that `task` reads is of one state of the database. */
  #read<T>(task: (db: Opened) => T): T {
    const held = this.#held
    return this.#guarded(() => {
      if (held !== undefined) {
        if (this.#open !== held || !held.database.inTransaction)
          throw new StoreError('This snapshot has ended, because reading in it failed; begin another', true)
        return task(held)
      }
      const db = this.#begin()
      try {
        return task(db)
      } finally {
        commit(db)
      }
    })
  }

  #begin(): Opened {
    this.#open ??= open(this.#file)
    this.#open.begin.run()
    return this.#open
  }

  #guarded<T>(task: () => T): T {
    try {
      return task()
    } catch (error) {
      if (error instanceof StoreError) throw error
      const failure = failureOf(error, this.#file)
      if (failure.kind === 'passing') this.#reopen()
      throw toStoreError(failure, error)
    }
  }

  /** After trouble with the disk, the next read begins with a new connection. */
  #reopen(): void {
    try {
      this.close()
    } catch {
      // It could not even be closed: there is nothing left in it to lose.
    }
  }

  #publicationOf(row: PublicationRow, id: number, channel: string, epoch: string): Publication {
    const { offset, time, data, user, client, conn_info: connInfo, chan_info: chanInfo, tags } = row
    if (row.sum !== checksum(id, offset, time, data, user, client, connInfo, chanInfo, tags))
      throw new StoreError(damage(this.#file, `publication ${offset} of channel ${channel} fails its checksum`), false)
    return {
      epoch,
      offset,
      time,
      data,
      info:
        user === null || client === null
          ? undefined
          : { user, client, connInfo: connInfo ?? undefined, chanInfo: chanInfo ?? undefined },
      tags: tags === null ? undefined : parseTags(tags),
    }
  }

  #hole(channel: string, offset: number): never {
    throw new StoreError(damage(this.#file, `publications of channel ${channel} from ${offset} on are missing`), false)
  }
}

function parseTags(text: string): Record<string, string> {
  const tags: Record<string, string> = JSON.parse(text) // written by the store, and the checksum was right
  return tags
}

function commit(db: Opened): void {
  if (db.database.inTransaction) db.commit.run() // some failures end it by themselves
}

function open(file: string) {
  const db = new Database(file, { readonly: true })
  const prepared = new Statements(db)
  try {
    db.run('PRAGMA busy_timeout = 250')
    db.run('PRAGMA cache_size = -16000')
    const columns = 'offset, time, data, user, client, conn_info, chan_info, tags, sum'
    const page = `SELECT ${columns} FROM publications WHERE channel = ? AND offset BETWEEN ? AND ? ORDER BY offset`
    return {
      database: db,
      prepared,
      channels: new Channels(prepared, file),
      begin: prepared.prepare<unknown, []>('BEGIN'),
      commit: prepared.prepare<unknown, []>('COMMIT'),
      stream: prepared.prepare<StreamRow, [string]>(`SELECT ${streamColumns} FROM streams WHERE channel = ?`),
      time: prepared.prepare<{ time: number }, [number, number]>(
        'SELECT time FROM publications WHERE channel = ? AND offset = ?',
      ),
      sizes: prepared.prepare<{ size: number }, Range>(
        'SELECT octet_length(data) AS size FROM publications WHERE channel = ? AND offset BETWEEN ? AND ? ORDER BY offset',
      ),
      forward: prepared.prepare<PublicationRow, Range>(page),
      backward: prepared.prepare<PublicationRow, Range>(`${page} DESC`),
    }
  } catch (error) {
    prepared.close()
    throw error
  }
}
