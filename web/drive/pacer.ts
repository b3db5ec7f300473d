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

  #go(): void {
    this.#isResting = this.#waiting.size === 0
    if (this.#isResting) return
    const due = [...this.#waiting]
    this.#waiting.clear()
    this.#later(() => this.#go())
    for (const draw of due) draw()
  }
}
