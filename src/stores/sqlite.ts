/**
 * The default store: one SQLite file.
 *
 *   append ──▶ outgoing ──once a tick──▶ writer (a thread; commits in groups) ──▶ answers
 *   read   ──▶ reader (this thread; a connection of its own)
 *
 * An append is answered after its commit reached the disk. What waits for that
 * is bounded; beyond, appends are refused at once, to be tried again later.
 */
import { systemClock } from '../core/clock.ts'
import { Refused, StoreError } from '../core/store.ts'
import { checkChange, checkDraft, checkText, copyOf } from './log-rules.ts'
import { failureOf, toStoreError } from './sqlite-failure.ts'
import { lock, prepare, realFile } from './sqlite-file.ts'
import { SqliteReader } from './sqlite-reader.ts'
import type { SQLQueryBindings } from 'bun:sqlite'
import type { Clock } from '../core/clock.ts'
import type { Draft, Position } from '../core/publication.ts'
import type { Appended, AppendOptions, Page, Query, RemoveOptions, Retention, Statement, Store } from '../core/store.ts'
import type { StreamChange, StreamChanged, StreamState } from '../core/stream.ts'
import type { SqlRow } from './sql-row.ts'
import type { Answer, AppendRequest, FromWriter, Refusal, Request, ToWriter, Trouble } from './sqlite-messages.ts'

export interface SqliteOptions {
  readonly file: string
  readonly clock?: Clock | undefined
  /** Requests that may wait for the disk. */
  readonly maxWaiting?: number | undefined
  /** What they may weigh together, in bytes. */
  readonly maxWaitingBytes?: number | undefined
  /** Files up to this many bytes are read through for damage when opened, some 1.5 GB a second. Of larger ones only what is read is checked. */
  readonly checkBytes?: number | undefined
}

interface Waiting {
  readonly bytes: number
  readonly resolve: (answer: Exclude<Answer, Refusal>) => void
  readonly reject: (error: StoreError | Refused) => void
}

/**
 * Until it is closed, a store keeps its process alive.
 * @throws StoreError if the file is in use, not ours, newer than this version, or damaged
 */
export async function openSqliteStore(options: SqliteOptions): Promise<SqliteStore> {
  const file = realFile(options.file)
  const release = lock(file)
  // The thread starts while this one looks at the file.
  const worker = new Worker(new URL('./sqlite-writer.ts', import.meta.url).href)
  let reader: SqliteReader | undefined
  try {
    prepare(file, options.checkBytes ?? 32 * 2 ** 20)
    reader = new SqliteReader(file)
    const trouble = await opened(worker, file)
    return new SqliteStore(file, options, worker, reader, release, trouble)
  } catch (error) {
    reader?.close()
    worker.terminate()
    release()
    throw error instanceof StoreError ? error : toStoreError(failureOf(error, file), error)
  }
}

function opened(worker: Worker, file: string): Promise<Trouble | undefined> {
  return new Promise((resolve, reject) => {
    worker.addEventListener('error', ({ message }) =>
      reject(new StoreError(`The writer does not start: ${message}`, false)),
    )
    worker.addEventListener(
      'message',
      ({ data }: MessageEvent<FromWriter>) => data.kind === 'opened' && resolve(data.trouble),
      { once: true },
    )
    tell(worker, { kind: 'open', file })
  })
}

export class SqliteStore implements Store {
  readonly file: string
  readonly #clock: Clock
  readonly #maxWaiting: number
  readonly #maxWaitingBytes: number
  readonly #worker: Worker
  readonly #reader: SqliteReader
  readonly #release: () => void
  #trouble: Trouble | undefined
  #outgoing: Request[] = []
  #waiting: Waiting[] = [] // in the order of the requests, which is that of the answers
  #waitingBytes = 0
  #cancelTick: (() => void) | undefined
  #closing: Promise<void> | undefined
  #isClosed = false
  readonly #closed = Promise.withResolvers<void>()

