/**
 * What waits to be written to one connection.
 *
 * The system call is what a delivery costs, so frames are not written one by
 * one: a connection with something to say is put on the flusher's list, and
 * when the current turn of the event loop is over each gets one write with all
 * that waits for it. Flushing gives way after a few milliseconds, so that a burst
 * to ten thousand readers does not hold up a bystander. A reader that takes less
 * than it is sent is seen here: what waits has a limit, and nothing is ever
 * dropped in the middle.
 */
import type { Frame } from '../protocol/messages.ts'

/** The socket, or stream, below an outbox. */
export interface Sink {
  /** Bytes that were written and the peer has not taken. */
  buffered(): number
  /** Writes all of them at once, in order. */
  write(frames: readonly Frame[]): void
  /** The limit was passed: what waits will not be written any more. */
  overflow(): void
}

const highWater = 64 * 1024 // bytes in the socket above which the outbox keeps the rest
const chunk = 256 * 1024 // size after which a write is not made longer
const slice = 4 // ms of flushing before others get their turn
const nothing: Frame[] = [] // never added to; an idle connection has no list of its own

/** The connections that have something to write, across all of them one list. */
export class Flusher {
  #dirty: Outbox[] = []
  #scheduled = false
  readonly #flush = () => {
    const end = performance.now() + slice
    let done = 0
    for (const outbox of this.#dirty) {
      done++
      outbox.flush()
      if ((done & 63) === 0 && performance.now() > end) break
    }
    this.#dirty = this.#dirty.slice(done)
    this.#scheduled = this.#dirty.length > 0
    if (this.#scheduled) setImmediate(this.#flush)
  }

  add(outbox: Outbox): void {
    this.#dirty.push(outbox)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#flush)
  }
}

export class Outbox {
  readonly #sink: Sink
  readonly #flusher: Flusher
  readonly #limit: number
  #frames = nothing
  #size = 0
  #allowance = 0 // what was asked for does not count against the limit
  #listed = false
  #closed = false
  #waiting: (() => void) | undefined

  /** `limit`: bytes (text: UTF-16 units) that may wait. */
  constructor(sink: Sink, flusher: Flusher, limit: number) {
    this.#sink = sink
    this.#flusher = flusher
    this.#limit = limit
  }

  /** `asked`: the peer asked for it, so its size is the peer's own doing, bounded by how many commands are handled at a time. */
  push(frame: Frame, asked = false): void {
    if (this.#closed) return
    this.#size += frame.length
    if (this.#frames === nothing) this.#frames = [frame]
    else this.#frames.push(frame)
    if (asked) this.#allowance += frame.length
    else if (this.#isOver()) {
      this.#write() // much in one turn is no fault of the reader
      if (this.#closed) return
      if (this.#isOver()) {
        this.discard()
        return this.#sink.overflow()
      }
    }
    this.#list()
  }

  /** Writes what waits, as far as the socket takes it. */
  flush(): void {
    this.#listed = false
    this.#write()
  }

  #isOver(): boolean {
    return this.#size > this.#limit + this.#allowance
  }

  #write(): void {
    if (this.#closed || this.#size === 0 || this.#sink.buffered() > highWater) return // `drain` comes back to it
    let taken = 0
    let size = 0
    while (taken < this.#frames.length && size < chunk) size += this.#frames[taken++]?.length ?? 0
    const rest = this.#frames.length - taken
    const now = rest === 0 ? this.#frames : this.#frames.slice(0, taken)
    this.#frames = rest === 0 ? nothing : this.#frames.slice(taken)
    this.#size -= size
    // No more than what waits: a reader that never takes all could otherwise ask for room without end.
    this.#allowance = Math.min(this.#allowance, this.#size)
    this.#sink.write(now)
    if (rest > 0) this.#list()
    this.#release()
  }

  /** The socket has room again. */
  drain(): void {
    if (this.#size > 0) this.#list()
  }

  /** Undefined if there is room; else resolves when there is. */
  drained(): Promise<void> | undefined {
    if (this.#closed || this.#size <= this.#limit / 4) return undefined
    return new Promise((resolve) => {
      const before = this.#waiting
      this.#waiting = () => {
        before?.()
        resolve()
      }
    })
  }

  /** Writes the rest, whatever the socket says, and takes nothing more. */
  finish(): void {
    if (!this.#closed && this.#size > 0) this.#sink.write(this.#frames)
    this.discard()
  }

  /** Forgets what waits and takes nothing more. */
  discard(): void {
    this.#closed = true
    this.#frames = nothing
    this.#size = 0
    this.#release()
  }

  #list(): void {
    if (this.#listed) return
    this.#listed = true
    this.#flusher.add(this)
  }

  #release(): void {
    if (this.#waiting === undefined || this.#size > this.#limit / 4) return
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting()
  }
}
