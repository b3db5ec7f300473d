import { Fragment, useEffect, useMemo, type ReactNode } from 'react'
import type { MarkedToken, Token, Tokens } from 'marked'
import { emojiOf, hasShortcodes, loadShortcodes, shortcodes } from '../../lib/shortcodes.ts'
import { classes } from '../../ui/classes.ts'
import { useSource } from '../context.ts'
import { CodeBlock } from './code-block.tsx'
import { asKnown, isOnlyEmoji, parse, safeAddress } from './parse.ts'

interface Props {
  readonly text: string
  /** Names behind an @, and who is meant; `me` stands out. */
  readonly mentions?: ReadonlyMap<string, { readonly me: boolean }>
  /** Stands behind the last word. */
  readonly end?: ReactNode
}

const noMentions = new Map<string, { readonly me: boolean }>()
const deepest = 12

/** What somebody wrote, as elements. */
export function Markdown({ text, mentions = noMentions, end }: Props) {
  const codes = useSource(shortcodes)
  const wanted = hasShortcodes(text)
  useEffect(() => {
    if (wanted) void loadShortcodes() // until it is there, and if it never comes, the code itself is shown
  }, [wanted])
  const body = useMemo(() => {
    const words = (plain: string): ReactNode => mentioned(emojiOf(plain, codes), mentions)
    return blocks(parse(text), words, end)
  }, [text, mentions, codes, end])
  return (
    <div className={classes('prose', isOnlyEmoji(emojiOf(text, codes)) && 'only-emoji')} dir="auto">
      {body}
    </div>
  )
}

/** What ends a paragraph goes into it; behind anything else it has a line of its own. */
function blocks(tokens: readonly MarkedToken[], words: Words, end: ReactNode): ReactNode[] {
  const last = tokens.at(-1)
  if (end === undefined || last === undefined) return children(tokens, words, 0)
  if (last.type !== 'paragraph') return [...children(tokens, words, 0), <p key="end">{end}</p>]
  return [
    ...children(tokens.slice(0, -1), words, 0),
    <p key="end">
      {children(last.tokens, words, 1)}
      {end}
    </p>,
  ]
}

type Words = (text: string) => ReactNode

function children(tokens: readonly Token[] | undefined, words: Words, depth: number): ReactNode[] {
  if (depth > deepest) return [tokens?.map((token) => token.raw).join('') ?? '']
  return asKnown(tokens ?? []).map((token, index) => (
    // oxlint-disable-next-line react/no-array-index-key -- the parts of a text never move
    <Fragment key={index}>{element(token, words, depth + 1)}</Fragment>
  ))
}

function element(token: MarkedToken, words: Words, depth: number): ReactNode {
  switch (token.type) {
    case 'text':
    case 'escape':
      return 'tokens' in token && token.tokens !== undefined ? children(token.tokens, words, depth) : words(token.text)
    case 'paragraph':
      return <p>{children(token.tokens, words, depth)}</p>
    case 'strong':
      return <strong>{children(token.tokens, words, depth)}</strong>
    case 'em':
      return <em>{children(token.tokens, words, depth)}</em>
    case 'del':
      return <del>{children(token.tokens, words, depth)}</del>
    case 'codespan':
      return <code>{token.text}</code>
    case 'br':
      return <br />
    case 'code':
      return <CodeBlock text={token.text} language={token.lang ?? ''} />
    case 'blockquote':
      return <blockquote>{children(token.tokens, words, depth)}</blockquote>
    case 'heading':
      return <p className="font-semibold">{children(token.tokens, words, depth)}</p>
    case 'list':
      return listElement(token, words, depth)
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ '
    case 'link':
      return linkElement(token.href, children(token.tokens, words, depth), token.raw)
    case 'image': // nothing is loaded from elsewhere
      return linkElement(token.href, token.text === '' ? token.href : token.text, token.raw)
    case 'table':
      return tableElement(token, words, depth)
    case 'hr':
      return <hr />
    case 'space':
      return null
    case 'html':
      return token.block ? <p>{token.text.trimEnd()}</p> : token.text
    case 'def':
    case 'list_item': // stand in lists only
      return token.raw
  }
}

function listElement({ ordered, start, items }: Tokens.List, words: Words, depth: number): ReactNode {
  const lines = items.map((item, index) => (
    // oxlint-disable-next-line react/no-array-index-key -- the parts of a text never move
    <li key={index} className={item.task ? 'list-none -ms-5' : undefined}>
      {children(item.tokens, words, depth)}
    </li>
  ))
  return ordered ? <ol start={Number(start) || 1}>{lines}</ol> : <ul>{lines}</ul>
}

function tableElement({ header, rows }: Tokens.Table, words: Words, depth: number): ReactNode {
  const cells = (row: readonly Tokens.TableCell[], Cell: 'th' | 'td'): ReactNode => (
    <tr>
      {row.map((cell, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the parts of a text never move
        <Cell key={index}>{children(cell.tokens, words, depth)}</Cell>
      ))}
    </tr>
  )
  return (
    <table>
      <thead>{cells(header, 'th')}</thead>
      <tbody>
        {rows.map((row, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- the parts of a text never move
          <Fragment key={index}>{cells(row, 'td')}</Fragment>
        ))}
      </tbody>
    </table>
  )
}

function linkElement(href: string, inside: ReactNode, raw: string): ReactNode {
  const address = safeAddress(href)
  if (address === undefined) return raw
  return (
    <a href={address} target="_blank" rel="noopener noreferrer nofollow ugc">
      {inside}
    </a>
  )
}

/** Names behind an @ that are meant; the longest first, since one may begin another. */
function mentioned(text: string, mentions: NonNullable<Props['mentions']>): ReactNode {
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
