/**
 * Where the reader is: the browser's own history, seen as routes.
 *
 * `depth` counts the steps that the app itself went, so that "back" on a phone
 * goes to where one came from, and to the parent where one came from outside.
 */
import { Observable } from './observable.ts'
import { parseRoute, pathOf, type Route } from './route.ts'

type Window = Pick<globalThis.Window, 'history' | 'location' | 'addEventListener'>

export class Router extends Observable {
  readonly #window: Window
  #route: Route
  #path = ''
  #again = 0

  constructor(window: Window) {
    super()
    this.#window = window
    this.#route = this.#read()
    window.addEventListener('popstate', () => this.#arrive())
  }

  get route(): Route {
    return this.#route
  }

  get path(): string {
    return this.#path
  }

  /** How often somebody went to where they were already: what leads to a message leads there again. */
  get again(): number {
    return this.#again
  }

  go(route: Route, { replace = false } = {}): void {
    const path = pathOf(route)
    if (path === this.#path) return replace ? undefined : this.#comeAgain()
    const { history } = this.#window
    if (replace) history.replaceState({ depth: this.#depth }, '', path)
    else history.pushState({ depth: this.#depth + 1 }, '', path)
    this.#arrive()
  }

  /** One step back if it stays in the app, else to `parent`. */
  back(parent: Route): void {
    if (this.#depth > 0) this.#window.history.back()
    else this.go(parent, { replace: true })
  }

  get #depth(): number {
    const state: unknown = this.#window.history.state
    return typeof state === 'object' && state !== null && 'depth' in state ? Number(state.depth) || 0 : 0
  }

  #comeAgain(): void {
    this.#again++
    this.#arrive()
  }

  #arrive(): void {
    this.#route = this.#read()
    this.changed()
  }

  #read(): Route {
    const { pathname, search } = this.#window.location
    this.#path = pathname + search
    return parseRoute(this.#path)
  }
}
