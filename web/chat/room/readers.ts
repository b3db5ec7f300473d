/** Which of the others have read a message. */
import type { Marks } from '../../lib/room-model.ts'

export interface Readers {
  readonly read: readonly string[]
  readonly others: readonly string[]
}

export function readersOf(receipts: ReadonlyMap<string, Marks>, offset: number, me: string): Readers {
  const all = [...receipts].filter(([id]) => id !== me)
  const has = ([, { read }]: (typeof all)[number]) => read >= offset
  return { read: all.filter(has).map(([id]) => id), others: all.filter((each) => !has(each)).map(([id]) => id) }
}
