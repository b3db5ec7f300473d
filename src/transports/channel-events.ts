/**
 * A channel for a plain `EventSource`: one event per publication, with its
 * offset as the id, so that the browser itself says on return where it was.
 */
import type { Disconnect } from '../core/errors.ts'
import { disconnects } from '../core/errors.ts'
import type { Position, Publication } from '../core/publication.ts'
import type { Visit } from './channel-url.ts'
import { eventOf, EventStream, type EventStreamOwner, heartbeat } from './event-stream.ts'
import { LiveReader, type Voice } from './live-reader.ts'
import { base64, messageOf, type Mode, modeOf } from './stream-body.ts'
import { placeOf } from '../protocol/place.ts'
import { patience } from './patience.ts'
import { sinceOf, streamOf, wantedOf } from './stream-read.ts'

export async function channelEvents(visit: Visit): Promise<Response> {
  const { request } = visit
  // A page cannot set the header itself, so the query may say the same.
  const given = request.headers.get('last-event-id') || (visit.parameter('lastEventId') ?? visit.parameter('offset'))
  const wanted = wantedOf(given) ?? 'now'
  await visit.checkStay(wanted)
  const state = await streamOf(visit)
  const since = await sinceOf(visit, wanted)
  const events = new ChannelEvents(visit, modeOf(state?.contentType ?? ''))
  const position = await events.reader.open(since, state)
  return events.answer(visit, position, since)
}

class ChannelEvents implements Voice, EventStreamOwner {
  readonly reader: LiveReader
  readonly #stream: EventStream
  readonly #mode: Mode

  constructor(visit: Visit, mode: Mode) {
    this.#mode = mode
    this.reader = new LiveReader(visit, this)
    this.#stream = new EventStream(visit.door.options, this)
    visit.server.timeout(visit.request, patience(visit.door.options.heartbeatInterval))
  }

  answer(visit: Visit, position: Position, since: Position | undefined): Response {
    const { node, namespace } = visit
    // Those who are cut off together do not all come back in one instant. The id is for who leaves before the first event.
    const id = namespace.retention === undefined ? '' : `id: ${placeOf(position)}\n`
    const response = this.#stream.answer(visit.headers)
    this.#stream.send(`retry: ${Math.round(1000 + node.random() * 2000)}\n${id}\n`)
    this.reader.start(since)
    return response
  }

  gone(): void {
    this.reader.close()
  }

  slow(): void {
    this.reader.client.disconnect(disconnects.slow())
  }

  publication(publication: Publication, missed: boolean): void {
    this.#stream.send(encode(publication, this.#mode), missed)
  }

  live(): void {}

  ready(): Promise<void> | undefined {
    return this.#stream.drained()
  }

  beat(): void {
    this.#stream.send(heartbeat)
  }

  finished(): void {
    this.#stream.close(eventOf('', { event: 'closed' }))
  }

  ended({ code, reason }: Disconnect): void {
    this.#stream.close(eventOf(JSON.stringify({ code, reason }), { event: 'disconnect' }))
  }
}

/** A publication goes to many readers, one after the other: the text is made once. */
function encode(publication: Publication, mode: Mode): string {
  if (last?.publication === publication && last.mode === mode) return last.text
  const id = publication.offset === 0 ? '' : placeOf(publication)
  const message = messageOf(publication.data, mode)
  const text = typeof message === 'string' ? eventOf(message, { id }) : eventOf(base64(message), { id, event: 'bytes' })
  last = { publication, mode, text }
  return text
}

let last: { readonly publication: Publication; readonly mode: Mode; readonly text: string } | undefined
