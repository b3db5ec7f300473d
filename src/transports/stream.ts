/**
 * A connection whose one direction is the answer to an HTTP request that never
 * ends. What the client has to say came with the request, or comes by requests of
 * its own (`emulation.ts`), or never.
 */
import type { Server } from 'bun'
import { type Disconnect, disconnects } from '../core/errors.ts'
import type { Codec, Frame } from '../protocol/messages.ts'
import { type Outlet, Session } from '../protocol/session.ts'
import type { Arrival } from './arrival.ts'
import { Outbox, type Sink } from './outbox.ts'
import { patience } from './patience.ts'
import type { TransportContext } from './transport.ts'

/** How frames stand in the body. */
export interface Layout {
  readonly contentType: string | undefined
  /** Written before anything else; '' for nothing. */
  readonly prelude: string
  /** Several frames as one piece. */
  lay(frames: readonly Frame[]): Frame
}

export interface StreamOptions {
  readonly transport: string // its name
  readonly codec: Codec
  readonly layout: Layout
  /** What the client said with the request. */
  readonly said: Frame
  /** Under what those are found who say more by other requests; undefined for those who only listen. */
  readonly sessions: Map<string, Stream> | undefined
}

/** Answers with a stream, and begins the conversation on it. */
export function openStream(
  arrival: Arrival,
  server: Server<unknown>,
  context: TransportContext,
  options: StreamOptions,
): Response {
  const { contentType } = options.layout
  const headers = {
    ...arrival.cors(),
    ...unbuffered,
    ...(contentType !== undefined && { 'content-type': contentType }),
  }
  const stream = new Stream(arrival, server, context, options)
  const response = new Response(new ReadableStream(stream), { headers })
  stream.receive(options.said)
  return response
}

/** So that nothing between server and client keeps the stream, or a part of it. */
const unbuffered = {
  'cache-control': 'private, no-cache, no-store, must-revalidate, max-age=0',
  pragma: 'no-cache',
  expires: '0',
  'x-accel-buffering': 'no',
}

export class Stream implements Outlet, Sink, UnderlyingDefaultSource<Frame> {
  readonly #session: Session
  readonly #outbox: Outbox
  readonly #layout: Layout
  readonly #sessions: Map<string, Stream> | undefined
  #controller: ReadableStreamDefaultController<Frame> | undefined
  #buffered = 0
  #paused: PromiseWithResolvers<void> | undefined

  constructor(
    { request, headers, address, secure, host }: Arrival,
    server: Server<unknown>,
    { node, flusher }: TransportContext,
    { transport, codec, layout, sessions }: StreamOptions,
  ) {
    this.#layout = layout
    this.#sessions = sessions
    this.#outbox = new Outbox(this, flusher, node.limits.outboxSize)
    this.#session = new Session(node, codec, this, {
      headers,
      url: request.url,
      address,
      secure,
      host,
      emulated: sessions !== undefined,
      transport,
      framePing: false,
      oneWay: sessions === undefined,
    })
    sessions?.set(this.#session.secret, this)
    server.timeout(request, patience(node.limits.pingInterval))
  }

  receive(frame: Frame): void {
    this.#session.receive(frame)
  }

  /** Undefined if the client may say more; else resolves when it may. */
  ready(): Promise<void> | undefined {
    return this.#paused?.promise
  }

  // --- the stream's events --------------------------------------------------------

  start(controller: ReadableStreamDefaultController<Frame>): void {
    this.#controller = controller
    if (this.#layout.prelude !== '') controller.enqueue(this.#layout.prelude)
  }

  /** All that was written has gone to the socket, and it takes more. */
  pull(): void {
    if (this.#buffered === 0) return
    this.#buffered = 0
    this.#outbox.drain()
  }

  /** The client is gone. */
  cancel(): void {
    this.#controller = undefined
    this.#outbox.discard()
    this.#session.closed()
    this.#forget()
  }

  // --- what the session says ------------------------------------------------------

  send(frame: Frame, asked: boolean): void {
    this.#outbox.push(frame, asked)
  }

  end(why: Disconnect): void {
    const controller = this.#controller
    if (controller === undefined) return
    this.#outbox.finish()
    this.write([this.#session.codec.push({ disconnect: why })])
    this.#controller = undefined
    controller.close()
    this.#forget()
  }

  drained(): Promise<void> | undefined {
    return this.#outbox.drained()
  }

  pause(): void {
    this.#paused ??= Promise.withResolvers()
  }

  resume(): void {
    this.#paused?.resolve()
    this.#paused = undefined
  }

  // --- below the outbox -------------------------------------------------------------

  buffered(): number {
    return this.#buffered
  }

  write(frames: readonly Frame[]): void {
    if (this.#controller === undefined || frames.length === 0) return
    const piece = this.#layout.lay(frames)
    this.#buffered += piece.length
    this.#controller.enqueue(piece)
  }

  overflow(): void {
    this.#session.disconnected(disconnects.slow())
  }

  #forget(): void {
    this.#sessions?.delete(this.#session.secret)
    this.resume()
  }
}
