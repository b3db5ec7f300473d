/**
 * The live end of one channel on this node. It hands every publication, once
 * and in order, to everyone who follows it: what the engine repeats is dropped
 * by its offset, what it delivers too early is taken as a sign that something
 * is missing, and the channel reads on from the store until it has caught up,
 * once for all followers.
 *
 * What it cannot fill because the store no longer keeps it, it passes over: a
 * cursor notices the gap by its own offset and says so to its reader.
 *
 * A channel without history has no log, no offsets and nothing to put right.
 */
import { type Clock, pause } from './clock.ts'
import type { Receiver } from './engine.ts'
import { catchUpPage } from './limits.ts'
import type { Log } from './log.ts'
import type { ClientInfo, Position, Publication } from './publication.ts'
import { type Page, type Query, StoreError } from './store.ts'

export interface Follower {
  deliver(publication: Publication): void
  joined(info: ClientInfo): void
  left(info: ClientInfo): void
}

const retryDelays = [20, 100, 500, 2000] // ms between reads of a store that fails; the last one repeats
const phantomReads = 3 // reads after which a publication that the store does not know is no longer waited for
const phantomDelay = 50 // ms between them

export class Channel implements Receiver {
  readonly name: string
  readonly log: Log | undefined
  readonly #clock: Clock
  readonly #followers = new Set<Follower>()
  #epoch: string | undefined // of the log; undefined until somebody has read it or heard of it
  #end = 0 // the last offset handed on
  #heard = 0 // the last offset known to exist
  #reading = false
  #fresh = false // whether anything came since the last check

  constructor(name: string, log: Log | undefined, clock: Clock) {
    this.name = name
    this.log = log
    this.#clock = clock
  }

  get size(): number {
    return this.#followers.size
  }

  follow(follower: Follower): void {
    this.#followers.add(follower)
  }

  leave(follower: Follower): void {
    this.#followers.delete(follower)
  }

  /** Tells where the log stood when a follower read it, or before what was heard first. The channel delivers what comes after. */
  begin(top: Position): void {
    if (this.#epoch === undefined) {
      this.#epoch = top.epoch
      this.#end = top.offset
    } else if (this.#epoch !== top.epoch) {
      this.#restart(top)
    }
    this.#hear(top.offset)
  }

  /** Finds out where the log stands, for followers that keep no place of their own. @throws StoreError */
  async locate(): Promise<void> {
    if (this.log !== undefined && this.#epoch === undefined) this.begin((await this.log.read({ limit: 0 })).top)
  }

  receive(publication: Publication): void {
    if (publication.offset === 0) return this.#hand(publication) // it is in no log
    this.#fresh = true
    // Nobody has read the log: for those who only follow, it begins here.
    if (this.#epoch === undefined) this.begin({ epoch: publication.epoch, offset: publication.offset - 1 })
    if (publication.epoch === this.#epoch) {
      if (publication.offset === this.#end + 1) this.#deliver(publication)
      this.#hear(publication.offset)
    } else {
      void this.check(true) // a new log, or a late word of an old one: the store knows
    }
  }

  joined(info: ClientInfo): void {
    for (const follower of this.#followers) follower.joined(info)
  }

  left(info: ClientInfo): void {
    for (const follower of this.#followers) follower.left(info)
  }

  /** Compares the end with the top of the log, in case the engine lost the last publication and nothing newer betrays it. */
  async check(force = false): Promise<void> {
    const quiet = !this.#fresh
    this.#fresh = false
    if (this.log === undefined || this.#epoch === undefined || this.#reading || !(quiet || force)) return
    const page = await this.#read(this.log, { limit: 0 })
    if (page !== undefined) this.begin(page.top)
  }

  #hear(offset: number): void {
    if (offset > this.#heard) this.#heard = offset
    if (this.#end < this.#heard && !this.#reading) void this.#readOn()
  }

  async #readOn(): Promise<void> {
    const log = this.log
    if (log === undefined) return
    this.#reading = true
    let phantom = 0
    while (this.#end < this.#heard && this.#followers.size > 0) {
      const page = await this.#read(log, catchUpPage)
      if (page === undefined) break // nobody follows any more
      if (page.top.epoch !== this.#epoch) this.#restart(page.top)
      else if (page.top.offset < this.#heard && page.publications.length === 0) {
        if (++phantom < phantomReads) await pause(this.#clock, phantomDelay)
        else this.#heard = this.#end = Math.max(this.#end, page.top.offset)
      } else {
        this.#heard = Math.max(this.#heard, page.top.offset)
        for (const publication of page.publications) if (publication.offset > this.#end) this.#deliver(publication)
        if (page.publications.length === 0) this.#end = Math.max(this.#end, page.top.offset) // all of it was trimmed
      }
    }
    this.#reading = false
  }

  /** Reads what comes after the end, again and again until the store answers or nobody follows. */
  async #read(log: Log, page: Omit<Query, 'since'>): Promise<Page | undefined> {
    for (let failures = 0; this.#followers.size > 0; failures++) {
      try {
        return await log.read({ since: this.#end, ...page })
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        await pause(this.#clock, retryDelays[Math.min(failures, retryDelays.length - 1)] ?? 0)
      }
    }
    return undefined
  }

  /** The log began anew. Its newest publication is handed on once more, so that cursors of the old log notice. */
  #restart(top: Position): void {
    this.#epoch = top.epoch
    this.#end = Math.max(0, top.offset - 1)
    this.#heard = top.offset
  }

  #deliver(publication: Publication): void {
    this.#end = publication.offset
    this.#hand(publication)
  }

  #hand(publication: Publication): void {
    for (const follower of this.#followers) follower.deliver(publication)
  }
}
