/**
 * A store that forgets when the process ends: for tests, and for channels whose
 * past is worth nothing. It keeps every promise of `Store` but the one of a
 * disk. Each store has its own secret, so a log that begins again after a
 * restart has a new epoch.
 */
import { systemClock } from '../core/clock.ts'
import { StoreError } from '../core/store.ts'
import { decide, isExpired, isStale } from '../core/stream.ts'
import { bucketOf, epochOf, newSecret } from './epochs.ts'
import {
  checkChange,
  checkDraft,
  checkText,
  copyOf,
  fitting,
  isOutdated,
  keptFrom,
  knowsKey,
  pageBounds,
} from './log-rules.ts'
import type { Clock } from '../core/clock.ts'
import type { Draft, Position, Publication } from '../core/publication.ts'
import type { Appended, AppendOptions, Erasure, Page, Query, RemoveOptions } from '../core/store.ts'
import type { Retention, Statement, Store } from '../core/store.ts'
import type { ProducerState, StreamChange, StreamChanged, StreamState } from '../core/stream.ts'

interface Stream {
  state: StreamState | undefined
  readonly producers: Map<string, ProducerState>
}

interface Log {
  readonly epoch: string
  top: number
  first: number
  low: number // offset of publications[0]
  touched: number // time of the last publication
  readonly publications: Publication[]
  readonly keys: Map<string, { readonly offset: number; readonly time: number }> // in the order of their offsets
  retention: Retention
  version: number | undefined
  versionEpoch: string
}

export class MemoryStore implements Store {
  readonly trouble = undefined
  readonly #clock: Clock
  readonly #secret = newSecret()
  readonly #generations = new Map<number, number>() // by bucket; absent: 0
  readonly #logs = new Map<string, Log>()
  readonly #streams = new Map<string, Stream>()
  #round = this.#logs.entries() // where sweeping stands
  #cancelSweep: (() => void) | undefined
  #closed = false

  constructor({ clock = systemClock }: { clock?: Clock | undefined } = {}) {
    this.#clock = clock
  }

  async append(channel: string, draft: Draft, retention: Retention, options: AppendOptions = {}): Promise<Appended> {
    this.#checkOpen()
    checkDraft(channel, draft, options)
    checkNone(options.statements)
    const now = this.#now()
    const stream = this.#streams.get(channel)
    if (stream?.state !== undefined) {
      if (isExpired(stream.state, now)) this.#clear(channel)
      else if (stream.state.closed)
        return { outcome: 'closed', position: this.#read(channel, retention, { limit: 0 }).top, time: 0 }
      else if (isStale(stream.state, now)) stream.state = { ...stream.state, touched: now }
    }
    return this.#append(channel, draft, retention, options, now)
  }

  #append(channel: string, draft: Draft, retention: Retention, options: AppendOptions, now: number): Appended {
    const log = this.#logs.get(channel) ?? this.#newLog(channel, retention)
    const { epoch } = log
    const { idempotencyKey, version, versionEpoch = '' } = options
    if (idempotencyKey !== undefined) {
      const known = log.keys.get(idempotencyKey)
      if (known !== undefined && knowsKey(log, retention, known, now))
        return { outcome: 'repeated', position: { epoch, offset: known.offset }, time: 0 }
    }
    if (isOutdated(log, options)) return { outcome: 'outdated', position: { epoch, offset: log.top }, time: 0 }

    erase(log, channel, options.erase)
    const offset = log.top + 1
    const time = Math.max(now, log.touched)
    log.publications.push(publicationOf(draft, epoch, offset, time))
    log.top = offset
    log.touched = time
    log.retention = retention
    if (version !== undefined) {
      log.version = version
      if (versionEpoch !== '') log.versionEpoch = versionEpoch
    }
    if (idempotencyKey !== undefined) {
      log.keys.delete(idempotencyKey) // so that the map stays in the order of offsets
      log.keys.set(idempotencyKey, { offset, time })
    }
    this.#logs.set(channel, log)
    if (offset - log.low >= retention.size * 1.125) this.#trim(log, now)
    this.#scheduleSweep()
    return { outcome: 'appended', position: { epoch, offset }, time }
  }

