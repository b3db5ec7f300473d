/**
 * One reader's place in a channel:
 *
 *   behind ──(caught up)──▶ live ──close()──▶ closed
 *      ▲                     │
 *      └──── (a gap) ────────┘
 *
 * Behind, it reads what the reader missed from the store and holds back what
 * arrives meanwhile; live, it hands on. This is the only place where history
 * turns into live. Every way in goes through it, so none of them can lose or
 * repeat a publication on its own. The promise is `docs/topics/recovery.md`.
 */
import type { Channel, Follower } from './channel.ts'
import { catchUpPage } from './limits.ts'
import type { Log } from './log.ts'
import type { ClientInfo, Position, Publication } from './publication.ts'
import { type Page, type Query, StoreError } from './store.ts'
import type { TagsFilter } from './tags.ts'

/** Whoever reads through a cursor. */
export interface Reader {
  publication(publication: Publication): void
  joined(info: ClientInfo): void
  left(info: ClientInfo): void
  /** The cursor closed itself: from here on something would be missing. */
  lost(because: Lost): void
  /** Nothing is missing any more: what comes from now on is new. */
  live?(): void
  /** Resolves when the reader can take more; undefined when it can at once. Asked between pages. */
  ready?(): Promise<void> | undefined
}

export type Lost = 'epoch' | 'trimmed' | 'unavailable'

export type Recovery =
  | { readonly recovered: true; readonly publications: readonly Publication[] }
  | { readonly recovered: false; readonly because: 'epoch' | 'trimmed' | 'ahead' | 'too many' }

export class Cursor implements Follower {
  readonly #channel: Channel
  readonly #log: Log
  readonly #reader: Reader
  readonly #holdLimit: number
  #epoch = ''
  #offset = 0
  #held: Publication[] | undefined = [] // undefined: live
  #heldSize = 0
  #let = false // held publications were let go
  #closed = false

  /** `holdLimit`: bytes, about, that are held back while behind; what is beyond is read from the store later. */
  constructor(channel: Channel, log: Log, reader: Reader, holdLimit: number) {
    this.#channel = channel
    this.#log = log
    this.#reader = reader
    this.#holdLimit = holdLimit
  }

