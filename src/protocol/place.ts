/**
 * A position as one text, for doors where a reader carries it in a URL, a header
 * or a variable: opaque to whoever holds it, and in the order of the log when
 * compared as text. A text of another log is told from one of this by its epoch.
 */
import type { Position } from '../core/publication.ts'

/** `''` for a position in no log. */
export function placeOf({ epoch, offset }: Position): string {
  return epoch === '' ? '' : `${epoch}_${String(offset).padStart(digits, '0')}`
}

/** Undefined for what no `placeOf` ever said. */
export function parsePlace(text: string): Position | undefined {
  const [, epoch = '', offset = ''] = /^([-a-zA-Z0-9]{1,64})_(\d{16})$/.exec(text) ?? []
  const number = Number(offset)
  return epoch === '' || !Number.isSafeInteger(number) ? undefined : { epoch, offset: number }
}

const digits = 16 // of the largest offset, 2^53
