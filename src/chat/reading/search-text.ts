/**
 * Text as the search index has it. The index finds words between blanks, and
 * Chinese, Japanese and Korean have none between theirs: so each run of such
 * characters is put in as all its pairs and its last character, `上海人` as
 * `上海 海人 人`, and asked for as the pairs that must stand in a row. A single
 * character is found as the beginning of a pair. Everything else stays as it is
 * written; the index itself folds case and takes accents off.
 */

const run = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}々〆ー]+/gu
const wordlike = /[\p{L}\p{N}\p{M}_々〆ー]+/gu

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
  return Array.from(text.normalize('NFKC').matchAll(wordlike)).flatMap(([found]) => split(found))
}

/** What is asked of the index, as expressions of FTS5. */
export interface Expression {
  readonly match: string
  /** Each must be found for it to match, and each is a single word: where one is not, nothing can be. */
  readonly needs: readonly string[]
}

/**
 * Finds what somebody typed; undefined if there is nothing to look for in it.
 * @param ends words of the index that begin like this one
 */
export function wordExpression(typed: string, ends: (word: string) => readonly string[]): Expression | undefined {
  const parts = partsOf(typed).map((part) => (part.isRun ? row(runTokens(part.text)) : anyOf(part.text, ends)))
  if (parts.length === 0) return undefined
  return { match: parts.map(({ match }) => match).join(' AND '), needs: parts.flatMap(({ needs }) => needs) }
}

/** Finds all of it in a row, exactly. */
export function phraseExpression(typed: string): Expression | undefined {
  const parts = partsOf(typed)
  const last = parts.at(-1)
  if (last === undefined) return undefined
  const before = parts.slice(0, -1).flatMap(({ text, isRun }) => (isRun ? pairs(text) : [text]))
  const { tokens, isBeginning } = last.isRun ? runTokens(last.text) : { tokens: [last.text], isBeginning: false }
  return row({ tokens: [...before, ...tokens], isBeginning })
}

interface Tokens {
  readonly tokens: readonly string[]
  readonly isBeginning: boolean // the last one stands for whatever begins with it
}

function row({ tokens, isBeginning }: Tokens): Expression {
  const prefix = isBeginning ? ' *' : ''
  const needs = tokens
    .map((token, at) => `"${token}"${at === tokens.length - 1 ? prefix : ''}`)
    .filter((_, at) => isOne(tokens[at] ?? ''))
  return { match: `"${tokens.join(' ')}"${prefix}`, needs }
}

function anyOf(word: string, ends: (word: string) => readonly string[]): Expression {
  const match = `(${[word, ...ends(word)].map((each) => `"${each}"`).join(' OR ')})`
  return { match, needs: isOne(word) ? [match] : [] }
}

/** What the index takes for several words is a phrase to it, and might be looked for to the end. */
const isOne = (word: string): boolean => /^[\p{L}\p{N}]+$/u.test(word)

/** The text may go on behind a run, and then its last character does not stand alone. */
function runTokens(characters: string): Tokens {
  const isSingle = Array.from(characters).length === 1
  return { tokens: isSingle ? [characters] : pairs(characters).slice(0, -1), isBeginning: isSingle }
}

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
