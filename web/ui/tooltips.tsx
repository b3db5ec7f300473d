/**
 * The words of buttons that show a sign only. One layer for all of them: it
 * watches for a mouse that rests, or a keyboard that comes, on anything with
 * `data-tip`. What floats is fetched for the first of them.
 *
 * A finger has none: nothing would take them away again. It is not enough to ask
 * an event for its pointer: a mouse that lies there is "over" whatever a touch
 * brings under it, and the focus that comes back to a button from a field one
 * wrote in is one that is to be seen.
 */
import { useEffect, useState } from 'react'
import { later } from './later.tsx'
import type { TipPopupProps } from './tip-popup.tsx'

const TipPopup = later<TipPopupProps>(async () => (await import('./tip-popup.tsx')).TipPopup)
const rest = 450 // milliseconds
const moving = /^(Tab|Escape|Home|End|Arrow\w+|F6)$/ // keys that the keyboard on a phone's screen has not

export function Tooltips() {
  const [target, setTarget] = useState<Element>()
  useEffect(() => watch(setTarget), [])
  return target !== undefined && <TipPopup target={target} />
}

function watch(show: (target: Element | undefined) => void): () => void {
  const stop = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isTouched = false // since then, no mouse has moved
  let isByKeys = false // since a pointer was pressed, keys have moved the focus
  const over = (event: PointerEvent): void => {
    clearTimeout(timer)
    const target = tipped(event.target)
    if (target === undefined) return show(undefined)
    if (event.pointerType === 'mouse' && !isTouched) timer = setTimeout(() => target.isConnected && show(target), rest)
  }
  const hide = (): void => {
    clearTimeout(timer)
    show(undefined)
  }
  const moved = ({ pointerType }: PointerEvent): void => {
    if (pointerType === 'mouse') isTouched = false
  }
  const pressed = ({ pointerType }: PointerEvent): void => {
    isTouched = pointerType !== 'mouse'
    isByKeys = false
    hide()
  }
  const typed = ({ key }: KeyboardEvent): void => {
    isByKeys ||= moving.test(key)
    hide()
  }
  const focus = ({ target }: FocusEvent): void => {
    if (isByKeys && target instanceof Element && target.matches(':focus-visible')) show(tipped(target))
  }
  const options = { signal: stop.signal, passive: true, capture: true }
  document.addEventListener('pointerover', over, options)
  document.addEventListener('pointermove', moved, options)
  document.addEventListener('pointerdown', pressed, options)
  document.addEventListener('keydown', typed, options)
  document.addEventListener('focusin', focus, options)
  for (const type of ['focusout', 'scroll']) document.addEventListener(type, hide, options)
  return () => {
    clearTimeout(timer)
    stop.abort()
  }
}

function tipped(target: EventTarget | null): Element | undefined {
  return target instanceof Element ? (target.closest('[data-tip]') ?? undefined) : undefined
}
