/**
 * One server of the product: the channels its readers follow, the clients that
 * are connected to it, and what a backend may do. Every way in and every API
 * calls this; it calls the rules, the store and the engine.
 */
import { Attempts, isMeant } from './attempts.ts'
import type { AuthOptions, SubscriptionGrant, TokenVerifier } from './auth.ts'
import { Channel } from './channel.ts'
import type { Client, Peer } from './client.ts'
import type { Clock } from './clock.ts'
import { Disconnect, disconnects, errors, type Unsubscribe } from './errors.ts'
import type { Engine } from './engine.ts'
import type { Hooks } from './hooks.ts'
import type { Limits } from './limits.ts'
import { Log } from './log.ts'
import { Presence } from './presence.ts'
import type { Draft, Payload, Position } from './publication.ts'
import { RecentKeys } from './recent-keys.ts'
import type { Namespace, Rules } from './rules.ts'
import {
  type AppendOptions,
  type Appended,
  type Page,
  type Query,
  Refused,
  type RemoveOptions,
  type Retention,
  type Store,
  StoreError,
} from './store.ts'
import { Ended, plainRequest, type SubscribeRequest } from './subscription.ts'
import { Users } from './users.ts'
import { Wheel } from './wheel.ts'

export interface PublishOptions extends AppendOptions {
  readonly skipHistory?: boolean | undefined // deliver, do not keep
  readonly delta?: boolean | undefined // subscribers that know deltas are sent what differs from the one before
}

/** Which connections of a user are meant; all, if nothing is said. */
export interface Which {
  readonly client?: string | undefined
  readonly session?: string | undefined
  readonly except?: readonly string[] | undefined // client ids
}

export interface NodeOptions {
  readonly id: string
  readonly rules: Rules
  readonly limits: Limits
  readonly auth: AuthOptions
  readonly tokens: TokenVerifier
  readonly store: Store
  readonly engine: Engine
  readonly clock: Clock
  readonly random: () => number // 0 to below 1
  readonly hooks: Hooks
  readonly version: string
  /** Hears of our own faults; nobody else is told what they were. */
  readonly report: (error: unknown) => void
}

interface Followed {
  readonly channel: Channel
  users: number
  readonly ready: void | Promise<void> // resolved once the engine hands over
}

export class Node {
  readonly id: string
  readonly rules: Rules
  readonly limits: Limits
  readonly auth: AuthOptions
  readonly tokens: TokenVerifier
  readonly store: Store
  readonly engine: Engine
  readonly clock: Clock
  readonly random: () => number
  readonly hooks: Hooks
  readonly version: string
  readonly report: (error: unknown) => void
  readonly startedAt: number // ms since 1970
  readonly presence = new Presence()
  readonly attempts = new Attempts()
  readonly wheel: Wheel
  readonly clients = new Map<string, Client>()
  /** Those that have not said yet who they are; at the end they are sent away, too. */
  readonly newcomers = new Set<Pick<Peer, 'disconnected'>>()
  readonly #users = new Users()
  readonly #channels = new Map<string, Followed>()
  #unchecked: Iterator<Followed> = this.#channels.values()
  readonly #keys: RecentKeys

