import { useId, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { Sign } from '../../lib/signs.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import type { Suggestion } from '../../lib/suggestions.ts'
import type { Room } from '../../lib/views.ts'
import { useMe } from '../context.ts'
import { applyEdit } from './apply-edit.ts'
import { fetchTools, tools } from './tools.ts'

export interface Completion {
  readonly list: ListState | undefined
  readonly id: string
  /** To be called when the text or the caret has changed. */
  readonly look: () => void
  readonly close: () => void
  readonly take: (suggestion: Suggestion) => void
  /** Answers whether the key was for the list. */
  readonly key: (event: KeyboardEvent) => boolean
}

export interface ListState {
  readonly sign: Sign
  readonly suggestions: readonly Suggestion[]
  readonly active: number // -1: none, so that Enter is for the message
}

/**
 * A list of what could be meant by the letters behind an `@` or a `:`. It opens
 * while one writes, and once it was closed or used it stays closed for that sign.
 */
export function useCompletion(
  area: RefObject<HTMLTextAreaElement | null>,
  { model, room }: { readonly model: RoomModel; readonly room: Room },
): Completion {
  const [list, setList] = useState<ListState>()
  const done = useRef<number>(undefined) // the sign at which it was closed
  const looked = useRef<Sign>(undefined)
  const stop = useRef<() => void>(undefined)
  const id = useId()
  const { id: me } = useMe()
  const { lang } = useT()

  const close = (): void => {
    stop.current?.()
    looked.current = undefined
    setList(undefined)
  }
  const look = (): void => {
    const element = area.current
    const loaded = tools()
    if (element === null || loaded === undefined)
      return void (element !== null && mayHaveSign(element) && fetchTools().then(look))
    const sign = loaded.signIn(element)
    if (sign === undefined || sign.from !== done.current) done.current = undefined
    if (sign === undefined || done.current !== undefined) return close()
    if (isSame(sign, looked.current)) return
    looked.current = sign
    stop.current?.()
    stop.current = loaded.suggest(sign, { model, room, me, lang }, (suggestions) =>
      setList((before) => (suggestions.length === 0 ? undefined : listOf(sign, suggestions, before))),
    )
  }
  const take = (suggestion: Suggestion): void => {
    const element = area.current
    const sign = looked.current
    if (element === null || sign === undefined) return
    done.current = sign.from
    close()
    const blank = suggestion.kind === 'emoji' || /^\s/.test(element.value.slice(sign.to)) ? '' : ' '
    const insert = suggestion.insert + blank
    const end = sign.from + suggestion.insert.length + (suggestion.kind === 'emoji' ? 0 : 1)
    applyEdit(element, { ...sign, insert, select: [end, end] })
  }
  const key = (event: KeyboardEvent): boolean => {
    if (list === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false
    const step = steps[event.key]
    const isCurrent = looked.current !== undefined && isSame(list.sign, looked.current) // else what is shown is for other letters
    const chosen = isCurrent ? list.suggestions[list.active] : undefined
    if (step !== undefined) setList({ ...list, active: stepped(list, step) })
    else if (event.key === 'Escape') {
      done.current = list.sign.from
      close()
    } else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) take(chosen)
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }
  return { list, id, look, close, take, key }
}

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

function stepped({ active, suggestions: { length } }: ListState, step: number): number {
  return active < 0 ? (step > 0 ? 0 : length - 1) : (active + step + length) % length
}

/** More that has come for the same letters leaves the choice where it was. Behind a blank nothing is chosen: it may be a name's end. */
function listOf(sign: Sign, suggestions: readonly Suggestion[], before: ListState | undefined): ListState {
  const chosen = before !== undefined && isSame(before.sign, sign) ? before.suggestions[before.active]?.id : undefined
  const again = suggestions.findIndex(({ id }) => id === chosen)
  const first = /\s$/.test(sign.query) ? -1 : 0
  return { sign, suggestions, active: again >= 0 ? again : first }
}

function isSame(one: Sign, other: Sign | undefined): boolean {
  return one.from === other?.from && one.query === other.query
}

const mayHaveSign = ({ value }: HTMLTextAreaElement): boolean => /[@＠:]/.test(value)
