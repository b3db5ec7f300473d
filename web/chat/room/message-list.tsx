import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import { ArrowDown, Undo2 } from 'lucide-react'
import { useT } from '../../i18n/use-translate.ts'
import type { Page, RoomModel, RoomState } from '../../lib/room-model.ts'
import type { Route } from '../../lib/route.ts'
import { rowsOf, told, type Row } from '../../lib/rows.ts'
import { Button } from '../../ui/button.tsx'
import { later } from '../../ui/later.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { useMe, useRouter, useSource } from '../context.ts'
import { useToday } from '../use-today.ts'
import { DayLine } from './day-line.tsx'
import type { DayPopoverProps } from './day-popover.tsx'
import { Happenings } from './happenings.tsx'
import { LatestButton } from './latest-button.tsx'
import { MessageRow } from './message-row.tsx'
import type { MessageMenuProps } from './open-message-menu.tsx'
import { PendingRow } from './pending-row.tsx'
import { addressOfRoom } from './quote-view.tsx'
import { UnreadLine } from './unread-line.tsx'
import { useComing } from './use-coming.ts'
import { useMessageKeys } from './use-message-keys.ts'
import { useMessageMenu } from './use-message-menu.ts'
import { useOneTabStop } from './use-one-tab-stop.ts'
import { useRoving } from './use-roving.ts'

const OpenMessageMenu = later<MessageMenuProps>(async () => (await import('./open-message-menu.tsx')).OpenMessageMenu)
const DayPopover = later<DayPopoverProps>(async () => (await import('./day-popover.tsx')).DayPopover)

interface Props {
  readonly model: RoomModel
  readonly state: Extract<RoomState, { at: 'open' }>
  /** A message to come to, from the address. */
  readonly target: number | undefined
  /** The address is about something beside the room. */
  readonly covered: boolean
  /** Where another day is asked for: here, or in the header. */
  readonly asked: AskedDay | undefined
  readonly ask: (asked: AskedDay | undefined) => void
}

export type AskedDay = Pick<DayPopoverProps, 'anchor' | 'time'>

/**
 * What was said. Each row has a key that it keeps and says its offset, so that
 * rows which are far away can be left out by their measured heights, and the
 * scroll keeper can find its anchor again. It is a log whose news are told by
 * the announcements of the app, and by nothing here.
 */
export function MessageList({ model, state, target, covered, asked, ask }: Props) {
  const list = useRef<HTMLOListElement>(null)
  const { page, rows } = useRows(model, state)
  const { menu, openMenu, closeMenu } = useMessageMenu()
  const chooseDay = useCallback((anchor: HTMLElement, time: number) => ask({ anchor, time }), [ask])
  const t = useT()

  useEffect(() => {
    const { scroll } = model
    scroll.attach(list.current ?? undefined)
    return () => scroll.attach(undefined)
  }, [model])
  useLayoutEffect(() => model.scroll.settle())
  const roving = useRoving(list, rows, model)
  useOneTabStop(list)
  useComing(model, target, covered, (offset) => {
    if (list.current?.querySelector(':focus-visible') !== null) roving.goTo(offset)
  })
  const messageOf = (key: string) => {
    const row = rows.find((each) => each.key === key)
    return row?.kind === 'message' ? row.message : undefined
  }
  const router = useRouter()
  const parent: Route = { view: 'room', at: addressOfRoom(state.room) }
  const back = { icon: <Undo2 aria-hidden />, run: () => router.back(parent) }
  const onKeyDown = useMessageKeys({ model, room: state.room, openMenu, roving, messageOf })

  return (
    <div role="log" aria-live="off" aria-label={t('room.messages')} className="relative grid min-h-0 min-w-0">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys are those of the row that has the focus */}
      <ol
        ref={list}
        aria-label={t('room.messages')}
        className="scrolls flex min-w-0 flex-col px-3 pt-3 pb-2 wide:px-[max(1.25rem,calc((100%-46rem)/2))]"
        onKeyDown={onKeyDown}
        onFocus={roving.onFocus}
        onBlur={roving.onBlur}
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
            chooseDay={chooseDay}
          />
        ))}
        {page.after !== 'end' && <EdgeRow edge={page.after} retry={() => model.paging.later()} />}
      </ol>
      <LatestButton model={model} icon={<ArrowDown aria-hidden />} back={target === undefined ? undefined : back} />
      {menu !== undefined && <OpenMessageMenu menu={menu} model={model} room={state.room} onClose={closeMenu} />}
      {asked !== undefined && (
        <DayPopover {...asked} room={state.room} model={model} going={roving.goTo} onClose={() => ask(undefined)} />
      )}
    </div>
  )
}

function useRows(model: RoomModel, { readUpTo, room: { kind } }: Props['state']) {
  const page = useSource(model.paging.page)
  const pending = useSource(model.pending.messages)
  const me = useMe()
  const today = useToday()
  const rows = useMemo(
    () => rowsOf({ ...page, happenings: told(page.happenings, { kind }), pending, me: me.id, readUpTo }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- in another zone the days begin elsewhere
    [page, kind, pending, me.id, readUpTo, today],
  )
  return { page, rows }
}

interface RowProps {
  readonly row: Row
  readonly state: Props['state']
  readonly active: boolean
  readonly model: RoomModel
  readonly menu: ReturnType<typeof useMessageMenu>['openMenu']
  readonly chooseDay: (anchor: HTMLElement, time: number) => void
}

function RowView({ row, state, active, model, menu, chooseDay }: RowProps) {
  switch (row.kind) {
    case 'day':
      return <DayLine rowKey={row.key} time={row.time} active={active} choose={chooseDay} />
    case 'unread':
      return <UnreadLine />
    case 'happenings':
      return <Happenings rowKey={row.key} happenings={row.happenings} active={active} />
    case 'pending':
      return (
        <PendingRow
          rowKey={row.key}
          pending={row.pending}
          place={row.place}
          active={active}
          model={model}
          room={state.room}
        />
      )
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
