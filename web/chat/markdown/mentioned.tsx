import type { ReactNode } from 'react'

/** Names behind an @, and who is meant; `me` stands out. */
export type Mentions = ReadonlyMap<string, { readonly me: boolean }>

/** Names behind an @ that are meant; the longest first, since one may begin another. */
export function mentioned(text: string, mentions: Mentions): ReactNode {
  if (mentions.size === 0 || !/[@＠]/.test(text)) return text
  const names = [...mentions.keys()].toSorted((a, b) => b.length - a.length).map((name) => escaped(name))
  return text.split(new RegExp(`[@＠](${names.join('|')})`, 'iu')).map((part, index) => {
    if (index % 2 === 0) return part
    const me = mentions.get(part)?.me ?? mentions.get(part.toLowerCase())?.me ?? false
    return (
      // oxlint-disable-next-line react/no-array-index-key -- the parts of a text never move
      <span key={index} className="mention" data-me={me || undefined}>
        @{part}
      </span>
    )
  })
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
