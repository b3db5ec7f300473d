/**
 * Who or what could be meant by the letters behind a sign, the likeliest first:
 * of people those who spoke last, of emoji those whose name begins like it.
 */
import type { EmojiName } from './emoji-names.ts'
import type { Person } from './views.ts'

export type Suggestion =
  | { readonly kind: 'person'; readonly id: string; readonly insert: string; readonly person: Person }
  | { readonly kind: 'everyone'; readonly id: string; readonly insert: string }
  | {
      readonly kind: 'emoji'
      readonly id: string
      readonly insert: string
      readonly code: string
      readonly name: string
    }

/** No list is longer: one types another letter instead of reading on. */
export const mostSuggestions = 8

/** As all clients and the server know it; the reader's language has its own first. */
const wordsForAll = ['all', 'everyone', '所有人'] as const

export function peopleLike(
  query: string,
  people: readonly Person[],
  { speakers, me }: { readonly speakers: readonly string[]; readonly me: string },
): Suggestion[] {
  const word = folded(query.trimEnd())
  const turn = new Map(speakers.map((id, index) => [id, index]))
  return people
    .filter(({ id, name }) => id !== me && isLike(folded(name), word))
    .toSorted((one, other) => rank(one) - rank(other))
    .slice(0, mostSuggestions)
    .map((person) => ({ kind: 'person', id: person.id, insert: `@${person.name}`, person }))

  /** Whole names before parts of them, then who spoke last. */
  function rank({ id, name }: Person): number {
    return (folded(name).startsWith(word) ? 0 : 10_000) + (turn.get(id) ?? 5000)
  }
}

/** All of the room by one word, where that is allowed. */
export function everyoneLike(query: string, lang: string): Suggestion[] {
  const word = folded(query)
  const isMeant = wordsForAll.some((each) => each.startsWith(word))
  const insert = lang.startsWith('zh') ? '@所有人' : '@all'
  return isMeant ? [{ kind: 'everyone', id: 'everyone', insert }] : []
}

export function emojiLike(query: string, all: readonly EmojiName[]): Suggestion[] {
  const word = folded(query)
  const scored = all.flatMap((each, index) => {
    const score = scoreOf(each, word)
    return score === undefined ? [] : [{ each, score, index }]
  })
  return scored
    .toSorted((one, other) => one.score - other.score || one.index - other.index)
    .slice(0, mostSuggestions)
    .map(({ each: { emoji, codes, label } }) => ({
      kind: 'emoji',
      id: emoji,
      insert: emoji,
      code: codes.find((code) => code.startsWith(word)) ?? codes[0] ?? '',
      name: label,
    }))
}

/** The smaller the likelier; undefined: not meant. */
function scoreOf({ codes, label, tags }: EmojiName, word: string): number | undefined {
  if (codes.includes(word) || label === word) return 0
  const begins = codes.filter((code) => code.startsWith(word)).map(({ length }) => length)
  if (begins.length > 0) return Math.min(...begins)
  if (tags.includes(word)) return 50
  if (codes.some((code) => code.includes(`_${word}`))) return 60
  if (label.startsWith(word)) return 70
  if (tags.some((tag) => tag.startsWith(word)) || codes.some((code) => code.includes(word))) return 80
  return label.includes(word) ? 90 : undefined
}

/** From the beginning of the name, or of a word of it; in Chinese every sign may begin one. */
function isLike(name: string, word: string): boolean {
  return name.startsWith(word) || name.includes(` ${word}`) || (/^\p{Script=Han}/u.test(word) && name.includes(word))
}

/** Two names that look alike are one to who looks for them. */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
