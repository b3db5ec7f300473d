/** In the tab that leads: does over its connection what the tabs ask for, this one among them. */
import { CallError, unanswered } from '../errors.ts'
import type { Link } from '../link.ts'
import { Fan } from './fan.ts'
import {
  type Answer,
  isLater,
  isSameTerm,
  type Refused,
  type Report,
  type Request,
  type Term,
  type Without,
} from './messages.ts'

/** Hears what is for all or, with `to`, for a tab. */
export type Tell = (report: Report) => void

export class Host {
  #term: Term
  readonly #link: Link
  readonly #fan: Fan
  readonly #tell: Tell
  readonly #watch: (tab: string) => () => void
  readonly #tabs = new Map<string, { readonly follows: Map<number, () => void>; readonly unwatch: () => void }>()
  readonly #stop: (() => void)[]
  #isClosed = false

  /** @param watch begins to watch over a tab, and answers how to stop */
  constructor(term: Term, link: Link, tell: Tell, watch: (tab: string) => () => void) {
    this.#term = term
    this.#link = link
    this.#fan = new Fan(link)
    this.#tell = tell
    this.#watch = watch
    this.#stop = [
      link.state.subscribe(() => this.announce()),
      link.inbox((data) => tell({ term: this.#term, is: 'inbox', data })),
    ]
  }

  /** Says who leads, and how the connection is. */
  announce(): void {
    this.#tell({ term: this.#term, is: 'lead', state: this.#link.state.value })
  }

  take(request: Request): void {
    const { from } = request
    switch (request.is) {
      case 'hello':
        return this.#greet(request.latest)
      case 'bye':
        return this.forget(from)
      case 'ping':
        return this.#answer(from, { is: 'pong' })
      case 'wake':
        return this.#link.wake?.()
      case 'call':
      case 'follow':
      case 'unfollow':
        if (request.term !== undefined && isSameTerm(request.term, this.#term)) this.#do(request)
    }
  }

  #do(request: Extract<Request, { id: number }>): void {
    const { from, id } = request
    if (request.is === 'call') void this.#call(from, request)
    else if (request.is === 'follow') this.#follow(from, request)
    else {
      const follows = this.#tabs.get(from)?.follows
      follows?.get(id)?.()
      follows?.delete(id)
    }
  }

  /** Somebody heard of a later lead, by a clock that was ahead: this one is the latest. */
  #greet(latest: Term | undefined): void {
    if (latest !== undefined && isLater(latest, this.#term)) this.#term = { ...this.#term, at: latest.at + 1 }
    this.announce()
  }

  /** A tab is gone, or sleeps. */
  forget(tab: string): void {
    const known = this.#tabs.get(tab)
    this.#tabs.delete(tab)
    known?.unwatch()
    for (const stop of known?.follows.values() ?? []) stop()
  }

  close(): void {
    this.#isClosed = true
    for (const stop of this.#stop) stop()
    for (const tab of this.#tabs.keys()) this.forget(tab)
    this.#link.close()
  }

  async #call(from: string, { id, method, input }: Extract<Request, { is: 'call' }>): Promise<void> {
    try {
      this.#answer(from, { is: 'answer', id, data: await this.#link.call(method, input) })
    } catch (error) {
      this.#answer(from, { is: 'refusal', id, error: refusedOf(error) })
    }
  }

  #follow(from: string, { id, channel, since }: Extract<Request, { is: 'follow' }>): void {
    const tab = this.#tabs.get(from) ?? { follows: new Map<number, () => void>(), unwatch: this.#watch(from) }
    this.#tabs.set(from, tab)
    tab.follows.get(id)?.()
    const stop = this.#fan.follow(channel, since, {
      receive: (entry) => this.#answer(from, { is: 'entry', id, entry }),
      live: (live) => this.#answer(from, { is: 'live', id, live }),
      lost: (position) => this.#answer(from, { is: 'lost', id, position }),
      ended: ({ code, message }) => this.#answer(from, { is: 'ended', id, code, message }),
    })
    tab.follows.set(id, stop)
  }

  #answer(to: string, answer: Without<Answer, never>): void {
    if (!this.#isClosed) this.#tell({ term: this.#term, to, ...answer })
  }
}

function refusedOf(cause: unknown): Refused {
  const { code, message, kind, temporary, retryAfter } = cause instanceof CallError ? cause : unanswered(cause)
  return { code, message, kind, temporary, retryAfter }
}
