/**
 * Lists are drawn twenty times a second at the most: what changes when nothing
 * did is shown at once; what changes all the time, as a thousand messages on
 * their way do, is drawn together, each drawing once, in the order in which they
 * were asked for. So keys and scrolling have the rest of the time.
 */

const pause = 50 // ms

export class Pacer {
  readonly #later: (call: () => void) => void
  readonly #waiting = new Set<() => void>()
  #isResting = true

  /** @param later calls back after the pause */
  constructor(later: (call: () => void) => void = (call) => void setTimeout(call, pause)) {
    this.#later = later
  }

  run(draw: () => void): void {
    this.#waiting.add(draw)
    if (this.#isResting) this.#go()
  }

  /** What waits is drawn now: a page that was asked for is not one change of many. */
  flush(): void {
    const due = [...this.#waiting]
    this.#waiting.clear()
    for (const draw of due) draw()
  }

  #go(): void {
    this.#isResting = this.#waiting.size === 0
    if (this.#isResting) return
    this.#later(() => this.#go())
    this.flush()
  }
}
