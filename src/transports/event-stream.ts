/** An answer that goes on as events (HTML Standard, "Server-sent events"), written through an outbox. */
import type { Frame } from '../protocol/messages.ts'
import { Outbox, type Sink } from './outbox.ts'
import type { Flusher } from './outbox.ts'

export class EventStream implements Sink {
  readonly #outbox: Outbox
  readonly #overflow: () => void
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  readonly body: ReadableStream<Uint8Array>

  /** `limit`: bytes that may wait. `gone`: the reader left. `overflow`: it reads too slowly. */
  constructor(flusher: Flusher, limit: number, { gone, overflow }: { gone: () => void; overflow: () => void }) {
    this.#outbox = new Outbox(this, flusher, limit)
    this.#overflow = overflow
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#outbox.drain(),
        cancel: () => {
          this.#controller = undefined
          this.#outbox.discard()
          gone()
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: room }),
    )
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
    if (last !== '') this.#outbox.push(last)
    this.#outbox.finish()
    const controller = this.#controller
    this.#controller = undefined
    controller?.close()
  }

  buffered(): number {
    return room - (this.#controller?.desiredSize ?? room)
  }

  write(frames: readonly Frame[]): void {
    this.#controller?.enqueue(encoder.encode(frames.join('')))
  }

  overflow(): void {
    this.#overflow()
  }
}

/** Said to whatever stands between: do not keep it, do not collect it, do not change it. */
export const eventStreamHeaders = {
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

const room = 64 * 1024
const encoder = new TextEncoder()
