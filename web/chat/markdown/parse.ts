/**
 * Text to tokens, by `marked`. Elements are made of the tokens by React, so
 * nothing that people write is ever taken as markup: what is HTML elsewhere
 * stays the text that it is.
 */
import { Hooks, Lexer, Tokenizer, type MarkedToken, type Token } from 'marked'

/** Addresses end where Chinese or its punctuation begins: nobody puts a space there. */
const afterAddress = /[\p{Script=Han}\u3000-\u303F\uFF00-\uFFEF“”‘’]/u

/** Chinese, Japanese and Korean, with the punctuation that is theirs alone. */
const cjk = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303F\uFF00-\uFFEF`
const mark = String.raw`(?![*_])[\p{P}\p{S}]`
const opensAtMark = new RegExp(`^\\*+${mark}`, 'u')
const endsInCjk = new RegExp(`[${cjk}]$`, 'u')
const markAtEnd = new RegExp(`${mark}(?=\\*+[${cjk}])|(?=[\u3000-\u303F\uFF00-\uFFEF])${mark}(?=\\*)`, 'gu')

/**
 * CommonMark tells where bold begins and ends by the spaces between words.
 * Chinese has none: `**好。**后` and `说**“好”**` are bold here as well.
 */
class ChatTokenizer extends Tokenizer {
  override emStrong(src: string, masked: string, before = '') {
    const opens = endsInCjk.test(before) && opensAtMark.test(src)
    return super.emStrong(src, masked, opens ? '' : before)
  }

  override url(src: string) {
    const end = src.search(afterAddress)
    return end === 0 ? undefined : super.url(end === -1 ? src : src.slice(0, end))
  }

  override def(): undefined {
    return undefined // references belong to documents
  }
}

class ChatHooks extends Hooks {
  /** Where emphasis ends is looked for in this: what ends it is no mark then, but like a letter. */
  override emStrongMask(src: string): string {
    return src.replaceAll(markAtEnd, (found) => 'a'.repeat(found.length))
  }
}

const kept = 500
const parsed = new Map<string, readonly MarkedToken[]>()

export function parse(text: string): readonly MarkedToken[] {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const tokens = asKnown(lex(tamed(text)))
  parsed.set(text, tokens)
  const [oldest] = parsed.keys()
  if (parsed.size > kept && oldest !== undefined) parsed.delete(oldest)
  return tokens
}

function lex(text: string): Token[] {
  return new Lexer({ gfm: true, breaks: true, tokenizer: new ChatTokenizer(), hooks: new ChatHooks() }).lex(text)
}

/** All tokens are of the kinds that `marked` has by itself: we add none. */
export function asKnown(tokens: readonly Token[]): readonly MarkedToken[] {
  return tokens as readonly MarkedToken[]
}

/** Nobody quotes this deep, but somebody may try what happens. */
function tamed(text: string): string {
  return text.replaceAll(/^((?:[ \t]*>){8})[ \t>]+/gm, '$1 ')
}

/** The words without their marks, for where there is one line of them. */
export function plain(text: string): string {
  return words(parse(text)).replaceAll(/\s+/g, ' ').trim()
}

function words(tokens: readonly Token[]): string {
  return asKnown(tokens).map(wordsOf).join('')
}

function wordsOf(token: MarkedToken): string {
  if (token.type === 'list') return token.items.map((item) => words(item.tokens)).join(' ')
  if (token.type === 'table')
    return [token.header, ...token.rows]
      .flat()
      .map((cell) => words(cell.tokens))
      .join(' ')
  if (apart.has(token.type)) return ' '
  const inside =
    'tokens' in token && token.tokens !== undefined ? words(token.tokens) : 'text' in token ? token.text : ''
  return blocks.has(token.type) ? `${inside} ` : inside
}

const apart: ReadonlySet<string> = new Set(['br', 'space', 'hr', 'checkbox'])
const blocks: ReadonlySet<string> = new Set(['paragraph', 'heading', 'blockquote', 'code'])
