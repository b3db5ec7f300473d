/**
 * The words of buttons that show a sign only. One layer for all of them: it
 * watches for a pointer that rests, or a keyboard that comes, on anything with
 * `data-tip`. What floats is fetched for the first of them.
 */
import { useEffect, useState } from 'react'
import { later } from './later.tsx'
import type { TipPopupProps } from './tip-popup.tsx'

const TipPopup = later<TipPopupProps>(async () => (await import('./tip-popup.tsx')).TipPopup)
const rest = 450 // milliseconds

export function Tooltips() {
  const [target, setTarget] = useState<Element>()
  useEffect(() => watch(setTarget), [])
  return target !== undefined && <TipPopup target={target} />
}

function watch(show: (target: Element | undefined) => void): () => void {
  const stop = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = (event: PointerEvent): void => {
    clearTimeout(timer)
    const target = tipped(event.target)
    if (target === undefined) return show(undefined)
    if (event.pointerType === 'mouse') timer = setTimeout(() => target.isConnected && show(target), rest)
  }
  const hide = (): void => {
    clearTimeout(timer)
    show(undefined)
  }
  const focus = ({ target }: FocusEvent): void => {
    if (target instanceof Element && target.matches(':focus-visible')) show(tipped(target))
  }
  const options = { signal: stop.signal, passive: true, capture: true }
  document.addEventListener('pointerover', over, options)
  document.addEventListener('focusin', focus, options)
  for (const type of ['pointerdown', 'focusout', 'keydown', 'scroll']) document.addEventListener(type, hide, options)
  return () => {
    clearTimeout(timer)
    stop.abort()
  }
}

function tipped(target: EventTarget | null): Element | undefined {
  return target instanceof Element ? (target.closest('[data-tip]') ?? undefined) : undefined
}
