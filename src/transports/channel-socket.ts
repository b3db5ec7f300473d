/**
 * A channel for a bare WebSocket: each publication is one message, each message
 * is a publication. Pings are frames, which browsers answer by themselves.
 */
import type { ServerWebSocket } from 'bun'
import { type Allowed, allowPublish, isSpecial } from '../core/allow-publish.ts'
import { ClientError, Disconnect, disconnects, errors } from '../core/errors.ts'
import type { Draft, Payload, Position, Publication } from '../core/publication.ts'
import type { StreamState } from '../core/stream.ts'
import type { Frame } from '../protocol/messages.ts'
import { JsonError, parseJson, singleLine } from '../protocol/json-text.ts'
import { Refusal } from './channel-reply.ts'
import type { Visit } from './channel-url.ts'
import { LiveReader, type Voice } from './live-reader.ts'
import { Outbox, type Sink } from './outbox.ts'
import { FramePings } from './frame-pings.ts'
import { guess, messageOf, type Mode, modeOf } from './stream-body.ts'
import { sinceOf, streamOf, wantedOf } from './stream-read.ts'
import type { Socket } from './transport.ts'

export async function channelSocket(visit: Visit): Promise<Response | undefined> {
  const wanted = wantedOf(visit.parameter('offset')) ?? 'now'
  await visit.checkStay(wanted)
  const state = await streamOf(visit)
  const since = await sinceOf(visit, wanted)
  const socket = new ChannelSocket(visit, state, await visit.may('publish'))
  try {
    await socket.reader.open(since, state)
  } catch (error) {
    socket.close()
    throw error
  }
  socket.since = since
  // Without a choice Bun would echo the first protocol that was offered, whatever it is.
  if (visit.server.upgrade(visit.request, { data: socket, headers: { 'Sec-WebSocket-Protocol': '' } })) return undefined
  socket.close()
  throw new Refusal(426, 'This is no handshake of a WebSocket that can be understood.', { upgrade: 'websocket' })
}

class ChannelSocket implements Socket, Sink, Voice {
  readonly reader: LiveReader
  since: Position | undefined
  readonly #visit: Pick<Visit, 'node' | 'door' | 'channel' | 'namespace'>
  readonly #outbox: Outbox
  readonly #contentType: string
  readonly #mode: Mode
  readonly #mayPublish: boolean
  readonly #isBackend: boolean
  #ws: ServerWebSocket<Socket> | undefined
  #asked: Promise<unknown> | undefined // the question about the publish that came last
  #waiting = 0 // publishes that are not answered by the store
  readonly #pings: FramePings

