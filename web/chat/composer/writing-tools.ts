/** What keys and the clipboard do to the text of a field. */
import { bold, code, codeBlock, italic, link, linkTo, strike, type Edit, type Selected } from '../../lib/editing.ts'
import { signBefore, type Sign } from '../../lib/signs.ts'
import { isPressed, shortcuts } from '../../lib/shortcuts.ts'
import { applyEdit } from './apply-edit.ts'

const formats: Readonly<Record<string, (selected: Selected) => Edit>> = {
  'shortcuts.bold': bold,
  'shortcuts.italic': italic,
  'shortcuts.strike': strike,
  'shortcuts.code': code,
  'shortcuts.codeBlock': codeBlock,
  'shortcuts.link': link,
}

/** Answers whether the keys were those of a mark. */
export function format(area: HTMLTextAreaElement, event: Parameters<typeof isPressed>[1]): boolean {
  const pressed = shortcuts.find(({ keys, what }) => what in formats && isPressed(keys, event))
  const edit = pressed && formats[pressed.what]
  if (edit === undefined) return false
  applyEdit(area, edit(selected(area)))
  return true
}

/** Answers whether the words that were selected are a link now. */
export function pasteLink(area: HTMLTextAreaElement, pasted: string): boolean {
  const edit = linkTo(selected(area), pasted)
  if (edit !== undefined) applyEdit(area, edit)
  return edit !== undefined
}

export function signIn(area: HTMLTextAreaElement): Sign | undefined {
  const { from, to, text } = selected(area)
  return from === to ? signBefore(text, from) : undefined
}

function selected({ value: text, selectionStart: from, selectionEnd: to }: HTMLTextAreaElement): Selected {
  return { text, from, to }
}
