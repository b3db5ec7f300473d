/**
 * A client's conversation with the server, without any I/O: frames come in by
 * `receive`, frames go out through an outlet.
 *
 *   new ──connect──▶ connecting ──▶ connected ──▶ closed
 *                        └─(error)─▶ refused ─────▲
 *
 * Commands are handled in the order in which they came. Publishing may wait for
 * the disk, so publishes that follow each other are begun one after the other
 * and awaited together; every other command waits for those before it.
 */
import type { Client, Peer } from '../core/client.ts'
import { ClientError, Disconnect, disconnects, errors, type Unsubscribe, unsubscribes } from '../core/errors.ts'
import type { Node } from '../core/node.ts'
import type { ClientInfo, Publication } from '../core/publication.ts'
import { renewConnection, renewSubscription } from '../core/renewal.ts'
import { StoreError } from '../core/store.ts'
import type { Subscribed, Subscription } from '../core/subscription.ts'
import { must } from '../core/must.ts'
import type { Sleeper } from '../core/wheel.ts'
import { connect } from './connect.ts'
import type { Codec, Command, Frame, Push, Reply } from './messages.ts'
import { history, presence, presenceStats, publish, refresh, rpc, subRefresh, unsubscribe } from './commands.ts'
import { subscribe, toResult, ttlOf } from './subscribe.ts'

/** Where a session's frames go. */
export interface Outlet {
  /** `asked`: it answers a command. */
  send(frame: Frame, asked: boolean): void
  /** Ends the connection after what was sent. */
  end(why: Disconnect): void
  /** More is waiting than the client takes; undefined if not. Resolves when it has gone down. */
  drained(): Promise<void> | undefined
  /** Commands come faster than they are handled: read no more of them for now, and again. */
  pause(): void
  resume(): void
}

/** How this connection came in. */
export interface Origin {
  readonly transport: string // its name, as an application is told it: `websocket`, `sse`, …
  readonly headers: Headers
  readonly url: string
  readonly address: string
  readonly secure: boolean
  readonly host: string
  /** The transport sends commands apart from the stream and needs a secret to bring them together. */
  readonly emulated: boolean
  /** The transport pings by itself, with frames of its own. */
  readonly framePing: boolean
  /** Nothing comes back after the first message, not even an answer to a ping. */
  readonly oneWay?: boolean
}

type State = 'new' | 'connecting' | 'connected' | 'refused' | 'closed'

export class Session implements Peer, Sleeper {
  readonly node: Node
  readonly codec: Codec
  readonly emulated: boolean
  /** Whether the server asks, in messages of the protocol, if the client is still there. */
  readonly pings: boolean
  /** Whether the client is to answer them. */
  readonly pongs: boolean
  /** What whoever holds it may act as this client with; '' where the connection itself is all there is. */
  readonly secret: string
  readonly #outlet: Outlet
  #origin: Origin | undefined // until it is known who this is; an idle connection keeps no headers
  client: Client | undefined
  #state: State = 'new'
  #queue: Command[] = []
  #working = false
  #paused = false
  #publishing: Promise<void> | undefined // resolves when all publishes that were begun are answered
  #handled = 0 // commands so far
  #handledThen = 0 // when the last ping, or its extension, was given
  #congested = false // the client does not take the answers that it has
  #inFlight = 0 // publishes that were begun and are not answered
  #asked = false // an application is asked about the publish that was begun last
  #pingAt: number // monotonic ms; until connected, when the connection goes stale
  #pongBy = 0 // 0: no ping is unanswered
  #wakeAt = Infinity // where the wheel has it

  constructor(node: Node, codec: Codec, outlet: Outlet, origin: Origin) {
    this.node = node
    this.codec = codec
    this.emulated = origin.emulated
    this.pings = node.limits.pingInterval > 0 && !origin.framePing
    this.pongs = this.pings && node.limits.pongTimeout > 0 && origin.oneWay !== true
    this.secret = origin.emulated || origin.oneWay === true ? newSecret() : ''
    this.#origin = origin
    this.#outlet = outlet
    this.#pingAt = node.clock.monotonic() + node.limits.staleCloseDelay
    this.#schedule(this.#pingAt)
    node.newcomers.add(this)
  }

