/**
 * All keys that do something, and what: the dialog shows this list, and the
 * places that listen match against it, so that neither knows a key that the
 * other does not. `Mod` is ⌘ on a Mac, else Ctrl; a letter stands for its key
 * also where the keyboard writes another script.
 */
import type { PlainKey } from '../i18n/translate.ts'

interface Shortcut {
  readonly keys: readonly string[]
  readonly what: PlainKey
  /** Anywhere, at a message that has the focus, or where one writes. */
  readonly where: 'list' | 'message' | 'writing'
}

const shortcuts = [
  { keys: ['Mod', 'B'], what: 'shortcut.bold', where: 'writing' },
  { keys: ['Mod', 'I'], what: 'shortcut.italic', where: 'writing' },
  { keys: ['Mod', 'Shift', 'X'], what: 'shortcut.strike', where: 'writing' },
  { keys: ['Mod', 'E'], what: 'shortcut.code', where: 'writing' },
  { keys: ['Mod', 'Shift', 'C'], what: 'shortcut.codeBlock', where: 'writing' },
  { keys: ['Mod', 'K'], what: 'shortcut.link', where: 'writing' },
  { keys: ['@'], what: 'shortcut.mention', where: 'writing' },
  { keys: [':'], what: 'shortcut.emoji', where: 'writing' },
  { keys: ['ArrowUp'], what: 'shortcut.editLast', where: 'writing' },
  { keys: ['Escape'], what: 'shortcut.stop', where: 'writing' },
] as const satisfies readonly Shortcut[]

/** What can be done by a key there. */
type Doing<Where extends Shortcut['where']> = Extract<(typeof shortcuts)[number], { where: Where }>['what']

type Press = Pick<KeyboardEvent, 'key' | 'code' | 'metaKey' | 'ctrlKey' | 'altKey' | 'shiftKey'>

/** What a press asks for; undefined: nothing that we know. */
export function askedBy<Where extends Shortcut['where']>(
  event: Press,
  where: Where,
  isMac: boolean,
): { readonly what: Doing<Where>; readonly keys: readonly string[] } | undefined {
  const found = shortcuts.find((shortcut) => shortcut.where === where && matches(shortcut.keys, event, isMac))
  return found as { what: Doing<Where>; keys: readonly string[] } | undefined
}

function matches(keys: readonly string[], event: Press, isMac: boolean): boolean {
  const key = keys.at(-1) ?? ''
  const has = (name: string) => keys.includes(name)
  const [mod, other] = isMac ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey]
  const isSign = /^[^\p{L}\w]$/u.test(key) // which of them need Shift is up to the keyboard
  return (
    mod === has('Mod') &&
    !other &&
    event.altKey === has('Alt') &&
    (isSign || event.shiftKey === has('Shift')) &&
    keyOf(event) === key
  )
}

/** Letters by what they write, or, in another script, by where they are. */
function keyOf({ key, code }: Press): string {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase()
  const letter = /^Key([A-Z])$/.exec(code)?.[1]
  return letter !== undefined && /^\p{L}$/u.test(key) ? letter : key
}
