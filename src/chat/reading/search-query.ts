/**
 * What somebody types to search: words, "phrases", and operators, each with a
 * value that may be quoted. What is no operator is a word.
 *
 *   上海 "exactly this" from:"Ann Lee" in:tea before:2026-01-31 after:2026-01-01 has:image
 */
import { ChatError } from '../errors.ts'
import { type HasKind, kindBits } from './search-scope.ts'

export interface Query {
  readonly words: readonly string[]
  readonly phrases: readonly string[]
  readonly from: string | undefined
  readonly room: string | undefined
  /** From the beginning of the day on, and until the day begins; milliseconds since 1970. */
  readonly after: number | undefined
  readonly before: number | undefined
  readonly has: readonly HasKind[]
}

const maxTerms = 20

/**
 * @param utcOffset minutes by which the days of who searches begin before those of UTC
 * @throws ChatError `invalid` if there is nothing to look for, or an operator makes no sense
 */
export function parseQuery(typed: string, utcOffset: number): Query {
  const words: string[] = []
  const phrases: string[] = []
  const values = new Map<string, string>()
  const has = new Set<HasKind>()
  for (const { groups = {} } of typed.matchAll(term)) {
    const { operator, quoted, curly, plain = '' } = groups
    const phrase = quoted ?? curly
    if (operator === undefined) (phrase === undefined ? words : phrases).push(phrase ?? plain)
    else if (operator.toLowerCase() === 'has') has.add(kindOf(phrase ?? plain))
    else values.set(operator.toLowerCase(), phrase ?? plain)
  }
  if (words.length + phrases.length > maxTerms)
    throw new ChatError('invalid', { message: `A search has at most ${maxTerms} words` })
  return {
    words,
    phrases,
    from: values.get('from'),
    room: values.get('in'),
    after: dayOf(values.get('after'), utcOffset),
    before: dayOf(values.get('before'), utcOffset),
    has: [...has],
  }
}

const term =
  /(?:(?<operator>from|in|before|after|has)[:：](?=\S))?(?:"(?<quoted>[^"]*)"?|[“”](?<curly>[^“”]*)[“”]?|(?<plain>\S+))/giu

function kindOf(value: string): HasKind {
  const kind = value.toLowerCase()
  if (kind in kindBits) return kind as HasKind
  throw new ChatError('invalid', { message: `has: takes ${Object.keys(kindBits).join(', ')}` })
}

function dayOf(value: string | undefined, utcOffset: number): number | undefined {
  if (value === undefined) return undefined
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(value)?.map(Number) ?? []
  const time = Date.UTC(year ?? Number.NaN, (month ?? 0) - 1, day)
  const made = new Date(time)
  if (made.getUTCDate() !== day || made.getUTCMonth() + 1 !== month)
    throw new ChatError('invalid', { message: 'before: and after: take a day, such as 2026-01-31' })
  return time - utcOffset * 60_000
}