  // --- what comes in ----------------------------------------------------------

  receive(frame: Frame): void {
    if (this.#state === 'closed') return
    let commands: Command[]
    try {
      commands = this.codec.decode(frame)
    } catch (error) {
      return this.#fail(error)
    }
    const { queuedCommands, pauseAt } = this.node.limits
    if (this.#queue.length + commands.length > queuedCommands) return this.#end(disconnects.tooManyRequests())
    for (const command of commands) {
      // A pong proves that the client is there when it comes, however long the commands before it take.
      if ('pong' in command && this.#pongBy !== 0) this.#pongBy = 0
      else this.#queue.push(command)
    }
    if (!this.#working) void this.#work()
    if (this.#queue.length > pauseAt && !this.#paused) {
      this.#paused = true
      this.#outlet.pause()
    }
  }

  /** The connection is gone. */
  closed(why: Disconnect = disconnects.connectionClosed()): void {
    this.#state = 'closed'
    this.node.newcomers.delete(this)
    this.#queue = []
    this.node.wheel.remove(this.#wakeAt, this) // else it would hold what is closed until then
    this.client?.close(why)
  }

  // --- what goes out ----------------------------------------------------------

  reply(id: number, reply: Reply): void {
    if (id !== 0) this.#send(() => this.codec.reply(id, reply), true)
  }

  push(push: Push): void {
    this.#send(() => this.codec.push(push))
  }

  publication(channel: string, publication: Publication, base?: Publication | null): void {
    if (this.#state === 'closed') return
    try {
      this.#outlet.send(this.codec.publication(channel, publication, base), false)
    } catch (error) {
      this.#fail(error)
    }
  }

  joined(channel: string, info: ClientInfo): void {
    this.push({ channel, join: info })
  }

  left(channel: string, info: ClientInfo): void {
    this.push({ channel, leave: info })
  }

  subscribed(channel: string, subscribed: Subscribed): void {
    this.reschedule()
    this.push({ channel, subscribe: toResult(subscribed, undefined) })
  }

  unsubscribed(channel: string, why: Unsubscribe): void {
    this.push({ channel, unsubscribe: why })
  }

  refreshed(expireAt: number | undefined): void {
    this.reschedule()
    this.push({ refresh: { ttl: ttlOf(expireAt, this.node.clock) } })
  }

  disconnected(why: Disconnect): void {
    this.#end(why)
  }

  // --- the state, for the commands ---------------------------------------------

  get isClosed(): boolean {
    return this.#state === 'closed'
  }

  /** The connect was answered; from now on there are pings. */
  established(client: Client): void {
    this.client = client
    this.#state = 'connected'
    this.node.newcomers.delete(this)
    client.begin()
    const { clock, limits, random } = this.node
    // Spread, so that those who came together are not all asked at once.
    this.#pingAt = this.pings ? clock.monotonic() + limits.pingInterval * (0.5 + random() / 2) : Infinity
    this.#schedule(this.#next(clock.monotonic()))
  }

  /** The command at hand waits for somebody else, and the next ones for it. */
  waitForThis(): void {
    this.#asked = true
  }

  /** Something expires sooner than before. */
  reschedule(): void {
    if (this.#state === 'connected') this.#schedule(this.#next(this.node.clock.monotonic()))
  }

  wake(now: number, late: boolean): number | undefined {
    if (now < this.#wakeAt || this.#state === 'closed') return undefined
    this.#wakeAt = Infinity
    if (this.#state !== 'connected') {
      if (now >= this.#pingAt) this.#end(disconnects.stale())
    } else {
      this.#expire()
      if (!this.#isClosed()) this.#beat(now, late)
    }
    if (!this.#isClosed()) this.#schedule(this.#next(now))
    return undefined
  }

  // ----------------------------------------------------------------------------

  #schedule(at: number): void {
    if (at >= this.#wakeAt) return
    this.node.wheel.remove(this.#wakeAt, this)
    this.#wakeAt = at
    this.node.wheel.add(at, this)
  }

  /** When there is something to do next, monotonic. */
  #next(now: number): number {
    let next = this.#pongBy === 0 ? this.#pingAt : this.#pongBy
    const client = this.client
    if (this.#state !== 'connected' || client === undefined) return next
    const { clock, limits } = this.node
    const until = (expireAt: number, grace: number) => now + Math.max(0, expireAt * 1000 + grace - clock.now())
    if (client.expireAt !== undefined) {
      const grace = this.#asksFor(client) ? 0 : limits.expiredCloseDelay
      next = Math.min(next, until(client.expireAt, grace))
    }
    for (const subscription of client.subscriptions.values()) {
      if (subscription.expireAt === undefined) continue
      const grace = this.#asksAbout(subscription) ? 0 : limits.expiredSubCloseDelay
      next = Math.min(next, until(subscription.expireAt, grace))
    }
    return next
  }

  #beat(now: number, late: boolean): void {
    const { pingInterval, pongTimeout } = this.node.limits
    if (this.#pongBy !== 0 && now >= this.#pongBy) {
      // If the process stood still, or reads no more for now, the pong may be waiting in the socket: it gets its time
      // once more. Not if we read no more because the client does not: it could hold what waits for it for ever.
      const readsNothing = this.#congested && this.#handled === this.#handledThen
      if (late || (this.#paused && !readsNothing)) this.#pongBy = now + pongTimeout
      else this.#end(disconnects.noPong())
      this.#handledThen = this.#handled
    } else if (this.#pongBy === 0 && now >= this.#pingAt) {
      this.#outlet.send(this.codec.ping, true)
      this.#pingAt = now + pingInterval
      if (this.pongs) this.#pongBy = now + pongTimeout
      this.#handledThen = this.#handled
    }
  }

  #expire(): void {
    const { clock, limits } = this.node
    const client = this.client
    if (client === undefined) return
    const isOver = (expireAt: number | undefined, grace: number) =>
      expireAt !== undefined && clock.now() >= expireAt * 1000 + grace
    if (isOver(client.expireAt, 0) && this.#asksFor(client)) this.#afterwards(renewConnection(client))
    else if (isOver(client.expireAt, limits.expiredCloseDelay)) return this.#end(disconnects.connectionExpired())
    for (const subscription of client.subscriptions.values()) {
      const { name, expireAt, serverSide } = subscription
      if (isOver(expireAt, 0) && this.#asksAbout(subscription)) this.#afterwards(renewSubscription(subscription))
      else if (isOver(expireAt, limits.expiredSubCloseDelay)) {
        if (serverSide) return this.#end(disconnects.subscriptionExpired())
        client.unsubscribe(name, unsubscribes.expired)
      }
    }
  }

  /** Whether it is the application's to say if the connection goes on, and it was not asked yet. */
  #asksFor(client: Client): boolean {
    return this.node.hooks.refresh !== undefined && !client.renewing
  }

  #asksAbout({ name, renewing }: Subscription): boolean {
    return this.node.hooks.renews?.(name) === true && !renewing
  }

  #afterwards(renewed: Promise<void>): void {
    void renewed.then(() => this.reschedule()) // which never fails
  }

  async #work(): Promise<void> {
    this.#working = true
    try {
      for (let command = this.#queue.shift(); command !== undefined; command = this.#queue.shift()) {
        if (this.#paused && this.#queue.length === 0) this.#readAgain()
        if (this.#state === 'refused') continue // it waits for the client to close
        const congested = this.#outlet.drained()
        if (congested !== undefined) {
          this.#congested = true
          await congested
          this.#congested = false
        }
        if (this.#isClosed()) return
        this.#handled++
        if ('publish' in command && this.#inFlight < this.node.limits.publishesInFlight) {
          this.#begin(command)
          if (this.#asked) await this.#publishing
        } else {
          if (this.#publishing !== undefined) await this.#publishing
          if (this.#isClosed()) return
          await this.#handle(command)
        }
        this.#asked = false
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#working = false
    }
  }

  /** Begins a publish without waiting for the disk. */
  #begin(command: Extract<Command, { publish: unknown }>): void {
    const before = this.#publishing
    this.#inFlight++
    const handled = this.#handle(command)
    let all: Promise<void> | undefined
    const wait = async () => {
      try {
        await Promise.all([before, handled])
      } catch (error) {
        this.#fail(error)
      }
      this.#inFlight--
      if (this.#publishing === all) this.#publishing = undefined
    }
    this.#publishing = all = wait()
  }

  #readAgain(): void {
    this.#paused = false
    this.#outlet.resume()
  }

  async #handle(command: Command): Promise<void> {
    if ('connect' in command) {
      if (this.#state !== 'new' || command.id === 0) throw disconnects.badRequest()
      this.#state = 'connecting'
      try {
        await connect(this, command.id, command.connect, must(this.#origin))
        this.#origin = undefined
      } catch (error) {
        if (!this.#isClosed()) this.#state = 'refused'
        this.#answer(command.id, error)
      }
      return
    }
    const client = this.client
    if (client === undefined || this.#state !== 'connected') throw disconnects.badRequest()
    if (command.id === 0 && !('send' in command)) throw disconnects.badRequest() // a pong that nobody asked for, too
    try {
      await this.#dispatch(client, command)
    } catch (error) {
      this.#answer(command.id, error)
    }
  }

  #dispatch(client: Client, command: Command): void | Promise<void> {
    const { id } = command
    if ('subscribe' in command) return subscribe(this, client, id, command.subscribe)
    if ('unsubscribe' in command) return unsubscribe(this, client, id, command.unsubscribe)
    if ('publish' in command) return publish(this, client, id, command.publish)
    if ('presence' in command) return presence(this, client, id, command.presence)
    if ('presence_stats' in command) return presenceStats(this, client, id, command.presence_stats)
    if ('history' in command) return history(this, client, id, command.history)
    if ('rpc' in command) return rpc(this, client, id, command.rpc)
    if ('send' in command) throw disconnects.notAvailable()
    if ('refresh' in command) return refresh(this, client, id, command.refresh)
    if ('sub_refresh' in command) return subRefresh(this, client, id, command.sub_refresh)
    throw disconnects.badRequest()
  }

  /** The one place where what was thrown becomes an answer. */
  #answer(id: number, error: unknown): void {
    if (this.#isClosed()) return
    if (error instanceof ClientError) {
      const { code, message, temporary } = error
      this.reply(id, { error: { code, message, temporary } })
    } else if (error instanceof StoreError) {
      this.#answer(id, errors.internal({ cause: error }))
    } else if (error instanceof Disconnect) {
      this.#end(error)
    } else {
      this.node.report(error)
      this.#answer(id, errors.internal())
    }
  }

  #send(encode: () => Frame, asked = false): void {
    // Until it is answered, connecting hears nothing else: what was done to it meanwhile is in the answer.
    if (this.#state === 'closed' || (this.#state === 'connecting' && !asked)) return
    try {
      this.#outlet.send(encode(), asked)
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    if (!(error instanceof Disconnect)) this.node.report(error)
    this.#end(error instanceof Disconnect ? error : disconnects.internal())
  }

  #end(why: Disconnect): void {
    if (this.#state === 'closed') return
    this.closed(why)
    this.#outlet.end(why)
  }

  // Changes during an await; the compiler does not see that.
  #isClosed(): boolean {
    return this.#state === 'closed'
  }
}

/** 192 bits, which nobody guesses. */
function newSecret(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toBase64({ alphabet: 'base64url' })
}
