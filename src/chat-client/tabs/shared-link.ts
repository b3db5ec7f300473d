/**
 * One connection for all tabs of a browser. One tab leads: it has the
 * connection, and does for the others what they ask. When it closes, crashes,
 * is put to sleep or no longer answers, another leads on.
 *
 * A tab keeps what it wants to be done, so that whoever leads next can be asked
 * anew: each following goes on from the last entry that it saw, by which
 * nothing is lost and nothing comes twice. A call that was on its way is
 * answered with `offline`: nobody knows whether it was done.
 *
 *   looking ──'lead' heard──▶ following ──lead granted──▶ leading
 *      ▲ ╰───────────────lead granted──────────────────────▶ │
 *      ╰── resume() ── asleep ◀── pause() ── any             │
 *      ╰────────────────── taken by force ───────────────────╯
 */
import type { Clock } from '../clock.ts'
import { CallError, unanswered } from '../errors.ts'
import type { Follower, Link, LinkState } from '../link.ts'
import { type Observable, Watched } from '../observable.ts'
import type { PositionView } from '../types.ts'
import { Host } from './host.ts'
import {
  isLater,
  isReport,
  isRequest,
  isSameTerm,
  type Report,
  type Request,
  type Term,
  type Without,
} from './messages.ts'
import type { Tabs } from './tabs.ts'

interface Call {
  readonly request: Without<Extract<Request, { is: 'call' }>, 'from' | 'term'>
  readonly resolve: (data: unknown) => void
  readonly reject: (error: CallError) => void
  readonly stopWaiting: () => void
  isAsked: boolean
}

interface Following {
  id: number // another for whoever leads next, so that what is still under way from the last one is not taken for its
  readonly channel: string
  readonly follower: Follower
  at: PositionView
}

/** Longer than a connection waits for an answer: whoever says nothing for so long does not run. In milliseconds. */
const callPatience = 12_000
const pingPatience = 4000

export class SharedLink implements Link {
  readonly #state = new Watched<LinkState>('connecting')
  readonly #leads = new Watched(false)
  readonly #tabs: Tabs
  readonly #clock: Clock
  readonly #make: () => Link
  readonly #inbox = new Set<(data: unknown) => void>()
  readonly #connected = new Set<() => void>()
  readonly #calls = new Map<number, Call>()
  readonly #followings = new Map<number, Following>()
  readonly #stopListening: () => void
  #ids = 0
  #term: Term | undefined // of the one that is listened to
  #latest: Term | undefined // that was heard of
  #host: Host | undefined
  #stopLeading: (() => void) | undefined
  #stopDoubting: (() => void) | undefined
  #isAwake = false
  #isClosed = false

  /** @param make makes the connection, in the tab that leads */
  constructor(tabs: Tabs, clock: Clock, make: () => Link) {
    this.#tabs = tabs
    this.#clock = clock
    this.#make = make
    this.#stopListening = tabs.listen((message) => this.#hear(message))
    this.resume()
  }

  get state(): Observable<LinkState> {
    return this.#state
  }

  /** Whether this tab has the connection. What one tab is to do for all, it does. */
  get leads(): Observable<boolean> {
    return this.#leads
  }

