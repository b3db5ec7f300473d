import type { KeyboardEvent } from 'react'

/** Whether a key belongs to an input method. Safari ends the composition before its last keydown, which it marks with 229. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.nativeEvent.isComposing || event.keyCode === 229
}