  async read(channel: string, retention: Retention, query: Query): Promise<Page> {
    this.#checkOpen()
    checkText(channel)
    return this.#read(channel, retention, query)
  }

  #read(channel: string, retention: Retention, query: Query): Page {
    const log = this.#logs.get(channel)
    if (log === undefined) return { publications: [], top: { epoch: this.#epochOf(channel), offset: 0 } }
    const state = this.#streams.get(channel)?.state
    const isOver = state !== undefined && isExpired(state, this.#now())
    const from = isOver ? log.top + 1 : keptFrom(log, retention, this.#now(), timesOf(log))
    const { lo, hi } = pageBounds(from, log.top, query)
    const all = log.publications.slice(lo - log.low, Math.max(lo, hi + 1) - log.low)
    const publications = query.maxBytes === undefined ? all : within(all, lo, query)
    return {
      publications: query.reverse === true ? publications.toReversed() : publications,
      top: { epoch: log.epoch, offset: log.top },
    }
  }

  /** As in a store on a disk. Here nothing can change while `read` runs. */
  snapshot<T>(read: () => T): T {
    this.#checkOpen()
    return read()
  }

  /** Where the log of a channel ends. @throws StoreError */
  position(channel: string): Position {
    this.#checkOpen()
    checkText(channel)
    const log = this.#logs.get(channel)
    return { epoch: log?.epoch ?? this.#epochOf(channel), offset: log?.top ?? 0 }
  }

  async remove(channel: string, { before = Infinity, statements }: RemoveOptions = {}): Promise<void> {
    this.#checkOpen()
    checkText(channel)
    checkNone(statements)
    const log = this.#logs.get(channel)
    if (log === undefined) return
    log.first = Math.max(log.first, Math.min(before, log.top + 1))
    this.#trim(log, this.#now())
  }

  async change(channel: string, change: StreamChange, retention: Retention): Promise<StreamChanged> {
    this.#checkOpen()
    checkChange(channel, change)
    const now = this.#now()
    const stream = this.#streams.get(channel) ?? { state: undefined, producers: new Map() }
    const id = change.kind === 'append' ? change.producer?.id : undefined
    const page = this.#read(channel, retention, { since: 0, limit: 1 })
    const known = {
      state: stream.state,
      producer: id === undefined ? undefined : stream.producers.get(id),
      isEmpty: page.publications.length === 0,
    }
    const plan = decide(change, known, now)
    let top = page.top
    let time = 0
    let { outcome } = plan
    if (plan.clear === true) this.#clear(channel)
    if (plan.appends === true && 'drafts' in change) {
      for (const [at, draft] of change.drafts.entries()) {
        const key = change.kind === 'append' && at === 0 ? change.idempotencyKey : undefined
        const appended = this.#append(channel, draft, retention, { idempotencyKey: key }, now)
        top = appended.position
        if (appended.outcome === 'repeated') {
          outcome = 'repeated'
          top = { epoch: top.epoch, offset: top.offset + change.drafts.length - 1 }
          break
        }
        time = appended.time
      }
    }
    const after = plan.clear === true ? { state: undefined, producers: new Map<string, ProducerState>() } : stream
    if (outcome === plan.outcome) {
      if (plan.state !== undefined) after.state = plan.state
      // An empty stream has a place already that its readers stand at, so its log must keep its name.
      if (outcome === 'created' && !this.#logs.has(channel))
        this.#logs.set(channel, { ...this.#newLog(channel, retention), touched: now })
      if (plan.producer !== undefined) {
        const { id: name, epoch, seq } = plan.producer
        after.producers.set(name, { epoch, seq })
      }
      if (after.state !== undefined || after.producers.size > 0) this.#streams.set(channel, after)
    }
    return { outcome, top, time, state: after.state, producer: id === undefined ? undefined : after.producers.get(id) }
  }

  async stream(channel: string): Promise<StreamState | undefined> {
    this.#checkOpen()
    const state = this.#streams.get(channel)?.state
    return state === undefined || isExpired(state, this.#now()) ? undefined : state
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancelSweep?.()
    this.#logs.clear()
  }

  #clear(channel: string): void {
    this.#streams.delete(channel)
    const log = this.#logs.get(channel)
    if (log === undefined) return
    log.first = log.top + 1
    log.keys.clear()
    this.#trim(log, this.#now())
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreError('The store is closed', false)
  }

  #now(): number {
    return Math.trunc(this.#clock.now())
  }

  #epochOf(channel: string): string {
    return epochOf(this.#secret, channel, this.#generations.get(bucketOf(channel)) ?? 0)
  }

  #newLog(channel: string, retention: Retention): Log {
    return {
      epoch: this.#epochOf(channel),
      top: 0,
      first: 1,
      low: 1,
      touched: -Infinity,
      publications: [],
      keys: new Map(),
      retention,
      version: undefined,
      versionEpoch: '',
    }
  }

  /** Takes away what the channel's retention no longer allows. */
  #trim(log: Log, now: number): void {
    const from = keptFrom(log, log.retention, now, timesOf(log))
    log.publications.splice(0, from - log.low)
    log.low = from
    for (const [key, use] of log.keys) {
      if (use.offset >= from || knowsKey(log, log.retention, use, now)) break
      log.keys.delete(key)
    }
  }

  /** Expiry needs somebody to look: each second a part of the channels, all of them within a minute. */
  #scheduleSweep(): void {
    this.#cancelSweep ??= this.#clock.after(1000, () => {
      this.#cancelSweep = undefined
      const now = this.#now()
      for (let left = Math.max(1000, this.#logs.size / 60); left > 0; left--) {
        const next = this.#round.next()
        if (next.done === true) {
          this.#round = this.#logs.entries()
          break
        }
        this.#sweep(...next.value, now)
      }
      if (this.#logs.size > 0) this.#scheduleSweep()
    })
  }

  #sweep(channel: string, log: Log, now: number): void {
    const state = this.#streams.get(channel)?.state
    if (state !== undefined && isExpired(state, now)) this.#clear(channel)
    this.#trim(log, now)
    if (log.publications.length > 0 || log.keys.size > 0 || log.touched + log.retention.metaAge > now) return
    if (this.#streams.has(channel)) return // its readers have places to lose
    this.#logs.delete(channel)
    const bucket = bucketOf(channel)
    this.#generations.set(bucket, (this.#generations.get(bucket) ?? 0) + 1)
  }
}

function erase(log: Log, channel: string, erasures: readonly Erasure[] = []): void {
  const beyond = erasures.find(({ offset }) => offset > log.top)
  if (beyond !== undefined)
    throw new StoreError(`There is no publication ${beyond.offset} of channel ${channel} to erase`, false)
  for (const { offset, data } of erasures) {
    const erased = log.publications[offset - log.low]
    if (erased !== undefined) log.publications[offset - log.low] = { ...erased, data: copyOf(data) }
  }
}

function checkNone(statements: readonly Statement[] = []): void {
  if (statements.length > 0) throw new StoreError('A store in memory has no SQL to run statements in', false)
}

function within(all: readonly Publication[], lo: number, query: Query): readonly Publication[] {
  const sizes = all.map(({ data }) => data.length)
  const fits = fitting({ lo, hi: lo + all.length - 1 }, query, sizes)
  return all.slice(fits.lo - lo, fits.hi + 1 - lo)
}

const timesOf =
  (log: Log) =>
  (offset: number): number =>
    log.publications[offset - log.low]?.time ?? -Infinity

function publicationOf({ data, info, tags }: Draft, epoch: string, offset: number, time: number): Publication {
  return {
    epoch,
    offset,
    time,
    data: copyOf(data),
    info: info && {
      user: info.user,
      client: info.client,
      connInfo: copyOf(info.connInfo),
      chanInfo: copyOf(info.chanInfo),
    },
    tags: tags && { ...tags },
  }
}
