/**
 * The WebSocket way in (protocol section 2.3): `/connection/websocket`. It does
 * HTTP and sockets; the conversation is the session's.
 */
import type { Server, ServerWebSocket } from 'bun'
import { type Disconnect, disconnects } from '../core/errors.ts'
import type { Codec, Frame } from '../protocol/messages.ts'
import { type Origin, type Outlet, Session } from '../protocol/session.ts'
import { Outbox, type Sink } from './outbox.ts'
import { type Socket, tooManyConnections, type TransportContext, wrongOrigin } from './transport.ts'

export interface WebSocketOptions extends TransportContext {
  readonly json: Codec
  /** Size from which on a message is compressed for clients that can read it; Infinity for never. */
  readonly compressFrom: number
}

/** Answers the upgrade request. Undefined: it has become a WebSocket. */
export function upgrade(request: Request, server: Server<Socket>, options: WebSocketOptions): Response | undefined {
  if (!options.origins.allows(request)) return wrongOrigin()
  if (!options.admits()) return tooManyConnections()
  const offered = request.headers.get('sec-websocket-protocol')?.split(/\s*,\s*/) ?? []
  const connection = new WebSocketConnection(options, options.json, options.compressFrom, {
    headers: request.headers,
    url: request.url,
    address: server.requestIP(request)?.address ?? '',
    emulated: false,
    transport: 'websocket',
    framePing: false,
  })
  // Without a choice Bun would echo the first protocol that was offered, whatever it is.
  const headers = { 'Sec-WebSocket-Protocol': offered.includes('centrifuge-json') ? 'centrifuge-json' : '' }
  if (server.upgrade(request, { data: connection, headers })) return undefined
  connection.close()
  return new Response('this address speaks WebSocket\n', { status: 426, headers: { upgrade: 'websocket' } })
}

class WebSocketConnection implements Socket, Outlet, Sink {
  readonly #session: Session
  readonly #outbox: Outbox
  readonly #compressFrom: number
  #ws: ServerWebSocket<Socket> | undefined

  constructor({ node, flusher }: TransportContext, codec: Codec, compressFrom: number, origin: Origin) {
    this.#compressFrom = compressFrom
    this.#outbox = new Outbox(this, flusher, node.limits.outboxSize)
    this.#session = new Session(node, codec, this, origin)
  }

  // --- the socket's events ------------------------------------------------------

  open(ws: ServerWebSocket<Socket>): void {
    this.#ws = ws
  }

  message(message: string | Buffer): void {
    this.#session.receive(message)
  }

  drain(): void {
    this.#outbox.drain()
  }

  close(): void {
    this.#outbox.discard()
    this.#session.closed()
  }

  // --- what the session says ----------------------------------------------------

  send(frame: Frame, asked: boolean): void {
    this.#outbox.push(frame, asked)
  }

  end(why: Disconnect): void {
    this.#outbox.finish()
    this.#ws?.close(why.code, why.reason)
  }

  drained(): Promise<void> | undefined {
    return this.#outbox.drained()
  }

  pause(): void {
    this.#ws?.pause()
  }

  resume(): void {
    this.#ws?.resume()
  }

  // --- below the outbox ---------------------------------------------------------

  buffered(): number {
    return this.#ws?.getBufferedAmount() ?? 0
  }

  write(frames: readonly Frame[]): void {
    const [first] = frames
    if (first === undefined || this.#ws === undefined) return
    const message = frames.length === 1 ? first : this.#session.codec.join(frames)
    const sent = this.#ws.send(message, message.length >= this.#compressFrom)
    if (sent === 0 && this.#ws.readyState === WebSocket.OPEN) this.#session.disconnected(disconnects.writeError())
  }

  overflow(): void {
    this.#session.disconnected(disconnects.slow())
  }
}
