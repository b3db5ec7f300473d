/**
 * A WebSocket that a program speaks as it likes: no protocol of ours, no log,
 * no outbox. Between the runtime and the program's handler there is as little
 * as possible: limits, a sign of life, and what becomes of an error.
 *
 *   accept ──▶ open ──message*──▶ close
 */
import type { Server, ServerWebSocket } from 'bun'
import type { Sleeper } from '../core/wheel.ts'
import type { Arrival } from './arrival.ts'
import { Origins } from './origin.ts'
import { type Leaving, type Socket, tooManyConnections, type TransportContext, wrongOrigin } from './transport.ts'
import { Visit } from './visit.ts'

/** What a program does with the sockets of one path. Handlers may be async; what one throws closes its socket with 1011. */
export interface SocketHandlers<Data> {
  /** Asked before there is a socket: what it returns is the socket's `data`; a response refuses. */
  accept?(visit: Visit): Data | Response | Promise<Data | Response>
  open?(socket: RawSocket<Data>): unknown
  /** Text comes as a string, all else as bytes. */
  message?(socket: RawSocket<Data>, message: string | Uint8Array): unknown
  /** What had to wait is on its way; there is room to send again. */
  drain?(socket: RawSocket<Data>): unknown
  /** The socket is closed, whoever closed it. 1006: without a goodbye; 1005: without a code. */
  close?(socket: RawSocket<Data>, code: number, reason: string): unknown

  /** Subprotocols that are spoken here, the best first: the first of them that a client offers is chosen. */
  readonly protocols?: readonly string[]
  /** Origins whose pages may connect, or `any`, which come without cookies. Else `client.allowed_origins` decides. */
  readonly origins?: readonly string[] | 'any'
  /** Off where `websocket.compression` is off; there, off for this path by `false`. */
  readonly compression?: boolean
  /** Bytes that a message may have; a larger one closes the socket (1009). At most, and else, `websocket.message_size_limit`. */
  readonly maxMessageSize?: number
  /** Bytes that may wait for a client that reads slowly; then `send` refuses. Else `client.queue_max_size`. */
  readonly maxWaiting?: number
}

/** What the server's configuration sets for all raw sockets. */
export interface SocketDefaults {
  /** Size from which on a message is compressed; Infinity for never. */
  readonly compressFrom: number
  readonly maxMessageSize: number
}

/** Answers the upgrade requests of one path. Undefined: it has become a WebSocket. @internal */
export function rawSockets<Data>(
  pattern: string,
  handlers: SocketHandlers<Data>,
  defaults: SocketDefaults,
  context: TransportContext,
): (arrival: Arrival, server: Server<Socket>) => Promise<Response | undefined> {
  const { origins = [] } = handlers
  const listed = handlers.origins && new Origins(origins === 'any' ? ['*'] : origins)
  const limits: Limits = {
    compressFrom: handlers.compression === false ? Infinity : defaults.compressFrom,
    message: Math.min(handlers.maxMessageSize ?? Infinity, defaults.maxMessageSize),
    waiting: handlers.maxWaiting ?? context.node.limits.outboxSize,
  }
  return async (given, server) => {
    const arrival = listed === undefined ? given : given.under(listed)
    const { request, headers: sent, isAllowed, address, secure, host } = arrival
    if (!isAllowed) return wrongOrigin()
    if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') return notWebSocket()
    if (!context.admits()) return tooManyConnections()
    const { url } = request
    const params = 'params' in request ? (request.params as object) : {}
    const visit = new Visit({ headers: sent, url, address, secure, host, params }, pattern)
    if (visit.isAstray) return notWebSocket()
    const data = (await handlers.accept?.(visit)) as Data | Response
    if (data instanceof Response) return data
    const offered = request.headers.get('sec-websocket-protocol')?.split(/\s*,\s*/) ?? []
    const protocol = handlers.protocols?.find((each) => offered.includes(each)) ?? ''
    const socket = new RawSocket(data, visit, protocol, limits)
    const connection = new RawConnection(socket, handlers, limits.message, context)
    // Without a choice Bun would echo the first protocol that was offered, whatever it is.
    const headers = { 'Sec-WebSocket-Protocol': protocol }
    return server.upgrade(request, { data: connection, headers }) ? undefined : notWebSocket()
  }
}

interface Limits {
  readonly compressFrom: number
  readonly message: number
  readonly waiting: number
}

/** One WebSocket, as its program sees it. */
export class RawSocket<Data = undefined> {
  /** The program's own. */
  data: Data
  readonly visit: Visit
  /** The subprotocol that was chosen, or empty. */
  readonly protocol: string
  readonly #limits: Limits
  #ws: ServerWebSocket<Socket> | undefined
  #full = false // something had to wait since the last drain

  /** Made by the server. @internal */
  constructor(data: Data, visit: Visit, protocol: string, limits: Limits) {
    this.data = data
    this.visit = visit
    this.protocol = protocol
    this.#limits = limits
  }

  get isOpen(): boolean {
    return this.#ws?.readyState === WebSocket.OPEN
  }

  /** Bytes that were sent and the client has not taken. */
  get waiting(): number {
    return this.#ws?.getBufferedAmount() ?? 0
  }

