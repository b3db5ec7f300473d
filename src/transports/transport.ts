/** What the ways in share: the node they lead to, and what the server gives each of them. */
import type { ServerWebSocket } from 'bun'
import type { Node } from '../core/node.ts'
import type { Codec } from '../protocol/messages.ts'
import type { Flusher } from './outbox.ts'
import type { HeaderRecord } from './origin.ts'

export interface TransportContext {
  readonly node: Node
  readonly flusher: Flusher
  readonly codecs: Codecs
  /** Whether there is room for one more connection. */
  admits(): boolean
  /** Open connections that are no clients of the node. */
  readonly raw: Set<Leaving>
}

/** Wants to be told when the server goes down. */
export interface Leaving {
  leave(): void
}

interface Codecs {
  readonly json: Codec
  readonly protobuf: Codec
  /** For those who only listen. */
  readonly uni: Codec
}

/** What the data of every WebSocket is, whichever way in it belongs to: Bun knows one set of handlers for all. */
export interface Socket {
  open(ws: ServerWebSocket<Socket>): void
  message(message: string | Buffer): void
  drain(): void
  /** A ping with this content was answered, or nobody asked. */
  pong(data: Buffer): void
  close(code: number, reason: string): void
}

/** `headers`: what else a page needs to read it. */
export function tooManyConnections(headers: HeaderRecord = {}): Response {
  const full = { ...headers, 'retry-after': '5' }
  return new Response('too many connections, try again later\n', { status: 503, headers: full })
}

export const wrongOrigin = (): Response =>
  new Response('this origin is not allowed, see client.allowed_origins\n', { status: 403 })
