/**
 * The list is one stop of Tab; from there the arrows go from row to row, on into
 * pages that are not loaded yet. A row that has the focus and goes (many are let
 * go of when one scrolls far) hands it to the nearest that is left.
 */
import { useCallback, useLayoutEffect, useRef, useState, type FocusEvent, type RefObject } from 'react'
import type { RoomModel } from '../../lib/room-model.ts'
import type { Row } from '../../lib/rows.ts'
import { isTyping } from '../../ui/composing.ts'
import { useSource } from '../context.ts'

/** Where the focus wants to be as soon as it is there. */
type Wish =
  | { readonly offset: number }
  | 'last'
  /** The row before, or behind, the message that was the outermost. */
  | { readonly beyond: string; readonly step: -1 | 1; readonly from: string }

export type Step = -1 | 1 | 'first' | 'last'

export interface Roving {
  /** The key of the row that Tab comes to. */
  readonly active: string | undefined
  readonly go: (from: string, step: Step) => void
  /** To the message with this offset. */
  readonly goTo: (offset: number) => void
  readonly onFocus: (event: FocusEvent) => void
  readonly onBlur: () => void
}

export function useRoving(list: RefObject<HTMLElement | null>, rows: readonly Row[], model: RoomModel): Roving {
  const page = useSource(model.paging.page)
  const [chosen, setChosen] = useState<string>()
  const wish = useRef<Wish>(undefined)
  const focused = useRef<{ readonly row: HTMLElement; readonly key: string }>(undefined)
  const stops = rows.filter(({ kind }) => kind !== 'unread')
  const active = stops.some(({ key }) => key === chosen) ? chosen : stops.findLast(isSpoken)?.key

  const focus = (key: string | undefined, scrolls = true): boolean => {
    const row = key && list.current?.querySelector<HTMLElement>(`[data-stop="${CSS.escape(key)}"]`)
    if (!row) return false
    row.focus({ preventScroll: true })
    if (scrolls) model.scroll.bring(row)
    return true
  }

  useLayoutEffect(() => {
    if (isTyping(document.activeElement)) wish.current = undefined // who writes by now is left alone
    if (wish.current !== undefined && focus(fulfilled(wish.current, stops, page.after === 'end')))
      wish.current = undefined
    const lost = focused.current
    if (lost === undefined || lost.row.isConnected) return
    focused.current = undefined
    if (wish.current === undefined && document.activeElement === document.body) focus(nearest(lost, stops), false)
  })

  const go = (from: string, step: Step): void => {
    const { paging, scroll } = model
    if (step === 'last') {
      wish.current = 'last'
      if (page.after === 'end') scroll.toEnd()
      else void paging.jump('latest').then(() => scroll.toEnd())
      if (page.after === 'end' && focus(stops.findLast(isSpoken)?.key, false)) wish.current = undefined
      return
    }
    if (step === 'first' && page.before !== 'end') return void toFirst()
    const at = stops.findIndex(({ key }) => key === from)
    const next = step === 'first' ? stops.find(isSpoken) : stops[at + step]
    wish.current = undefined
    if (next !== undefined) focus(next.key)
    else if (step === -1) beyond(from, -1, stops.find(isSpoken)?.key, page.before, () => paging.earlier())
    else if (step === 1) beyond(from, 1, stops.findLast(isSpoken)?.key, page.after, () => paging.later())
  }

  const beyond = (from: string, step: -1 | 1, edge: string | undefined, what: string, load: () => void): void => {
    if (what === 'end' || edge === undefined) return
    wish.current = { beyond: edge, step, from }
    load()
  }

  const toFirst = async (): Promise<void> => {
    const found = await model.paging.find(0)
    if (!found.ok) return
    goTo(found.value.offset)
    model.scroll.reveal(found.value.offset)
    await model.paging.jump(found.value.offset)
  }

  const goTo = useCallback(
    (offset: number): void => {
      wish.current = { offset }
      const row = list.current?.querySelector<HTMLElement>(`[data-offset="${offset}"]`)
      if (!row) return
      wish.current = undefined
      row.focus({ preventScroll: true })
    },
    [list],
  )

  return {
    active,
    go,
    goTo,
    onFocus({ target }) {
      const row = target.closest<HTMLElement>('[data-stop]')
      const key = row?.dataset['stop']
      if (row === null || key === undefined) return
      focused.current = { row, key }
      setChosen(key)
    },
    onBlur() {
      focused.current = undefined
    },
  }
}

const isSpoken = ({ kind }: Row): boolean => kind === 'message' || kind === 'pending'

/** The row itself, drawn anew, or else the end that it was nearer to. */
function nearest({ row, key }: { row: HTMLElement; key: string }, stops: readonly Row[]): string | undefined {
  if (stops.some((stop) => stop.key === key)) return key
  const spoken = stops.filter(isSpoken)
  const [first] = spoken
  const isBefore = first?.kind === 'message' && Number(row.dataset['offset'] ?? Infinity) < first.message.offset
  return (isBefore ? first : spoken.at(-1))?.key
}

/** The key of the row that is wished for, if it is there. */
function fulfilled(wish: Wish, stops: readonly Row[], atEnd: boolean): string | undefined {
  if (wish === 'last') return atEnd ? stops.findLast(isSpoken)?.key : undefined
  if ('offset' in wish) return stops.find((row) => row.kind === 'message' && row.message.offset === wish.offset)?.key
  let at = stops.findIndex(({ key }) => key === wish.beyond)
  if (at === -1) return undefined
  do at += wish.step
  while (stops[at]?.key === wish.from)
  return stops[at]?.key
}
