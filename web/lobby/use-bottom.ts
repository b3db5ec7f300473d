/**
 * Keeps a list at its end while the reader is there, and leaves it alone while
 * the reader is not: then it counts what came in.
 */
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import type { Entry } from '../lib/timeline.ts'

interface Bottom {
  list: RefObject<HTMLOListElement | null>
  scrolled: () => void
  away: boolean
  unseen: number // messages
  toBottom: () => void
}

const close = 48 // pixels from the end that still count as being there

/** @param own changes when the reader writes something, which brings the end into view */
export function useBottom(entries: readonly Entry[], own: string | undefined): Bottom {
  const list = useRef<HTMLOListElement>(null)
  const there = useRef(true)
  const [left, setLeft] = useState<number>() // offset of the last message when the reader went away
  const last = entries.findLast((entry) => entry.kind === 'message')?.offset ?? 0

  const follow = useCallback(() => {
    const element = list.current
    if (element !== null && there.current) element.scrollTop = element.scrollHeight
  }, [])

  const toBottom = useCallback(() => {
    there.current = true
    follow()
  }, [follow])

  const scrolled = useCallback(() => {
    const element = list.current
    if (element === null) return
    there.current = element.scrollHeight - element.scrollTop - element.clientHeight < close
    setLeft((was) => (there.current ? undefined : (was ?? last)))
  }, [last])

  useLayoutEffect(follow) // after each drawing, whatever made it

  useLayoutEffect(() => {
    if (own !== undefined) toBottom()
  }, [own, toBottom])

  useEffect(() => {
    // The keyboard of a phone, a growing composer, a turned screen.
    const observer = new ResizeObserver(follow)
    if (list.current !== null) observer.observe(list.current)
    return () => observer.disconnect()
  }, [follow])

  const away = left !== undefined
  const unseen = away ? entries.filter((entry) => entry.kind === 'message' && entry.offset > left).length : 0
  return { list, scrolled, away, unseen, toBottom }
}
