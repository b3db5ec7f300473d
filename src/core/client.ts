/**
 * A connected user, whatever the way in: an identity and its subscriptions.
 * What it is told goes to its peer, which speaks a protocol.
 */
import type { Entrance, Identity, SubscriptionGrant } from './auth.ts'
import { type Disconnect, disconnects, errors, type Unsubscribe } from './errors.ts'
import type { Node } from './node.ts'
import type { ClientInfo, Payload, Publication } from './publication.ts'
import { RateLimit } from './rate-limit.ts'
import type { Action, Namespace } from './rules.ts'
import { type Subscribed, type SubscribeRequest, Subscription } from './subscription.ts'

/** The far end of a connection, as the core speaks to it. */
export interface Peer {
  /** `base`: what the client was handed before, null for nothing; undefined if it does not know deltas. */
  publication(channel: string, publication: Publication, base?: Publication | null): void
  joined(channel: string, info: ClientInfo): void
  left(channel: string, info: ClientInfo): void
  /** A paced subscription has handed over all that was missed. */
  live?(channel: string): void
  /** Resolves when more of what was missed can be taken; undefined when it can at once. Asked by paced subscriptions. */
  ready?(): Promise<void> | undefined
  /** A server-side subscription began; its publications follow. */
  subscribed(channel: string, subscribed: Subscribed): void
  unsubscribed(channel: string, why: Unsubscribe): void
  /** Whether it reads this channel without a subscription, by a cursor of its own. */
  reads?(channel: string): boolean
  /** The connection's expiry moved, or is gone. */
  refreshed(expireAt: number | undefined): void
  /** The client is closed already; this says why and ends the connection. */
  disconnected(why: Disconnect): void
}

export class Client {
  readonly node: Node
  readonly id: string
  readonly user: string
  readonly session: string // secret name of the conversation; '' where the protocol has none
  readonly peer: Peer
  readonly entrance: Entrance
  meta: Payload | undefined
  info: Payload | undefined
  expireAt: number | undefined // seconds since 1970
  closed = false
  renewing = false // the application is being asked whether it may stay
  readonly subscriptions = new Map<string, Subscription>()
  readonly #granted: readonly string[]
  #begun = false
  #waiting: (() => void)[] = none
  #calls: RateLimit | undefined

  constructor(node: Node, id: string, session: string, identity: Identity, peer: Peer, entrance: Entrance) {
    this.node = node
    this.id = id
    this.session = session
    this.user = identity.user
    this.info = identity.info
    this.meta = identity.meta
    this.expireAt = identity.expireAt
    this.peer = peer
    this.entrance = entrance
    this.#granted = identity.subs === undefined ? nothing : [...identity.subs.keys()]
  }

  may(action: Action, channel: string, namespace: Namespace, subscribed = this.subscriptions.has(channel)): boolean {
    const { rules, auth } = this.node
    return rules.allows(action, { user: this.user, insecure: auth.insecure }, channel, namespace, subscribed)
  }

  /** Notes a publish or a call. @throws ClientError 111 when there were too many */
  spend(): void {
    const { clock, limits } = this.node
    if (limits.callsPerSecond === 0) return
    this.#calls ??= new RateLimit(limits.callsPerSecond, clock.monotonic())
    if (!this.#calls.take(clock.monotonic())) throw errors.tooManyRequests()
  }

  /** It was answered who it is: from now on it may be told things. */
  begin(): void {
    this.#begun = true
    for (const resolve of this.#waiting) resolve()
    this.#waiting = none
  }

  /** Undefined if the client has begun; else resolves when it has, or is closed. */
  begun(): Promise<void> | undefined {
    if (this.#begun || this.closed) return undefined
    return new Promise((resolve) => {
      this.#waiting = [...this.#waiting, resolve]
    })
  }

  /** How others see this client in a channel, subscribed or not. */
  infoIn(channel: string): ClientInfo {
    return this.infoFor(this.subscriptions.get(channel)?.chanInfo)
  }

  /** Whether these are the channels that the identity brought along. */
  isGranted(channels: ReadonlySet<string>): boolean {
    return channels.size === this.#granted.length && this.#granted.every((channel) => channels.has(channel))
  }

  /** How others see this client, with what a subscription adds. */
  infoFor(chanInfo: Payload | undefined): ClientInfo {
    return { user: this.user, client: this.id, connInfo: this.info, chanInfo }
  }

  /**
   * Opens a subscription that somebody allowed. The caller answers, then
   * releases it, unless it was closed meanwhile.
   * @throws ClientError 100, 105, 106 · StoreError · Disconnect 3000, 3505
   */
  async subscribe(
    channel: string,
    namespace: Namespace,
    grant: SubscriptionGrant,
    request: SubscribeRequest,
    serverSide = false,
  ): Promise<[Subscription, Subscribed]> {
    if (this.closed) throw disconnects.connectionClosed() // or it would be subscribed, and present, for ever
    if (this.subscriptions.has(channel)) throw errors.alreadySubscribed()
    if (this.subscriptions.size >= this.node.limits.channelsPerClient) {
      throw serverSide ? disconnects.channelLimit() : errors.limitExceeded()
    }
    const subscription = new Subscription(this, channel, namespace, grant, serverSide)
    this.subscriptions.set(channel, subscription) // before the first await, so that there is never a second one
    try {
      return [subscription, await subscription.open(request)]
    } catch (error) {
      subscription.close()
      if (this.subscriptions.get(channel) === subscription) this.subscriptions.delete(channel)
      throw error
    }
  }

  /** Ends a subscription, if there is one. The client is told why, unless it asked itself. */
  unsubscribe(channel: string, why?: Unsubscribe): void {
    const subscription = this.subscriptions.get(channel)
    if (subscription === undefined && this.peer.reads?.(channel) !== true) return
    this.subscriptions.delete(channel)
    subscription?.close()
    if (why !== undefined) this.peer.unsubscribed(channel, why)
  }

  /** By the server: what the client holds is closed, and it is told why. */
  disconnect(why: Disconnect): void {
    if (this.closed) return
    this.close(why)
    this.peer.disconnected(why)
  }

  /** The connection is gone, or about to. Told to nobody but the application. */
  close(why: Disconnect): void {
    if (this.closed) return
    this.closed = true
    for (const subscription of this.subscriptions.values()) subscription.close()
    this.subscriptions.clear()
    this.begin() // nobody waits for what will not come
    this.node.forget(this, why)
  }

  /** What others see of it changes, in all of its channels, for those who look from now on. */
  show(info: Payload | undefined): void {
    this.info = info
    for (const subscription of this.subscriptions.values()) subscription.show(subscription.chanInfo)
  }

  /** Moves the expiry, or removes it. */
  refresh(expireAt: number | undefined, info: Payload | undefined): void {
    this.expireAt = expireAt
    if (info !== undefined) this.show(info)
    this.peer.refreshed(expireAt)
  }
}

const nothing: readonly string[] = []
const none: (() => void)[] = [] // never added to
