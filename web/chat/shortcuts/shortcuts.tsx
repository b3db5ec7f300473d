import { useEffect } from 'react'
import { idle } from '../../lib/idle.ts'
import { patiently } from '../../lib/patiently.ts'
import { later } from '../../ui/later.tsx'
import { useApp, useSource } from '../context.ts'
import { shortcutsShown } from './shown.ts'

const ShortcutsDialog = later<{ onClose: () => void }>(
  async () => (await import('./shortcuts-dialog.tsx')).ShortcutsDialog,
)

/** The keys that do something anywhere, and the list of all keys when it is asked for. */
export function Shortcuts() {
  const app = useApp()
  const shown = useSource(shortcutsShown)
  useEffect(() => {
    // Fetched behind the first messages; who is faster waits for it.
    const keys = idle().then(() => patiently(() => import('./pressed.ts')))
    const press = (event: KeyboardEvent): void => {
      if (loaded === undefined) keys.then(({ pressed }) => pressed(event, app)).catch(() => undefined)
      else if (loaded.pressed(event, app)) event.preventDefault()
    }
    let loaded: Awaited<typeof keys> | undefined
    keys.then((module) => (loaded = module)).catch(() => undefined) // a newer version has taken its place
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [app])
  return shown && <ShortcutsDialog onClose={() => (shortcutsShown.value = false)} />
}
