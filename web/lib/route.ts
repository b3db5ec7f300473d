/**
 * Which view an address names. Every view has one, so that it can be shared,
 * reloaded and gone back to; what an address does not name is the list.
 */
export type DetailsPage = 'about' | 'members' | 'invitations' | 'pins' | 'files' | 'edit' | 'moderation'
export type SettingsPage = 'profile' | 'sessions' | 'appearance' | 'notifications' | 'privacy'

/** A room by its id, or the one with a person. */
export type RoomAddress = { readonly room: string } | { readonly person: string }

export type Route =
  | { readonly view: 'rooms' }
  | { readonly view: 'browse' }
  | { readonly view: 'new' }
  | { readonly view: 'room'; readonly at: RoomAddress; readonly offset?: number | undefined }
  | { readonly view: 'details'; readonly at: RoomAddress; readonly page: DetailsPage }
  | { readonly view: 'invitation'; readonly token: string }
  | { readonly view: 'search'; readonly query: string; readonly room?: string | undefined }
  | { readonly view: 'share' }
  | { readonly view: 'settings'; readonly page?: SettingsPage | undefined }

export const detailsPages: readonly DetailsPage[] = [
  'about',
  'members',
  'invitations',
  'pins',
  'files',
  'edit',
  'moderation',
]
export const settingsPages: readonly SettingsPage[] = ['profile', 'sessions', 'appearance', 'notifications', 'privacy']

export function parseRoute(address: string): Route {
  const { pathname, searchParams } = new URL(address, 'http://app')
  const [first = '', second, third, fourth] = pathname.split('/').slice(1).map(decoded)
  switch (first) {
    case 'r':
      return second ? roomRoute({ room: second }, third, fourth) : { view: 'rooms' }
    case 'dm':
      return second ? roomRoute({ person: second }, third, fourth) : { view: 'rooms' }
    case 'i':
      return second ? { view: 'invitation', token: second } : { view: 'rooms' }
    case 'rooms':
      return { view: 'browse' }
    case 'new':
      return { view: 'new' }
    case 'share':
      return { view: 'share' }
    case 'search':
      return { view: 'search', query: searchParams.get('q') ?? '', room: searchParams.get('in') ?? undefined }
    case 'settings':
      return { view: 'settings', page: settingsPages.find((page) => page === second) }
    default:
      return { view: 'rooms' }
  }
}

function roomRoute(at: RoomAddress, third: string | undefined, fourth: string | undefined): Route {
  if (third === 'details') return { view: 'details', at, page: detailsPages.find((page) => page === fourth) ?? 'about' }
  const offset = /^[1-9]\d{0,15}$/.test(third ?? '') ? Number(third) : undefined
  return { view: 'room', at, offset }
}

/** An address that somebody typed may be cut anywhere. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}

export function pathOf(route: Route): string {
  switch (route.view) {
    case 'rooms':
      return '/'
    case 'browse':
      return '/rooms'
    case 'new':
      return '/new'
    case 'share':
      return '/share'
    case 'room':
      return roomPath(route.at) + (route.offset === undefined ? '' : `/${route.offset}`)
    case 'details':
      return `${roomPath(route.at)}/details${route.page === 'about' ? '' : `/${route.page}`}`
    case 'invitation':
      return `/i/${encodeURIComponent(route.token)}`
    case 'search':
      return searchPath(route.query, route.room)
    case 'settings':
      return route.page === undefined ? '/settings' : `/settings/${route.page}`
  }
}

function roomPath(at: RoomAddress): string {
  return 'room' in at ? `/r/${encodeURIComponent(at.room)}` : `/dm/${encodeURIComponent(at.person)}`
}

function searchPath(query: string, room: string | undefined): string {
  const params = new URLSearchParams({ ...(query !== '' && { q: query }), ...(room !== undefined && { in: room }) })
  return params.size === 0 ? '/search' : `/search?${params.toString()}`
}

/** The room that a view is about, if it is about one. */
export function addressOf(route: Route): RoomAddress | undefined {
  return route.view === 'room' || route.view === 'details' ? route.at : undefined
}

export function isSameRoom(one: RoomAddress | undefined, other: RoomAddress | undefined): boolean {
  return one !== undefined && other !== undefined && roomPath(one) === roomPath(other)
}
