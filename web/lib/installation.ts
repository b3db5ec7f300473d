/**
 * Whether this page can become an app of the device, and how. Chromium says so
 * by an event that it lets us keep for when somebody presses our button; Safari
 * on iPhones and iPads has a way of its own, which only words can tell; others
 * have none, or it is one already.
 */
import { Cell } from './cell.ts'

export type InstallWay = 'none' | 'button' | 'words'

interface InstallEvent extends Event {
  prompt(): Promise<unknown>
  readonly userChoice: Promise<{ readonly outcome: 'accepted' | 'dismissed' }>
}

type Window = Pick<globalThis.Window, 'addEventListener' | 'matchMedia'> & { readonly navigator: Device }

interface Device {
  readonly userAgent: string
  readonly maxTouchPoints: number
  /** Of Safari only. */
  readonly standalone?: boolean
}

export class Installation {
  readonly way: Cell<InstallWay>
  #event: InstallEvent | undefined

  constructor(window: Window) {
    this.way = new Cell<InstallWay>(isApple(window.navigator) && !isInstalled(window) ? 'words' : 'none')
    window.addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault() // else the browser asks when nobody thinks of it
      this.#event = event as InstallEvent
      this.way.value = 'button'
    })
    window.addEventListener('appinstalled', () => this.#over())
  }

  /** The browser asks. Whether it was done. */
  async install(): Promise<boolean> {
    const event = this.#event
    if (event === undefined) return false
    await event.prompt()
    const { outcome } = await event.userChoice
    this.#over() // an event is good for one question
    return outcome === 'accepted'
  }

  #over(): void {
    this.#event = undefined
    this.way.value = 'none'
  }
}

function isInstalled(window: Window): boolean {
  return window.navigator.standalone === true || window.matchMedia('(display-mode: standalone)').matches
}

/** iPads call themselves Macs; no Mac has a touch screen. */
function isApple({ userAgent, maxTouchPoints }: Device): boolean {
  return /iPhone|iPad|iPod/.test(userAgent) || (userAgent.includes('Macintosh') && maxTouchPoints > 1)
}
