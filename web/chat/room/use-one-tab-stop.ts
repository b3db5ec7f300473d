/**
 * The list is one stop of Tab: what can be pressed within a row is a stop only
 * while that row has the focus, or a long talk would be hundreds of them between
 * the reader and the composer. It is done to the elements as they come, so that
 * nothing within a message has to know.
 */
import { useLayoutEffect, type RefObject } from 'react'

const pressable = 'a[href], button, input, select, textarea, audio, video, summary, [tabindex]'

export function useOneTabStop(list: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => (list.current === null ? undefined : oneTabStop(list.current)), [list])
}

/** What scrolls by itself stays one: else its end could not be read with keys by who does not know of the rows. */
function isStop(element: Element): boolean {
  if (!element.matches(pressable) || element.getAttribute('tabindex') === '-1') return false
  return !element.matches('pre') || element.scrollWidth <= element.clientWidth
}

/** @returns how to stop it */
function oneTabStop(list: HTMLElement): () => void {
  const were = new Map<Element, string | null>() // what is no stop at present, and how it was
  let open: Element | null = null // the row that has the focus

  const rowOf = (element: Element): Element | null => element.parentElement?.closest('[data-stop]') ?? null
  const hush = (within: Element): void => {
    for (const element of [within, ...within.querySelectorAll(pressable)]) {
      const row = rowOf(element)
      if (row === null || row === open || !isStop(element)) continue
      were.set(element, element.getAttribute('tabindex'))
      element.setAttribute('tabindex', '-1')
    }
  }
  const release = (row: Element): void => {
    for (const element of row.querySelectorAll(pressable)) {
      const was = were.get(element)
      if (was === null) element.removeAttribute('tabindex')
      else if (was !== undefined) element.setAttribute('tabindex', was)
      were.delete(element)
    }
  }
  const turn = (to: Element | null): void => {
    const before = open
    open = to
    if (before === to) return
    if (before !== null) hush(before)
    if (to !== null) release(to)
  }
  const focused = ({ target }: FocusEvent): void =>
    turn(target instanceof Element ? target.closest('[data-stop]') : null)
  const left = ({ relatedTarget: to }: FocusEvent): void => {
    if (!(to instanceof Node) || !list.contains(to)) turn(null)
  }
  const observer = new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node instanceof Element) hush(node)
    if (changes.some(({ removedNodes }) => removedNodes.length > 0))
      for (const element of were.keys()) if (!element.isConnected) were.delete(element)
  })

  hush(list)
  observer.observe(list, { childList: true, subtree: true })
  list.addEventListener('focusin', focused)
  list.addEventListener('focusout', left)
  return () => {
    observer.disconnect()
    list.removeEventListener('focusin', focused)
    list.removeEventListener('focusout', left)
  }
}
