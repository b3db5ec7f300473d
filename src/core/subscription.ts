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
import { ClientError, disconnects, errors, unsubscribes } from './errors.ts'
import type { ClientInfo, Payload, Position, Publication } from './publication.ts'
import type { Namespace } from './rules.ts'
import type { TagsFilter } from './tags.ts'

/** What the client asked for, or the server decided for it. */
export interface SubscribeRequest {
  readonly since: Position | undefined // continue from here
  readonly positioned: boolean
  readonly recoverable: boolean
  readonly joinLeave: boolean
  /** Only what differs from the publication before, where the namespace allows that and its publisher says so. */
  readonly delta?: boolean | undefined
  /** Only what it wants. Not together with `delta`: who is not handed everything has no base. */
  readonly filter?: TagsFilter | undefined
  /** What was missed since `since`, however much, follows the release, page by page at the pace of the peer. */
  readonly paced?: boolean
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
  readonly delta: boolean // of `publications` the first is to be sent whole, and each other as a patch of the one before
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
  #filter: TagsFilter | undefined
  #base: Publication | null | undefined // what was handed over last; null: nothing yet; undefined: no deltas
  #resumeAt: Position | undefined // of a paced one, until it is released
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

  /** @throws StoreError, Ended · ClientError 107 for a filter where none may be */
  async open(request: SubscribeRequest): Promise<Subscribed> {
    const { client, name } = this
    const namespace = this.#namespace
    if (request.filter !== undefined && (request.delta === true || !namespace.allowTagsFilter))
      throw errors.badRequest()
    this.#filter = request.filter
    const channel = await client.node.enter(name, namespace)
    if (this.#closed) {
      client.node.exit(name)
      throw new Ended()
    }
    this.#channel = channel
    const { recoverable, positioned } = this.#kind(request)
    const cached = recoverable && namespace.forceRecoveryMode === 'cache'
    const wasRecovering = request.since !== undefined || (cached && namespace.autoCacheRecover)
    let recovery: Recovery | undefined
    if (positioned && channel.log !== undefined) {
      const cursor = (this.#cursor = new Cursor(channel, channel.log, this, client.node.limits.heldSize))
      if (request.paced === true && request.since !== undefined) this.#resumeAt = request.since
      else recovery = await this.#recover(cursor, recoverable && wasRecovering, cached, request.since)
    } else await channel.locate()
    if (this.closed) throw new Ended()
    this.#meet(request)
    const publications = recovery?.recovered === true ? this.#wanted(recovery.publications) : []
    const delta = request.delta === true && namespace.allowedDeltaTypes.includes('fossil')
    // After an answer without publications it is not known what the client still has, so the next one is sent whole.
    if (delta) this.#base = publications.at(-1) ?? null
    const position = this.#resumeAt ?? this.position ?? { epoch: '', offset: 0 }
    // A client raises its offset with each publication it is handed, so it is told the one it came with.
    const from = publications.length > 0 && !cached ? request.since?.offset : undefined
    return {
      positioned,
      recoverable,
      position: from === undefined ? position : { epoch: position.epoch, offset: from },
      wasRecovering,
      recovered: recovery?.recovered === true,
      publications,
      data: this.#grant.data,
      delta,
    }
  }

  /** The answer is written: what comes from now on goes to the client. */
  release(): void {
    const channel = this.#channel
    if (channel === undefined || this.#closed || this.#live) return
    this.#live = true
    if (this.#cursor === undefined) channel.follow(this)
    else if (this.#resumeAt !== undefined) this.#cursor.resume(this.#resumeAt)
    else this.#cursor.release()
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
  show(info: Payload | undefined): void {
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
    this.publication(publication)
  }

  publication(publication: Publication): void {
    if (this.#filter !== undefined && !this.#filter(publication.tags)) return
    if (this.#base === undefined) return this.client.peer.publication(this.name, publication)
    const base = publication.delta === true || this.#namespace.deltaPublish ? this.#base : null
    this.#base = publication
    this.client.peer.publication(this.name, publication, base)
  }

  live(): void {
    if (this.#resumeAt !== undefined) this.client.peer.live?.(this.name)
  }

  ready(): Promise<void> | undefined {
    return this.client.peer.ready?.()
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

  #wanted(publications: readonly Publication[]): readonly Publication[] {
    const filter = this.#filter
    return filter === undefined ? publications : publications.filter(({ tags }) => filter(tags))
  }

  /** What of positions the request asks for, and may have, or the rules impose. */
  #kind(request: SubscribeRequest): { recoverable: boolean; positioned: boolean } {
    const namespace = this.#namespace
    if (namespace.retention === undefined) return { recoverable: false, positioned: false }
    const override = this.#grant.override
    const mayRead = this.client.may('history', this.name, namespace, true)
    const recoverable =
      (override?.forceRecovery ?? namespace.forceRecovery) ||
      (request.recoverable && (namespace.allowRecovery || mayRead))
    const positioned =
      recoverable ||
      (override?.forcePositioning ?? namespace.forcePositioning) ||
      (request.positioned && (namespace.allowPositioning || mayRead))
    return { recoverable, positioned }
  }

  /** Undefined: there was nothing to recover. */
  async #recover(
    cursor: Cursor,
    recovering: boolean,
    cached: boolean,
    since: Position | undefined,
  ): Promise<Recovery | undefined> {
    const { recoveredPublications: most, recoveredSize } = this.client.node.limits
    if (recovering && cached) return cursor.recoverLast(since, most, this.#filter, recoveredSize)
    if (recovering && since !== undefined) return cursor.recover(since, most, recoveredSize)
    await cursor.start()
    return undefined
  }

  #meet(request: SubscribeRequest): void {
    const namespace = this.#namespace
    const override = this.#grant.override
    const present = override?.presence ?? namespace.presence
    const noticed = override?.joinLeave ?? namespace.joinLeave
    if (!present && !noticed) return
    this.#info = this.client.infoFor(this.#grant.info)
    this.#tellsOthers = noticed
    this.#hearsOthers =
      noticed &&
      ((override?.forcePushJoinLeave ?? namespace.forcePushJoinLeave) ||
        (request.joinLeave && this.client.may('presence', this.name, namespace, true)))
    if (present) this.client.node.presence.add(this.name, this.#info)
  }
}
