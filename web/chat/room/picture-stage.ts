/**
 * Fingers and mouse on the stage of the picture viewer. One that moves turns the
 * page, pulls the picture down to put it away or, on one that is zoomed, moves
 * it; two zoom; two quick presses zoom in and out, as does one of a mouse. What
 * is in between is written straight into the elements: nothing else is drawn.
 *
 * The stage holds a strip with `[data-page]` of -1, 0 and 1, each with an image.
 */
import { Cell } from '../../lib/cell.ts'
import { fitOf, fitted, fullScale, within, zoomed, type Size, type View } from '../../lib/zoom.ts'

export interface Pages {
  /** The one that is looked at. */
  readonly picture: Size
  readonly has: (direction: -1 | 1) => boolean
  readonly turn: (direction: -1 | 1) => void
  readonly close: () => void
}

interface Finger {
  readonly x: number
  readonly y: number
}

/** From the first finger down to the last one up. */
interface Stroke extends Finger {
  readonly time: number
  isMove: boolean
  isPinch: boolean
}

const turnAfter = 60 // pixels, or a third of it in a quick stroke
const closeAfter = 110
const quick = 0.4 // pixels a millisecond
const twice = 300 // ms between two presses
const near = 30 // pixels between them
const tremble = 6
const late = 400 // ms, where the browser left a movement out

export class PictureStage {
  readonly isZoomed = new Cell(false)
  #pages: Pages | undefined
  #stage: HTMLElement | undefined
  #view: View = fitted
  readonly #fingers = new Map<number, Finger>()
  #stroke: Stroke = { x: 0, y: 0, time: 0, isMove: false, isPinch: false }
  #press = { x: 0, y: 0, time: -Infinity }

  /** What is shown, as it is now. */
  show(pages: Pages): void {
    const isOther = pages.picture !== this.#pages?.picture
    this.#pages = pages
    if (isOther) this.#reset()
  }

