/** A mailbox as an event stream: one event a letter, whose `id` an EventSource brings back when it comes again. */
import { disconnects } from '../core/errors.ts'
import type { Position, Publication } from '../core/publication.ts'
import type { Sleeper } from '../core/wheel.ts'
import type { Frame } from '../protocol/messages.ts'
import { placeOf } from '../protocol/place.ts'
import { EventStream, type EventStreamOwner, heartbeat } from './event-stream.ts'
import type { Mailbox } from './mailbox-address.ts'
import type { MailboxContext, Staying, Visit } from './mailbox-context.ts'
import { encodeMessage, expiryOf } from './mailbox-message.ts'
import { type MailboxOutlet, MailboxReader } from './mailbox-reader.ts'
import type { Start } from './mailbox-start.ts'
import type { HeaderRecord } from './origin.ts'

/** Milliseconds between two heartbeats. */
export const beatInterval = 15_000
const retry = 2000 // ms after which an EventSource comes back

/** @throws Disconnect 3504 */
export function mailboxEvents(
  context: MailboxContext,
  visit: Visit,
  start: Start,
  headers: HeaderRecord,
): Promise<Staying> {
  return new MailboxEvents(context, visit).answer(start, headers)
}

class MailboxEvents implements MailboxOutlet, EventStreamOwner, Sleeper {
  readonly #context: MailboxContext
  readonly #mailbox: Mailbox
  readonly #stream: EventStream
  readonly #reader: MailboxReader
  #places: Position[] = nowhere // of the events in the outbox
  #following = false

  constructor(context: MailboxContext, visit: Visit) {
    this.#context = context
    this.#mailbox = visit.mailbox
    this.#stream = new EventStream(context, this)
    this.#reader = new MailboxReader(context.node, visit, this)
  }

  /** @throws Disconnect 3504 */
  async answer({ since, isGap }: Start, headers: HeaderRecord): Promise<Staying> {
    const { clock, wheel } = this.#context.node
    const response = this.#stream.answer({ 'cache-control': 'no-store, no-transform', ...headers })
    this.#stream.send(`retry: ${retry}\n\n`)
    if (isGap) this.#stream.send('data: {"lost":true}\n\n')
    await this.#reader.open(since)
    wheel.add(clock.monotonic() + beatInterval, this)
    return { response }
  }

  wake(now: number): number | undefined {
    if (this.#reader.ended) return undefined
    this.#stream.send(heartbeat)
    return now + beatInterval
  }

  // --- what the reader says -------------------------------------------------------

  following(): void {
    this.#following = true
    this.#context.deliveries.enter(this.#mailbox)
  }

  publication(publication: Publication): void {
    if (expiryOf(publication) <= this.#context.node.clock.now()) return
    const { epoch, offset } = publication
    if (this.#places === nowhere) this.#places = []
    this.#places.push({ epoch, offset })
    this.#stream.send(`id: ${placeOf(publication)}\ndata: ${encodeMessage(publication)}\n\n`)
  }

  ready(): Promise<void> | undefined {
    return this.#stream.drained()
  }

  ended(): void {
    if (this.#following) this.#context.deliveries.leave(this.#mailbox)
    this.#stream.close()
  }

  // --- what the stream says -------------------------------------------------------

  written(frames: readonly Frame[]): void {
    const letters = frames.filter((frame) => typeof frame === 'string' && frame.startsWith('id: ')).length
    const place = this.#places.splice(0, letters).at(-1)
    if (this.#places.length === 0) this.#places = nowhere
    if (place !== undefined) this.#context.deliveries.taken(this.#mailbox, place)
  }

  gone(): void {
    this.#reader.close()
  }

  slow(): void {
    this.#reader.close(disconnects.slow())
  }
}

const nowhere: Position[] = [] // never added to; who waits has no list of its own
