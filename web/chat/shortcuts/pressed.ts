/** What the keys do that do something anywhere. */
import { isMac } from '../../lib/platform.ts'
import { latestFirst, neighbour, nextUnread } from '../../lib/room-order.ts'
import { addressOf } from '../../lib/route.ts'
import { askedBy, isSingle, type Doing } from '../../lib/shortcuts.ts'
import { isTyping } from '../../ui/composing.ts'
import { goToComposer, goToNextComposer } from '../composer/composer-focus.ts'
import type { App } from '../context.ts'
import { addressOfRoom } from '../room/quote-view.tsx'
import { goToNextPart } from './parts.ts'
import { shortcutsShown } from './shown.ts'

/** Whether something was asked, and done. */
export function pressed(event: KeyboardEvent, app: App): boolean {
  const asked = askedBy(event, 'list', isMac)
  if (asked === undefined || !isFree(event)) return false
  const target = event.target instanceof Element ? event.target : null
  const isOff = isSingle(asked.keys) && (isTyping(target) || !app.preferences.value.singleKeys)
  return !isOff && deeds[asked.what](app)
}

/** Nobody took it yet, no input method writes with it, and nothing floats that has keys of its own. */
function isFree(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return false
  return document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') === null
}

/** Each answers whether there was something to do. */
const deeds: Record<Doing<'list'>, (app: App) => boolean> = {
  'shortcut.search'({ router }) {
    router.go({ view: 'search', query: '' })
    return true
  },
  'shortcut.previousRoom': (app) => goToRoom(app, neighbour, -1),
  'shortcut.nextRoom': (app) => goToRoom(app, neighbour, 1),
  'shortcut.previousUnread': (app) => goToRoom(app, nextUnread, -1),
  'shortcut.nextUnread': (app) => goToRoom(app, nextUnread, 1),
  'shortcut.write': goToComposer,
  'shortcut.nextPart': goToNextPart,
  'shortcut.shortcuts': () => (shortcutsShown.value = true),
}

/** The key is ours also where there is no further room. */
function goToRoom({ model, router }: App, find: typeof neighbour, step: -1 | 1): true {
  const room = find(model.rooms.value.rooms.toSorted(latestFirst), addressOf(router.route), step)
  if (room === undefined) return true
  goToNextComposer()
  router.go({ view: 'room', at: addressOfRoom(room) })
  requestAnimationFrame(() => document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest' }))
  return true
}
