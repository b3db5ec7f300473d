/**
 * What can be pressed within a row is reached from that row: in all others it is
 * no stop of Tab, or a long talk would be hundreds of them between the reader
 * and the composer. It is done to the elements as they come, so that nothing
 * within a message has to know.
 */
import { useLayoutEffect, useRef, type RefObject } from 'react'

const pressable = 'a[href], button, input, select, textarea, audio, video, summary, [tabindex]'

export function useOneTabStop(list: RefObject<HTMLElement | null>, active: string | undefined): void {
  const were = useRef(new WeakMap<Element, string | null>()) // what is silenced, and how it was
  const last = useRef<string>(undefined)

  useLayoutEffect(() => {
    const { current: root } = list
    if (root === null) return
    const of = (key: string | undefined) =>
      key === undefined ? null : root.querySelector(`[data-stop="${CSS.escape(key)}"]`)
    if (last.current !== active) silence(of(last.current), were.current)
    last.current = active
    speak(of(active), were.current)
  }, [list, active])

  useLayoutEffect(() => {
    const { current: root } = list
    if (root === null) return
    const quieten = (element: Element): void => {
      for (const each of [element, ...element.querySelectorAll(pressable)]) {
        const row = each.closest('[data-stop]')
        if (row !== null && row !== each && row.getAttribute('data-stop') !== last.current && each.matches(pressable))
          hush(each, were.current)
      }
    }
    quieten(root)
    const observer = new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) if (node instanceof Element) quieten(node)
    })
    observer.observe(root, { childList: true, subtree: true })
    return () => observer.disconnect()
  }, [list])
}

type Were = WeakMap<Element, string | null>

function hush(element: Element, were: Were): void {
  if (element.getAttribute('tabindex') === '-1') return
  were.set(element, element.getAttribute('tabindex'))
  element.setAttribute('tabindex', '-1')
}

function silence(row: Element | null, were: Were): void {
  for (const each of row?.querySelectorAll(pressable) ?? []) hush(each, were)
}

function speak(row: Element | null, were: Were): void {
  for (const each of row?.querySelectorAll(pressable) ?? []) {
    const was = were.get(each)
    if (was === undefined) continue
    were.delete(each)
    if (was === null) each.removeAttribute('tabindex')
    else each.setAttribute('tabindex', was)
  }
}
