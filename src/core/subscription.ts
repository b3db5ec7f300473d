/**
 * A client's interest in one channel:
 *
 *   new ──open()──▶ opened ──release()──▶ live ──close()──▶ closed
 *
 * Between `open` and `release` whoever speaks with the client writes the
 * answer, so that no publication overtakes it. A positioned subscription reads
 * through a cursor and hears of every gap; a plain one just follows the channel.
 */
import type { SubscriptionGrant } from './auth.ts'
import type { Channel, Follower } from './channel.ts'
import type { Client } from './client.ts'
import { Cursor, type Reader, type Recovery } from './cursor.ts'
import { ClientError, disconnects, unsubscribes } from './errors.ts'
import type { ClientInfo, Payload, Position, Publication } from './publication.ts'
import type { Namespace } from './rules.ts'

/** What the client asked for, or the server decided for it. */
export interface SubscribeRequest {
  readonly since: Position | undefined // continue from here
  readonly positioned: boolean
  readonly recoverable: boolean
  readonly joinLeave: boolean
}

export const plainRequest: SubscribeRequest = {
  since: undefined,
  positioned: false,
  recoverable: false,
  joinLeave: false,
}

export interface Subscribed {
  readonly positioned: boolean
  readonly recoverable: boolean
  readonly position: Position // what the client is to store, if positioned
  readonly wasRecovering: boolean
  readonly recovered: boolean
  readonly publications: readonly Publication[] // what was missed, oldest first; none unless recovered
  readonly data: Payload | undefined
}

/** Somebody ended the subscription while it was being opened. A client that asked for it may ask again. */
export class Ended extends ClientError {
  constructor() {
    super(100, 'internal server error', true)
  }
}

export class Subscription implements Reader, Follower {
  readonly client: Client
  readonly name: string
  readonly serverSide: boolean
  expireAt: number | undefined // seconds since 1970
  renewing = false // the application is being asked whether it goes on
  readonly #namespace: Namespace
  #grant: SubscriptionGrant
  #info: ClientInfo | undefined // as others see it; kept only where others do
  #tellsOthers = false
  #hearsOthers = false
  #channel: Channel | undefined
  #cursor: Cursor | undefined
  #live = false
  #closed = false

  constructor(client: Client, name: string, namespace: Namespace, grant: SubscriptionGrant, serverSide: boolean) {
    this.client = client
    this.name = name
    this.serverSide = serverSide
    this.expireAt = grant.expireAt
    this.#namespace = namespace
    this.#grant = grant
  }

  /** @throws StoreError, Ended */
  async open(request: SubscribeRequest): Promise<Subscribed> {
    const { client, name } = this
    const namespace = this.#namespace
    const override = this.#grant.override
    const mayRead = client.may('history', name, namespace, true)
    const logged = namespace.retention !== undefined
    const recoverable =
      logged &&
      ((override?.forceRecovery ?? namespace.forceRecovery) ||
        (request.recoverable && (namespace.allowRecovery || mayRead)))
    const positioned =
      recoverable ||
      (logged &&
        ((override?.forcePositioning ?? namespace.forcePositioning) ||
          (request.positioned && (namespace.allowPositioning || mayRead))))

    const channel = await client.node.enter(name, namespace)
    if (this.#closed) {
      client.node.exit(name)
      throw new Ended()
    }
    this.#channel = channel
    const wasRecovering = request.since !== undefined
    let position: Position = { epoch: '', offset: 0 }
    let recovery: Recovery | undefined
    if (positioned && channel.log !== undefined) {
      const cursor = (this.#cursor = new Cursor(channel, channel.log, this, client.node.limits.heldSize))
      if (recoverable && request.since !== undefined) {
        recovery = await cursor.recover(request.since, client.node.limits.recoveredPublications)
      } else await cursor.start()
      position = cursor.position
    } else await channel.locate()
    if (this.closed) throw new Ended()
    this.#meet(request, override?.presence, override?.joinLeave, override?.forcePushJoinLeave)
    const recovered = recovery?.recovered === true
    return {
      positioned,
      recoverable,
      // A client raises its offset with each publication it is handed, so it is told the one it came with.
      position: recovered && request.since ? { epoch: position.epoch, offset: request.since.offset } : position,
      wasRecovering,
      recovered,
      publications: recovery?.recovered === true ? recovery.publications : [],
      data: this.#grant.data,
    }
  }

  /** The answer is written: what comes from now on goes to the client. */
  release(): void {
    const channel = this.#channel
    if (channel === undefined || this.#closed || this.#live) return
    this.#live = true
    if (this.#cursor !== undefined) this.#cursor.release()
    else channel.follow(this)
    if (this.#info === undefined) return
    const { node } = this.client
    if (this.#tellsOthers) node.engine.join(this.name, this.#info)
    node.tell(() => node.hooks.joined?.(this.client, this.name))
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    const { node, id } = this.client
    if (this.#channel === undefined) return
    this.#cursor?.close()
    this.#channel.leave(this)
    if (this.#info !== undefined) {
      node.presence.remove(this.name, id)
      if (this.#live && this.#tellsOthers) node.engine.leave(this.name, this.#info)
      if (this.#live) node.tell(() => node.hooks.left?.(this.client, this.name))
    }
    node.exit(this.name)
  }

  get closed(): boolean {
    return this.#closed
  }

  /** What others see of the client here changes, for those who look from now on. */
  show(info: Payload): void {
    this.#grant = { ...this.#grant, info }
    if (this.#info === undefined || this.#closed) return
    this.#info = this.client.infoFor(info)
    if (this.client.node.presence.list(this.name).has(this.client.id))
      this.client.node.presence.add(this.name, this.#info)
  }

  get chanInfo(): Payload | undefined {
    return this.#grant.info
  }

  /** The place up to which the client was handed everything, if it is positioned. */
  get position(): Position | undefined {
    return this.#cursor?.position
  }

  deliver(publication: Publication): void {
    this.client.peer.publication(this.name, publication)
  }

  publication(publication: Publication): void {
    this.client.peer.publication(this.name, publication)
  }

  joined(info: ClientInfo): void {
    if (this.#hearsOthers) this.client.peer.joined(this.name, info)
  }

  left(info: ClientInfo): void {
    if (this.#hearsOthers) this.client.peer.left(this.name, info)
  }

  lost(): void {
    if (this.serverSide) this.client.disconnect(disconnects.insufficientState())
    else this.client.unsubscribe(this.name, unsubscribes.insufficientState)
  }

  #meet(request: SubscribeRequest, presence?: boolean, joinLeave?: boolean, forcePush?: boolean): void {
    const namespace = this.#namespace
    const present = presence ?? namespace.presence
    const noticed = joinLeave ?? namespace.joinLeave
    if (!present && !noticed) return
    this.#info = this.client.infoFor(this.#grant.info)
    this.#tellsOthers = noticed
    this.#hearsOthers =
      noticed &&
      ((forcePush ?? namespace.forcePushJoinLeave) ||
        (request.joinLeave && this.client.may('presence', this.name, namespace, true)))
    if (present) this.client.node.presence.add(this.name, this.#info)
  }
}
