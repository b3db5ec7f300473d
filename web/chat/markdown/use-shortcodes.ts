import { useEffect } from 'react'
import { hasShortcodes, loadShortcodes, shortcodes, type Shortcodes } from '../../lib/shortcodes.ts'
import { useSource } from '../context.ts'

/** Fetched when the text has one; until it is there, and if it never comes, the code itself is shown. */
export function useShortcodes(text: string): Shortcodes | undefined {
  const codes = useSource(shortcodes)
  const wanted = hasShortcodes(text)
  useEffect(() => {
    if (wanted) void loadShortcodes()
  }, [wanted])
  return codes
}
