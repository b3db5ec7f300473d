import { useEffect, useRef } from 'react'
import { latestFirst, neighbour, nextUnread } from '../../lib/room-order.ts'
import { isMac } from '../../lib/platform.ts'
import { addressOf } from '../../lib/route.ts'
import { askedBy, isSingle, type Doing } from '../../lib/shortcuts.ts'
import { isTyping } from '../../ui/composing.ts'
import { later } from '../../ui/later.tsx'
import { goToComposer, goToNextComposer } from '../composer/composer-focus.ts'
import { useApp, useSource } from '../context.ts'
import { addressOfRoom } from '../room/quote-view.tsx'
import { goToNextPart } from './parts.ts'
import { shortcutsShown } from './shown.ts'

const ShortcutsDialog = later<{ onClose: () => void }>(
  async () => (await import('./shortcuts-dialog.tsx')).ShortcutsDialog,
)

/** The keys that do something anywhere, and the list of all keys when it is asked for. */
export function Shortcuts() {
  const app = useApp()
  const shown = useSource(shortcutsShown)
  const deeds = useDeeds(app)
  const now = useRef(deeds)
  useEffect(() => void (now.current = deeds))
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const asked = askedBy(event, 'list', isMac)
      if (asked === undefined || !isFree(event)) return
      const isOff = isSingle(asked.keys) && (isTyping(focused(event)) || !app.preferences.value.singleKeys)
      if (!isOff && now.current[asked.what]()) event.preventDefault()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [app])
  return shown && <ShortcutsDialog onClose={() => (shortcutsShown.value = false)} />
}

/** Nobody took it yet, no input method writes with it, and nothing floats that has keys of its own. */
function isFree(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return false
  return document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') === null
}

const focused = ({ target }: Event): Element | null => (target instanceof Element ? target : null)

/** Each answers whether there was something to do. */
function useDeeds({ model, router }: ReturnType<typeof useApp>): Record<Doing<'list'>, () => boolean> {
  const step = (find: typeof neighbour, direction: -1 | 1) => (): boolean => {
    const rooms = model.rooms.value.rooms.toSorted(latestFirst)
    const room = find(rooms, addressOf(router.route), direction)
    if (room === undefined) return true // the key is ours all the same
    goToNextComposer()
    router.go({ view: 'room', at: addressOfRoom(room) })
    requestAnimationFrame(() => document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest' }))
    return true
  }
  const go = (): boolean => {
    router.go({ view: 'search', query: '' })
    return true
  }
  const show = (): boolean => (shortcutsShown.value = true)
  return {
    'shortcut.search': go,
    'shortcut.previousRoom': step(neighbour, -1),
    'shortcut.nextRoom': step(neighbour, 1),
    'shortcut.previousUnread': step(nextUnread, -1),
    'shortcut.nextUnread': step(nextUnread, 1),
    'shortcut.write': goToComposer,
    'shortcut.nextPart': goToNextPart,
    'shortcut.shortcuts': show,
  }
}
