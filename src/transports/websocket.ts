/**
 * The WebSocket way in (protocol section 2.3): `/connection/websocket`. It does
 * HTTP and sockets; the conversation is the session's.
 */
import type { Server, ServerWebSocket } from 'bun'
import { type Disconnect, disconnects } from '../core/errors.ts'
import type { Codec, Frame } from '../protocol/messages.ts'
import { type Outlet, Session } from '../protocol/session.ts'
import type { Arrival } from './arrival.ts'
import { FramePings } from './frame-pings.ts'
import { Outbox, type Sink } from './outbox.ts'
import { type Socket, tooManyConnections, type TransportContext, wrongOrigin } from './transport.ts'

export interface WebSocketOptions extends TransportContext {
  /** Size from which on a message is compressed for clients that can read it; Infinity for never. */
  readonly compressFrom: number
}

/** Answers the upgrade request. Undefined: it has become a WebSocket. */
export function upgrade(arrival: Arrival, server: Server<Socket>, options: WebSocketOptions): Response | undefined {
  const { request } = arrival
  const offered = request.headers.get('sec-websocket-protocol')?.split(/\s*,\s*/) ?? []
  const chosen = offered.find((each) => each === 'centrifuge-json' || each === 'centrifuge-protobuf') ?? ''
  const query = new URL(request.url).searchParams
  const protobuf =
    chosen === 'centrifuge-protobuf' ||
    (chosen === '' && (query.get('format') === 'protobuf' || query.get('cf_protocol') === 'protobuf'))
  const framePings = query.get('cf_ws_frame_ping_pong') === 'true'
  return become(
    arrival,
    server,
    options,
    chosen,
    () =>
      new WebSocketConnection(arrival, options, {
        codec: protobuf ? options.codecs.protobuf : options.codecs.json,
        framePings,
        oneWay: false,
      }),
  )
}

/** What every WebSocket goes through, whatever it is for. `protocol`: the one that was chosen among those offered; '' for none. */
export function become(
  arrival: Arrival,
  server: Server<Socket>,
  context: TransportContext,
  protocol: string,
  connect: () => WebSocketConnection,
): Response | undefined {
  if (!arrival.isAllowed) return wrongOrigin()
  if (!context.admits()) return tooManyConnections()
  const connection = connect()
  // Without a choice Bun would echo the first protocol that was offered, whatever it is.
  if (server.upgrade(arrival.request, { data: connection, headers: { 'Sec-WebSocket-Protocol': protocol } }))
    return undefined
  connection.close()
  return new Response('this address speaks WebSocket\n', { status: 426, headers: { upgrade: 'websocket' } })
}

export interface Speech {
  readonly codec: Codec
  /** Whether the socket is pinged by itself; if not, the session pings. One-way sockets get both. */
  readonly framePings: boolean
  readonly oneWay: boolean
}

export class WebSocketConnection implements Socket, Outlet, Sink {
  protected readonly session: Session
  protected ws: ServerWebSocket<Socket> | undefined
  readonly #outbox: Outbox
  readonly #compressFrom: number
  readonly #framePings: boolean
  #pings: FramePings | undefined

  constructor(
    { request, headers, address, secure, host }: Arrival,
    { node, flusher, compressFrom }: WebSocketOptions,
    { codec, framePings, oneWay }: Speech,
  ) {
    this.#compressFrom = compressFrom
    this.#framePings = framePings
    this.#outbox = new Outbox(this, flusher, node.limits.outboxSize)
    this.session = new Session(node, codec, this, {
      headers,
      url: request.url,
      address,
      secure,
      host,
      emulated: false,
      transport: oneWay ? 'uni_websocket' : 'websocket',
      framePing: framePings && !oneWay,
      oneWay,
    })
  }

  // --- the socket's events ------------------------------------------------------

  open(ws: ServerWebSocket<Socket>): void {
    this.ws = ws
    if (!this.#framePings) return
    const silent = () => this.session.disconnected(disconnects.noPong())
    this.#pings = new FramePings(this.session.node, () => ws.ping(), silent)
  }

  message(message: string | Buffer): void {
    this.session.receive(message)
  }

  drain(): void {
    this.#outbox.drain()
  }

  pong(): void {
    this.#pings?.pong()
  }

  close(): void {
    this.#pings?.stop()
    this.#outbox.discard()
    this.session.closed()
  }

  // --- what the session says ----------------------------------------------------

  send(frame: Frame, asked: boolean): void {
    this.#outbox.push(frame, asked)
  }

  end(why: Disconnect): void {
    this.#outbox.finish()
    this.sayLast(why)
    this.ws?.close(why.code, why.reason)
  }

  drained(): Promise<void> | undefined {
    return this.#outbox.drained()
  }

  pause(): void {
    if (this.#pings !== undefined) this.#pings.paused = true
    this.ws?.pause()
  }

  resume(): void {
    if (this.#pings !== undefined) this.#pings.paused = false
    this.ws?.resume()
  }

  // --- below the outbox ---------------------------------------------------------

  buffered(): number {
    return this.ws?.getBufferedAmount() ?? 0
  }

  write(frames: readonly Frame[]): void {
    const [first] = frames
    if (first === undefined) return
    this.put(frames.length === 1 ? first : this.session.codec.join(frames))
  }

  overflow(): void {
    this.session.disconnected(disconnects.slow())
  }

  /** For those who need to be told more than the close frame says. */
  protected sayLast(_why: Disconnect): void {}

  /** Writes one message. */
  protected put(message: Frame): void {
    if (this.ws === undefined) return
    const sent = this.ws.send(message, message.length >= this.#compressFrom)
    if (sent === 0 && this.ws.readyState === WebSocket.OPEN) this.session.disconnected(disconnects.writeError())
  }
}
