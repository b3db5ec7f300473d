/**
 * Messages on their way. Each is kept in the browser until the server has
 * acknowledged it, so neither a lost connection nor a reload loses one; each
 * carries an id made before the first attempt, which the server takes as
 * idempotency key, so neither a retry nor a second tab makes two of one.
 *
 *   waiting ──open──▶ sending ──acknowledged──▶ sent ──seen in the log──▶ (gone)
 *      ▲                 ├──later: connection lost, server busy──▶ waiting
 *      └────retry────────┴──never: refused──▶ failed ──discard──▶ (gone)
 *
 * One after the other and in the order of writing.
 */
import type { Clock } from './clock.ts'
import { Observable } from './observable.ts'
import { keys, read, write, type Storage } from './storage.ts'
import { uuid } from './uuid.ts'

export interface Pending {
  readonly id: string
  readonly text: string
  readonly time: number
  readonly state: 'waiting' | 'sending' | 'sent' | 'failed'
  readonly offset?: number // where it stands in the log, once sent
}

/** `later`: nobody knows whether it arrived, or it may succeed by itself. `never`: it was refused. */
export type Outcome = { sent: number } | 'later' | 'never'

export const textLimit = 4000 // code points in a message, as the server counts
export const outboxLimit = 100 // messages; more are not taken, and stay with the writer

export class Outbox extends Observable {
  readonly #storage: Storage | undefined
  readonly #clock: Clock
  readonly #send: (id: string, text: string) => Promise<Outcome>
  #pending: readonly Pending[]
  #open = false
  #running = false
  #patience = firstPatience
  #wake = (): void => {} // ends a wait before its time

  constructor(storage: Storage | undefined, clock: Clock, send: (id: string, text: string) => Promise<Outcome>) {
    super()
    this.#storage = storage
    this.#clock = clock
    this.#send = send
    this.#pending = kept(storage)
  }

  get pending(): readonly Pending[] {
    return this.#pending
  }

  /** False: the outbox is full and nothing was taken. */
  add(text: string): boolean {
    if (this.#pending.length >= outboxLimit) return false
    // Two in one millisecond would not keep their order over a reload.
    const time = Math.max(this.#clock.now(), (this.#pending.at(-1)?.time ?? 0) + 1)
    const id = uuid(time)
    write(this.#storage, prefix + id, JSON.stringify({ text, time }))
    this.#set([...this.#pending, { id, text, time, state: 'waiting' }])
    void this.#run() // reports by the state of each message
    return true
  }

  /** The server is there, and we know what the log says of our messages. */
  open(): void {
    this.#open = true
    this.#patience = firstPatience
    this.#wake()
    void this.#run()
  }

  close(): void {
    this.#open = false
  }

  retry(id: string): void {
    this.#change(id, { state: 'waiting' })
    void this.#run()
  }

  discard(id: string): void {
    write(this.#storage, prefix + id, null)
    this.#set(this.#pending.filter((item) => item.id !== id))
  }

  /** Takes out what is in the log, whether or not we heard of it. */
  settle(isThere: (item: Pending) => boolean): void {
    for (const item of this.#pending) if (isThere(item)) this.discard(item.id)
  }

  async #run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      this.#change(item.id, { state: 'sending' })
      const outcome = await this.#send(item.id, item.text)
      if (outcome === 'later') {
        this.#change(item.id, { state: 'waiting' })
        await this.#wait()
      } else if (outcome === 'never') {
        this.#change(item.id, { state: 'failed' })
      } else {
        write(this.#storage, prefix + item.id, null)
        this.#patience = firstPatience
        this.#change(item.id, { state: 'sent', offset: outcome.sent })
      }
    }
    this.#running = false
  }

  #next(): Pending | undefined {
    return this.#open ? this.#pending.find(({ state }) => state === 'waiting') : undefined
  }

  #wait(): Promise<void> {
    if (!this.#open) return Promise.resolve()
    const ms = this.#patience
    this.#patience = Math.min(2 * ms, longestPatience)
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
  }

  #change(id: string, change: Partial<Pending>): void {
    this.#set(this.#pending.map((item) => (item.id === id ? { ...item, ...change } : item)))
  }

  #set(pending: readonly Pending[]): void {
    this.#pending = pending
    this.changed()
  }
}

const firstPatience = 1000 // milliseconds
const longestPatience = 16_000
const prefix = 'posthouse.outbox.' // one key a message, so that two tabs never overwrite each other's

function kept(storage: Storage | undefined): Pending[] {
  return keys(storage)
    .filter((key) => key.startsWith(prefix))
    .toSorted() // ids made later sort later
    .flatMap((key): Pending[] => {
      const item = parsed(read(storage, key))
      return item === undefined ? [] : [{ id: key.slice(prefix.length), ...item, state: 'waiting' }]
    })
}

function parsed(json: string | null): { text: string; time: number } | undefined {
  try {
    const { text, time }: Record<string, unknown> = JSON.parse(json ?? '{}')
    return typeof text === 'string' && typeof time === 'number' ? { text, time } : undefined
  } catch {
    return undefined
  }
}
