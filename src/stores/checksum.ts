/**
 * A disk may give back other bytes than were written to it. SQLite notices that
 * in the structure of its pages, not in what they hold; so every publication
 * and every channel carries a CRC-32, and what fails it is an error, never an answer.
 */
export type Cell = string | Uint8Array | number | null

export function checksum(...cells: readonly Cell[]): number {
  let sum = 0
  for (const [at, cell] of cells.entries()) {
    if (cell === null) continue
    // Place and type count too: a text is not the same bytes, nor in the next column.
    const seed = (sum + at * 2 + (cell instanceof Uint8Array ? 1 : 0)) >>> 0
    sum = Bun.hash.crc32(typeof cell === 'number' ? String(cell) : cell, seed)
  }
  return sum
}
