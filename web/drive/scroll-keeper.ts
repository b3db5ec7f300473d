/**
 * Keeps what is looked at where it is. While somebody reads in the middle, the
 * row at the top of the view is the anchor: whatever is drawn above or below it,
 * also above the list, and however large images turn out to be, it stays where
 * it was, to the pixel.
 * At the end the end is what stays.
 *
 * The browser's own anchoring is off in this list: not all browsers have it,
 * and two that correct the same thing correct it twice.
 */
import { Pacer } from './pacer.ts'
import type { Place, ScrollKeeper as Keeper } from '../lib/room-model.ts'
import { Cell } from '../lib/cell.ts'

/** Pixels from the end that still count as being there. */
const near = 48
/** So many heights of the view before an end, more is asked for; less of it before anybody scrolls. */
const ahead = 1.5
const aheadAtFirst = 0.5

export interface ScrollWishes {
  /** The beginning, or the end, of what is there comes near. */
  readonly earlier: () => void
  readonly later: () => void
  /** The message with this offset is the lowest in view. */
  readonly seen: (offset: number) => void
  readonly moved: (atEnd: boolean) => void
}

interface Target {
  readonly offset: number
  /** The reader is shown which one it is. */
  readonly points: boolean
}

export class ScrollKeeper implements Keeper {
  readonly place = new Cell<Place>({ atEnd: true, below: 0 })
  readonly #wishes: ScrollWishes
  readonly #pacer = new Pacer()
  readonly #settle = (): void => this.settle()
  #list: HTMLElement | undefined
  #watcher: ResizeObserver | undefined
  #watched = new WeakSet<HTMLElement>()
  #anchor: { readonly row: string; readonly top: number } | undefined // in the window: a bar above the list moves the list, not what one reads
  #target: Target | undefined // it is to come into view as soon as it is there
  #ahead = aheadAtFirst
  #expected = -1 // where we have scrolled to by ourselves

  constructor(wishes: ScrollWishes) {
    this.#wishes = wishes
  }

  attach(list: HTMLElement | undefined): void {
    this.#list?.removeEventListener('scroll', this.#scrolled)
    this.#watcher?.disconnect()
    this.#list = list
    if (list === undefined) return
    list.style.overflowAnchor = 'none'
    list.addEventListener('scroll', this.#scrolled, { passive: true })
    this.#watcher = new ResizeObserver(() => this.settle())
    this.#watched = new WeakSet()
    this.#watcher.observe(list)
    this.settle()
  }

  settle(): void {
    const list = this.#list
    if (list === undefined) return
    this.#watch(list)
    if (this.#target !== undefined && this.#show(list, this.#target)) this.#target = undefined
    else if (this.place.value.atEnd && this.#anchor === undefined) this.#to(list, list.scrollHeight)
    else this.#keep(list)
    this.#look(list)
  }

  /** Messages of others have come, as many as this. */
  arrived(count: number): void {
    const { atEnd, below } = this.place.value
    if (!atEnd) this.place.value = { atEnd, below: below + count }
  }

  reveal(offset: number): void {
    this.#target = { offset, points: true }
    this.settle()
  }

  bring(row: HTMLElement): void {
    const list = this.#list
    row.scrollIntoView({ block: 'nearest' })
    // At once, not with the event: what is drawn until then would take it back.
    if (list !== undefined && Math.abs(list.scrollTop - this.#expected) > 1) this.#moved(list)
  }

  /** Reading goes on at this message: what is behind it is shown rather than what is before. */
  beginAt(offset: number): void {
    this.#target = { offset, points: false }
    this.settle()
  }

  lookedAt(): number | 'latest' {
    const list = this.#list
    if (list === undefined || this.place.value.atEnd) return 'latest'
    const { top } = list.getBoundingClientRect()
    for (const row of list.querySelectorAll<HTMLElement>('[data-offset]'))
      if (row.getBoundingClientRect().bottom > top + 1) return Number(row.dataset['offset'])
    return 'latest'
  }

  toEnd(): void {
    this.#target = undefined
    this.#anchor = undefined
    this.place.value = { atEnd: true, below: 0 }
    this.#wishes.moved(true)
    this.#pacer.run(this.#settle) // who sends a line after the other comes to the end with each
  }

  readonly #scrolled = (): void => {
    const list = this.#list
    if (list === undefined) return
    if (Math.abs(list.scrollTop - this.#expected) > 1) {
      this.#ahead = ahead
      this.#moved(list)
    }
    this.#look(list)
  }

  /** The reader has moved. */
  #moved(list: HTMLElement): void {
    this.#expected = list.scrollTop
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < near
    this.#anchor = atEnd ? undefined : this.#first(list)
    const before = this.place.value
    this.place.value = atEnd === before.atEnd ? before : { atEnd, below: 0 }
    if (atEnd !== before.atEnd) this.#wishes.moved(atEnd)
  }

  /** The first row that is in view, and where it stands in the window. */
  #first(list: HTMLElement): { row: string; top: number } | undefined {
    const { top } = list.getBoundingClientRect()
    for (const row of rowsOf(list)) {
      const at = row.getBoundingClientRect()
      if (at.bottom > top + 1) return { row: row.dataset['row'] ?? '', top: at.top }
    }
    return undefined
  }

  #keep(list: HTMLElement): void {
    const anchor = this.#anchor
    const row = anchor && list.querySelector<HTMLElement>(`[data-row="${CSS.escape(anchor.row)}"]`)
    if (!anchor || !row) return
    const moved = row.getBoundingClientRect().top - anchor.top
    if (Math.abs(moved) >= 0.5) this.#to(list, list.scrollTop + moved)
  }

  #show(list: HTMLElement, { offset, points }: Target): boolean {
    const row = list.querySelector<HTMLElement>(`[data-offset="${offset}"]`)
    if (row === null) return false
    const above = points ? Math.max(0, (list.clientHeight - row.clientHeight) / 2) : list.clientHeight / 4
    this.#to(list, list.scrollTop + row.getBoundingClientRect().top - list.getBoundingClientRect().top - above)
    this.#moved(list)
    if (!points) return true
    row.classList.remove('pointed-at')
    void row.offsetWidth // so that the animation begins anew
    row.classList.add('pointed-at')
    return true
  }

  #to(list: HTMLElement, top: number): void {
    list.scrollTop = top
    this.#expected = list.scrollTop
  }

  #look(list: HTMLElement): void {
    const margin = list.clientHeight * this.#ahead
    if (list.scrollTop < margin) this.#wishes.earlier()
    if (list.scrollHeight - list.scrollTop - list.clientHeight < margin) this.#wishes.later()
    if (document.visibilityState !== 'visible' || !document.hasFocus()) return
    const lowest = this.#lowest(list)
    if (lowest !== undefined) this.#wishes.seen(lowest)
  }

  /** The offset of the last message whose end is in view. */
  #lowest(list: HTMLElement): number | undefined {
    const { bottom } = list.getBoundingClientRect()
    for (const row of [...rowsOf(list)].toReversed()) {
      const { offset } = row.dataset
      if (offset !== undefined && row.getBoundingClientRect().bottom <= bottom + near) return Number(offset)
    }
    return undefined
  }

  /** Rows become larger when their images come. */
  #watch(list: HTMLElement): void {
    for (const row of rowsOf(list)) {
      if (this.#watched.has(row)) continue
      this.#watched.add(row)
      this.#watcher?.observe(row, { box: 'border-box' })
    }
  }
}

function rowsOf(list: HTMLElement): NodeListOf<HTMLElement> {
  return list.querySelectorAll<HTMLElement>('[data-row]')
}
