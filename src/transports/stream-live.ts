/** A stream as the events of the Durable Streams Protocol (section 5.7): batches of data, each followed by where it ends. */
import { disconnects } from '../core/errors.ts'
import { must } from '../core/must.ts'
import type { Position, Publication } from '../core/publication.ts'
import type { Sleeper } from '../core/wheel.ts'
import { Refusal } from './channel-reply.ts'
import type { Visit } from './channel-url.ts'
import { eventOf, EventStream, type EventStreamOwner, heartbeat } from './event-stream.ts'
import { LiveReader, type Voice } from './live-reader.ts'
import { patience } from './patience.ts'
import { base64, bodyOf, type Mode, modeOf } from './stream-body.ts'
import { streamCursor } from './stream-cursor.ts'
import { placeOf } from '../protocol/place.ts'
import { sinceOf, streamOf, wantedOf } from './stream-read.ts'

/** Milliseconds after which the answer ends, so that caches in between can bring readers together (section 8.2). */
const lifetime = 60_000

export async function streamEvents(visit: Visit): Promise<Response> {
  const { request, door, channel, namespace } = visit
  const wanted = wantedOf(request.headers.get('last-event-id') || visit.parameter('offset'))
  if (wanted === undefined) throw new Refusal(400, 'Say from where: "offset" is "now", "-1" or a Stream-Next-Offset.')
  await visit.checkStay(wanted)
  const state = await streamOf(visit)
  await door.streams.touch(channel, namespace, state)
  const since = must(await sinceOf(visit, wanted))
  const events = new StreamEvents(visit, modeOf(state?.contentType ?? ''))
  try {
    return events.answer(visit, await events.reader.open(since, state))
  } catch (error) {
    events.ended()
    throw error
  }
}

class StreamEvents implements Voice, EventStreamOwner, Sleeper {
  readonly reader: LiveReader
  readonly #cursor: string | null
  readonly #stream: EventStream
  readonly #mode: Mode
  readonly #until: number // monotonic ms
  #batch: Publication[] = []
  #missed = false // some of the batch was asked for
  #next: Position = { epoch: '', offset: 0 }
  #live = false
  #finished = false

  constructor(visit: Visit, mode: Mode) {
    const { node } = visit
    this.#cursor = visit.parameter('cursor')
    this.#mode = mode
    this.reader = new LiveReader(visit, this)
    this.#stream = new EventStream(visit.door.options, this)
    visit.server.timeout(visit.request, patience(visit.door.options.heartbeatInterval))
    this.#until = node.clock.monotonic() + lifetime * (0.9 + node.random() * 0.2)
    node.wheel.add(this.#until, this)
  }

  answer(visit: Visit, since: Position): Response {
    this.#next = since
    const encoding = this.#mode === 'bytes' ? { 'stream-sse-data-encoding': 'base64' } : {}
    const response = this.#stream.answer({ ...encoding, ...visit.headers })
    this.reader.start(since)
    return response
  }

  publication(publication: Publication, missed: boolean): void {
    this.#batch.push(publication)
    this.#missed ||= missed
    if (this.#batch.length === 1) queueMicrotask(() => this.#flush())
  }

  live(): void {
    const isFirst = !this.#live
    this.#live = true
    if (this.#batch.length === 0 && isFirst) this.#control()
  }

  ready(): Promise<void> | undefined {
    this.#flush()
    return this.#stream.drained()
  }

  beat(): void {
    this.#stream.send(heartbeat)
  }

  finished(): void {
    this.#finished = true
    if (this.#batch.length > 0) this.#flush()
    else this.#control()
    this.#close()
  }

  ended(): void {
    this.#close()
  }

  gone(): void {
    this.#forget()
    this.reader.close()
  }

  slow(): void {
    this.reader.client.disconnect(disconnects.slow())
  }

  /** Its lifetime is over. */
  wake(): undefined {
    this.reader.close()
    this.#close()
  }

  #close(): void {
    this.#forget()
    this.#flush()
    this.#stream.close()
  }

  #forget(): void {
    this.reader.client.node.wheel.remove(this.#until, this)
  }

  #flush(): void {
    const batch = this.#batch
    const last = batch.at(-1)
    if (last === undefined) return
    this.#batch = []
    this.#next = { epoch: last.epoch, offset: last.offset }
    const body = bodyOf(
      batch.map(({ data }) => data),
      this.#mode,
    )
    const text = typeof body === 'string' ? body : this.#mode === 'bytes' ? base64(body) : body.toString()
    this.#stream.send(eventOf(text, { event: 'data' }), this.#missed)
    this.#missed = false
    this.#control()
  }

  #control(): void {
    const { node } = this.reader.client
    const streamNextOffset = placeOf(this.#next)
    const control = this.#finished
      ? { streamNextOffset, streamClosed: true, upToDate: true }
      : {
          streamNextOffset,
          streamCursor: streamCursor(node.clock.now(), this.#cursor, node.random),
          ...(this.#live && { upToDate: true }),
        }
    this.#stream.send(eventOf(JSON.stringify(control), { event: 'control' }))
  }
}
