/**
 * The conversation with the server: one connection, one channel. Everything
 * goes through the public protocol by the official SDK; what arrives is handed
 * to the timeline, the people and the outbox.
 *
 *   connecting ──▶ catching-up ──▶ live
 *       │               ▲           │
 *       └──▶ offline ───┘◀──────────┘      any ──▶ refused, closed (until the user does something)
 */
import { Centrifuge, State, SubscriptionState, type SubscribedContext, type Subscription } from 'centrifuge'
import type { Clock } from './clock.ts'
import { Observable } from './observable.ts'
import { Outbox, type Outcome } from './outbox.ts'
import { People } from './people.ts'
import type { Storage } from './storage.ts'
import { Timeline } from './timeline.ts'

export type ConnectionState = 'connecting' | 'catching-up' | 'live' | 'offline' | 'refused' | 'closed'

export interface Guest {
  readonly name: string
  readonly secret: string
}

const channel = 'public:lobby'
const pageSize = 200
const refusedCode = 400 // the chat's own error at connect: the name cannot be

export class Lobby extends Observable {
  readonly timeline: Timeline
  readonly people: People
  readonly outbox: Outbox
  readonly #clock: Clock
  readonly #client: Centrifuge
  readonly #subscription: Subscription
  #state: ConnectionState = 'connecting'
  #me = '' // our user, once the server told
  #wasLive = false
  #complete = false // the first page is there
  #turn = 0

  constructor(url: string, guest: Guest, storage: Storage | undefined, clock: Clock) {
    super()
    this.#clock = clock
    this.timeline = new Timeline(() => clock.now())
    this.people = new People(clock, (what, who) => who.user !== this.#me && this.timeline.notice(what, who.name))
    this.outbox = new Outbox(storage, clock, (id, text) => this.#send(id, text))
    const data = { name: guest.name, guest: guest.secret }
    this.#client = new Centrifuge(url, { data, name: 'lobby', maxReconnectDelay: 5000 })
    this.#subscription = this.#client.newSubscription(channel, { joinLeave: true, recoverable: true })
    this.#listen()
    this.timeline.subscribe(() => this.#settle())
    this.outbox.subscribe(() => this.#settle())
  }

  get state(): ConnectionState {
    return this.#state
  }

  get me(): string {
    return this.#me
  }

  connect(): void {
    this.#subscription.subscribe()
    this.#client.connect()
  }

  /** Leaves for good. */
  close(): void {
    this.#client.disconnect()
  }

  #listen(): void {
    const client = this.#client
    client.on('connecting', () => this.#become(this.#wasLive ? 'offline' : 'connecting'))
    client.on('error', () => client.state === State.Connecting && this.#become('offline'))
    client.on('connected', ({ data }) => {
      this.#me = typeof data?.user === 'string' ? data.user : ''
      this.#become('catching-up')
    })
    client.on('disconnected', ({ code }) => this.#become(code === refusedCode ? 'refused' : 'closed'))
    const subscription = this.#subscription
    subscription.on('subscribing', () => client.state === State.Connected && this.#become('catching-up'))
    subscription.on('subscribed', (context) => this.#follow(context))
    subscription.on('unsubscribed', () => this.#become('closed'))
    subscription.on('publication', (publication) => this.timeline.receive(publication))
    subscription.on('join', ({ info }) => this.people.join(info))
    subscription.on('leave', ({ info }) => this.people.leave(info))
  }

  #follow({ wasRecovering, recovered, streamPosition }: SubscribedContext): void {
    if (wasRecovering && !recovered) {
      this.#complete = false
      this.timeline.interrupted()
    }
    if (streamPosition !== undefined) this.timeline.open(streamPosition.epoch)
    void this.#catchUp(++this.#turn) // ends in a state
  }

  /** What is asked for here is merged with what arrives meanwhile; only then are we live, and only then is anything sent. */
  async #catchUp(turn: number): Promise<void> {
    this.people.expect()
    try {
      const [page, presence] = await Promise.all([
        this.#complete ? undefined : ifAllowed(this.#subscription.history({ limit: pageSize, reverse: true })),
        ifAllowed(this.#subscription.presence()),
      ])
      if (turn !== this.#turn) return
      if (page !== undefined) this.timeline.page(page.publications, page.offset)
      this.people.replace(Object.values(presence?.clients ?? {}))
      this.#complete = true
      this.#wasLive = true
      this.#become('live')
    } catch {
      // The server is busy; or the connection is gone, and the next subscribe comes here again.
      this.#clock.after(1000, () => {
        if (turn === this.#turn && this.#subscription.state === SubscriptionState.Subscribed) void this.#catchUp(turn)
      })
    }
  }

  async #send(id: string, text: string): Promise<Outcome> {
    try {
      const { data } = await this.#client.rpc('chat.send', { text, clientId: id })
      return { sent: typeof data?.offset === 'number' ? data.offset : 0 }
    } catch (error) {
      return isRefusal(error) ? 'never' : 'later'
    }
  }

  #settle(): void {
    const { timeline } = this
    this.outbox.settle(({ id, state, offset = 0 }) => timeline.has(id) || (state === 'sent' && offset <= timeline.top))
  }

  #become(state: ConnectionState): void {
    this.#state = state
    if (state === 'live') this.outbox.open()
    else this.outbox.close()
    this.changed()
  }
}

/** An operator may have switched history or presence off: then we live without. */
async function ifAllowed<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (isRefusal(error)) return undefined
    throw error
  }
}

/** Codes below 100 are the SDK's own: no answer, connection lost. */
function isRefusal(error: unknown): boolean {
  const { code, temporary }: { code?: unknown; temporary?: unknown } = Object(error)
  return typeof code === 'number' && code >= 100 && temporary !== true
}
