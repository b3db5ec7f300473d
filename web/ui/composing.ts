import type { KeyboardEvent } from 'react'

/** Whether keys write where the focus is; what floats asks for something itself. */
export function isTyping(element: Element | null): boolean {
  if (element === null || element.closest('[role="dialog"]') !== null) return false
  return element.closest('textarea, input, select, [contenteditable]') !== null
}

/** Whether a key belongs to an input method. Safari ends the composition before its last keydown, which it marks with 229. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.nativeEvent.isComposing || event.keyCode === 229
}
