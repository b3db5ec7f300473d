/** An answer that goes on as events (HTML Standard, "Server-sent events"), written through an outbox. */
import type { Frame } from '../protocol/messages.ts'
import type { HeaderRecord } from './origin.ts'
import { Outbox, type Sink } from './outbox.ts'
import type { TransportContext } from './transport.ts'

export interface EventStreamOwner {
  /** The reader left. */
  gone(): void
  /** It takes less than it is sent. */
  slow(): void
  /** These events were handed to the connection. */
  written?(events: readonly Frame[]): void
}

export class EventStream implements Sink, UnderlyingDefaultSource<Frame> {
  readonly #outbox: Outbox
  readonly #owner: EventStreamOwner
  #controller: ReadableStreamDefaultController<Frame> | undefined
  #buffered = 0

  constructor({ node, flusher }: Pick<TransportContext, 'node' | 'flusher'>, owner: EventStreamOwner) {
    this.#owner = owner
    this.#outbox = new Outbox(this, flusher, node.limits.outboxSize)
  }

  /** Called first: what is sent before that is lost. */
  answer(headers: HeaderRecord): Response {
    return new Response(new ReadableStream(this), { headers: { ...eventStreamHeaders, ...headers } })
  }

  /** `asked`: does not count against the limit. */
  send(event: string, asked = false): void {
    this.#outbox.push(event, asked)
  }

  drained(): Promise<void> | undefined {
    return this.#outbox.drained()
  }

  /** What waits is still written. */
  close(last = ''): void {
    if (last !== '') this.#outbox.push(last, true)
    this.#outbox.finish()
    const controller = this.#controller
    if (controller === undefined) return
    this.#controller = undefined
    controller.close()
  }

  // --- the stream's events --------------------------------------------------------

  start(controller: ReadableStreamDefaultController<Frame>): void {
    this.#controller = controller
  }

  /** All that was written has gone to the socket, and it takes more. */
  pull(): void {
    if (this.#buffered === 0) return
    this.#buffered = 0
    this.#outbox.drain()
  }

  cancel(): void {
    this.#controller = undefined
    this.#outbox.discard()
    this.#owner.gone()
  }

  // --- below the outbox -------------------------------------------------------------

  buffered(): number {
    return this.#buffered
  }

  write(frames: readonly Frame[]): void {
    if (this.#controller === undefined || frames.length === 0) return
    const piece = frames.join('')
    this.#buffered += piece.length
    this.#controller.enqueue(piece)
    this.#owner.written?.(frames)
  }

  overflow(): void {
    this.#owner.slow()
  }
}

/** Said to whatever stands between: do not keep it, do not collect it, do not change it. */
const eventStreamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const

/** One event; each line of the data is a line of its own, whatever ends it. */
export function eventOf(data: string, { id = '', event = '' } = {}): string {
  const lines = /[\r\n]/.test(data)
    ? data
        .split(/\r\n|\r|\n/)
        .map(line)
        .join('')
    : line(data)
  return `${event === '' ? '' : `event: ${event}\n`}${id === '' ? '' : `id: ${id}\n`}${lines}\n`
}

/** A reader takes one blank off. */
const line = (text: string): string => (text.startsWith(' ') ? `data: ${text}\n` : `data:${text}\n`)

export const heartbeat = ':\n\n'
