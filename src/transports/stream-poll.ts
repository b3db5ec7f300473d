/**
 * Waiting at a channel's URL for a page (Durable Streams Protocol section 5.7).
 * Many wait, and for long, so one that waits is this object, its reader and its
 * client, and holds nothing of the request: no URL, no headers, no function that
 * is in the middle of something.
 */
import { disconnects, type Disconnect } from '../core/errors.ts'
import type { Position } from '../core/publication.ts'
import type { StreamState } from '../core/stream.ts'
import type { StreamWatcher } from '../core/streams.ts'
import type { Sleeper } from '../core/wheel.ts'
import { Refusal } from './channel-reply.ts'
import type { ChannelUrl, Visit } from './channel-url.ts'
import type { HeaderRecord } from './origin.ts'
import { patienceOfPoll } from './patience.ts'
import type { Poll, Poller } from './pollers.ts'
import { streamCursor } from './stream-cursor.ts'
import { positionOf, type Wanted } from './stream-offset.ts'
import { type PageOwner, PageReader, type Taken } from './stream-page.ts'
import { audience, content, etag, fixed, logOf, pageHeaders, pageOf, streamOf, wantedOf } from './stream-read.ts'

/** Resolves when it waits, or has its answer already. @throws Refusal, ClientError, StoreError, Disconnect 3504 */
export async function pollStream(visit: Visit): Promise<StreamPoll> {
  const { request } = visit
  const wanted = wantedOf(visit.parameter('offset'))
  if (wanted === undefined) throw new Refusal(400, 'Say from where: "offset" is "now", "-1" or a Stream-Next-Offset.')
  await visit.checkStay(wanted)
  const timeout = timeoutOf(visit)
  visit.server.timeout(request, patienceOfPoll(timeout))
  const poll = new StreamPoll(visit, typeof wanted === 'object' ? `${audience(visit)}, ${fixed}` : 'no-store')
  await poll.open(visit, wanted, timeout)
  if (request.signal.aborted) poll.handleEvent()
  else request.signal.addEventListener('abort', poll)
  return poll
}

export class StreamPoll implements PageOwner, Poll, Sleeper, StreamWatcher, EventListenerObject {
  readonly response: Promise<Response>
  readonly #resolve: (response: Response) => void
  readonly #door: ChannelUrl
  readonly #channel: string
  readonly #headers: HeaderRecord
  readonly #caching: string // of an answer with something in it
  readonly #cursor: string | null
  #since: Position = nowhere
  #until = 0 // monotonic ms
  #reader: PageReader | undefined
  #poller: Poller | undefined
  #state: StreamState | undefined
  #isOver = false // the stream, and the state is the last one

  constructor(visit: Visit, caching: string) {
    const { promise, resolve } = Promise.withResolvers<Response>()
    this.response = promise
    this.#resolve = resolve
    this.#door = visit.door
    this.#channel = visit.channel
    this.#headers = visit.headers
    this.#caching = caching
    this.#cursor = visit.url.searchParams.get('cursor')
  }

  /** `timeout`: ms. @throws Refusal, ClientError, StoreError, Disconnect 3504 */
  async open(visit: Visit, wanted: Wanted, timeout: number): Promise<void> {
    const { door, channel: name, namespace, node } = visit
    door.streams.watch(name, this) // before it is looked whether the stream is closed, so that this is not missed in between
    try {
      const state = await streamOf(visit)
      await door.streams.touch(name, namespace, state)
      this.#since = await positionOf(wanted, logOf(visit))
      const channel = await node.enter(name, namespace)
      this.#reader = new PageReader(channel, this, node.limits.heldSize)
      this.#poller = door.pollers.enter(visit, this)
      if (!this.#isOver) this.#state = state
    } catch (error) {
      this.#release()
      throw error
    }
    this.#until = node.clock.monotonic() + timeout
    node.wheel.add(this.#until, this)
    this.#reader.read(this.#since, !this.#isOver && this.#state?.closed !== true)
  }

  // --- what it waits for ----------------------------------------------------------

  /** The time is over. */
  wake(): undefined {
    this.#reader?.finish()
  }

  streamEnded(state: StreamState | undefined): void {
    this.#isOver = true
    this.#state = state
    this.#reader?.finish()
  }

  ended(why: Disconnect): void {
    this.#reader?.end(why)
  }

  /** Nobody waits any more. */
  handleEvent(): void {
    this.ended(disconnects.connectionClosed())
  }

  taken(taken: Taken): void {
    this.#release()
    this.#resolve(this.#answer(taken))
  }

  #release(): void {
    const { node } = this.#door.options
    this.#door.streams.unwatch(this.#channel, this)
    node.wheel.remove(this.#until, this)
    if (this.#reader !== undefined) node.exit(this.#channel)
    this.#poller?.rest()
  }

  // --- the answer -----------------------------------------------------------------

  #answer(taken: Taken): Response {
    try {
      return this.#page(taken)
    } catch (error) {
      return this.#door.refuse(error, this.#headers)
    }
  }

  /** @throws Refusal */
  #page(taken: Taken): Response {
    const { clock, random } = this.#door.options.node
    const page = pageOf(taken)
    const state = this.#state
    if (this.#isOver && state === undefined) throw new Refusal(404, 'The channel was deleted.')
    const isEnd = page.upToDate && state?.closed === true
    const isEmpty = page.publications.length === 0
    const { 'content-type': type = '', ...place } = pageHeaders(page, state, isEnd)
    const headers = {
      ...place,
      ...(!(isEnd && isEmpty) && { 'stream-cursor': streamCursor(clock.now(), this.#cursor, random) }),
      'cache-control': isEmpty ? 'no-store' : this.#caching,
      ...this.#headers,
    }
    if (isEmpty) return new Response(null, { status: 204, headers })
    const described = { ...headers, 'content-type': type, etag: etag(this.#since, page.next, state, isEnd) }
    return new Response(content(page, state), { headers: described })
  }
}

const nowhere: Position = { epoch: '', offset: 0 }

/** ms. @throws Refusal 400 */
function timeoutOf(visit: Visit): number {
  const asked = visit.parameter('timeout')
  if (asked === null) return visit.door.options.longPollTimeout
  if (!/^\d{1,2}$/.test(asked) || Number(asked) > 60 || asked === '0')
    throw new Refusal(400, '"timeout" is a number of seconds from 1 to 60.')
  return Number(asked) * 1000
}