  call(method: string, input: unknown): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(unanswered())
    const id = ++this.#ids
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const stopWaiting = this.#clock.after(callPatience, () => {
      this.#calls.delete(id)
      reject(unanswered())
      this.#doubt()
    })
    this.#calls.set(id, { request: { is: 'call', id, method, input }, resolve, reject, stopWaiting, isAsked: false })
    this.#ask(id)
    return promise
  }

  follow(channel: string, since: PositionView, follower: Follower): () => void {
    const following = { id: ++this.#ids, channel, follower, at: since }
    this.#followings.set(following.id, following)
    if (this.#term !== undefined) this.#post({ is: 'follow', id: following.id, channel, since })
    return () => {
      const { id } = following
      if (this.#followings.delete(id) && this.#term !== undefined) this.#post({ is: 'unfollow', id })
    }
  }

  inbox(receive: (data: unknown) => void): () => void {
    this.#inbox.add(receive)
    return () => void this.#inbox.delete(receive)
  }

  connected(tell: () => void): () => void {
    this.#connected.add(tell)
    if (this.state.value === 'connected') tell()
    return () => void this.#connected.delete(tell)
  }

  /** The network may be back: whoever leads tries at once, if it still runs. */
  wake(): void {
    if (!this.#isAwake) return this.resume()
    this.#post({ is: 'wake' })
    if (this.#host === undefined) this.#doubt()
  }

  /** The browser puts this tab to sleep: another may lead, and nothing is sent here meanwhile. */
  pause(): void {
    if (!this.#isAwake) return
    this.#isAwake = false
    this.#post({ is: 'bye' })
    this.#standDown()
  }

  /** It is awake again. */
  resume(): void {
    if (this.#isAwake || this.#isClosed) return
    this.#isAwake = true
    this.#stand(false)
    this.#greet()
    this.#doubt()
  }

  close(): void {
    this.pause()
    this.#isClosed = true
    this.#followings.clear()
    this.#stopListening()
    this.#tabs.close()
  }

  /** Stands for the lead. */
  #stand(force: boolean): void {
    this.#stopLeading = this.#tabs.lead(
      () => this.#lead(),
      () => {
        this.#standDown()
        if (this.#isAwake) this.#stand(false)
        this.#greet()
      },
      force,
    )
  }

  #lead(): void {
    if (!this.#isAwake || this.#host !== undefined) return
    const term = { at: Math.max(this.#clock.now(), (this.#latest?.at ?? 0) + 1), tab: this.#tabs.id }
    const tell = (report: Report): void => {
      if (!('to' in report)) this.#tabs.post(report)
      else if (report.to !== this.#tabs.id) return this.#tabs.post(report)
      this.#hear(report)
    }
    const watch = (tab: string) =>
      tab === this.#tabs.id ? () => {} : this.#tabs.gone(tab, () => this.#host?.forget(tab))
    this.#host = new Host(term, this.#make(), tell, watch)
    this.#leads.value = true
    this.#host.announce()
  }

  #standDown(): void {
    this.#stopLeading?.()
    this.#stopLeading = undefined
    this.#stopDoubting?.()
    this.#stopDoubting = undefined
    const host = this.#host
    this.#host = undefined
    host?.close()
    this.#leads.value = false
    this.#lose()
  }

  /** Nobody leads that we know of. */
  #lose(): void {
    this.#term = undefined
    this.#state.value = 'connecting'
    for (const [id, call] of this.#calls) if (call.isAsked) this.#settle(id)?.reject(unanswered())
    for (const { follower } of this.#followings.values()) follower.live?.(false)
  }

  #hear(message: unknown): void {
    if (isRequest(message)) this.#host?.take(message)
    else if (isReport(message)) this.#take(message)
  }

  #take(report: Report): void {
    if (!this.#isAwake) return
    if (isLater(report.term, this.#latest)) this.#latest = report.term
    if (report.is === 'lead' && isLater(report.term, this.#term)) this.#obey(report.term)
    else if (report.is === 'lead' && !isSameTerm(report.term, this.#term) && this.#host === undefined) this.#greet()
    if (!isSameTerm(report.term, this.#term)) return
    this.#stopDoubting?.() // it runs
    this.#stopDoubting = undefined
    if ('to' in report) {
      if (report.to === this.#tabs.id) this.#answered(report)
    } else this.#told(report)
  }

  #told(report: Exclude<Report, { to: string }>): void {
    if (report.is === 'lead') this.#connection(report.state)
    else for (const receive of Array.from(this.#inbox)) receive(report.data)
  }

  #connection(state: LinkState): void {
    const isNew = state === 'connected' && this.#state.value !== 'connected'
    this.#state.value = state
    if (isNew) for (const tell of Array.from(this.#connected)) tell()
  }

  /** Somebody else leads: it is asked for all that is wanted here. */
  #obey(term: Term): void {
    if (this.#host !== undefined && term.tab !== this.#tabs.id) this.#standDown()
    else if (this.#term !== undefined) this.#lose()
    this.#term = term
    if (this.#stopLeading === undefined) this.#stand(false)
    const followings = [...this.#followings.values()]
    this.#followings.clear()
    for (const following of followings) this.#followings.set((following.id = ++this.#ids), following)
    for (const { id, channel, at } of followings) this.#post({ is: 'follow', id, channel, since: at })
    for (const id of this.#calls.keys()) this.#ask(id)
  }

  #answered(report: Extract<Report, { to: string }>): void {
    if (report.is === 'pong') return
    if (report.is === 'answer') return this.#settle(report.id)?.resolve(report.data)
    if (report.is === 'refusal') {
      const { code, message, ...details } = report.error
      const { retryAfter, ...others } = details
      return this.#settle(report.id)?.reject(
        new CallError(code, message, { ...others, ...(retryAfter !== undefined && { retryAfter }) }),
      )
    }
    const following = this.#followings.get(report.id)
    if (following !== undefined) this.#goOn(report, following)
  }

  #goOn(report: Extract<Report, { is: 'entry' | 'live' | 'lost' | 'ended' }>, following: Following): void {
    const { follower, at } = following
    switch (report.is) {
      case 'entry': {
        const { offset } = report.entry
        if (offset > 0 && offset <= at.offset) return
        if (offset > 0) following.at = { ...at, offset }
        return follower.receive(report.entry)
      }
      case 'live':
        return follower.live?.(report.live)
      case 'lost':
        following.at = report.position
        return follower.lost?.(report.position)
      case 'ended':
        this.#followings.delete(report.id)
        return follower.ended?.({ code: report.code, message: report.message })
    }
  }

  #ask(id: number): void {
    const call = this.#calls.get(id)
    if (call === undefined || call.isAsked || this.#term === undefined) return
    call.isAsked = true
    this.#post(call.request)
  }

  #settle(id: number): Call | undefined {
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    call?.stopWaiting()
    return call
  }

  /** Whoever leads may no longer run, though it has the lead: if it does not answer, the lead is taken. */
  #doubt(): void {
    if (!this.#isAwake || this.#host !== undefined || this.#stopDoubting !== undefined) return
    this.#post({ is: 'ping' })
    this.#stopDoubting = this.#clock.after(pingPatience, () => {
      this.#stopDoubting = undefined
      this.#stopLeading?.()
      this.#stand(true)
    })
  }

  #greet(): void {
    this.#post({ is: 'hello', latest: this.#latest })
  }

  #post(request: Without<Request, 'from' | 'term'>): void {
    const message = { from: this.#tabs.id, term: this.#term, ...request } as Request
    if (this.#host !== undefined) this.#host.take(message)
    else this.#tabs.post(message)
  }
}