  /** Everything up to here was handed to the reader. */
  get position(): Position {
    return { epoch: this.#epoch, offset: this.#offset }
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Begins at the end of the log. Holds back until `release`. @throws StoreError */
  async start(): Promise<void> {
    await this.#enter({ limit: 0 })
  }

  /**
   * Continues after `since`, if all of what was missed is kept and is no more
   * than `limit` publications and, about, `maxBytes`; else begins at the end of the log and says why.
   * Holds back until `release`. @throws StoreError
   */
  async recover(since: Position, limit: number, maxBytes = Infinity): Promise<Recovery> {
    const { publications, top } = await this.#enter({ since: since.offset, limit, maxBytes })
    if (since.epoch !== '' && since.epoch !== top.epoch) return { recovered: false, because: 'epoch' }
    if (since.offset > top.offset) return { recovered: false, because: 'ahead' }
    if ((publications[0]?.offset ?? top.offset + 1) !== since.offset + 1)
      return { recovered: false, because: 'trimmed' }
    if ((publications.at(-1)?.offset ?? top.offset) !== top.offset) return { recovered: false, because: 'too many' }
    return { recovered: true, publications }
  }

  /**
   * Begins at the end of the log with its last publication, or the last that is
   * wanted: for channels in which each one says everything. Of no use to a
   * reader that has it; it is recovered without one if nothing came `since`.
   * Looks back no further than `limit` and, about, `maxBytes`. Holds back until `release`. @throws StoreError
   */
  async recoverLast(
    since: Position | undefined,
    limit: number,
    wanted?: TagsFilter,
    maxBytes = Infinity,
  ): Promise<Recovery> {
    const query = { limit: wanted === undefined ? 1 : limit, maxBytes, reverse: true }
    const { publications, top } = await this.#enter(query)
    const isSame = since !== undefined && since.offset > 0 && since.offset === top.offset && since.epoch === top.epoch
    if (isSame) return { recovered: true, publications: [] }
    if (publications[0]?.offset !== top.offset) return { recovered: false, because: 'trimmed' }
    const last = publications.find(({ tags }) => wanted === undefined || wanted(tags))
    return { recovered: true, publications: last === undefined ? [] : [last] }
  }

  /**
   * Continues after `since`, however much was missed: page by page into the
   * reader, at the reader's pace, and then live. Does not wait for that.
   * Needs no `release`. A `since` in another epoch is `lost`.
   */
  resume(since: Position): void {
    this.#channel.follow(this)
    this.#epoch = since.epoch
    this.#offset = since.offset
    void this.#readOn()
  }

  /** What came while the answer was on its way follows now, and then whatever comes. */
  release(): void {
    if (this.#closed || this.#held === undefined) return
    if (this.#let) void this.#readOn()
    else this.#goLive(this.#held)
  }

  close(): void {
    this.#closed = true
    this.#held = undefined
    this.#channel.leave(this)
  }

  deliver(publication: Publication): void {
    if (this.#closed) return
    if (this.#held !== undefined) return this.#hold(publication)
    if (publication.offset === 0) return this.#reader.publication(publication) // not kept, so it has no place
    if (publication.epoch !== this.#epoch) {
      // A reader that has seen nothing may begin in any log, if that begins now.
      if (this.#offset !== 0 || publication.offset !== 1) return this.#lose('epoch')
      this.#epoch = publication.epoch
    }
    if (publication.offset <= this.#offset) return
    if (publication.offset === this.#offset + 1) return this.#advance(publication)
    this.#held = [publication]
    this.#heldSize = sizeOf(publication)
    void this.#readOn()
  }

  joined(info: ClientInfo): void {
    if (this.#held === undefined) this.#reader.joined(info)
  }

  left(info: ClientInfo): void {
    if (this.#held === undefined) this.#reader.left(info)
  }

  async #enter(query: Query): Promise<Page> {
    this.#channel.follow(this) // before the read, so that nothing falls in between
    const page = await this.#log.read(query)
    this.#epoch = page.top.epoch
    this.#offset = page.top.offset
    this.#channel.begin(page.top)
    return page
  }

  #hold(publication: Publication): void {
    if (this.#let) return
    this.#heldSize += sizeOf(publication)
    this.#held?.push(publication)
    if (this.#heldSize <= this.#holdLimit) return
    this.#let = true
    this.#held = []
  }

  /** Reads from the store until nothing is missing, then goes live. */
  async #readOn(): Promise<void> {
    for (;;) {
      await this.#reader.ready?.()
      if (this.#closed) return
      this.#let = false // what arrives from here on is either held or in the page
      let page: Page
      try {
        page = await this.#log.read({ since: this.#offset, ...catchUpPage })
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        return this.#lose('unavailable')
      }
      if (this.#closed) return
      const lost = this.#missing(page)
      if (lost !== undefined) return this.#lose(lost)
      this.#channel.begin(page.top)
      for (const publication of page.publications) {
        if (publication.offset > this.#offset) this.#advance(publication)
        if (this.#isClosed()) return
      }
      if (this.#offset >= page.top.offset && !this.#let && this.#held !== undefined) return this.#goLive(this.#held)
    }
  }

  /** Whether a page does not begin right after what the reader has. */
  #missing({ publications, top }: Page): Lost | undefined {
    if (this.#epoch === '') this.#epoch = top.epoch
    if (top.epoch !== this.#epoch || top.offset < this.#offset) return 'epoch'
    const first = publications[0]?.offset ?? top.offset + 1
    return first === this.#offset + 1 ? undefined : 'trimmed'
  }

  #goLive(held: readonly Publication[]): void {
    this.#held = undefined
    this.#heldSize = 0
    for (const publication of held) this.deliver(publication)
    if (this.#held === undefined && !this.#closed) this.#reader.live?.()
  }

  #advance(publication: Publication): void {
    this.#offset = publication.offset
    this.#reader.publication(publication)
  }

  #lose(because: Lost): void {
    this.close()
    this.#reader.lost(because)
  }

  // A reader may close its cursor while it is handed a publication; the compiler does not see that.
  #isClosed(): boolean {
    return this.#closed
  }
}

/** What a held publication costs, about. */
function sizeOf({ data }: Publication): number {
  return data.length + 128
}
