import { expect, test } from 'bun:test'
import { detailsPages, parseRoute, pathOf, settingsPages, type Route } from './route.ts'

const routes: readonly Route[] = [
  { view: 'rooms' },
  { view: 'browse' },
  { view: 'new' },
  { view: 'room', at: { room: '8fz2' }, offset: undefined },
  { view: 'room', at: { room: 'a/b? 上海' }, offset: 4711 },
  { view: 'room', at: { person: 'ann' }, offset: 1 },
  ...detailsPages.map((page): Route => ({ view: 'details', at: { room: '8fz2' }, page })),
  { view: 'invitation', token: 'k3-_x' },
  { view: 'search', query: '', room: undefined },
  { view: 'search', query: '具体情况 & more', room: '8fz2' },
  { view: 'settings', page: undefined },
  ...settingsPages.map((page): Route => ({ view: 'settings', page })),
]

test.each(routes)('the address of %j leads back to it', (route) => {
  expect(parseRoute(pathOf(route))).toEqual(route)
})

test('what an address does not name is the list, and never an error', () => {
  for (const address of ['/', '/nothing', '/r', '/r/', '/dm//', '/i', '/r/%E4%B8'])
    expect(parseRoute(address)).toEqual({ view: 'rooms' })
  expect(parseRoute('/settings/none')).toEqual({ view: 'settings', page: undefined })
  for (const offset of ['0', '-1', '1e3', '99999999999999999', 'x', '%'])
    expect(parseRoute(`/r/a/${offset}`)).toEqual({ view: 'room', at: { room: 'a' }, offset: undefined })
})
