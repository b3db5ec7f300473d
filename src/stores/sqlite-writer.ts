/**
 * The one place where a database is written: a thread of its own, so that the
 * disk makes nobody else wait.
 *
 * What arrives while a commit runs is committed together next: the more there
 * is to do, the less a publication costs. Between groups come a slice of
 * sweeping and a checkpoint, if they are due.
 *
 *   requests ──▶ waiting ──group──▶ BEGIN … COMMIT ──▶ answers
 */
import { failureOf } from './sqlite-failure.ts'
import { openForWriting } from './sqlite-connection.ts'
import type { Failure } from './sqlite-failure.ts'
import { isCompound } from './sqlite-messages.ts'
import type { Answer, FromWriter, Refusal, Request, ToWriter, Trouble } from './sqlite-messages.ts'

declare const self: Worker

const maxGroup = 256
const maxGroupBytes = 4 * 2 ** 20 // so that small publications need not wait for many large ones
const busyPages = 1000 // of 4 KiB: a checkpoint while there is work
const idlePages = 64 // a checkpoint while there is none

type Opened = ReturnType<typeof openForWriting>

/** An answer for each request, or the failure of all. */
type Outcome = { readonly answers: Answer[] } | { readonly failure: Failure }

class Writer {
  readonly #file: string
  #opened: Opened | undefined
  #trouble: Trouble | undefined
  #waiting: Request[] = []
  #now = 0
  #busy = false // whether anything was asked since the last tick
  #sweepWanted = true // what a former process left
  #scheduled = false
  #closing = false
  #checkpointAfter = 0

  constructor(file: string) {
    this.#file = file
    this.#attempt(() => this.#db)
  }

  get trouble(): Trouble | undefined {
    return this.#trouble
  }

  receive(requests: readonly Request[]): void {
    this.#busy = true
    for (const request of requests) this.#waiting.push(request)
    this.#schedule()
  }

  /** Time passes: what expires does, and after trouble here is another try. */
  tick(now: number): void {
    this.#now = now
    if (this.#trouble !== undefined) this.#probe()
    // Not as soon as nobody waits: publishers that are answered together come back together, a moment later.
    else if (!this.#busy) this.#checkpoint(idlePages)
    this.#busy = false
    this.#sweepWanted ||= this.#attempt(() => this.#db.sweeper.isDue(now)) ?? false
    this.#schedule()
  }

  close(): void {
    this.#closing = true
    this.#schedule()
  }

  get #db(): Opened {
    return (this.#opened ??= openForWriting(this.#file))
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#turn()
    })
  }

