/** The part of a text where the words of a query stand, and which parts of it they are. */
export interface Part {
  readonly text: string
  readonly hit: boolean
}

const around = 60 // characters before the first hit

export function excerpt(text: string, query: string): Part[] {
  const words = query.split(/\s+/).filter(Boolean).map(escaped)
  const line = text.replaceAll(/\s+/g, ' ')
  if (words.length === 0) return [{ text: line, hit: false }]
  const pattern = new RegExp(`(${words.join('|')})`, 'iu')
  const first = line.search(pattern)
  const from = first > around ? first - around : 0
  const shown = (from > 0 ? '…' : '') + line.slice(from)
  return shown
    .split(new RegExp(pattern.source, 'giu'))
    .map((part, index) => ({ text: part, hit: index % 2 === 1 }))
    .filter((part) => part.text !== '')
}

function escaped(word: string): string {
  return word.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
