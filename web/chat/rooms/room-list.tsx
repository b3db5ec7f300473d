import { Compass, Keyboard, MessageSquarePlus, MessagesSquare, Plus, Search, ServerCrash, Settings } from 'lucide-react'
import { useMemo, useState, type KeyboardEvent } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { latestFirst } from '../../lib/room-order.ts'
import { addressOf, isSameRoom } from '../../lib/route.ts'
import type { Room } from '../../lib/views.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { aside } from '../../ui/later.tsx'
import { MenuButton } from '../../ui/menu-button.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { useMe, useModel, useRoute, useRouter, useSource } from '../context.ts'
import { Link } from '../link.tsx'
import { addressOfRoom } from '../room/quote-view.tsx'
import { shortcutsShown } from '../shortcuts/shown.ts'
import { named } from './filter.ts'
import { RoomListSkeleton } from './room-list-skeleton.tsx'
import { RoomRow } from './room-row.tsx'

const InstallOffer = aside<object>(async () => (await import('./install-offer.tsx')).InstallOffer)

/** The rooms one is in, the latest first. */
export function RoomList() {
  const model = useModel()
  const { state, rooms } = useSource(model.rooms)
  const [query, setQuery] = useState('')
  const shown = useMemo(() => named(rooms.toSorted(latestFirst), query), [rooms, query])
  const router = useRouter()
  const t = useT()
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && query.trim() !== '') router.go({ view: 'search', query: query.trim() })
    if (event.key === 'Escape') setQuery('')
  }
  return (
    <nav
      aria-label={t('rooms.title')}
      className="grid min-h-0 min-w-0 grid-rows-[auto_minmax(0,1fr)] border-e border-line bg-sheet"
    >
      <header className="safe-top px-3 pb-2">
        <div className="flex h-14 items-center gap-1 ps-1">
          <Me />
          <h1 className="flex-1 truncate ps-2 font-serif text-title font-semibold">{t('rooms.title')}</h1>
          <NewMenu />
        </div>
        <label className="flex h-10 items-center gap-2 rounded-medium bg-wash px-3 text-soft focus-within:outline-2 focus-within:outline-pine-ink [&>svg]:size-4">
          <Search aria-hidden />
          <span className="unseen">{t('rooms.search')}</span>
          <input
            type="search"
            value={query}
            placeholder={t('rooms.search')}
            className="min-w-0 flex-1 bg-transparent text-ink outline-none placeholder:text-soft"
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={keys}
          />
        </label>
      </header>
      <div className="scrolls safe-bottom min-h-0">
        {state === 'loading' && <RoomListSkeleton />}
        {state === 'failed' && <Failed />}
        {state === 'ready' && rooms.length === 0 && <Empty />}
        {state === 'ready' && rooms.length > 0 && query === '' && <InstallOffer />}
        {state === 'ready' && <Rows rooms={shown} />}
        {query.trim() !== '' && (
          <Link
            to={{ view: 'search', query: query.trim() }}
            className="m-2 flex items-center gap-3 rounded-medium p-3 text-pine-ink hover:bg-pine-wash [&>svg]:size-5"
          >
            <Search aria-hidden />
            <span className="min-w-0 flex-1 wrap-anywhere">{t('rooms.searchMessages', { query: query.trim() })}</span>
          </Link>
        )}
      </div>
    </nav>
  )
}

function Rows({ rooms }: { rooms: readonly Room[] }) {
  const { typing, failed } = useSource(useModel().rooms)
  const here = addressOf(useRoute())
  return (
    <ul className="px-2 pb-2">
      {rooms.map((room) => (
        <RoomRow
          key={room.id}
          room={room}
          selected={isSameRoom(here, addressOfRoom(room)) || isSameRoom(here, { room: room.id })}
          typing={typing.get(room.id) ?? none}
          failed={failed.has(room.id)}
        />
      ))}
    </ul>
  )
}

const none: readonly string[] = []

/** One's own face leads to the settings. */
function Me() {
  const me = useMe()
  const t = useT()
  return (
    <Link
      to={{ view: 'settings' }}
      aria-label={t('settings.title')}
      data-tip={t('settings.title')}
      className="rounded-full p-1 hover:bg-wash"
    >
      <Avatar id={me.id} name={me.name} picture={me.avatar} />
    </Link>
  )
}

function NewMenu() {
  const router = useRouter()
  const t = useT()
  const hasKeys = matchMedia('(any-pointer: fine)').matches // a keyboard comes with a mouse
  const keys = {
    label: t('shortcut.shortcuts'),
    icon: <Keyboard aria-hidden />,
    run: () => void (shortcutsShown.value = true),
  }
  return (
    <MenuButton
      label={t('rooms.new')}
      icon={<Plus aria-hidden />}
      items={[
        { label: t('newRoom.title'), icon: <MessageSquarePlus aria-hidden />, run: () => router.go({ view: 'new' }) },
        { label: t('rooms.browse'), icon: <Compass aria-hidden />, run: () => router.go({ view: 'browse' }) },
        {
          label: t('settings.title'),
          icon: <Settings aria-hidden />,
          apart: true,
          run: () => router.go({ view: 'settings' }),
        },
        ...(hasKeys ? [keys] : []),
      ]}
    />
  )
}

function Empty() {
  const router = useRouter()
  const t = useT()
  return (
    <StateView
      icon={<MessagesSquare />}
      title={t('rooms.empty')}
      action={
        <>
          <Button kind="primary" onClick={() => router.go({ view: 'browse' })}>
            {t('rooms.browse')}
          </Button>
          <Button onClick={() => router.go({ view: 'new' })}>{t('newRoom.title')}</Button>
        </>
      }
    >
      {t('rooms.emptyHint')}
    </StateView>
  )
}

function Failed() {
  const { deeds } = useModel()
  const t = useT()
  return (
    <StateView
      icon={<ServerCrash />}
      title={t('rooms.failed')}
      action={<Button onClick={() => deeds.reconnect()}>{t('retry')}</Button>}
    >
      {t('rooms.failedHint')}
    </StateView>
  )
}
