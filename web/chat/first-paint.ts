/** The light that somebody has chosen, before anything is drawn in the other one. The app sees to it from then on. */
import { showLight } from '../lib/light.ts'
import { preferencesKey } from '../lib/preferences-key.ts'

export function chooseLight(): void {
  try {
    const { theme } = JSON.parse(localStorage.getItem(preferencesKey) ?? '{}') as { readonly theme?: unknown }
    if (theme === 'light' || theme === 'dark') showLight(theme)
  } catch {
    // nothing is kept, or may be
  }
}
