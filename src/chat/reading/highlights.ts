/**
 * Where in a text stands what was searched for, in the text as it is written:
 * the index knows it folded only. Ranges are in UTF-16 code units, from and to.
 */
import { partsOf } from './search-text.ts'

export interface Snippet {
  readonly text: string
  readonly ranges: [from: number, to: number][]
}

interface Terms {
  readonly words: readonly string[]
  readonly phrases: readonly string[]
}

const length = 240 // of a snippet
const lead = 60 // before the first thing that was found

/** A piece of the text around the first thing that was found, or its beginning. */
export function snippet(text: string, terms: Terms): Snippet {
  const found = rangesIn(text, terms)
  const start = text.length <= length ? 0 : edge(text, (found[0]?.[0] ?? 0) - lead)
  const end = edge(text, start + length)
  const ranges = found
    .filter(([from, to]) => from >= start && to <= end)
    .map(([from, to]): [number, number] => [from - start, to - start])
  return { text: text.slice(start, end), ranges }
}

/** Apart from each other and in order. */
export function rangesIn(text: string, { words, phrases }: Terms): [from: number, to: number][] {
  const { folded, starts } = fold(text)
  const patterns = [...words.flatMap(partsOf).map((part) => [part]), ...phrases.map(partsOf)]
    .filter((parts) => parts.length > 0)
    .map((parts, at, all) => pattern(parts, at >= all.length - phrases.length))
  const found = patterns.flatMap((each) =>
    Array.from(folded.matchAll(each)).map((match): [number, number] => [
      starts[match.index] ?? 0,
      starts[match.index + match[0].length] ?? text.length,
    ]),
  )
  return merge(found)
}

/** Words are found as beginnings of words, runs of Chinese anywhere, parts of a phrase one behind the other. */
function pattern(parts: ReturnType<typeof partsOf>, isPhrase: boolean): RegExp {
  const needles = parts.map(({ text }) => RegExp.escape(fold(text).folded))
  const before = parts[0]?.isRun === true ? '' : String.raw`(?<![\p{L}\p{N}])`
  const after = isPhrase && parts.at(-1)?.isRun === false ? String.raw`(?![\p{L}\p{N}])` : ''
  return new RegExp(before + needles.join(String.raw`[^\p{L}\p{N}]*`) + after, 'gu')
}

/** As the index compares: without case, accents and differences of width. `starts`: where each unit comes from. */
function fold(text: string): { readonly folded: string; readonly starts: readonly number[] } {
  let folded = ''
  const starts: number[] = []
  let at = 0
  for (const character of text) {
    const plain = character.normalize('NFKD').replaceAll(/\p{M}/gu, '').normalize('NFC').toLowerCase()
    for (let unit = 0; unit < plain.length; unit++) starts.push(at)
    folded += plain
    at += character.length
  }
  starts.push(at)
  return { folded, starts }
}

function merge(ranges: [number, number][]): [number, number][] {
  const merged: [number, number][] = []
  for (const [from, to] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

/** The place in a text next to this one that tears no character apart. */
function edge(text: string, at: number): number {
  const place = Math.max(0, Math.min(at, text.length))
  const isInside = /[\udc00-\udfff]/.test(text.charAt(place)) && /[\ud800-\udbff]/.test(text.charAt(place - 1))
  return isInside ? place - 1 : place
}
