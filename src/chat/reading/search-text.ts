/**
 * Text as the search index has it. The index finds words between blanks, and
 * Chinese, Japanese and Korean have none between theirs: so each run of such
 * characters is put in as all its pairs, `上海人` as `上海 海人`, and asked for as
 * the pairs that must stand in a row. A single character is found as the
 * beginning of a pair. Everything else stays as it is written.
 */

const run = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}々〆ー]+/gu

/** What is put in. */
export function searchBody(text: string): string {
  return text.normalize('NFKC').replaceAll(run, (characters) => ` ${pairs(characters).join(' ')} `)
}

/** What is asked for: an expression of FTS5, or undefined if there is nothing to look for in it. */
export function searchExpression(words: string): string | undefined {
  const terms: string[] = []
  for (const [word] of words.normalize('NFKC').matchAll(/[\p{L}\p{N}\p{M}_々〆ー]+/gu)) {
    let rest = 0
    for (const match of word.matchAll(run)) {
      plain(word.slice(rest, match.index))
      const found = pairs(match[0])
      const single = found.length === 1 && Array.from(match[0]).length === 1
      terms.push(single ? `"${match[0]}" *` : `"${found.slice(0, -1).join(' ') || found[0]}"`)
      rest = match.index + match[0].length
    }
    plain(word.slice(rest))
  }
  return terms.length === 0 ? undefined : terms.join(' AND ')

  function plain(part: string): void {
    if (part !== '') terms.push(`"${part}" *`)
  }
}

/** All pairs of neighbours, and the last character alone, so that it is found as the beginning of something, too. */
function pairs(characters: string): string[] {
  const list = Array.from(characters)
  return list.map((character, at) => character + (list[at + 1] ?? ''))
}
