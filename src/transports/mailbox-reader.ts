/**
 * One connection that reads one channel and says nothing of subscriptions: a
 * bare WebSocket, an event stream, a poll that waits. It is a client like any
 * other, so limits, presence and whoever disconnects it see it once; and it
 * reads through a cursor like any other, so it misses nothing.
 *
 *   open() ──▶ behind ──▶ live ──▶ end
 */
import { Client, type Peer } from '../core/client.ts'
import type { Channel } from '../core/channel.ts'
import { Cursor, type Reader } from '../core/cursor.ts'
import { type Disconnect, disconnects } from '../core/errors.ts'
import type { Node } from '../core/node.ts'
import type { ClientInfo, Position, Publication } from '../core/publication.ts'
import type { Namespace } from '../core/rules.ts'
import type { Sleeper } from '../core/wheel.ts'
import type { Visit } from './mailbox-context.ts'

/** Where a live reader hands on what it reads. */
export interface MailboxOutlet {
  /** From here on a publication reaches it at once, or is read in its turn. */
  following?(): void
  publication(publication: Publication): void
  /** All that was missed is handed over. */
  live?(): void
  /** More waits than the far end takes; undefined if not. Asked between the pages of what was missed. */
  ready(): Promise<void> | undefined
  /** Nothing follows. Called once, whoever ended it. */
  ended(why: Disconnect): void
}

export class MailboxReader implements Reader, Sleeper {
  readonly client: Client
  readonly #channel: string
  readonly #namespace: Namespace
  readonly #outlet: MailboxOutlet
  #cursor: Cursor | undefined
  #info: ClientInfo | undefined
  #ended = false
  #wakeAt = Infinity // the wheel's entry that counts

  constructor(node: Node, { mailbox, actor, entrance }: Visit, outlet: MailboxOutlet) {
    this.#channel = mailbox.channel
    this.#namespace = mailbox.namespace
    this.#outlet = outlet
    const peer = new MailboxPeer(mailbox.channel, this)
    this.client = new Client(node, crypto.randomUUID(), '', actor.as(mailbox.user), peer, entrance)
  }

  /**
   * Counts the connection and reads on after `since`, a place that is known to
   * be kept. @throws Disconnect 3504
   */
  async open(since: Position): Promise<void> {
    const { node } = this.client
    node.admit(this.client)
    const channel = await this.#enter()
    if (channel === undefined) return
    if (this.#isEnded() || channel.log === undefined) {
      node.exit(this.#channel)
      return this.#end(disconnects.insufficientState())
    }
    this.#cursor = new Cursor(channel, channel.log, this, node.limits.heldSize)
    this.#meet()
    this.watch()
    this.#cursor.resume(since)
    this.#outlet.following?.()
  }

  /** Up to here everything was handed on; undefined while it is being opened. */
  get position(): Position | undefined {
    return this.#cursor?.position
  }

  get ended(): boolean {
    return this.#ended
  }

  /** From our side. */
  close(why: Disconnect = disconnects.connectionClosed()): void {
    this.#end(why)
  }

  // --- what the cursor says -----------------------------------------------------

  publication(publication: Publication): void {
    this.#outlet.publication(publication)
  }

  live(): void {
    this.#outlet.live?.()
  }

  ready(): Promise<void> | undefined {
    return this.#outlet.ready()
  }

  lost(): void {
    this.#end(disconnects.insufficientState())
  }

  // Who comes and goes is not told here.
  joined(): void {}
  left(): void {}

  // --- the end of what proved who this is ----------------------------------------

  wake(now: number): number | undefined {
    const { node, expireAt } = this.client
    if (this.#ended || now < this.#wakeAt) return undefined // one that was set before a refresh
    this.#wakeAt = Infinity
    if (expireAt === undefined) return undefined
    if (node.clock.now() < expireAt * 1000 + node.limits.expiredCloseDelay) this.watch()
    else this.#end(disconnects.connectionExpired())
    return undefined
  }

  // --------------------------------------------------------------------------------

  async #enter(): Promise<Channel | undefined> {
    const { node } = this.client
    try {
      return await node.enter(this.#channel, this.#namespace)
    } catch (error) {
      node.report(error)
      this.#end(disconnects.internal())
      return undefined
    }
  }

  /** The end of what proved who this is moved, or is to be watched from now on. */
  watch(): void {
    const { node, expireAt } = this.client
    if (expireAt === undefined || this.#ended) return
    const { clock, limits } = node
    const at = clock.monotonic() + Math.max(0, expireAt * 1000 + limits.expiredCloseDelay - clock.now())
    if (at >= this.#wakeAt) return
    this.#wakeAt = at
    node.wheel.add(at, this)
  }

  #meet(): void {
    const { presence, joinLeave } = this.#namespace
    if (!presence && !joinLeave) return
    const { node } = this.client
    this.#info = this.client.infoFor(undefined)
    if (presence) node.presence.add(this.#channel, this.#info)
    if (joinLeave) node.engine.join(this.#channel, this.#info)
  }

  #end(why: Disconnect): void {
    if (this.#ended) return
    this.#ended = true
    const { node } = this.client
    if (this.#cursor !== undefined) {
      this.#cursor.close()
      if (this.#info !== undefined) {
        node.presence.remove(this.#channel, this.client.id)
        if (this.#namespace.joinLeave) node.engine.leave(this.#channel, this.#info)
      }
      node.exit(this.#channel)
    }
    this.client.close(why)
    this.#outlet.ended(why)
  }

  // Changes during an await; the compiler does not see that.
  #isEnded(): boolean {
    return this.#ended
  }
}

/** What the server tells clients of subscriptions has no place where one channel is read and nothing else. */
class MailboxPeer implements Peer {
  readonly #channel: string
  readonly #reader: MailboxReader

  constructor(channel: string, reader: MailboxReader) {
    this.#channel = channel
    this.#reader = reader
  }

  refreshed(): void {
    this.#reader.watch()
  }

  disconnected(why: Disconnect): void {
    this.#reader.close(why)
  }

  publication(): void {}
  joined(): void {}
  left(): void {}
  subscribed(): void {}

  reads(channel: string): boolean {
    return channel === this.#channel
  }

  unsubscribed(_channel: string, { code }: { code: number }): void {
    this.disconnected(code < 2500 ? disconnects.forceDisconnect() : disconnects.forceReconnect())
  }
}
