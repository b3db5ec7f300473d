/** The bytes of a file with some of them blanked, a piece at a time: films do not fit into memory. */
import type { Blank, Range } from './iso-media.ts'

export async function* blanked(file: Blob, blanks: readonly Blank[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (const { range, bytes } of inOrder(blanks)) {
    const from = Math.max(at, range[0])
    if (from >= range[1]) continue // within what was blanked already
    yield* file.slice(at, from).stream()
    if (bytes === undefined) yield* zeros(range[1] - from)
    else yield bytes
    at = range[1]
  }
  yield* file.slice(at).stream()
}

interface Change {
  readonly range: Range
  readonly bytes?: Uint8Array // else zeros
}

function inOrder(blanks: readonly Blank[]): readonly Change[] {
  const changes = blanks.flatMap(({ range, rename }): Change[] =>
    rename === undefined ? [{ range }] : [{ range: [rename, rename + 4], bytes: free }, { range }],
  )
  return changes.toSorted((a, b) => a.range[0] - b.range[0])
}

function* zeros(count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= nothing.length) yield nothing.subarray(0, left)
}

const free = new TextEncoder().encode('free')
const nothing = new Uint8Array(64 * 1024)
