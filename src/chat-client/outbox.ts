/**
 * Messages on their way out. Each stands here from the moment it is written: it
 * is kept (by the host, so that it outlives a reload), sent when there is a
 * connection, sent again while nobody knows whether it arrived, and failed only
 * when the server says so. The messages of a room go one after the other, so
 * they arrive in the order in which they were written; the server knows each by
 * its `clientId`, so they arrive once. Where several tabs of a browser share an
 * outbox, each shows all that waits, and one sends.
 *
 *   waiting ──▶ sending ──▶ sent
 *      ▲           │ ╰─ refused ─▶ failed ── retry ─▶ waiting
 *      ╰── no answer, or too much at once
 */
import type { Clock } from './clock.ts'
import { CallError } from './errors.ts'
import type { Link } from './link.ts'
import { type Observable, Watched } from './observable.ts'
import type { Attachment, MessageView } from './types.ts'

/** What is to be said. */
export interface Draft {
  /** By which the server knows it again; made if it is not given. */
  readonly clientId?: string | undefined
  readonly text: string
  readonly reply?: number | undefined
  /** Ids of uploaded files. */
  readonly files?: readonly string[] | undefined
  readonly forward?: { readonly room: string; readonly offset: number } | undefined
  /** How it is to be shown until it stands in the room, after a reload and in other tabs as well; it is not sent. */
  readonly sketch?: Sketch | undefined
}

interface Sketch {
  readonly files: readonly Attachment[]
  readonly reply?: MessageView['reply']
}

export interface Pending extends Draft {
  readonly clientId: string
  readonly room: string
  readonly time: number // when it was written
  readonly state: 'waiting' | 'sending' | 'sent' | 'failed'
  /** Where it stands, once it is sent. */
  readonly offset?: number | undefined
  readonly error?: { readonly code: number; readonly message: string } | undefined
}

/** Where the host keeps what is on its way. */
export interface OutboxStorage {
  load(): Promise<readonly Pending[]>
  save(pending: Pending): Promise<void>
  remove(clientId: string): Promise<void>
}

export type OutboxChange = { readonly put: Pending } | { readonly gone: string }

/** Others with the same storage, such as tabs of the same browser. */
export interface OutboxMates {
  /** Whether this one sends for all. */
  readonly leads: Observable<boolean>
  tell(change: OutboxChange): void
  /** What others tell. Returns how to stop. */
  hear(receive: (change: OutboxChange) => void): () => void
}

/** What is in the way may be gone earlier than was said: slow mode is switched off, the message is given up. */
const longestPause = 10_000 // ms
/** How many may wait. */
const outboxLimit = 5000
/** How many are shown that were sent and do not stand in a room that is looked at. */
const sentLimit = 500

export class Outbox {
  readonly #link: Link
  readonly #storage: OutboxStorage | undefined
  readonly #clock: Clock
  readonly #newId: () => string
  readonly #random: () => number
  readonly #report: (error: unknown) => void
  readonly #pending = new Watched<readonly Pending[]>([])
  readonly #busy = new Set<string>() // rooms of which one is on its way, or that wait for a moment
  readonly #mates: OutboxMates | undefined
  readonly #stop: (() => void)[]
  #closed = false

