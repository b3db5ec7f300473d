/** Rooms whose name has all the words of a query, wherever in it they stand. */
import type { Room } from '../../lib/views.ts'

export function named(rooms: readonly Room[], query: string): readonly Room[] {
  const words = folded(query).split(/\s+/).filter(Boolean)
  if (words.length === 0) return rooms
  return rooms.filter(({ name }) => words.every((word) => folded(name).includes(word)))
}

/** Without case, accents and the wide forms of letters. */
function folded(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