  constructor(visit: Visit, state: StreamState | undefined, mayPublish: boolean) {
    const { node, flusher } = visit.door.options
    const { door, channel, namespace } = visit
    this.#visit = { node, door, channel, namespace } // and not the rest, which is large
    this.#contentType = state?.contentType ?? ''
    this.#mode = modeOf(this.#contentType)
    this.#mayPublish = mayPublish
    this.#isBackend = visit.visitor.isBackend
    this.#outbox = new Outbox(this, flusher, node.limits.outboxSize)
    this.reader = new LiveReader(visit, this)
    this.#pings = new FramePings(
      node,
      () => this.#ws?.ping(),
      () => this.reader.client.disconnect(disconnects.noPong()),
    )
  }

  // --- the socket's events ------------------------------------------------------

  open(ws: ServerWebSocket<Socket>): void {
    this.#ws = ws
    this.reader.start(this.since)
  }

  message(message: string | Buffer): void {
    if (!this.reader.client.closed) void this.#publish(message)
  }

  drain(): void {
    this.#outbox.drain()
  }

  pong(): void {
    this.#pings.pong()
  }

  close(): void {
    this.#pings.stop()
    this.#outbox.discard()
    this.reader.close()
  }

  // --- what the reader says -----------------------------------------------------

  publication({ data }: Publication, missed: boolean): void {
    this.#outbox.push(messageOf(data, this.#mode), missed)
  }

  live(): void {}

  ready(): Promise<void> | undefined {
    return this.#outbox.drained()
  }

  beat(): void {}

  finished(): void {
    this.#outbox.finish()
    this.#ws?.close(1000, 'closed')
  }

  ended({ code, reason }: Disconnect): void {
    this.#outbox.finish()
    this.#ws?.close(code, reason)
  }

  // --- below the outbox ---------------------------------------------------------

  buffered(): number {
    return this.#ws?.getBufferedAmount() ?? 0
  }

  write(frames: readonly Frame[]): void {
    const ws = this.#ws
    ws?.cork(() => {
      for (const frame of frames) ws.send(frame)
    })
  }

  overflow(): void {
    this.reader.client.disconnect(disconnects.slow())
  }

  // --- publishing ---------------------------------------------------------------

  /** Handed to the store in the order in which they came; one that fails ends the connection, for nothing else could say so. */
  async #publish(message: string | Buffer): Promise<void> {
    const { node } = this.#visit
    const { client } = this.reader
    try {
      if (!this.#mayPublish && !this.#asks) throw disconnects.permissionDenied()
      client.spend()
      const most = node.limits.publishesInFlight
      if (++this.#waiting === most) this.#read(false)
      try {
        const draft = { data: this.#payload(message), info: client.infoIn(this.#visit.channel) }
        const allowed = this.#asks ? await this.#allow(draft) : { draft, options: {} }
        if (!client.closed) await this.#append(allowed)
      } finally {
        if (this.#waiting-- === most) this.#read(true)
      }
    } catch (error) {
      const why = toDisconnect(error)
      if (why.code === disconnects.internal().code && !(error instanceof ClientError)) node.report(error)
      client.disconnect(why)
    }
  }

  #read(more: boolean): void {
    this.#pings.paused = !more
    if (more) this.#ws?.resume()
    else this.#ws?.pause()
  }

  get #asks(): boolean {
    return !this.#isBackend && this.#visit.node.hooks.publish !== undefined
  }

  /** Asked about in their order, so that they are published in it. */
  async #allow(draft: Draft): Promise<Allowed> {
    const before = this.#asked
    const ask = async () => {
      await before
      return allowPublish(this.reader.client, this.#visit.channel, draft, () => this.#mayPublish)
    }
    const asked = ask()
    this.#asked = Promise.allSettled([asked])
    return asked
  }

  async #append({ draft, options }: Allowed): Promise<void> {
    const { node, door, channel, namespace } = this.#visit
    if (namespace.retention === undefined) return void (await node.publish(channel, draft, options))
    if (isSpecial(options)) throw disconnects.notAvailable() // no entry of a stream can be that
    const { outcome } = await door.streams.change(channel, namespace, {
      kind: 'append',
      contentType: this.#contentType,
      drafts: [draft],
      close: false,
      seq: undefined,
      producer: undefined,
      idempotencyKey: options.idempotencyKey,
      implicit: !namespace.requireCreation,
    })
    // It was closed, deleted or made anew: the connection ends, and the next one is told.
    if (outcome !== 'appended' && outcome !== 'repeated') throw disconnects.insufficientState()
  }

  /** @throws JsonError, ClientError */
  #payload(message: string | Buffer): Payload {
    const { jsonDepth } = this.#visit.node.limits
    if (typeof message !== 'string') {
      if (this.#mode === 'json') throw errors.badRequest()
      return new Uint8Array(message)
    }
    if (this.#mode === 'bytes') return Buffer.from(message)
    if (this.#mode === 'text') return JSON.stringify(message)
    if (this.#mode === 'plain') return guess(message, jsonDepth)
    parseJson(message, jsonDepth)
    return singleLine(message)
  }
}

function toDisconnect(error: unknown): Disconnect {
  if (error instanceof Disconnect) return error
  if (error instanceof JsonError) return disconnects.badRequest()
  if (error instanceof ClientError && error.code === errors.badRequest().code) return disconnects.badRequest()
  if (error instanceof ClientError && error.code === errors.tooManyRequests().code) return disconnects.tooManyRequests()
  if (error instanceof ClientError && (error.code === errors.permissionDenied().code || error.code >= 400))
    return error.temporary ? disconnects.internal() : disconnects.permissionDenied()
  return disconnects.internal()
}
