/**
 * A channel has one URL: `/c/{channel}`. It speaks the Durable Streams Protocol
 * 1.0 and, for bare hands, plain HTTP, EventSource and WebSocket. The reference
 * is `docs/reference/channel-url.md`. This file finds out which channel is
 * meant, by whom, and who answers; the answers are in the files beside it.
 */
import type { Server } from 'bun'
import { type Allowed, allowPublish } from '../core/allow-publish.ts'
import type { Attempt } from '../core/attempts.ts'
import type { SubscriptionGrant } from '../core/auth.ts'
import { disconnects } from '../core/errors.ts'
import type { Draft } from '../core/publication.ts'
import type { Namespace } from '../core/rules.ts'
import { Streams } from '../core/streams.ts'
import type { Arrival } from './arrival.ts'
import { ChannelAccess, type Right, type Visitor } from './channel-access.ts'
import { channelEvents } from './channel-events.ts'
import { disconnected, headersFor, methods, preflight, refuse, Refusal, toRefusal } from './channel-reply.ts'
import { channelSocket } from './channel-socket.ts'
import { KeyedRates } from './keyed-rates.ts'
import type { HeaderRecord } from './origin.ts'
import { passingClient } from './passing-client.ts'
import { Pollers } from './pollers.ts'
import type { Wanted } from './stream-offset.ts'
import { streamEvents } from './stream-live.ts'
import { pollStream, StreamPoll } from './stream-poll.ts'
import { headStream, readStream } from './stream-read.ts'
import { appendToStream, createStream, deleteStream } from './stream-write.ts'
import type { Socket, TransportContext } from './transport.ts'

export interface ChannelUrlOptions extends TransportContext {
  readonly hasKey: (headers: Headers) => boolean
  readonly maxBody: number // bytes
  readonly longPollTimeout: number // ms
  readonly heartbeatInterval: number // ms
}

export const prefix = '/c/'

/** What all requests have in common. */
export class ChannelUrl {
  readonly options: ChannelUrlOptions
  readonly streams: Streams
  readonly access: ChannelAccess
  readonly pollers = new Pollers()
  readonly rates: KeyedRates

  constructor(options: ChannelUrlOptions) {
    const { node } = options
    this.options = options
    this.streams = new Streams(node)
    this.access = new ChannelAccess(node, options.hasKey)
    this.rates = new KeyedRates(node.clock, node.limits.callsPerSecond)
  }

  /** Undefined: the request has become a WebSocket. */
  async answer(arrival: Arrival, server: Server<Socket>): Promise<Response | undefined> {
    const headers = headersFor(arrival.cors())
    try {
      const answer = await this.#answer(arrival, server, headers)
      // Nothing of this request is held while it waits, no function that would go on neither.
      return answer instanceof StreamPoll ? answer.response : answer
    } catch (error) {
      return this.refuse(error, headers)
    }
  }

  /** The one place where what was thrown becomes an answer. */
  refuse(error: unknown, headers: HeaderRecord): Response {
    const refusal = toRefusal(error)
    if (refusal === undefined) this.options.node.report(error)
    return refuse(refusal ?? new Refusal(500, 'The server made a mistake; its operator finds it in the log.'), headers)
  }

  async #answer(
    arrival: Arrival,
    server: Server<Socket>,
    headers: HeaderRecord,
  ): Promise<Response | StreamPoll | undefined> {
    const { node } = this.options
    const { request } = arrival
    if (!arrival.isAllowed)
      throw new Refusal(403, 'Pages of this origin may not use this server; see client.allowed_origins.')
    if (request.method === 'OPTIONS') return preflight(headers)
    const url = new URL(request.url)
    const channel = channelOf(url)
    const namespace = node.rules.namespace(channel)
    const visitor = await this.access.visitor(arrival, url, channel)
    using visit = new Visit(this, arrival, url, server, channel, namespace, visitor, headers)
    switch (request.method) {
      case 'GET':
        return await this.#read(visit)
      case 'HEAD':
        return await headStream(visit)
      case 'POST':
        return await appendToStream(visit)
      case 'PUT':
        return await createStream(visit)
      case 'DELETE':
        return await deleteStream(visit)
      default:
        throw new Refusal(405, `A channel knows ${methods}.`, { allow: methods })
    }
  }

  #read(visit: Visit): Promise<Response | StreamPoll | undefined> {
    const { headers } = visit.request
    const live = visit.url.searchParams.get('live')
    if (headers.get('upgrade')?.toLowerCase() === 'websocket') return channelSocket(visit)
    if (live === 'sse') return streamEvents(visit)
    if (live === 'long-poll') return pollStream(visit)
    if (live !== null) throw new Refusal(400, '"live" is "long-poll" or "sse"; leave it away to read what is there.')
    if (headers.get('accept')?.includes('text/event-stream')) return channelEvents(visit)
    return readStream(visit)
  }
}

