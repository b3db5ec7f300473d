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
import { disconnects, errors, unsubscribes } from './errors.ts'
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

export class Subscription implements Reader, Follower {
  readonly client: Client
  readonly name: string
  readonly serverSide: boolean
  expireAt: number | undefined // seconds since 1970
  readonly #namespace: Namespace
  readonly #grant: SubscriptionGrant
  #info: ClientInfo | undefined // as others see it; kept only where others do
  #tellsOthers = false
  #hearsOthers = false
  #channel: Channel | undefined
  #cursor: Cursor | undefined
  #filter: TagsFilter | undefined
  #base: Publication | null | undefined // what was handed over last; null: nothing yet; undefined: no deltas
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

  /** @throws StoreError · ClientError 100, 107 */
  async open(request: SubscribeRequest): Promise<Subscribed> {
    const { client, name } = this
    const namespace = this.#namespace
    const override = this.#grant.override
    if (request.filter !== undefined && (request.delta === true || !namespace.allowTagsFilter))
      throw errors.badRequest()
    this.#filter = request.filter
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
      throw errors.internal()
    }
    this.#channel = channel
    const cached = recoverable && namespace.forceRecoveryMode === 'cache'
    const { since } = request
    const wasRecovering = since !== undefined || (cached && namespace.autoCacheRecover)
    let position: Position = { epoch: '', offset: 0 }
    let recovery: Recovery | undefined
    if (positioned && channel.log !== undefined) {
      const cursor = (this.#cursor = new Cursor(channel, channel.log, this, client.node.limits.heldSize))
      const { recoveredPublications } = client.node.limits
      if (cached && wasRecovering) recovery = await cursor.recoverLast(since, recoveredPublications, this.#filter)
      else if (recoverable && since !== undefined) recovery = await cursor.recover(since, recoveredPublications)
      else await cursor.start()
      position = cursor.position
    } else await channel.start()
    if (this.#isClosed()) throw errors.internal()
    this.#meet(request, override?.presence, override?.joinLeave, override?.forcePushJoinLeave)
    const recovered = recovery?.recovered === true
    const publications = recovery?.recovered === true ? this.#wanted(recovery.publications) : []
    const delta = request.delta === true && namespace.allowedDeltaTypes.includes('fossil')
    // After an answer without publications it is not known what the client still has, so the next one is sent whole.
    if (delta) this.#base = publications.at(-1) ?? null
    return {
      positioned,
      recoverable,
      // A client raises its offset with each publication it is handed, so it is told the one it came with.
      position:
        publications.length > 0 && since && !cached ? { epoch: position.epoch, offset: since.offset } : position,
      wasRecovering,
      recovered,
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
    if (this.#cursor !== undefined) this.#cursor.release()
    else channel.follow(this)
    if (this.#tellsOthers && this.#info !== undefined) this.client.node.engine.join(this.name, this.#info)
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
    }
    node.exit(this.name)
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

  // May change during an await; the compiler does not see that.
  #isClosed(): boolean {
    return this.#closed
  }
}
