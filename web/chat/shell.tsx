import type { ReactNode } from 'react'
import { addressOf, type RoomAddress, type Route } from '../lib/route.ts'
import { useT } from '../i18n/use-translate.ts'
import { classes } from '../ui/classes.ts'
import { aside, later } from '../ui/later.tsx'
import { ConnectionBar } from './connection-bar.tsx'
import { useRoute } from './context.ts'
import type { DetailsProps } from './details/details-view.tsx'
import { NoRoom, RoomView } from './room/room-view.tsx'
import { RoomList } from './rooms/room-list.tsx'
import type { SearchProps } from './search/search-view.tsx'
import type { SettingsProps } from './settings/settings-view.tsx'
import { Shortcuts } from './shortcuts/shortcuts.tsx'
import { useNotificationOffer } from './use-notification-offer.ts'

const Announcements = aside<{ at: RoomAddress | undefined }>(
  async () => (await import('./announcements.tsx')).Announcements,
)
const DetailsView = later<DetailsProps>(async () => (await import('./details/details-view.tsx')).DetailsView)
const SearchView = later<SearchProps>(async () => (await import('./search/search-view.tsx')).SearchView)
const SettingsView = later<SettingsProps>(async () => (await import('./settings/settings-view.tsx')).SettingsView)
const Browse = later<object>(async () => (await import('./rooms/browse.tsx')).Browse)
const ShareView = later<object>(async () => (await import('./share/share-view.tsx')).ShareView)
const NewRoom = later<object>(async () => (await import('./rooms/new-room.tsx')).NewRoom)
const NotificationOffer = aside<object>(async () => (await import('./notification-offer.tsx')).NotificationOffer)
const AcceptInvitation = later<{ token: string }>(
  async () => (await import('./welcome/accept-invitation.tsx')).AcceptInvitation,
)

/**
 * The panes. On a phone one at a time, the browser's "back" leading through
 * them; on a wide screen list and room, on a vast one the details as well.
 */
export function Shell() {
  const route = useRoute()
  const offersNotifications = useNotificationOffer()
  const t = useT()
  return (
    <div className="grid h-dvh grid-rows-[auto_minmax(0,1fr)]">
      <header>
        <a href="#here" className="sr-only focus:not-sr-only focus:fixed focus:z-50 focus:bg-raised focus:p-3">
          {t('skip')}
        </a>
        <ConnectionBar />
        {offersNotifications && <NotificationOffer />}
      </header>
      <main className={classes('grid min-h-0 grid-cols-[minmax(0,1fr)]', columns(route))}>
        <div
          data-part
          className={classes('min-h-0 min-w-0 [&>nav]:h-full', route.view !== 'rooms' && 'hidden wide:block')}
        >
          <RoomList />
        </div>
        <div id="here" tabIndex={-1} className={classes('grid min-h-0 min-w-0 outline-none', mainPlace(route))}>
          {mainView(route)}
        </div>
        {route.view === 'details' && (
          <div data-part className="grid min-h-0 min-w-0 border-line wide:border-s">
            <DetailsView key={JSON.stringify(route.at)} at={route.at} page={route.page} />
          </div>
        )}
      </main>
      <Announcements at={addressOf(route)} />
      <Shortcuts />
    </div>
  )
}

function columns({ view }: Route): string {
  const list = 'wide:grid-cols-[19rem_minmax(0,1fr)] vast:grid-cols-[22rem_minmax(0,1fr)]'
  return view === 'details' ? 'wide:grid-cols-[19rem_minmax(0,1fr)] vast:grid-cols-[22rem_minmax(0,1fr)_22rem]' : list
}

/** The room makes place for its details where there is no room for both. */
function mainPlace({ view }: Route): string {
  if (view === 'rooms') return 'hidden wide:grid'
  return view === 'details' ? 'hidden vast:grid' : ''
}

function mainView(route: Route): ReactNode {
  switch (route.view) {
    case 'rooms':
      return <NoRoom />
    case 'room':
    case 'details':
      return (
        <RoomView
          key={JSON.stringify(route.at)}
          at={route.at}
          target={route.view === 'room' ? route.offset : undefined}
          showsDetails={route.view === 'details'}
        />
      )
    case 'search':
      return <SearchView query={route.query} room={route.room} />
    case 'settings':
      return <SettingsView page={route.page} />
    case 'browse':
      return <Browse />
    case 'new':
      return <NewRoom />
    case 'share':
      return <ShareView />
    case 'invitation':
      return <AcceptInvitation token={route.token} />
  }
}