  /** Use `openSqliteStore`. */
  constructor(
    file: string,
    options: SqliteOptions,
    worker: Worker,
    reader: SqliteReader,
    release: () => void,
    trouble: Trouble | undefined,
  ) {
    this.file = file
    this.#clock = options.clock ?? systemClock
    this.#maxWaiting = options.maxWaiting ?? 16_384
    this.#maxWaitingBytes = options.maxWaitingBytes ?? 64 * 2 ** 20
    this.#worker = worker
    this.#reader = reader
    this.#release = release
    this.#trouble = trouble
    worker.addEventListener('message', ({ data }: MessageEvent<FromWriter>) => this.#receive(data))
    worker.addEventListener('error', ({ message }) => this.#lose(message))
    worker.addEventListener('close', () => this.#lose('without a word'))
    this.#tick()
  }

  get trouble(): string | undefined {
    return this.#trouble?.message
  }

  async append(channel: string, draft: Draft, retention: Retention, options: AppendOptions = {}): Promise<Appended> {
    checkDraft(channel, draft, options)
    const answer = await this.#ask(this.#appendRequest(channel, draft, retention, options))
    if (answer === undefined || !('position' in answer)) throw new StoreError('The writer gave no position', false)
    return answer
  }

  async change(channel: string, change: StreamChange, retention: Retention): Promise<StreamChanged> {
    checkChange(channel, change)
    const { size, age, metaAge } = retention
    const drafts = 'drafts' in change ? change.drafts : []
    const key = change.kind === 'append' ? change.idempotencyKey : undefined
    const answer = await this.#ask({
      kind: 'change',
      channel,
      now: this.#now(),
      change: 'drafts' in change ? { ...change, drafts: change.drafts.map(() => empty) } : change,
      // The key is the first one's; the others are in the same transaction.
      drafts: drafts.map((draft, at) =>
        this.#appendRequest(channel, draft, retention, at === 0 ? { idempotencyKey: key } : {}),
      ),
      size,
      age,
      metaAge,
    })
    if (answer === undefined || !('top' in answer)) throw new StoreError('The writer gave no answer', false)
    return answer
  }

  async stream(channel: string): Promise<StreamState | undefined> {
    this.#checkOpen()
    checkText(channel)
    return this.#reader.stream(channel, this.#now())
  }

  #appendRequest(channel: string, draft: Draft, retention: Retention, options: AppendOptions): AppendRequest {
    const { data, info, tags } = draft
    return {
      kind: 'append',
      channel,
      now: this.#now(),
      data: copyOf(data),
      user: info?.user ?? null,
      client: info?.client ?? null,
      connInfo: copyOf(info?.connInfo) ?? null,
      chanInfo: copyOf(info?.chanInfo) ?? null,
      tags: tags === undefined ? null : JSON.stringify(tags),
      size: retention.size,
      age: retention.age,
      metaAge: retention.metaAge,
      key: options.idempotencyKey,
      version: options.version,
      versionEpoch: options.versionEpoch ?? '',
      statements: copyOfStatements(options.statements ?? []),
      erase: (options.erase ?? []).map((erased) => ({ offset: erased.offset, data: copyOf(erased.data) })),
    }
  }

  async read(channel: string, retention: Retention, query: Query): Promise<Page> {
    this.#checkOpen()
    checkText(channel)
    return this.#reader.read(channel, retention, query, this.#now())
  }

  async remove(channel: string, { before = Infinity, statements = [] }: RemoveOptions = {}): Promise<void> {
    checkText(channel)
    await this.#ask({ kind: 'remove', channel, before, statements: copyOfStatements(statements) })
  }

  /** Statements without a publication, in one transaction, in order with the appends. @throws StoreError, Refused; and then nothing was written */
  async write(statements: readonly Statement[]): Promise<void> {
    await this.#ask({ kind: 'write', statements: copyOfStatements(statements) })
  }

  /** What a SELECT finds, in all that is committed. Synchronous: what takes long makes everybody wait. @throws StoreError */
  query(sql: string, ...params: SQLQueryBindings[]): SqlRow[] {
    this.#checkOpen()
    return this.#reader.query(sql, params)
  }

  /**
   * What `read` reads by `query` and `position` is of one committed state. One
   * within another joins it. Synchronous, as they are.
   * @throws StoreError, and what `read` throws
   */
  snapshot<T>(read: () => T): T {
    this.#checkOpen()
    return this.#reader.snapshot(read)
  }

