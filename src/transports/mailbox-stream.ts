/**
 * A response that goes on: server-sent events (HTML standard, section 9.2).
 * What waits for the reader has the limit of every outbox; a comment now and
 * then keeps proxies from thinking that nobody is there.
 */
import type { Node } from '../core/node.ts'
import type { Sleeper } from '../core/wheel.ts'
import type { Frame } from '../protocol/messages.ts'
import { type Flusher, Outbox, type Sink } from './outbox.ts'

export interface StreamOwner {
  /** These frames were handed to the connection. */
  written?(frames: readonly Frame[]): void
  /** The reader is gone, or slower than it is written to. */
  gone(why: 'left' | 'slow'): void
}

export const heartbeat = 15_000 // ms
const retry = 2000 // ms after which an EventSource comes back
const ahead = 64 * 1024 // bytes that may wait in the stream

export class MailboxStream implements Sink, Sleeper {
  readonly #owner: StreamOwner
  readonly #outbox: Outbox
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  readonly response: Response

  constructor(node: Node, flusher: Flusher, owner: StreamOwner) {
    this.#owner = owner
    this.#outbox = new Outbox(this, flusher, node.limits.outboxSize)
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
          controller.enqueue(utf8.encode(`retry: ${retry}\n\n`))
        },
        pull: () => this.#outbox.drain(),
        cancel: () => this.#leave('left'),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: ahead }),
    )
    this.response = new Response(body, { headers: eventStreamHeaders })
    node.wheel.add(node.clock.monotonic() + heartbeat, this)
  }

  /** `frame`: the lines of one event, with the blank line that ends it. */
  push(frame: string): void {
    this.#outbox.push(frame)
  }

  drained(): Promise<void> | undefined {
    return this.#outbox.drained()
  }

  /** From our side: what waits is written, and nothing follows. */
  end(): void {
    this.#outbox.finish()
    const controller = this.#controller
    this.#controller = undefined
    controller?.close()
  }

  wake(now: number): number | undefined {
    if (this.#controller === undefined) return undefined
    this.#outbox.push(':\n\n')
    return now + heartbeat
  }

  buffered(): number {
    // The outbox has a mark of its own; here it only counts whether the stream wants more.
    return (this.#controller?.desiredSize ?? 0) > 0 ? 0 : Infinity
  }

  write(frames: readonly Frame[]): void {
    this.#controller?.enqueue(utf8.encode(frames.join('')))
    this.#owner.written?.(frames)
  }

  overflow(): void {
    this.#leave('slow')
  }

  #leave(why: 'left' | 'slow'): void {
    const controller = this.#controller
    if (controller === undefined) return
    this.#controller = undefined
    this.#outbox.discard()
    if (why === 'slow') controller.error(new Error('the reader is too slow'))
    this.#owner.gone(why)
  }
}

const utf8 = new TextEncoder()

const eventStreamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no', // nginx would otherwise gather what is meant to arrive at once
}
