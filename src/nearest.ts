/** The word that somebody probably meant. */

/**
 * The candidate that takes the fewest edits (insert, delete, replace, swap of
 * neighbours) to get to, or else one that the word is the beginning of;
 * undefined if that is none, and the nearest is too far to be a slip.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best = candidates.find((each) => word.length > 3 && each.startsWith(word))
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue
    const edits = distance(word, candidate)
    if (edits < least) [best, least] = [candidate, edits]
  }
  return best
}

/** Optimal string alignment: Levenshtein's distance that counts a swap of neighbours once. */
export function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let edits = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, (before[j - 2] ?? 0) + 1)
      row.push(edits)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}
