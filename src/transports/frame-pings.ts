/**
 * Pings of the WebSocket itself (RFC 6455, section 5.5.2), with a deadline for
 * the pong: every client answers them by itself, also one that knows nothing of
 * the protocol above.
 */
import type { Node } from '../core/node.ts'
import type { Sleeper } from '../core/wheel.ts'

export class FramePings implements Sleeper {
  readonly #node: Node
  readonly #ping: () => void
  readonly #silent: () => void
  /** Nothing is read from the socket for now, so a pong may be waiting there. */
  paused = false
  #pingAt: number // monotonic ms; Infinity when it is over
  #pongBy = 0 // 0: no ping is unanswered

  /** `silent` is called when a pong does not come. */
  constructor(node: Node, ping: () => void, silent: () => void) {
    this.#node = node
    this.#ping = ping
    this.#silent = silent
    const { clock, limits, random } = node
    // Spread, so that those who came together are not all asked at once.
    this.#pingAt = clock.monotonic() + limits.pingInterval * (0.5 + random() / 2)
    if (limits.pingInterval > 0) node.wheel.add(this.#pingAt, this)
  }

  pong(): void {
    this.#pongBy = 0
  }

  stop(): void {
    this.#pingAt = Infinity
  }

  wake(now: number, late: boolean): number | undefined {
    if (this.#pingAt === Infinity) return undefined
    const { pingInterval, pongTimeout } = this.#node.limits
    if (this.#pongBy !== 0) {
      if (!late && !this.paused) {
        this.stop()
        this.#silent()
        return undefined
      }
      this.#pongBy = now + pongTimeout // or the process stood still, and the pong is waiting, too
    } else if (now >= this.#pingAt) {
      this.#ping()
      this.#pingAt = now + pingInterval
      if (pongTimeout > 0) this.#pongBy = now + pongTimeout
    }
    return this.#pongBy === 0 ? this.#pingAt : this.#pongBy
  }
}