  /** One group, one slice, one checkpoint; then whatever came in meanwhile gets its turn. */
  #turn(): void {
    if (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, groupSize(this.#waiting))
      const answers = this.#commit(group)
      post({ kind: 'answers', answers, trouble: this.#trouble })
    }
    if (this.#trouble === undefined) {
      if (this.#sweepWanted) this.#sweep()
      this.#checkpoint(busyPages)
    }
    if (this.#waiting.length > 0 || (this.#sweepWanted && this.#trouble === undefined && !this.#closing))
      this.#schedule()
    else if (this.#closing) this.#finish()
  }

  #commit(group: readonly Request[]): Answer[] {
    if (this.#trouble?.final === true) return group.map(() => refusal(this.#trouble))
    const refused = new Map<Request, Refusal>()
    for (;;) {
      const outcome = this.#try(group, refused)
      if (outcome === 'again') continue
      if ('answers' in outcome) {
        this.#trouble = undefined
        return outcome.answers
      }
      const { failure } = outcome
      if (failure.kind === 'mistake') {
        // Only the commit found it (a deferred constraint), so each shows by itself whether it was the one;
        // also those that were refused, for they were beside what is not there now.
        if (group.length > 1) return group.flatMap((request) => this.#commit([request]))
        return [refusalOf(failure)]
      }
      this.#suffer(failure)
      return group.map(() => refusal(this.#trouble))
    }
  }

  /** 'again': a request took the whole transaction with it; it is refused by now, and the others deserve another. */
  #try(group: readonly Request[], refused: Map<Request, Refusal>): Outcome | 'again' {
    try {
      const { db, log, begin, commit } = this.#db
      begin.run()
      log.begin()
      const answers: Answer[] = []
      for (const request of group) {
        if (refused.has(request)) {
          answers.push(refused.get(request))
          continue
        }
        try {
          answers.push(log.do(request))
        } catch (error) {
          const failure = failureOf(error, this.#file)
          if (failure.kind !== 'mistake') throw error
          const answer = refusalOf(failure)
          refused.set(request, answer)
          const isUndone = db.inTransaction && isCompound(request)
          if (!isUndone) {
            this.#rollback()
            return 'again'
          }
          answers.push(answer)
        }
      }
      log.flush()
      commit.run()
      this.#sweepWanted ||= log.overdue
      return { answers }
    } catch (error) {
      this.#rollback()
      return { failure: failureOf(error, this.#file) }
    }
  }

  #rollback(): void {
    if (this.#opened?.db.inTransaction === true) this.#attempt(() => this.#db.rollback.run())
  }

  /** Takes note of a failure that concerns everybody. */
  #suffer(failure: Failure): void {
    const { kind, message } = failure
    if (kind === 'mistake' || this.#trouble?.final === true) return
    this.#trouble = { message, final: kind !== 'passing' }
    if (kind === 'unsafe') this.#revoke()
    else if (kind === 'passing') this.#relieve()
  }

  /** A log that is merged is begun anew, which may be all the space that was wanted; and a new connection has no past. */
  #relieve(): void {
    try {
      this.#opened?.checkpoint.get()
    } catch (error) {
      const { kind, message } = failureOf(error, this.#file)
      if (kind === 'unsafe' || kind === 'damaged') this.#trouble = { message, final: true }
    }
    this.#reopen()
  }

  /**
   * A group whose flush failed was refused, yet its pages stand in the log file
   * and a restart would find them there. A small commit over them, not flushed,
   * makes them unreadable: as far as anything can be said of such a disk, what
   * was refused has not happened.
   */
  #revoke(): void {
    this.#attempt(() => {
      this.#db.db.run('PRAGMA synchronous = OFF')
      this.#db.touch.run()
    })
  }

  #probe(): void {
    if (this.#trouble?.final !== false) return
    this.#trouble = undefined
    this.#attempt(() => this.#db.touch.run())
  }

  #sweep(): void {
    this.#sweepWanted =
      this.#attempt(() => {
        this.#db.begin.run()
        const more = this.#db.sweeper.sweep(this.#now)
        this.#db.commit.run()
        return more
      }) ?? false
    this.#rollback()
  }

  /** Merges the log file into the database. That it cannot grow concerns no publisher yet; it is tried again a second later. */
  #checkpoint(pages: number): void {
    if (performance.now() < this.#checkpointAfter) return
    try {
      const state = this.#db.logSize.get()
      if (state !== null && state.log - state.checkpointed >= pages) this.#db.checkpoint.get()
    } catch (error) {
      this.#checkpointAfter = performance.now() + 1000
      const failure = failureOf(error, this.#file)
      if (failure.kind !== 'passing') this.#suffer(failure)
    }
  }

  /** Runs what nobody waits for; a failure becomes trouble if it is the disk's. */
  #attempt<T>(task: () => T): T | undefined {
    try {
      return task()
    } catch (error) {
      this.#suffer(failureOf(error, this.#file))
      return undefined
    }
  }

  #reopen(): void {
    const opened = this.#opened
    this.#opened = undefined
    try {
      opened?.prepared.close()
    } catch {
      // The connection was given up because the disk failed; that it cannot be closed is no news.
    }
  }

  #finish(): void {
    if (this.#trouble === undefined) this.#attempt(() => this.#db.truncate.get())
    this.#reopen()
    post({ kind: 'closed' })
  }
}

/** How many of those that wait are committed together: at least one. */
function groupSize(waiting: readonly Request[]): number {
  let bytes = 0
  for (const [at, request] of waiting.entries()) {
    if (at >= maxGroup || bytes >= maxGroupBytes) return at
    if (request.kind === 'append') bytes += request.data.length
    if (request.kind === 'change') for (const { data } of request.drafts) bytes += data.length
  }
  return waiting.length
}

const refusalOf = ({ message, because }: Failure): Refusal => ({
  refused: message,
  because: because ?? 'mistake',
  temporary: false,
})

const refusal = (trouble: Trouble | undefined): Refusal => ({
  refused: trouble?.message ?? 'Writing failed',
  because: 'disk',
  temporary: trouble?.final !== true,
})

function post(message: FromWriter): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  self.postMessage(message)
}

let writer: Writer | undefined

self.addEventListener('message', (event: MessageEvent<ToWriter>) => {
  const message = event.data
  switch (message.kind) {
    case 'open':
      writer = new Writer(message.file)
      post({ kind: 'opened', trouble: writer.trouble })
      break
    case 'requests':
      writer?.receive(message.requests)
      break
    case 'tick':
      writer?.tick(message.now)
      post({ kind: 'ticked', trouble: writer?.trouble })
      break
    case 'close':
      writer?.close()
      break
  }
})
