/**
 * What the keyboard does: the dialog of shortcuts shows it, and who listens to
 * the keys finds them here, so that the two cannot come apart. `Mod` is the
 * command key on a Mac, and Ctrl elsewhere. A single letter is a key by itself.
 */
import type { Key } from '../i18n/translate.ts'

export interface Shortcut {
  /** Pressed together; the last one is named as `KeyboardEvent.key` names it. */
  readonly keys: readonly string[]
  readonly what: Key
  readonly where: 'list' | 'message' | 'writing'
}

export const shortcuts = [
  { keys: ['Mod', 'B'], what: 'shortcuts.bold', where: 'writing' },
  { keys: ['Mod', 'I'], what: 'shortcuts.italic', where: 'writing' },
  { keys: ['Mod', 'Shift', 'X'], what: 'shortcuts.strike', where: 'writing' },
  { keys: ['Mod', 'E'], what: 'shortcuts.code', where: 'writing' },
  { keys: ['Mod', 'Shift', 'C'], what: 'shortcuts.codeBlock', where: 'writing' },
  { keys: ['Mod', 'K'], what: 'shortcuts.link', where: 'writing' },
  { keys: ['@'], what: 'shortcuts.mention', where: 'writing' },
  { keys: [':'], what: 'shortcuts.emoji', where: 'writing' },
  { keys: ['ArrowUp'], what: 'shortcuts.editLast', where: 'writing' },
  { keys: ['Escape'], what: 'shortcuts.stop', where: 'writing' },
] as const satisfies readonly Shortcut[]

interface Press {
  readonly key: string
  readonly code: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

/** Whether these keys are pressed, and no others. Where the layout has no Latin letters, the place of the key counts. */
export function isPressed(keys: readonly string[], event: Press, isMac = onMac()): boolean {
  const mod = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey
  const none = !event.ctrlKey && !event.metaKey
  const last = keys.at(-1) ?? ''
  const isLetter = /^[a-z]$/i.test(last)
  const isHeld = keys.includes('Mod') ? mod : none
  const isShifted = event.shiftKey === keys.includes('Shift') || (!isLetter && !keys.includes('Mod'))
  const isKey =
    event.key.toLowerCase() === last.toLowerCase() ||
    (isLetter && !/^[a-z]$/i.test(event.key) && event.code === `Key${last.toUpperCase()}`)
  return isHeld && isShifted && !event.altKey && isKey
}

function onMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform)
}