/** One request at the URL of a channel. It is large: whoever stays takes out of it what is needed, and lets it go. */
export class Visit implements Disposable {
  readonly door: ChannelUrl
  readonly request: Request
  readonly url: URL
  readonly server: Server<Socket>
  readonly channel: string
  readonly namespace: Namespace
  readonly visitor: Visitor
  /** With which every answer to it is made. */
  readonly headers: HeaderRecord
  readonly #arrival: Arrival
  #granting: Promise<SubscriptionGrant | undefined> | undefined
  #grant: SubscriptionGrant | undefined
  readonly #attempt: Attempt // to read

  constructor(
    door: ChannelUrl,
    arrival: Arrival,
    url: URL,
    server: Server<Socket>,
    channel: string,
    namespace: Namespace,
    visitor: Visitor,
    headers: HeaderRecord,
  ) {
    this.door = door
    this.request = arrival.request
    this.url = url
    this.server = server
    this.channel = channel
    this.namespace = namespace
    this.visitor = visitor
    this.headers = headers
    this.#arrival = arrival
    this.#attempt = this.node.attempts.begin({ user: visitor.identity.user, id: visitor.id, session: '' }, channel)
  }

  get node() {
    return this.door.options.node
  }

  get address(): string {
    return this.#arrival.address
  }

  /** Of this server, as the visitor sees it. */
  get origin(): string {
    return this.#arrival.origin
  }

  /** What a token or the application says of this channel, as far as it was found out. */
  get grant(): SubscriptionGrant | undefined {
    return this.#grant ?? this.visitor.grant
  }

  may(right: Right): Promise<boolean> {
    return this.door.access.may(right, this.visitor, this.channel, this.namespace, () => this.#reads())
  }

  /** @throws Refusal, or what the application throws */
  async check(right: Right): Promise<void> {
    if (!(await this.may(right))) this.door.access.refuse(right, this.visitor)
  }

  /** For whoever stays, whom the application may turn away even where the past is for everybody. @throws as `check` does */
  async checkStay(wanted: Wanted): Promise<void> {
    if (this.node.hooks.subscribe !== undefined) await this.#reads()
    await this.check(wanted === 'now' ? 'subscribe' : 'recover')
    this.#checkRoom()
  }

  /** From here on it is a reader, whom others find, or is done with. @throws Disconnect if it was sent away before */
  settle(): void {
    if (this.#attempt.isOver) throw disconnects.forceReconnect()
    this[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    this.#attempt[Symbol.dispose]()
  }

  reply(body: string | Uint8Array<ArrayBuffer> | null, headers: HeaderRecord, status = 200): Response {
    return new Response(body, { status, headers: { ...headers, ...this.headers } })
  }

  /** The draft as the application wants it, if it may be published. @throws Refusal, or what the application throws */
  async allowPublish(draft: Draft, may = () => this.may('publish')): Promise<Allowed> {
    if (this.visitor.isBackend) return { draft, options: {} }
    const { id, identity, entrance } = this.visitor
    const rules = async () => (await may()) || this.door.access.refuse('publish', this.visitor)
    return allowPublish(passingClient(this.node, id, identity, entrance), this.channel, draft, rules)
  }

  /** The application is asked once. */
  async #reads(): Promise<boolean> {
    this.#granting ??= this.door.access.grant(this.visitor, this.channel, this.namespace)
    this.#grant = await this.#granting
    return this.#grant !== undefined
  }

  /** For whoever stays longer than an answer takes. @throws Refusal */
  #checkRoom(): void {
    if (!this.door.options.admits()) throw disconnected(disconnects.forceReconnect())
  }

  /** The one value of a parameter; null if it is not there. @throws Refusal if it is there twice, or empty */
  parameter(name: string): string | null {
    const values = this.url.searchParams.getAll(name)
    if (values.length > 1 || values[0] === '') throw new Refusal(400, `Give "${name}" once, and not empty.`)
    return values[0] ?? null
  }
}

/** @throws Refusal */
function channelOf({ pathname }: URL): string {
  const encoded = pathname.slice(prefix.length)
  if (encoded === '') throw new Refusal(404, `Name a channel: ${prefix}public:news, for example.`)
  try {
    return decodeURIComponent(encoded)
  } catch (error) {
    if (error instanceof URIError) throw new Refusal(400, 'The name of the channel is not encoded as UTF-8 with "%".')
    throw error
  }
}
