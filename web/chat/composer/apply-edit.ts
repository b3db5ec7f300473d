import type { Edit } from '../../lib/editing.ts'

/**
 * Changes the text of a field as a key would: the browser can undo it, which it
 * cannot where a value is set. There is no other way to that than this one,
 * which standards call obsolete and all browsers keep.
 */
export function applyEdit(area: HTMLTextAreaElement, { from, to, insert, select }: Edit): void {
  area.focus()
  area.setSelectionRange(from, to)
  const isEmpty = from === to && insert === ''
  // oxlint-disable-next-line typescript/no-deprecated -- see above
  if (!isEmpty && !document.execCommand(insert === '' ? 'delete' : 'insertText', false, insert)) {
    area.setRangeText(insert, from, to, 'end')
    area.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }
  area.setSelectionRange(...select)
}
