/**
 * Whom a text mentions: `@` and the name of a member, found by the server, so
 * that all readers agree on it and nobody is mentioned by a forged list.
 *
 * Names may have blanks in them, and in Chinese there are none around them. So
 * everything that could be a name behind an `@` is looked up, and of those that
 * are names of members the longest counts. Where letters of one word would be
 * torn apart there ends no name: `@Anniversary` does not mention Ann, while
 * `@小明你好` mentions 小明. What stands in code mentions nobody.
 */
import { keyOf } from '../people/names.ts'

/** Each place where somebody could be mentioned, with all that the name could be, the longest first. */
export type Candidates = readonly (readonly string[])[]

export interface Mentions {
  readonly keys: readonly string[] // of names, as they were found, each once
  readonly everyone: boolean
}

const maxPlaces = 200
const nameLimit = 32 // graphemes

/** The keys of names that a text could mention. */
export function candidatesIn(text: string): Candidates {
  const bare = text.replaceAll(/```[^]*?(?:```|$)|`[^`\n]*`/g, (code) => ' '.repeat(code.length))
  return Array.from(bare.matchAll(/(?<![\w.+-])[@＠]/gu))
    .slice(0, maxPlaces)
    .map(({ index }) => beginnings(bare.slice(index + 1, index + 1 + maxLength)))
    .filter((keys) => keys.length > 0)
}

/**
 * Decides which of them are meant.
 * @param isMember whether a key is the name of somebody there
 */
export function chooseMentions(candidates: Candidates, isMember: (key: string) => boolean, mayAll: boolean): Mentions {
  const keys = new Set<string>()
  let everyone = false
  for (const place of candidates) {
    const meant = place.find((key) => (mayAll && wordsForAll.has(key)) || isMember(key))
    if (meant === undefined) continue
    if (mayAll && wordsForAll.has(meant)) everyone = true
    else keys.add(meant)
  }
  return { keys: [...keys], everyone }
}

const maxLength = 256 // code units: of a longer piece nothing is a name
const wordsForAll: ReadonlySet<string> = new Set(['all', 'everyone', '所有人'])

/** Every beginning of the text that ends where a name may end. */
function beginnings(text: string): string[] {
  const keys: string[] = []
  if (/^\s/u.test(text)) return keys
  let end = 0
  let count = 0
  for (const { segment } of segmenter.segment(text)) {
    if (segment.includes('\n') || ++count > nameLimit) break
    end += segment.length
    if (/^\s$/u.test(segment) || isTorn(segment, text.slice(end))) continue
    const key = keyOf(text.slice(0, end))
    if (key !== '' && key !== keys[0]) keys.unshift(key)
  }
  return keys
}

/** Whether what is on both sides belongs to one word. */
const isTorn = (before: string, after: string): boolean => wordEnd.test(before) && wordStart.test(after)

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const letter = String.raw`[[\p{L}\p{N}\p{M}_]--[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}々〆ー]]`
const wordEnd = new RegExp(`${letter}$`, 'v')
const wordStart = new RegExp(`^${letter}`, 'v')
