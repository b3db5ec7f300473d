/** Who has read a message, of those in whose name that is told. */
import type { Marks } from '../../lib/room-model.ts'

export interface Readers {
  readonly read: readonly string[]
  readonly others: readonly string[]
}

export function readersOf(receipts: ReadonlyMap<string, Marks>, offset: number): Readers {
  const all = [...receipts]
  const has = ([, { read }]: (typeof all)[number]) => read >= offset
  return { read: all.filter(has).map(([id]) => id), others: all.filter((each) => !has(each)).map(([id]) => id) }
}
