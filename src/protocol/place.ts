/**
 * A position as one text, for ways in where a reader carries it in a URL, a
 * header or an event id: opaque to whoever holds it, and in the order of the log
 * when compared as text (Durable Streams Protocol section 6). The epoch in front
 * makes a text of a log that is gone worthless instead of wrong.
 *
 *   qhzkpxwvtbla_0000000000000042
 */
import type { Position } from '../core/publication.ts'

/** `''` for a position in no log. */
export function placeOf({ epoch, offset }: Position): string {
  return epoch === '' ? '' : `${epoch}_${String(offset).padStart(digits, '0')}`
}

/** Undefined for what no `placeOf` ever said. */
export function parsePlace(text: string): Position | undefined {
  const [, epoch = '', number = ''] = place.exec(text) ?? []
  const offset = Number(number)
  return epoch === '' || !Number.isSafeInteger(offset) ? undefined : { epoch, offset }
}

const digits = 16 // of the largest offset, 2^53
const place = /^([A-Za-z0-9.~-]{1,64})_(\d{16})$/
