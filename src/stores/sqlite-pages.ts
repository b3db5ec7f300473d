/** Pages of a channel's log, as one connection finds them: what is missing or fails its checksum is an error, never an answer. */
import { StoreError } from '../core/store.ts'
import { checksum } from './checksum.ts'
import { fitting, keptFrom, pageBounds } from './log-rules.ts'
import { Channels, stateOf } from './sqlite-channel.ts'
import { damage } from './sqlite-failure.ts'
import type { Payload, Position, Publication } from '../core/publication.ts'
import type { Page, Query, Retention } from '../core/store.ts'
import type { Statements } from './statements.ts'

/** A publication, as its table has it. */
export interface PublicationRow {
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

type Range = [channel: number, lo: number, hi: number]

export class Pages {
  readonly #file: string
  readonly #channels: Channels
  readonly #time
  readonly #sizes
  readonly #forward
  readonly #backward

  /** Throws what SQLite throws, and StoreError for a file without what belongs in it. */
  constructor(prepared: Statements, file: string) {
    this.#file = file
    this.#channels = new Channels(prepared, file)
    const columns = 'offset, time, data, user, client, conn_info, chan_info, tags, sum'
    const page = `SELECT ${columns} FROM publications WHERE channel = ? AND offset BETWEEN ? AND ? ORDER BY offset`
    this.#time = prepared.prepare<{ time: number }, [number, number]>(
      'SELECT time FROM publications WHERE channel = ? AND offset = ?',
    )
    this.#sizes = prepared.prepare<{ size: number }, Range>(
      'SELECT octet_length(data) AS size FROM publications WHERE channel = ? AND offset BETWEEN ? AND ? ORDER BY offset',
    )
    this.#forward = prepared.prepare<PublicationRow, Range>(page)
    this.#backward = prepared.prepare<PublicationRow, Range>(`${page} DESC`)
  }

  /** Where the log of a channel ends. */
  position(channel: string): Position {
    const row = this.#channels.find(channel)
    if (row === undefined) return { epoch: this.#channels.nextEpoch(channel), offset: 0 }
    return { epoch: row.epoch, offset: row.top }
  }

  /** `isOver`: whether the channel was a stream that has expired; then what is left of it is not there any more. */
  read(channel: string, retention: Retention, query: Query, now: number, isOver: () => boolean): Page {
    const row = this.#channels.find(channel)
    if (row === undefined) return { publications: [], top: { epoch: this.#channels.nextEpoch(channel), offset: 0 } }
    const { id, epoch, top } = row
    const empty = { publications: [], top: { epoch, offset: top } }
    if (query.limit <= 0 || isOver()) return empty
    const timeOf = (offset: number): number => this.#time.get(id, offset)?.time ?? this.#hole(channel, offset)
    const asked = pageBounds(keptFrom(stateOf(row), retention, now, timeOf), top, query)
    if (asked.lo > asked.hi) return empty
    const { lo, hi } = query.maxBytes === undefined ? asked : this.#within(channel, id, asked, query)
    const rows = (query.reverse === true ? this.#backward : this.#forward).all(id, lo, hi)
    // Without holes is what is promised, so what is missing is damage.
    if (rows.length !== hi - lo + 1) this.#hole(channel, lo)
    return { ...empty, publications: rows.map((found) => this.#publicationOf(found, id, channel, epoch)) }
  }

  /** The sizes stand in the rows' headers, so that what does not fit is not read. */
  #within(
    channel: string,
    id: number,
    asked: { readonly lo: number; readonly hi: number },
    query: Query,
  ): { lo: number; hi: number } {
    const { lo, hi } = asked
    const sizes = this.#sizes.all(id, lo, hi).map(({ size }) => size)
    if (sizes.length !== hi - lo + 1) this.#hole(channel, lo)
    return fitting(asked, query, sizes)
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
