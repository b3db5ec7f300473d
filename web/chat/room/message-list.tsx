import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { ArrowDown } from 'lucide-react'
import { useT } from '../../i18n/use-translate.ts'
import type { Page, RoomModel, RoomState } from '../../lib/room-model.ts'
import { rowsOf, told, type Row } from '../../lib/rows.ts'
import { Button } from '../../ui/button.tsx'
import { later } from '../../ui/later.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { useMe, useSource } from '../context.ts'
import { DayLine } from './day-line.tsx'
import { Happenings } from './happenings.tsx'
import { LatestButton } from './latest-button.tsx'
import { MessageRow } from './message-row.tsx'
import type { MessageMenuProps } from './open-message-menu.tsx'
import { useMessageMenu } from './use-message-menu.ts'
import { PendingRow } from './pending-row.tsx'
import { UnreadLine } from './unread-line.tsx'

const OpenMessageMenu = later<MessageMenuProps>(async () => (await import('./open-message-menu.tsx')).OpenMessageMenu)

interface Props {
  readonly model: RoomModel
  readonly state: Extract<RoomState, { at: 'open' }>
  /** A message to come to, from the address. */
  readonly target: number | undefined
}

/**
 * What was said. Each row has a key that it keeps and says its offset, so that
 * rows which are far away can be left out by their measured heights, and the
 * scroll keeper can find its anchor again.
 */
export function MessageList({ model, state, target }: Props) {
  const page = useSource(model.paging.page)
  const pending = useSource(model.pending.messages)
  const me = useMe()
  const { kind } = state.room
  const list = useRef<HTMLOListElement>(null)
  const t = useT()
  const rows = useMemo(
    () =>
      rowsOf({ ...page, happenings: told(page.happenings, { kind }), pending, me: me.id, readUpTo: state.readUpTo }),
    [page, kind, pending, me.id, state.readUpTo],
  )
  const { menu, openMenu, closeMenu } = useMessageMenu()
  const roving = useRoving(rows)

  useEffect(() => {
    const { scroll } = model
    scroll.attach(list.current ?? undefined)
    return () => scroll.attach(undefined)
  }, [model])
  useLayoutEffect(() => model.scroll.settle())
  useComing(model, target)

  return (
    <div className="relative grid min-h-0 min-w-0">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the arrows go from one message to the next */}
      <ol
        ref={list}
        aria-label={t('room.messages')}
        className="scrolls flex min-w-0 flex-col px-3 pt-3 pb-2 wide:px-[max(1.25rem,calc((100%-46rem)/2))]"
        onKeyDown={roving.onKeyDown}
      >
        <EdgeRow edge={page.before} retry={() => model.paging.earlier()} />
        {rows.map((row) => (
          <RowView
            key={row.key}
            row={row}
            state={state}
            active={row.key === roving.active}
            model={model}
            menu={openMenu}
          />
        ))}
        {page.after !== 'end' && <EdgeRow edge={page.after} retry={() => model.paging.later()} />}
      </ol>
      <LatestButton model={model} icon={<ArrowDown aria-hidden />} />
      {menu !== undefined && <OpenMessageMenu menu={menu} model={model} room={state.room} onClose={closeMenu} />}
    </div>
  )
}

/** Comes to the message of the address, wherever it is; and back to where one was, when the address goes. */
function useComing(model: RoomModel, target: number | undefined): void {
  const from = useRef<number | 'latest'>(undefined)
  useEffect(() => {
    const { paging, scroll } = model
    if (target !== undefined) {
      from.current ??= scroll.lookedAt()
      scroll.reveal(target)
      void paging
        .jump(target)
        .then((found) => found.ok && found.value.offset !== target && scroll.reveal(found.value.offset))
    } else if (from.current !== undefined) {
      const back = from.current
      from.current = undefined
      if (back !== 'latest') scroll.reveal(back)
      void paging.jump(back).then(() => back === 'latest' && scroll.toEnd())
    }
  }, [model, target])
}

interface RowProps {
  readonly row: Row
  readonly state: Props['state']
  readonly active: boolean
  readonly model: RoomModel
  readonly menu: ReturnType<typeof useMessageMenu>['openMenu']
}

function RowView({ row, state, active, model, menu }: RowProps) {
  switch (row.kind) {
    case 'day':
      return <DayLine time={row.time} />
    case 'unread':
      return <UnreadLine />
    case 'happenings':
      return <Happenings happenings={row.happenings} />
    case 'pending':
      return <PendingRow rowKey={row.key} pending={row.pending} place={row.place} model={model} />
    case 'message':
      return (
        <MessageRow
          rowKey={row.key}
          message={row.message}
          place={row.place}
          room={state.room}
          marks={state.marks}
          active={active}
          model={model}
          openMenu={menu}
        />
      )
  }
}

/** What lies beyond the messages that are there. */
function EdgeRow({ edge, retry }: { edge: Page['before']; retry: () => void }) {
  const t = useT()
  if (edge === 'end') return <li className="mt-auto" aria-hidden /> // few messages stand at the bottom
  return (
    <li className="mt-auto grid min-h-12 flex-none place-content-center py-2 text-small text-soft">
      {edge === 'failed' ? (
        <Button kind="quiet" onClick={retry}>
          {t('room.loadAgain')}
        </Button>
      ) : (
        <span className="flex items-center gap-2">
          <Spinner />
          {t('room.loadingMore')}
        </span>
      )}
    </li>
  )
}

/** One message can be reached by Tab, the others from it by the arrows. */
function useRoving(rows: readonly Row[]) {
  const [chosen, setChosen] = useState<string>()
  const messages = rows.filter((row) => row.kind === 'message')
  const active = messages.some((row) => row.key === chosen) ? chosen : messages.at(-1)?.key
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const { target } = event
    if (!(target instanceof HTMLElement) || target.dataset['row'] === undefined) return
    const at = messages.findIndex((row) => row.key === target.dataset['row'])
    const to = messages[steps(event.key, at, messages.length)]
    if (to === undefined) return
    event.preventDefault()
    setChosen(to.key)
    event.currentTarget.querySelector<HTMLElement>(`[data-row="${CSS.escape(to.key)}"]`)?.focus()
  }
  return { active, onKeyDown }
}

function steps(key: string, at: number, count: number): number {
  if (key === 'ArrowUp') return Math.max(0, at - 1)
  if (key === 'ArrowDown') return Math.min(count - 1, at + 1)
  if (key === 'Home') return 0
  return key === 'End' ? count - 1 : -1
}
