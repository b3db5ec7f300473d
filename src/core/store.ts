import type { Draft, Payload, Position, Publication } from './publication.ts'
import type { StreamChange, StreamChanged, StreamState } from './stream.ts'

/**
 * What channels remember. The store alone gives out offsets, and it is the
 * truth: whatever the engine loses, repeats or reorders is put right from here.
 *
 * What every store promises (`test/stores.test.ts` holds each to it):
 * - Offsets of a channel count 1, 2, 3… without holes. One that was given in a
 *   resolved `append` is never given again within its epoch; an `append` that
 *   rejects used none up.
 * - A resolved `append` is as durable as the store can make it, and every
 *   later `read` sees it.
 * - `top` outlives trimming and `remove`. A log that begins again at 1 has a
 *   new epoch.
 * - A channel that nobody wrote to reads as empty, with an epoch that its
 *   first publication then has, and reading leaves no trace.
 * - What is erased is no longer there for any read that begins after the append
 *   that erased it, nor in a copy of the store made then; all else of it stays.
 * - A stream that is closed takes nothing more, whoever appends; one that has
 *   expired is gone, and its publications with it.
 */
export interface Store {
  /**
   * Adds to the end of the log. Calls for one channel land in the order in
   * which they were made.
   * @throws StoreError when nothing was written · Refused when a guard did not hold
   */
  append(channel: string, draft: Draft, retention: Retention, options?: AppendOptions): Promise<Appended>
  /** Reads a page; publications outside `retention` are not there, trimmed yet or not. @throws StoreError */
  read(channel: string, retention: Retention, query: Query): Promise<Page>
  /** Forgets the publications of a channel, or the oldest of them; epoch and top stay. @throws StoreError, Refused */
  remove(channel: string, options?: RemoveOptions): Promise<void>
  /** Changes what a channel is as a stream, and appends what comes along: all of it, decided by `decide`, or nothing. @throws StoreError */
  change(channel: string, change: StreamChange, retention: Retention): Promise<StreamChanged>
  /** What the channel is as a stream; undefined if it is none, or has expired. @throws StoreError */
  stream(channel: string): Promise<StreamState | undefined>
  /** Why the store takes no publications at present, in words for an operator; undefined while it does. */
  readonly trouble: string | undefined
  /** Finishes what was begun. Later calls reject. */
  close(): Promise<void>
}

/** How long a channel remembers; all three may be Infinity. */
export interface Retention {
  readonly size: number // publications kept, at least 1
  readonly age: number // milliseconds that a publication is kept
  readonly metaAge: number // milliseconds after the last publication at which an empty log may forget its epoch and top
}

export interface AppendOptions {
  /**
   * An append with a key that the channel knows is not written; it is answered
   * with the first one's position. Keys are known as long as the publication is
   * kept, and five minutes at the least.
   */
  readonly idempotencyKey?: string | undefined
  /**
   * A version of what the publication describes: an append whose version is not
   * above the last one of the channel (in the same `versionEpoch`; an empty one
   * counts as the same) is not written, and answered with the current top.
   */
  readonly version?: number | undefined
  readonly versionEpoch?: string | undefined
  /** Run in the transaction that appends, in order; if one fails, all of it fails. Stores without SQL reject them. */
  readonly statements?: readonly Statement[] | undefined
  /** Overwrites what was said before, in the transaction that appends. */
  readonly erase?: readonly Erasure[] | undefined
}

/**
 * What a publication of before says from now on. Its place, its time, its
 * publisher and its tags stay. One that is no longer kept needs no erasing; one
 * that is not there yet cannot be, and nothing is appended.
 */
export interface Erasure {
  readonly offset: number
  readonly data: Payload
}

/** Publications that one append may erase. */
export const maxErased = 10_000

export interface RemoveOptions {
  /** The first offset that stays; if it is not there yet, all goes that is. */
  readonly before?: number | undefined
  /** As those of an append. */
  readonly statements?: readonly Statement[] | undefined
}

/** One SQL statement that rides along with a publication. */
export interface Statement {
  readonly sql: string
  readonly params?: readonly StatementParam[] | undefined
  /**
   * The name of a condition: the statement must give a row, as a SELECT does or
   * one with RETURNING, else nothing of the whole happens, and `Refused` says
   * this name. So what was looked at cannot have changed by the time of the commit.
   */
  readonly guard?: string | undefined
}

/** What stands for a `?`. The last kind is a value that only the append knows. */
export type StatementParam = string | number | bigint | null | Uint8Array | { readonly of: 'offset' | 'epoch' | 'time' }

export interface Appended {
  readonly outcome: 'appended' | 'repeated' | 'outdated' | 'closed'
  readonly position: Position // of the publication; of the top if outdated or closed
  readonly time: number // of the publication if it was appended now, else 0
}

export interface Query {
  /** Forward: what lies after this offset. Reverse: what lies before it. Absent: from the respective end. */
  readonly since?: number | undefined
  readonly limit: number // 0: only the top
  readonly reverse?: boolean | undefined
  /** Bytes of data, about, after which a page ends before `limit`; one publication is there however large it is. */
  readonly maxBytes?: number | undefined
}

export interface Page {
  readonly publications: readonly Publication[] // in reading order: oldest first, or newest first in reverse
  readonly top: Position // read together with them
}

/**
 * Nothing was written or read. `temporary`: the same call may succeed later
 * without anybody's doing. `constraint`: a statement broke a rule of a table,
 * which the message names.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly temporary: boolean
  readonly constraint: boolean
  constructor(message: string, temporary: boolean, options: ErrorOptions & { readonly constraint?: boolean } = {}) {
    super(message, options)
    this.temporary = temporary
    this.constraint = options.constraint ?? false
  }
}

/** Nothing was written, because a statement with a guard gave no row: the first one that did not is named. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly guard: string
  constructor(guard: string, options?: ErrorOptions) {
    super(`refused: ${guard}`, options)
    this.guard = guard
  }
}
