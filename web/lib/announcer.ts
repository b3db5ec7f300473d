/**
 * Says aloud what comes, for those who do not see it: one thing at a time, and
 * what comes at once as one. Between two there is time to listen; what comes
 * meanwhile is gathered. What was said goes after a while, so that nobody who
 * walks through the page finds it there.
 */
import { Cell, type Source } from './cell.ts'

export interface Announcement<T> {
  readonly id: number
  /** What came at once. */
  readonly news: readonly T[]
}

/** In milliseconds. */
const gathers = 400
const listens = 1500
const stays = 10_000

type After = (delay: number, call: () => void) => unknown

export class Announcer<T> {
  readonly #said = new Cell<Announcement<T> | undefined>(undefined)
  readonly #after: After
  #news: readonly T[] = []
  #count = 0
  #state: 'quiet' | 'gathering' | 'speaking' = 'quiet'

  constructor(after: After = (delay, call) => setTimeout(call, delay)) {
    this.#after = after
  }

  get said(): Source<Announcement<T> | undefined> {
    return this.#said
  }

  arrived(news: readonly T[]): void {
    if (news.length === 0) return
    this.#news = [...this.#news, ...news]
    if (this.#state === 'quiet') this.#gather()
  }

  /** What waits to be said concerns nobody any more. */
  forget(): void {
    this.#news = []
  }

  #gather(): void {
    this.#state = 'gathering'
    this.#after(gathers, () => this.#speak())
  }

  #speak(): void {
    this.#state = 'quiet'
    const news = this.#news
    this.#news = []
    if (news.length === 0) return
    const said = { id: ++this.#count, news }
    this.#said.value = said
    this.#state = 'speaking'
    this.#after(listens, () => (this.#news.length > 0 ? this.#speak() : (this.#state = 'quiet')))
    this.#after(stays, () => this.#said.value === said && (this.#said.value = undefined))
  }
}