  /**
   * Whether the message was accepted: it is on its way, or waits for the client
   * to read. If not, the socket is closed, or too much waits already; then
   * `drain` tells when there is room.
   */
  send(message: string | Uint8Array): boolean {
    const ws = this.#ws
    if (ws === undefined) return false
    const { length } = message
    if (this.#full && ws.getBufferedAmount() + length > this.#limits.waiting) return false
    const sent = ws.send(message, length >= this.#limits.compressFrom)
    if (sent > 0) return true
    if (sent < 0) return (this.#full = true)
    return length === 0 && ws.readyState === WebSocket.OPEN // 0 says both that nothing was sent and that it was empty
  }

  /** Asks the client for a sign of life; the server does so by itself, too (`client.ping_interval`). */
  ping(data = ''): void {
    this.#ws?.ping(data)
  }

  /** @throws RangeError for a code or a reason that cannot be sent (RFC 6455, sections 5.5 and 7.4) */
  close(code = 1000, reason = ''): void {
    if (!isCloseCode(code)) throw new RangeError(`a WebSocket cannot be closed with ${code}; use 1000, or 3000 to 4999`)
    if (Buffer.byteLength(reason) > 123) throw new RangeError('the reason of a close has at most 123 bytes')
    this.#ws?.close(code, reason)
  }

  /** Cuts the connection, without a word. */
  terminate(): void {
    this.#ws?.terminate()
  }

  /** By the server. @internal */
  attach(ws: ServerWebSocket<Socket> | undefined): void {
    this.#ws = ws
  }

  /** By the server. @internal */
  drained(): void {
    if (this.waiting === 0) this.#full = false
  }
}

/** The same, as the runtime and the server see it. */
class RawConnection<Data> implements Socket, Leaving, Sleeper {
  readonly #socket: RawSocket<Data>
  readonly #handlers: SocketHandlers<Data>
  readonly #limit: number // bytes of a message
  readonly #context: TransportContext
  #ws: ServerWebSocket<Socket> | undefined
  #heard = true // something came since we looked
  #asked = false // a ping is unanswered

  constructor(socket: RawSocket<Data>, handlers: SocketHandlers<Data>, limit: number, context: TransportContext) {
    this.#socket = socket
    this.#handlers = handlers
    this.#limit = limit
    this.#context = context
  }

  open(ws: ServerWebSocket<Socket>): void {
    this.#ws = ws
    this.#socket.attach(ws)
    const { node, raw } = this.#context
    raw.add(this)
    const { pingInterval } = node.limits
    // Spread, so that those who came together are not all asked at once.
    if (pingInterval > 0) node.wheel.add(node.clock.monotonic() + pingInterval * (0.5 + node.random() / 2), this)
    this.#run(() => this.#handlers.open?.(this.#socket))
  }

  message(message: string | Buffer): void {
    this.#heard = true
    if (message.length * 3 > this.#limit && bytesOf(message) > this.#limit)
      return this.#ws?.close(1009, 'message too big')
    try {
      const done = this.#handlers.message?.(this.#socket, message)
      if (done instanceof Promise) done.catch((error: unknown) => this.#fail(error))
    } catch (error) {
      this.#fail(error)
    }
  }

  drain(): void {
    this.#socket.drained()
    this.#run(() => this.#handlers.drain?.(this.#socket))
  }

  pong(): void {
    this.#heard = true
  }

  close(code: number, reason: string): void {
    this.#ws = undefined
    this.#socket.attach(undefined)
    this.#context.raw.delete(this)
    this.#run(() => this.#handlers.close?.(this.#socket, code, reason))
  }

  leave(): void {
    this.#ws?.close(1001, 'the server goes down')
  }

  /** Whoever said nothing for an interval is asked; whoever does not answer is gone, whatever TCP believes. */
  wake(now: number, late: boolean): number | undefined {
    const { pingInterval, pongTimeout } = this.#context.node.limits
    if (this.#ws === undefined) return undefined
    if (this.#heard) {
      this.#heard = this.#asked = false
      return now + pingInterval
    }
    if (this.#asked && !late) {
      this.#ws.terminate()
      return undefined
    }
    this.#asked = true
    this.#ws.ping()
    return now + (pongTimeout > 0 ? pongTimeout : pingInterval)
  }

  #run(handler: () => unknown): void {
    try {
      const done = handler()
      if (done instanceof Promise) done.catch((error: unknown) => this.#fail(error))
    } catch (error) {
      this.#fail(error)
    }
  }

  /** What a handler threw is the program's own fault, and told to its log only. */
  #fail(error: unknown): void {
    this.#context.node.report(error)
    this.#ws?.close(1011, 'internal server error')
  }
}

function bytesOf(message: string | Buffer): number {
  return typeof message === 'string' ? Buffer.byteLength(message) : message.length
}

/** Those that may be sent: not 1004 to 1006 and 1015, which stand for what was not said. */
function isCloseCode(code: number): boolean {
  return (
    Number.isInteger(code) &&
    ((code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999))
  )
}

const notWebSocket = (): Response =>
  new Response('this address speaks WebSocket\n', { status: 426, headers: { upgrade: 'websocket' } })
