/** What keys and the clipboard do to the text of a field. */
import { bold, code, codeBlock, italic, link, linkTo, strike, type Edit, type Selected } from '../../lib/editing.ts'
import { isMac } from '../../lib/platform.ts'
import { signBefore, type Sign } from '../../lib/signs.ts'
import { askedBy, type Doing } from '../../lib/shortcuts.ts'
import { applyEdit } from './apply-edit.ts'

const formats: Partial<Readonly<Record<Doing<'writing'>, (selected: Selected) => Edit>>> = {
  'shortcut.bold': bold,
  'shortcut.italic': italic,
  'shortcut.strike': strike,
  'shortcut.code': code,
  'shortcut.codeBlock': codeBlock,
  'shortcut.link': link,
}

/** Answers whether the keys were those of a mark. Where no words are selected that could be a link, its keys are for others. */
export function format(area: HTMLTextAreaElement, event: KeyboardEvent): boolean {
  const asked = askedBy(event, 'writing', isMac)
  const mark = asked && formats[asked.what]
  const now = selected(area)
  if (mark === undefined || (mark === link && now.from === now.to)) return false
  applyEdit(area, mark(now))
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
