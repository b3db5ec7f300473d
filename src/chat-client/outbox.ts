/**
 * Messages on their way out. Each stands here from the moment it is written: it
 * is kept (by the host, so that it outlives a reload), sent when there is a
 * connection, sent again while nobody knows whether it arrived, and failed only
 * when the server says so. The messages of a room go one after the other, so
 * they arrive in the order in which they were written; the server knows each by
 * its `clientId`, so they arrive once.
 *
 *   waiting ──▶ sending ──▶ sent
 *      ▲           │ ╰─ refused ─▶ failed ── retry ─▶ waiting
 *      ╰── no answer, or too much at once
 */
import type { Clock } from './clock.ts'
import { CallError } from './errors.ts'
import type { Link } from './link.ts'
import { type Observable, Watched } from './observable.ts'

/** What is to be said. */
export interface Draft {
  /** By which the server knows it again; made if it is not given. */
  readonly clientId?: string | undefined
  readonly text: string
  readonly reply?: number | undefined
  /** Ids of uploaded files. */
  readonly files?: readonly string[] | undefined
  readonly forward?: { readonly room: string; readonly offset: number } | undefined
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

/** How many may wait. */
export const outboxLimit = 5000

export class Outbox {
  readonly #link: Link
  readonly #storage: OutboxStorage | undefined
  readonly #clock: Clock
  readonly #newId: () => string
  readonly #random: () => number
  readonly #report: (error: unknown) => void
  readonly #pending = new Watched<readonly Pending[]>([])
  readonly #busy = new Set<string>() // rooms of which one is on its way, or that wait for a moment
  #closed = false

  constructor(options: {
    readonly link: Link
    readonly storage?: OutboxStorage | undefined
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
    this.#link.state.subscribe(() => this.#go())
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
    this.#pending.value = [...back, ...this.#pending.value].toSorted((one, other) => one.time - other.time)
    this.#go()
  }

  /** @throws CallError when too many wait */
  send(room: string, draft: Draft): Pending {
    if (this.#pending.value.length >= outboxLimit)
      throw new CallError(430, 'Too many messages wait to be sent', { temporary: true })
    // No two have the same time, so that they come back from the storage in the order in which they were written.
    const time = Math.max(this.#clock.now(), (this.#pending.value.at(-1)?.time ?? 0) + 1)
    const pending: Pending = { ...draft, room, clientId: draft.clientId ?? this.#newId(), time, state: 'waiting' }
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
    this.#pending.value = this.#pending.value.filter((each) => each.clientId !== clientId)
    void this.#storage?.remove(clientId).catch(this.#report)
  }

  close(): void {
    this.#closed = true
  }

  #go(): void {
    if (this.#closed || this.#link.state.value !== 'connected') return
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
    return (retryAfter ?? 500) * (1 + this.#random())
  }

  #change(clientId: string, change: Partial<Pending>): void {
    this.#pending.value = this.#pending.value.map((each) => {
      if (each.clientId !== clientId) return each
      const now = { ...each, ...change }
      if (now.state !== 'sent') this.#keep(now)
      return now
    })
  }

  #keep(pending: Pending): void {
    void this.#storage?.save(pending).catch(this.#report)
  }
}

function offsetOf(answer: unknown): number {
  return typeof answer === 'object' && answer !== null && 'offset' in answer ? Number(answer.offset) : 0
}
