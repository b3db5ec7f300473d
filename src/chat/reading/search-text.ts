/**
 * Text as the search index has it. The index finds words between blanks, and
 * Chinese, Japanese and Korean have none between theirs: so each run of such
 * characters is put in as all its pairs and its last character, `上海人` as
 * `上海 海人 人`, and asked for as the pairs that must stand in a row. A single
 * character is found as the beginning of a pair. Everything else stays as it is
 * written; the index itself folds case and takes accents off.
 */

const run = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}々〆ー]+/gu
const word = /[\p{L}\p{N}\p{M}_々〆ー]+/gu

/** What is put in. */
export function searchBody(text: string): string {
  return text.normalize('NFKC').replaceAll(run, (characters) => ` ${pairs(characters).join(' ')} `)
}

/** A piece of a text: a run of characters that have no blanks between words, or a word. */
export interface Part {
  readonly text: string
  readonly isRun: boolean
}

export function partsOf(text: string): Part[] {
  return Array.from(text.normalize('NFKC').matchAll(word)).flatMap(([found]) => split(found))
}

/**
 * An expression of FTS5 that finds what somebody typed; undefined if there is nothing to look for in it.
 * @param ends words of the index that begin like this one
 */
export function wordExpression(typed: string, ends: (word: string) => readonly string[]): string | undefined {
  const terms = partsOf(typed).map(({ text, isRun }) =>
    isRun ? runExpression(text) : `(${[text, ...ends(text)].map((each) => `"${each}"`).join(' OR ')})`,
  )
  return terms.length === 0 ? undefined : terms.join(' AND ')
}

/** All of it in a row, exactly. */
export function phraseExpression(typed: string): string | undefined {
  const parts = partsOf(typed)
  const last = parts.at(-1)
  if (last === undefined) return undefined
  const before = parts.slice(0, -1).flatMap(({ text, isRun }) => (isRun ? pairs(text) : [text]))
  if (!last.isRun) return `"${[...before, last.text].join(' ')}"`
  return `"${[...before, ...beginning(last.text)].join(' ')}"${isSingle(last.text) ? ' *' : ''}`
}

function runExpression(characters: string): string {
  return isSingle(characters) ? `"${characters}" *` : `"${beginning(characters).join(' ')}"`
}

/** The text may go on behind it, and then its last character does not stand alone. */
const beginning = (characters: string): string[] =>
  isSingle(characters) ? [characters] : pairs(characters).slice(0, -1)

const isSingle = (characters: string): boolean => Array.from(characters).length === 1

function split(found: string): Part[] {
  const parts: Part[] = []
  let rest = 0
  for (const match of found.matchAll(run)) {
    if (match.index > rest) parts.push({ text: found.slice(rest, match.index), isRun: false })
    parts.push({ text: match[0], isRun: true })
    rest = match.index + match[0].length
  }
  if (rest < found.length) parts.push({ text: found.slice(rest), isRun: false })
  return parts
}

/** All pairs of neighbours, and the last character alone, so that it is found as the beginning of something, too. */
function pairs(characters: string): string[] {
  const list = Array.from(characters)
  return list.map((character, at) => character + (list[at + 1] ?? ''))
}
