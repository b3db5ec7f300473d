/**
 * `/connection/uni_websocket` (protocol section 16): a WebSocket for those who
 * only listen. The connect request is in the query or is the first message; what
 * comes after it is not looked at.
 */
import type { Server, ServerWebSocket } from 'bun'
import type { Disconnect } from '../core/errors.ts'
import type { Frame } from '../protocol/messages.ts'
import type { Arrival } from './arrival.ts'
import type { Socket } from './transport.ts'
import { become, WebSocketConnection, type WebSocketOptions } from './websocket.ts'

export interface UniWebSocketOptions extends WebSocketOptions {
  /** Whether several pushes may be one message, a line each. */
  readonly joins: boolean
}

/** Answers the upgrade request. Undefined: it has become a WebSocket. */
export function upgradeUni(
  arrival: Arrival,
  server: Server<Socket>,
  options: UniWebSocketOptions,
): Response | undefined {
  return become(arrival, server, options, '', () => new UniWebSocketConnection(arrival, options))
}

class UniWebSocketConnection extends WebSocketConnection {
  readonly #joins: boolean
  #asked: string | undefined // in the query
  #heard = false

  constructor(arrival: Arrival, options: UniWebSocketOptions) {
    super(arrival, options, { codec: options.codecs.uni, framePings: true, oneWay: true })
    this.#joins = options.joins
    this.#asked = new URL(arrival.request.url).searchParams.get('cf_connect') ?? undefined
  }

  override open(ws: ServerWebSocket<Socket>): void {
    super.open(ws)
    if (this.#asked !== undefined) this.message(this.#asked)
    this.#asked = undefined
  }

  override message(message: string | Buffer): void {
    if (this.#heard) return
    this.#heard = true
    super.message(message)
  }

  /** Both ways of saying it: many who only listen look at messages alone. */
  protected override sayLast(why: Disconnect): void {
    this.put(this.session.codec.push({ disconnect: why }))
  }

  override write(frames: readonly Frame[]): void {
    if (this.#joins || frames.length === 1) return super.write(frames)
    this.ws?.cork(() => {
      for (const frame of frames) this.put(frame)
    })
  }
}
