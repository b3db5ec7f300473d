/**
 * Whoever stays at a channel's URL: a client like any other, with one
 * subscription. Here is what event streams and sockets have in common; how it
 * sounds is up to the voice.
 *
 *   open() ──▶ (the answer is sent) ──▶ start() ──▶ publications … ──▶ end
 */
import type { SubscriptionGrant } from '../core/auth.ts'
import { Client, type Peer } from '../core/client.ts'
import { type Disconnect, disconnects } from '../core/errors.ts'
import type { Position, Publication } from '../core/publication.ts'
import type { Namespace } from '../core/rules.ts'
import type { StreamState } from '../core/stream.ts'
import type { StreamWatcher } from '../core/streams.ts'
import type { Subscription } from '../core/subscription.ts'
import type { Sleeper } from '../core/wheel.ts'
import type { ChannelUrl, Visit } from './channel-url.ts'

export interface Voice {
  /** `missed`: it was asked for, and comes page by page as the reader is ready. */
  publication(publication: Publication, missed: boolean): void
  /** All that was missed is handed over. */
  live(): void
  /** More is waiting than the reader takes; undefined if not. */
  ready(): Promise<void> | undefined
  /** A heartbeat is due. */
  beat(): void
  /** The stream is closed and all of it was handed over; nothing follows. */
  finished(): void
  /** The client is closed; this says why and ends the connection. */
  ended(why: Disconnect): void
}

export class LiveReader implements Peer, Sleeper, StreamWatcher {
  readonly client: Client
  readonly #door: ChannelUrl
  readonly #channel: string
  readonly #namespace: Namespace
  readonly #voice: Voice
  #grant: SubscriptionGrant | undefined // until it is opened
  #state: StreamState | undefined
  #end: number | undefined // the last offset, once the stream is closed
  #live = false
  #subscription: Subscription | undefined
  #nextBeat: number

  /** @throws Disconnect 3504, or as `settle` does */
  constructor(visit: Visit, voice: Voice) {
    const { node, visitor, door, channel, namespace, grant } = visit
    visit.settle()
    this.#door = door
    this.#channel = channel
    this.#namespace = namespace
    this.#grant = grant
    this.#voice = voice
    this.#nextBeat = node.clock.monotonic() + door.options.heartbeatInterval
    this.client = new Client(node, visitor.id, '', visitor.identity, this, visitor.entrance)
    node.admit(this.client)
    // Before anything is read, so that no end is missed in between.
    door.streams.watch(channel, this)
  }

  /** Undefined where nothing is kept. */
  get position(): Position | undefined {
    return this.#subscription?.position
  }

  /** Subscribes, after `since`, or from now on. @throws ClientError, StoreError */
  async open(since: Position | undefined, state: StreamState | undefined): Promise<Position> {
    const { node } = this.client
    const grant = asLog(this.#grant, this.#namespace)
    this.#grant = undefined
    const request = { since, positioned: true, recoverable: true, joinLeave: false, paced: true }
    this.#state ??= state
    try {
      const opened = await this.client.subscribe(this.#channel, this.#namespace, grant, request)
      const [subscription, { position }] = opened
      this.#subscription = subscription
      return position
    } catch (error) {
      this.close()
      throw error
    } finally {
      node.wheel.add(this.#nextWake(), this)
    }
  }

  /** The answer is on its way: what was missed follows, and then what comes. `since`: as with `open`. */
  start(since: Position | undefined): void {
    this.#subscription?.release()
    if (since === undefined) this.live()
  }

  /** The connection is gone. */
  close(why: Disconnect = disconnects.connectionClosed()): void {
    this.#door.streams.unwatch(this.#channel, this)
    this.client.close(why)
  }

  wake(now: number): number | undefined {
    if (this.client.closed) return undefined
    if (this.#isExpired()) {
      this.client.disconnect(disconnects.connectionExpired())
      return undefined
    }
    if (now >= this.#nextBeat) {
      this.#nextBeat = now + this.#door.options.heartbeatInterval
      this.#voice.beat()
      void this.#touch()
    }
    return this.#nextWake()
  }

  // --- as the peer of its client --------------------------------------------------

  publication(_channel: string, publication: Publication): void {
    this.#voice.publication(publication, !this.#live)
    this.#check()
  }

  live(): void {
    if (this.client.closed) return
    this.#live = true
    if (this.#state?.closed === true) this.#end ??= this.position?.offset ?? 0
    this.#voice.live()
    this.#check()
  }

  ready(): Promise<void> | undefined {
    return this.#voice.ready()
  }

  unsubscribed(_channel: string, { code }: { code: number }): void {
    // 2500 to 2999 ask to subscribe again, which here means to connect again.
    this.client.disconnect(code < 2500 ? disconnects.forceDisconnect() : disconnects.insufficientState())
  }

  disconnected(why: Disconnect): void {
    this.#door.streams.unwatch(this.#channel, this)
    this.#voice.ended(why)
  }

  refreshed(): void {}
  subscribed(): void {}
  joined(): void {}
  left(): void {}

  // --- as a watcher of the stream --------------------------------------------------

  streamEnded(state: StreamState | undefined, top: Position): void {
    this.#state = state
    if (state === undefined) return this.client.disconnect(disconnects.insufficientState())
    if (!state.closed) return
    this.#end = top.offset
    this.#check()
  }

  // ----------------------------------------------------------------------------

  #check(): void {
    if (this.#end === undefined || !this.#live || this.client.closed) return
    if ((this.position?.offset ?? 0) < this.#end) return
    this.close()
    this.#voice.finished()
  }

  #isExpired(): boolean {
    const expiry = this.#expiry()
    return expiry !== undefined && this.client.node.clock.now() >= expiry * 1000
  }

  /** Seconds since 1970. */
  #expiry(): number | undefined {
    const { expireAt } = this.client
    const granted = this.#subscription?.expireAt
    return expireAt === undefined || granted === undefined ? (expireAt ?? granted) : Math.min(expireAt, granted)
  }

  #nextWake(): number {
    const { clock } = this.client.node
    const expiry = this.#expiry()
    if (expiry === undefined) return this.#nextBeat
    return Math.min(this.#nextBeat, clock.monotonic() + Math.max(0, expiry * 1000 - clock.now()))
  }

  /** Somebody who stays keeps a stream from expiring. */
  async #touch(): Promise<void> {
    const { streams } = this.#door
    if (this.#state?.ttl === undefined) return
    try {
      this.#state = await streams.find(this.#channel)
      await streams.touch(this.#channel, this.#namespace, this.#state)
      if (this.#state === undefined) this.client.disconnect(disconnects.insufficientState())
    } catch (error) {
      this.client.node.report(error)
    }
  }
}

/** Whoever reads a log by its URL reads with positions, whatever the rules say to clients. */
function asLog(grant: SubscriptionGrant | undefined, { retention }: Namespace): SubscriptionGrant {
  const override = retention === undefined ? unlogged : logged
  if (grant === undefined || Object.keys(grant).length === 0) return override
  return { ...grant, override: { ...grant.override, ...override.override } }
}

const logged = { override: { forcePositioning: true, forceRecovery: true } } as const
const unlogged = { override: { forcePositioning: false, forceRecovery: false } } as const