  /** Where the log of a channel ends, in all that is committed. @throws StoreError */
  position(channel: string): Position {
    this.#checkOpen()
    checkText(channel)
    return this.#reader.position(channel)
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    this.#cancelTick?.()
    this.#flush()
    // The last connection to close merges the log file. After a failed flush it must not, and the reader cannot.
    if (this.#trouble?.final !== true) this.#reader.close()
    tell(this.#worker, { kind: 'close' })
    await this.#closed.promise
    this.#isClosed = true
    this.#reader.close()
    this.#worker.terminate()
    this.#release()
  }

  #now(): number {
    return Math.trunc(this.#clock.now())
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new StoreError('The store is closed', false)
  }

  #ask(request: Request): Promise<Exclude<Answer, Refusal>> {
    this.#checkOpen()
    if (this.#trouble?.final === true) throw new StoreError(this.#trouble.message, false)
    const bytes = weightOf(request)
    if (this.#waiting.length >= this.#maxWaiting || this.#waitingBytes + bytes > this.#maxWaitingBytes)
      throw new StoreError('More waits to be written than the disk keeps up with; try again later', true)
    if (this.#outgoing.length === 0) setImmediate(() => this.#flush())
    this.#outgoing.push(request)
    this.#waitingBytes += bytes
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, resolve, reject })
    })
  }

  #flush(): void {
    if (this.#outgoing.length === 0) return
    const requests = this.#outgoing
    this.#outgoing = []
    tell(this.#worker, { kind: 'requests', requests })
  }

  #receive(message: FromWriter): void {
    if (message.kind === 'closed') return this.#closed.resolve()
    this.#trouble = message.trouble
    if (message.kind === 'answers') this.#answer(message.answers)
    else if (message.kind === 'ticked' && this.#closing === undefined)
      this.#cancelTick = this.#clock.after(1000, () => this.#tick())
  }

  #answer(answers: readonly Answer[]): void {
    const answered = this.#waiting.splice(0, answers.length)
    for (const [at, { bytes, resolve, reject }] of answered.entries()) {
      this.#waitingBytes -= bytes
      const answer = answers[at]
      if (answer !== undefined && 'refused' in answer) reject(errorOf(answer))
      else resolve(answer)
    }
  }

  /** The writer needs time for what expires, and for trying again; the next tick is set when this one was heard. */
  #tick(): void {
    tell(this.#worker, { kind: 'tick', now: this.#now() })
  }

  /** The thread is gone, which is a bug: what was asked of it may or may not be written. */
  #lose(message: string): void {
    if (this.#isClosed) return
    this.#trouble = { message: `The writer of ${this.file} ended (${message}); start Posthouse again`, final: true }
    this.#cancelTick?.()
    const lost = this.#waiting
    this.#waiting = []
    this.#outgoing = []
    for (const { reject } of lost) reject(new StoreError(this.#trouble.message, false))
    this.#closed.resolve()
  }
}

function tell(worker: Worker, message: ToWriter): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  worker.postMessage(message)
}

const errorOf = ({ refused, because, temporary }: Refusal): StoreError | Refused =>
  because === 'guard'
    ? new Refused(refused)
    : new StoreError(refused, temporary, { constraint: because === 'constraint' })

/** The drafts travel apart, as appends; here only their number matters. */
const empty: Draft = { data: '' }

/** Bytes are copied: their owner may use them again before they are sent, and a view would take its whole buffer along. */
const copyOfStatements = (statements: readonly Statement[]): Statement[] =>
  statements.map(({ sql, params = [], guard }) => ({
    sql,
    guard,
    params: params.map((param) => {
      if (param instanceof Uint8Array) return new Uint8Array(param)
      const isKnown = param === null || ['string', 'number', 'bigint', 'object'].includes(typeof param)
      if (!isKnown) throw new StoreError(`SQLite has no ${typeof param} to bind to a parameter`, false)
      if (typeof param === 'bigint' && BigInt.asIntN(64, param) !== param)
        throw new StoreError('SQLite has no integers of more than 64 bits', false) // it would keep the lower 64
      checkText(param)
      return param
    }),
  }))

function weightOf(request: Request): number {
  let bytes = 256 // what a request costs by itself, about
  if (request.kind === 'change') return request.drafts.reduce((sum, draft) => sum + weightOf(draft), bytes)
  if (request.kind === 'append')
    for (const part of [request.data, request.connInfo, request.chanInfo, request.tags]) bytes += part?.length ?? 0
  if (request.kind === 'append') for (const { data } of request.erase) bytes += 16 + data.length
  for (const { sql, params = [] } of request.statements) {
    bytes += sql.length
    for (const param of params) bytes += typeof param === 'string' || param instanceof Uint8Array ? param.length : 8
  }
  return bytes
}