  constructor(options: NodeOptions) {
    this.id = options.id
    this.rules = options.rules
    this.limits = options.limits
    this.auth = options.auth
    this.tokens = options.tokens
    this.store = options.store
    this.engine = options.engine
    this.clock = options.clock
    this.random = options.random
    this.hooks = options.hooks
    this.version = options.version
    this.report = options.report
    this.startedAt = options.clock.now()
    this.wheel = new Wheel(options.clock)
    this.#keys = new RecentKeys(options.clock)
    this.wheel.add(0, { wake: (now) => this.#checkPositions(now) })
  }

  // --- channels -------------------------------------------------------------

  /** Follows a channel on behalf of somebody, who leaves with `exit`. */
  async enter(name: string, namespace: Namespace): Promise<Channel> {
    let entry = this.#channels.get(name)
    if (entry === undefined) {
      const log = namespace.retention && new Log(this.store, name, namespace.retention)
      const channel = new Channel(name, log, this.clock)
      entry = { channel, users: 0, ready: this.engine.follow(name, channel) }
      this.#channels.set(name, entry)
    }
    entry.users++
    try {
      await entry.ready
    } catch (error) {
      this.exit(name)
      throw error
    }
    return entry.channel
  }

  exit(name: string): void {
    const entry = this.#channels.get(name)
    if (entry === undefined || --entry.users > 0) return
    this.#channels.delete(name)
    this.engine.unfollow(name)
  }

  /** Those here whom a publication of the channel reaches at once. */
  followers(name: string): number {
    return this.#channels.get(name)?.channel.size ?? 0
  }

  /** The channels somebody follows here, with how many do. */
  *channels(): Iterable<[name: string, clients: number]> {
    for (const [name, { users }] of this.#channels) yield [name, users]
  }

  /** How many readers a publication to this channel reaches on this node. */
  readers(name: string): number {
    return this.#channels.get(name)?.channel.size ?? 0
  }

  /** Checks each channel once in `positionCheckDelay`, a few at a time. */
  #checkPositions(now: number): number {
    const pause = 250
    for (let n = Math.ceil((this.#channels.size * pause) / this.limits.positionCheckDelay); n > 0; n--) {
      const next = this.#unchecked.next()
      if (next.done === true) {
        this.#unchecked = this.#channels.values()
        break
      }
      void next.value.channel.check()
    }
    return now + pause
  }

  // --- publications ---------------------------------------------------------

  /**
   * Adds to a channel and hands on. Resolves when the publication is durable;
   * in a channel without history, when it is handed on.
   * @throws ClientError 102, 107 · 103 when a guard of a statement refused it · 108 when the channel is a stream that was closed · 100 (temporary) when the store could not write
   */
  async publish(name: string, draft: Draft, options: PublishOptions = {}): Promise<Appended> {
    const namespace = this.rules.namespace(name)
    checkFormat(draft.data, namespace.publicationDataFormat)
    for (const { data } of options.erase ?? []) checkFormat(data, namespace.publicationDataFormat)
    if (namespace.retention === undefined || options.skipHistory === true) return this.#pass(name, draft, options)
    const appended = await this.#stored(this.store.append(name, draft, namespace.retention, options))
    if (appended.outcome === 'closed') throw errors.notAvailable()
    if (appended.outcome === 'appended') {
      const { position, time } = appended
      this.engine.publish(name, {
        epoch: position.epoch,
        offset: position.offset,
        data: draft.data,
        time,
        info: draft.info,
        tags: draft.tags,
        delta: options.delta,
      })
    }
    return appended
  }

  /** @throws ClientError 102, 107, 108, 112 */
  async history(name: string, query: Query, since?: Position): Promise<Page> {
    const retention = this.#retention(name)
    const page = await this.#stored(this.store.read(name, retention, query))
    if (since !== undefined && since.epoch !== '' && since.epoch !== page.top.epoch)
      throw errors.unrecoverablePosition()
    return page
  }

  /** @throws ClientError 100, 102, 103, 107, 108 */
  async removeHistory(name: string, options?: RemoveOptions): Promise<void> {
    this.#retention(name)
    await this.#stored(this.store.remove(name, options))
  }

  #retention(name: string): Retention {
    const { retention } = this.rules.namespace(name)
    if (retention === undefined) throw errors.notAvailable()
    return retention
  }

  /** Without the store: no offset, and a key is remembered for a while only. */
  #pass(name: string, draft: Draft, { idempotencyKey, delta }: PublishOptions): Appended {
    const position = { epoch: '', offset: 0 }
    const time = this.clock.now()
    if (idempotencyKey && !this.#keys.first(name, idempotencyKey)) return { outcome: 'repeated', position, time: 0 }
    this.engine.publish(name, { ...position, data: draft.data, time, info: draft.info, tags: draft.tags, delta })
    return { outcome: 'appended', position, time }
  }

  async #stored<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (error instanceof StoreError) throw errors.internal({ cause: error })
      if (error instanceof Refused) throw errors.permissionDenied({ cause: error })
      throw error
    }
  }

  // --- clients --------------------------------------------------------------

  /** @throws Disconnect 3504 */
  admit(client: Client): void {
    if (client.user !== '' && this.#users.count(client.user) >= this.limits.connectionsPerUser)
      throw disconnects.connectionLimit()
    this.#users.add(client)
    this.clients.set(client.id, client)
    this.hooks.connected?.(client)
  }

  forget(client: Client, why: Disconnect): void {
    if (!this.clients.delete(client.id)) return
    this.#users.delete(client)
    this.tell(() => this.hooks.disconnected?.(client, why))
  }

  /** Tells the application something. What it throws then is a fault of its own, and whoever tells has others to serve. */
  tell(what: () => void): void {
    try {
      what()
    } catch (error) {
      this.report(error)
    }
  }

  get users(): number {
    return this.#users.size
  }

  // --- what a backend may do with a user's connections ----------------------

  /** Those that are meant, as a list that stays while they come and go. */
  of(user: string, which: Which = {}): readonly Client[] {
    return this.#users.of(user).filter((client) => isMeant(client, which))
  }

  /** Subscribes connections of a user, server-side. Those that are subscribed already stay as they are. */
  async subscribe(
    user: string,
    channel: string,
    grant: SubscriptionGrant,
    which?: Which,
    request: SubscribeRequest = plainRequest,
  ): Promise<void> {
    const namespace = this.rules.namespace(channel)
    for (const client of this.of(user, which)) {
      await client.begun() // it knows of no subscriptions before it knows who it is
      if (client.closed || client.subscriptions.has(channel)) continue
      try {
        const [subscription, subscribed] = await client.subscribe(channel, namespace, grant, request, true)
        if (subscription.closed) continue
        client.peer.subscribed(channel, subscribed)
        for (const publication of subscribed.publications) client.peer.publication(channel, publication)
        subscription.release()
      } catch (error) {
        if (!client.closed && !(error instanceof Ended)) client.disconnect(asDisconnect(error))
      }
    }
  }

  /** Ends what a user's connections read of a channel, whatever the way in, and what they are about to. @throws ClientError 102, 107 */
  unsubscribe(user: string, channel: string, why: Unsubscribe, which?: Which): void {
    this.rules.namespace(channel)
    this.attempts.end(user, channel, which)
    for (const client of this.of(user, which)) client.unsubscribe(channel, why)
  }

  disconnect(user: string, why: Disconnect, which?: Which): void {
    this.attempts.end(user, undefined, which)
    for (const client of this.of(user, which)) client.disconnect(why)
  }

  /** Moves the expiry of a user's connections. `expireAt`: seconds since 1970, undefined for never. */
  refresh(user: string, expireAt: number | undefined, info: Payload | undefined, which?: Which): void {
    const over = expireAt !== undefined && expireAt * 1000 <= this.clock.now()
    for (const client of this.of(user, which)) {
      if (over) client.disconnect(disconnects.connectionExpired())
      else client.refresh(expireAt, info)
    }
  }

  stop(): void {
    this.wheel.stop()
  }
}

/** A failure of something that the server itself began for a client. */
function asDisconnect(error: unknown): Disconnect {
  return error instanceof Disconnect ? error : disconnects.internal()
}

/** @throws ClientError 107 */
export function checkFormat(data: Payload, format: Namespace['publicationDataFormat']): void {
  if (format === 'binary') return
  if (data.length === 0) throw errors.badRequest()
  if (format === '') return
  if (typeof data !== 'string' || (format === 'json_object' && !data.trimStart().startsWith('{')))
    throw errors.badRequest()
}
