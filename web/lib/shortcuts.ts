/**
 * All keys that do something, and what: the dialog shows this list, and the
 * places that listen match against it, so that neither knows a key that the
 * other does not. `Mod` is ⌘ on a Mac, else Ctrl; a letter stands for its key
 * also where the keyboard writes another script.
 */
import type { PlainKey } from '../i18n/translate.ts'

export interface Shortcut {
  readonly keys: readonly string[]
  readonly what: PlainKey
  /** Anywhere, at a message that has the focus, or where one writes. */
  readonly where: 'list' | 'message' | 'writing'
}

export const shortcuts = [
  { keys: ['Mod', 'K'], what: 'shortcut.search', where: 'list' },
  { keys: ['/'], what: 'shortcut.search', where: 'list' },
  { keys: ['Alt', 'ArrowUp'], what: 'shortcut.previousRoom', where: 'list' },
  { keys: ['Alt', 'ArrowDown'], what: 'shortcut.nextRoom', where: 'list' },
  { keys: ['Alt', 'Shift', 'ArrowUp'], what: 'shortcut.previousUnread', where: 'list' },
  { keys: ['Alt', 'Shift', 'ArrowDown'], what: 'shortcut.nextUnread', where: 'list' },
  { keys: ['C'], what: 'shortcut.write', where: 'list' },
  { keys: ['F6'], what: 'shortcut.nextPart', where: 'list' },
  { keys: ['Mod', '/'], what: 'shortcut.shortcuts', where: 'list' },
  { keys: ['?'], what: 'shortcut.shortcuts', where: 'list' },
  { keys: ['ArrowUp'], what: 'shortcut.earlier', where: 'message' },
  { keys: ['ArrowDown'], what: 'shortcut.later', where: 'message' },
  { keys: ['Home'], what: 'shortcut.first', where: 'message' },
  { keys: ['End'], what: 'shortcut.latest', where: 'message' },
  { keys: ['Enter'], what: 'message.menu', where: 'message' },
  { keys: ['R'], what: 'message.reply', where: 'message' },
  { keys: ['+'], what: 'message.react', where: 'message' },
  { keys: ['E'], what: 'message.edit', where: 'message' },
  { keys: ['Mod', 'C'], what: 'message.copy', where: 'message' },
  { keys: ['F'], what: 'message.forward', where: 'message' },
  { keys: ['P'], what: 'shortcut.pin', where: 'message' },
  { keys: ['Delete'], what: 'shortcut.remove', where: 'message' },
  { keys: ['Backspace'], what: 'shortcut.remove', where: 'message' },
  { keys: ['Escape'], what: 'shortcut.toComposer', where: 'message' },
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
export type Doing<Where extends Shortcut['where']> = Extract<(typeof shortcuts)[number], { where: Where }>['what']

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

/** Letters by what they write, or, in another script, by where they are; full-width signs are the usual ones. */
function keyOf({ key, code }: Press): string {
  if (key === '？') return '?'
  if (key === '＋') return '+'
  if (/^[a-z]$/i.test(key)) return key.toUpperCase()
  const letter = /^Key([A-Z])$/.exec(code)?.[1]
  return letter !== undefined && /^\p{L}$/u.test(key) ? letter : key
}

/** A key that writes by itself: who speaks to the computer may press it by accident, so it can be switched off. */
export function isSingle(keys: readonly string[]): boolean {
  return keys.length === 1 && Array.from(keys[0] ?? '').length === 1
}

/** As they are written on the keyboard. */
export function keyNames(keys: readonly string[], isMac: boolean): string[] {
  const names = isMac ? { ...common, ...onMac } : { ...common, ...elsewhere }
  return keys.map((key) => names[key] ?? key)
}

/** All keys that do it there, the usual ones first. */
export function keysOf<Where extends Shortcut['where']>(
  what: Doing<Where>,
  where: Where,
): readonly [readonly string[], ...(readonly string[])[]] | undefined {
  const all: readonly Shortcut[] = shortcuts
  const [first, ...others] = all.filter((each) => each.where === where && each.what === what).map(({ keys }) => keys)
  return first && [first, ...others]
}

/** In one word: ⌘C, Ctrl+C. */
export function keyWord(keys: readonly string[], isMac: boolean): string {
  return keyNames(keys, isMac).join(isMac ? '' : '+')
}

/** For `aria-keyshortcuts`, where a plus is between the keys, and so none itself. */
export function spokenKeys(ways: readonly (readonly string[])[], isMac: boolean): string {
  const names: Readonly<Record<string, string>> = { Mod: isMac ? 'Meta' : 'Control', '+': 'Plus' }
  return ways.map((keys) => keys.map((key) => names[key] ?? key).join('+')).join(' ')
}

const common: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' }
const onMac: Readonly<Record<string, string>> = {
  Mod: '⌘',
  Alt: '⌥',
  Shift: '⇧',
  Enter: '↩',
  Delete: '⌦',
  Backspace: '⌫',
}
const elsewhere: Readonly<Record<string, string>> = { Mod: 'Ctrl' }
