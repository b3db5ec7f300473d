/**
 * Where somebody begins to name a person (`@`) or an emoji (`:`), by what stands
 * before the caret. An `@` counts where the server would see a mention: not
 * inside of a word or an address, and not in code. A name may have blanks in it,
 * so what is behind the `@` reaches to the caret, whatever it is. A colon must be
 * followed by two letters, or by a Chinese one, and stand where a word begins:
 * times, addresses and sentences have colons, too.
 */
export interface Sign {
  readonly kind: 'person' | 'emoji'
  /** Of the sign itself; what was written of the name ends at the caret. */
  readonly from: number
  readonly to: number
  readonly query: string
}

const longestName = 64 // code units: longer ones are not typed to be found

export function signBefore(text: string, caret: number): Sign | undefined {
  const before = text.slice(0, caret)
  if (isInCode(before)) return undefined
  return emojiSign(before) ?? personSign(before)
}

function personSign(before: string): Sign | undefined {
  const line = before.slice(before.lastIndexOf('\n') + 1)
  const at = Math.max(line.lastIndexOf('@'), line.lastIndexOf('＠'))
  const from = before.length - line.length + at
  const query = before.slice(from + 1)
  if (at < 0 || query.length > longestName || /^\s|\s\s$/.test(query)) return undefined
  return /[\w.+-]$/.test(line.slice(0, at)) ? undefined : { kind: 'person', from, to: before.length, query }
}

function emojiSign(before: string): Sign | undefined {
  const found =
    /(?<![\w:/.+@＠-]):([a-z0-9+-][\w+-]{1,39})$/i.exec(before) ?? /(?<=^|\s):(\p{Script=Han}{1,12})$/u.exec(before)
  if (found === null) return undefined
  const [, query = ''] = found
  return { kind: 'emoji', from: found.index, to: before.length, query }
}

/** Behind a fence that is open, or a backtick of the same line. */
function isInCode(before: string): boolean {
  const fences = before.split('```')
  if (fences.length % 2 === 0) return true
  const last = fences.at(-1) ?? ''
  return (last.slice(last.lastIndexOf('\n') + 1).split('`').length - 1) % 2 === 1
}
