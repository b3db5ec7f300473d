/**
 * The deliveries of one webhook: one publication after the other, in the order
 * of the log, each until the receiver has taken it. So at least once, and never
 * one before another: who answers slowly, or not at all, falls behind, but
 * misses nothing and holds up nobody else.
 *
 *   resting ──wake──▶ reading ──▶ delivering ──taken──▶ reading … ──no more──▶ resting
 *                                  │      ▲
 *                                refused  │ after a while, longer each time
 *                                  ▼      │
 *                                 waiting ┴── 3 days, or 410 ──▶ switched off
 *
 * After each step the progress is saved before the next is taken, failures too:
 * a restart continues where it was, with the delivery that was not confirmed,
 * and neither asks sooner nor longer than it would have.
 */
import type { Endpoint, Outcome, Refused, WebhookEvent } from './attempt.ts'
import { retries, retryDelay } from './retry.ts'

export interface Progress {
  /** The offset of the last publication that was delivered. */
  readonly position: number
  readonly failing?: Failing
}

interface Failing {
  readonly since: number // ms since 1970
  readonly attempts: number
  readonly because: string
  readonly retryAt: number // ms since 1970
}

export interface Webhook extends Endpoint {
  /** Random, of letters, digits, `_` and `-`. */
  readonly id: string
  readonly progress: Progress
}

/** Where the publications come from, and where progress is kept. What it throws is reported and tried again. */
export interface WebhookLog {
  /**
   * The next publications after that offset, in order, so many as suits; none: there are none yet. Where some are
   * not kept any more, the first one says so (an event of the log's making, with the offset of the last that is missing).
   */
  read(webhook: string, after: number): Promise<readonly WebhookEvent[]>
  save(webhook: string, progress: Progress): Promise<void>
  /** It is not to be started again, unless somebody switches it on. */
  switchOff(webhook: string, because: string, progress: Progress): Promise<void>
}

export interface DeliveryTools {
  readonly log: WebhookLog
  /** @param slow whether it was, the last time */
  readonly attempt: (
    to: Endpoint,
    id: string,
    event: WebhookEvent,
    slow: boolean,
    signal: AbortSignal,
  ) => Promise<Outcome>
  readonly clock: WebhookClock
  readonly random: () => number // 0 up to 1
  readonly report: (error: unknown) => void
}

export interface WebhookClock {
  now(): number // ms since 1970
  /** Runs `task` once, no sooner than `ms` milliseconds from now. Returns the function that cancels it. */
  after(ms: number, task: () => void): () => void
}

export class Delivery {
  readonly #id: string
  readonly #tools: DeliveryTools
  readonly #stopping = new AbortController()
  #endpoint: Endpoint
  #progress: Progress
  #slow: boolean
  #work: Promise<void> | undefined
  #more = false // has come while working
  #unsaved = false // the log failed to save the progress
  #wait: (() => void) | undefined // ends the waiting

  constructor({ id, url, secrets, progress }: Webhook, tools: DeliveryTools) {
    this.#id = id
    this.#endpoint = { url, secrets }
    this.#progress = progress
    this.#slow = progress.failing !== undefined
    this.#tools = tools
  }

  get progress(): Progress {
    return this.#progress
  }

  /** There may be something new. Costs nothing while something is under way. */
  wake(): void {
    this.#more = true
    this.#work ??= this.#run()
  }

  /** From the next attempt on; which is made at once. */
  redirect(endpoint: Endpoint): void {
    this.#endpoint = endpoint
    this.retry()
  }

  /** Does not wait any longer. */
  retry(): void {
    this.#wait?.()
    this.wake()
  }

  /** An attempt that is under way is broken off, and will be repeated by whoever takes over. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopping'))
    this.#wait?.()
    await this.#work
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted
  }

  async #run(): Promise<void> {
    while (this.#more && !this.#stopped) {
      this.#more = false
      try {
        await this.#deliverAll()
      } catch (error) {
        this.#tools.report(error)
        this.#more = true
        await this.#pause(afterFault)
      }
    }
    this.#work = undefined // in the same breath as the last look at what has come
  }

  async #deliverAll(): Promise<void> {
    if (this.#unsaved) await this.#save(this.#progress)
    while (!this.#stopped) {
      const events = await this.#tools.log.read(this.#id, this.#progress.position)
      if (events.length === 0) return
      for (const event of events) if (!(await this.#deliver(event))) return
    }
  }

  /** Whether it was delivered; if not, there is nothing more to be done. */
  async #deliver(event: WebhookEvent): Promise<boolean> {
    for (;;) {
      await this.#untilRetry()
      if (this.#stopped) return false
      const outcome = await this.#attempt(event)
      if (outcome.delivered) {
        await this.#save({ position: event.offset })
        return true
      }
      if (this.#stopped) return false // the failure may be our own doing
      if (await this.#refused(outcome)) return false
    }
  }

  async #attempt(event: WebhookEvent): Promise<Outcome> {
    const id = `msg_${this.#id}_${event.offset}`
    const outcome = await this.#tools.attempt(this.#endpoint, id, event, this.#slow, this.#stopping.signal)
    this.#slow = !outcome.delivered || outcome.took > slowFrom
    return outcome
  }

  /** Whether that was the last time. */
  async #refused({ because, gone, retryAfter }: Refused): Promise<boolean> {
    const { clock, random } = this.#tools
    const { position, failing } = this.#progress
    const now = clock.now()
    const attempts = (failing?.attempts ?? 0) + 1
    const retryAt = now + retryDelay(attempts, random(), retryAfter)
    const progress = { position, failing: { since: failing?.since ?? now, attempts, because, retryAt } }
    const over = gone || now - progress.failing.since >= retries.giveUpAfter
    if (!over) await this.#save(progress)
    else await this.#switchOff(gone ? because : `no delivery for three days; the last attempt: ${because}`, progress)
    return over
  }

  async #switchOff(because: string, progress: Progress): Promise<void> {
    this.#progress = progress
    await this.#tools.log.switchOff(this.#id, because, progress)
    this.#stopping.abort(new Error('switched off'))
  }

  async #save(progress: Progress): Promise<void> {
    this.#progress = progress
    this.#unsaved = true
    await this.#tools.log.save(this.#id, progress)
    this.#unsaved = false
  }

  /** Also after a restart, and never for longer than it was meant, wherever the clock has gone since. */
  async #untilRetry(): Promise<void> {
    const { failing } = this.#progress
    if (failing === undefined) return
    const left = failing.retryAt - this.#tools.clock.now()
    if (left > 0) await this.#pause(Math.min(left, retries.longestRetryAfter))
  }

  #pause(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        cancel()
        this.#wait = undefined
        resolve()
      }
      const cancel = this.#tools.clock.after(ms, end)
      this.#wait = end
    })
  }
}

const slowFrom = 2000 // ms
const afterFault = 5000 // ms, when it was the log that failed