  attach(stage: HTMLElement): () => void {
    this.#stage = stage
    const over = new AbortController()
    const { signal } = over
    stage.addEventListener('pointerdown', (event) => this.#down(event), { signal })
    stage.addEventListener('pointermove', (event) => this.#move(event), { signal })
    stage.addEventListener('pointerup', (event) => this.#up(event), { signal })
    stage.addEventListener('pointercancel', (event) => this.#cancel(event), { signal })
    stage.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false })
    return () => {
      over.abort()
      this.#stage = undefined
    }
  }

  toggle(at: Finger = { x: 0, y: 0 }): void {
    this.#look(this.#view.scale > 1 ? fitted : zoomed(fitted, this.#full, at, this.#most))
  }

  zoom(factor: number): void {
    this.#look(zoomed(this.#view, factor, { x: 0, y: 0 }, this.#most))
  }

  #reset(): void {
    this.#view = fitted
    this.isZoomed.value = false
    this.#pull(0, 0, true)
    for (const image of this.#stage?.querySelectorAll('img') ?? []) {
      image.style.setProperty('transition', 'none') // a page that was left is not seen to shrink
      image.style.removeProperty('transform')
    }
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return
    const finger = pointOf(event)
    this.#fingers.set(event.pointerId, finger)
    const isPinch = this.#fingers.size > 1
    this.#stroke = { ...finger, time: event.timeStamp, isMove: false, isPinch }
  }

  #move(event: PointerEvent): void {
    const before = this.#fingers.get(event.pointerId)
    if (before === undefined) return
    const now = pointOf(event)
    const [other] = [...this.#fingers].flatMap(([id, each]) => (id === event.pointerId ? [] : [each]))
    this.#fingers.set(event.pointerId, now)
    if (other !== undefined) return this.#pinch(before, now, other)
    const [dx, dy] = [now.x - this.#stroke.x, now.y - this.#stroke.y]
    if (!this.#stroke.isMove && Math.hypot(dx, dy) < tremble) return
    if (!this.#stroke.isMove) this.#stage?.setPointerCapture(event.pointerId) // not before: a press is for what is pressed
    this.#stroke.isMove = true
    const { scale, x, y } = this.#view
    if (scale > 1) this.#look({ scale, x: x + now.x - before.x, y: y + now.y - before.y }, true)
    else if (!this.#stroke.isPinch) this.#drag(dx, dy)
  }

  #pinch(before: Finger, now: Finger, other: Finger): void {
    const [was, is] = [distance(before, other), distance(now, other)]
    if (was === 0) return
    const middle = this.#fromMiddle({ x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 })
    const { scale, x, y } = zoomed(this.#view, is / was, middle, this.#most)
    this.#look({ scale, x: x + (now.x - before.x) / 2, y: y + (now.y - before.y) / 2 }, true)
  }

  #drag(x: number, y: number): void {
    if (Math.abs(y) > Math.abs(x)) return this.#pull(0, Math.max(0, y), true)
    this.#pull(this.#has(x < 0 ? 1 : -1) ? x : x / 4, 0, true) // at an end it resists
  }

  #up(event: PointerEvent): void {
    if (!this.#fingers.delete(event.pointerId)) return
    const { x, y, time, isMove, isPinch } = this.#stroke
    const [left] = this.#fingers.values()
    if (left !== undefined) this.#stroke = { ...left, time: event.timeStamp, isMove, isPinch }
    else if (!isMove && !isPinch) this.#pressed(event)
    else if (this.#view.scale === 1 && !isPinch)
      this.#release(event.clientX - x, event.clientY - y, Math.max(1, event.timeStamp - time))
  }

  #release(dx: number, dy: number, past: number): void {
    const direction = dx < 0 ? 1 : -1
    const isStroke = (way: number, after: number): boolean => way > after || (way > after / 3 && way / past > quick)
    const isAcross = Math.abs(dx) >= Math.abs(dy)
    if (isAcross && isStroke(Math.abs(dx), turnAfter) && this.#has(direction)) return this.#leaf(direction)
    if (!isAcross && isStroke(dy, closeAfter)) return this.#pages?.close()
    this.#pull(0, 0, false)
  }

  /** The next page comes all the way in, and is the one that is looked at then. */
  #leaf(direction: -1 | 1): void {
    const strip = this.#strip
    const isStill = globalThis.matchMedia('(prefers-reduced-motion: reduce)').matches
    if (isStill || strip === undefined) return this.#pages?.turn(direction)
    const timer = setTimeout(() => over.abort(), late)
    const over = new AbortController()
    strip.addEventListener('transitionend', () => over.abort(), { signal: over.signal })
    over.signal.addEventListener('abort', () => {
      clearTimeout(timer)
      this.#pages?.turn(direction)
    })
    this.#pull(-direction * this.#size.width, 0, false)
  }

  #pressed(event: PointerEvent): void {
    if (event.target instanceof Element && event.target.closest('button') !== null) return
    const at = pointOf(event)
    const isTwice = event.timeStamp - this.#press.time < twice && distance(at, this.#press) < near
    this.#press = { ...at, time: isTwice ? -Infinity : event.timeStamp }
    const isOnPicture = document.elementFromPoint(at.x, at.y) instanceof HTMLImageElement
    if (isTwice || (event.pointerType === 'mouse' && isOnPicture)) this.toggle(this.#fromMiddle(at))
  }

  #cancel(event: PointerEvent): void {
    if (this.#fingers.delete(event.pointerId) && this.#fingers.size === 0) this.#pull(0, 0, false)
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault() // else the browser zooms all of the page
    const { scale, x, y } = this.#view
    const factor = Math.exp(-event.deltaY / 100)
    if (event.ctrlKey) this.#look(zoomed(this.#view, factor, this.#fromMiddle(pointOf(event)), this.#most), true)
    else if (scale > 1) this.#look({ scale, x: x - event.deltaX, y: y - event.deltaY }, true)
  }

  #look(next: View, isMoving = false): void {
    this.#view = within(next, fitOf(this.#picture, this.#size), this.#size)
    const { scale, x, y } = this.#view
    const { style } = this.#stage?.querySelector<HTMLElement>('[data-page="0"] img') ?? {}
    style?.setProperty('transition', isMoving ? 'none' : '')
    style?.setProperty('transform', scale === 1 ? '' : `translate(${x}px, ${y}px) scale(${scale})`)
    this.isZoomed.value = scale > 1
  }

  #pull(x: number, y: number, isMoving: boolean): void {
    const { style } = this.#strip ?? {}
    style?.setProperty('transition', isMoving ? 'none' : '')
    style?.setProperty('transform', x === 0 && y === 0 ? '' : `translate(${x}px, ${y}px)`)
  }

  #has(direction: -1 | 1): boolean {
    return this.#pages?.has(direction) === true
  }

  get #strip(): HTMLElement | undefined {
    return this.#stage?.querySelector<HTMLElement>('[data-strip]') ?? undefined
  }

  get #picture(): Size {
    return this.#pages?.picture ?? this.#size
  }

  get #size(): Size {
    const { clientWidth: width = 1, clientHeight: height = 1 } = this.#stage ?? {}
    return { width, height }
  }

  get #full(): number {
    return fullScale(this.#picture, this.#size)
  }

  get #most(): number {
    return Math.max(4, 2 * this.#full)
  }

  #fromMiddle({ x, y }: Finger): Finger {
    const { left, top, width, height } = this.#stage?.getBoundingClientRect() ?? new DOMRect()
    return { x: x - left - width / 2, y: y - top - height / 2 }
  }
}

const pointOf = ({ clientX: x, clientY: y }: MouseEvent): Finger => ({ x, y })
const distance = (one: Finger, other: Finger): number => Math.hypot(one.x - other.x, one.y - other.y)