  constructor(options: {
    readonly link: Link
    readonly storage?: OutboxStorage | undefined
    readonly mates?: OutboxMates | undefined
    readonly clock: Clock
    readonly newId: () => string
    readonly random: () => number
    readonly report: (error: unknown) => void
  }) {
    this.#link = options.link
    this.#storage = options.storage
    this.#clock = options.clock
    this.#newId = options.newId
    this.#random = options.random
    this.#report = options.report
    this.#mates = options.mates
    this.#stop = [
      this.#link.state.subscribe(() => this.#go()),
      this.#mates?.hear((change) => this.#hear(change)) ?? nothing,
      this.#mates?.leads.subscribe(() => this.#lead()) ?? nothing,
    ]
  }

  /** In the order in which they were written. */
  get pending(): Observable<readonly Pending[]> {
    return this.#pending
  }

  /** What was on its way when the host ended is again. */
  async restore(): Promise<void> {
    const kept = (await this.#storage?.load()) ?? []
    const known = new Set(this.#pending.value.map(({ clientId }) => clientId))
    const back = kept
      .filter(({ clientId }) => !known.has(clientId))
      .map((each) => (each.state === 'sending' ? { ...each, state: 'waiting' as const } : each))
    this.#pending.value = inOrder([...back, ...this.#pending.value])
    this.#go()
  }

  /** @throws CallError when too many wait */
  send(room: string, draft: Draft): Pending {
    const waiting = this.#pending.value.filter(({ state }) => state !== 'sent')
    if (waiting.length >= outboxLimit)
      throw new CallError(430, 'Too many messages wait to be sent', { temporary: true })
    const pending: Pending = {
      ...draft,
      room,
      clientId: draft.clientId ?? this.#newId(),
      time: this.#time(),
      state: 'waiting',
    }
    this.#pending.value = [...this.#pending.value, pending]
    this.#keep(pending)
    this.#go()
    return pending
  }

  /** Sends one again that failed. */
  retry(clientId: string): void {
    this.#change(clientId, { state: 'waiting', error: undefined })
    this.#go()
  }

  /** Lets go of one: it failed and is not wanted any more, or it stands in the room. */
  discard(clientId: string): void {
    const known = this.#pending.value.find((each) => each.clientId === clientId)
    this.#drop(clientId)
    const isGone = known?.state === 'sent' && this.#mates?.leads.value !== false // since it was sent, by this one
    if (!isGone) void this.#storage?.remove(clientId).catch(this.#report)
    // What was sent goes in each tab when it stands in the room there, so that it is never in neither place.
    if (known !== undefined && known.state !== 'sent') this.#mates?.tell({ gone: clientId })
  }

  close(): void {
    this.#closed = true
    for (const stop of this.#stop) stop()
  }

  #drop(clientId: string): void {
    this.#pending.value = this.#pending.value.filter((each) => each.clientId !== clientId)
  }

  /** Those written in the same millisecond have an order, too. */
  #time(): number {
    const last = this.#pending.value.at(-1)?.time ?? 0
    const now = this.#clock.now()
    return last >= now && last < now + 1000 ? last + 0.001 : now
  }

  /** What another tab was sending when it went is sent again: it is known by its id. */
  #lead(): void {
    if (this.#mates?.leads.value !== true) return
    for (const { clientId, state, room } of this.#pending.value)
      if (state === 'sending' && !this.#busy.has(room)) this.#change(clientId, { state: 'waiting' })
    void this.restore().catch(this.#report)
  }

  #hear(change: OutboxChange): void {
    if ('gone' in change) return this.#drop(change.gone)
    const { put } = change
    const known = this.#pending.value.find(({ clientId }) => clientId === put.clientId)
    if (known === undefined && put.state === 'sent') return // it stands in the room already
    const isMine = this.#mates?.leads.value === true && known !== undefined && known.state !== 'failed'
    if (isMine) return // nobody knows better than the one that sends
    const others = this.#pending.value.filter(({ clientId }) => clientId !== put.clientId)
    this.#pending.value = inOrder([...others, put])
    this.#go()
  }

  #go(): void {
    if (this.#closed || this.#link.state.value !== 'connected' || this.#mates?.leads.value === false) return
    for (const each of this.#pending.value)
      if (each.state === 'waiting' && !this.#busy.has(each.room)) void this.#deliver(each)
  }

  async #deliver({ clientId, room, text, reply, files, forward }: Pending): Promise<void> {
    this.#busy.add(room)
    this.#change(clientId, { state: 'sending' })
    let pause = 0
    try {
      const answer = await this.#link.call('chat.messages.send', {
        room,
        clientId,
        text,
        ...(reply !== undefined && { reply }),
        ...(files !== undefined && { files }),
        ...(forward !== undefined && { forward }),
      })
      this.#change(clientId, { state: 'sent', offset: offsetOf(answer) })
      void this.#storage?.remove(clientId).catch(this.#report)
    } catch (error) {
      pause = this.#put(clientId, error)
    }
    if (pause > 0) await new Promise<void>((resolve) => void this.#clock.after(pause, resolve))
    this.#busy.delete(room)
    this.#go()
  }

  /** Back to those that wait, or failed. Returns how long its room is to wait. */
  #put(clientId: string, error: unknown): number {
    if (error instanceof CallError && !error.temporary) {
      this.#change(clientId, { state: 'failed', error: { code: error.code, message: error.message } })
      return 0
    }
    if (!(error instanceof CallError)) this.#report(error)
    this.#change(clientId, { state: 'waiting' })
    const retryAfter = error instanceof CallError ? error.retryAfter : undefined
    return Math.min(retryAfter ?? 500, longestPause) + 500 * this.#random()
  }

  #change(clientId: string, change: Partial<Pending>): void {
    this.#pending.value = this.#pending.value.map((each) => {
      if (each.clientId !== clientId) return each
      const now = { ...each, ...change }
      if (isKept(each, now)) void this.#storage?.save(now).catch(this.#report)
      this.#mates?.tell({ put: now })
      return now
    })
    if (change.state === 'sent') this.#forgetSent()
  }

  #forgetSent(): void {
    const sent = this.#pending.value.filter(({ state }) => state === 'sent')
    if (sent.length <= sentLimit) return
    const old = new Set(sent.slice(0, -sentLimit))
    this.#pending.value = this.#pending.value.filter((each) => !old.has(each))
  }

  #keep(pending: Pending): void {
    void this.#storage?.save(pending).catch(this.#report)
    this.#mates?.tell({ put: pending })
  }
}

/** What is being sent waits, for whoever reads it after a reload: so that is not kept anew. */
function isKept(before: Pending, now: Pending): boolean {
  return now.state !== 'sent' && (before.state === 'failed' || now.state === 'failed')
}

const nothing = () => {}

const inOrder = (pending: readonly Pending[]) => pending.toSorted((one, other) => one.time - other.time)

function offsetOf(answer: unknown): number {
  return typeof answer === 'object' && answer !== null && 'offset' in answer ? Number(answer.offset) : 0
}
