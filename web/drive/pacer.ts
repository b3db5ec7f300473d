/**
 * What is drawn is drawn once a frame: what changes when nothing did is shown at
 * once, what changes more often than the screen does waits for the next frame,
 * where each drawing is done once, in the order in which they were asked for.
 */

/** How long a page out of sight, which has no frames, waits. In milliseconds. */
const outOfSight = 250

export class Pacer {
  readonly #later: (call: () => void) => void
  readonly #waiting = new Set<() => void>()
  #isResting = true

  /** @param later calls back when the next frame is due */
  constructor(later: (call: () => void) => void = nextFrame) {
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

function nextFrame(call: () => void): void {
  let isDue = true
  const once = (): void => {
    if (isDue) call()
    isDue = false
  }
  requestAnimationFrame(once)
  setTimeout(once, outOfSight)
}
