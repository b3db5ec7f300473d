/**
 * Which rooms somebody looks at, in whatever tab: each tab that is in sight and
 * has the keys holds a lock of its room's name, which goes with the tab.
 */
const prefix = 'posthouse looks at '

export class Looking {
  #room: string | undefined
  #release: (() => void) | undefined

  /** @param room is asked which room is on the screen */
  constructor(room: () => string | undefined) {
    const look = () => this.#at(document.visibilityState === 'visible' && document.hasFocus() ? room() : undefined)
    for (const event of ['focus', 'blur', 'pageshow', 'pagehide', 'popstate']) addEventListener(event, look)
    document.addEventListener('visibilitychange', look)
    this.look = look
    look()
  }

  /** To be called when another room is shown. */
  readonly look: () => void

  /** Whether somebody looks at it in this tab. */
  here(room: string): boolean {
    return this.#room === room
  }

  /** Whether somebody looks at it in any tab; of the others it is known where a browser has locks. */
  async at(room: string): Promise<boolean> {
    if (this.here(room)) return true
    const { held = [] } = (await globalThis.navigator.locks?.query()) ?? {}
    return held.some(({ name }) => name === prefix + room)
  }

  #at(room: string | undefined): void {
    if (room === this.#room) return
    this.#room = room
    this.#release?.()
    this.#release = undefined
    if (room === undefined || globalThis.navigator.locks === undefined) return
    const over = Promise.withResolvers<void>()
    this.#release = over.resolve
    void navigator.locks.request(prefix + room, { mode: 'shared' }, () => over.promise)
  }
}
