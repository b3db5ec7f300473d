/**
 * Who a guest is: a nickname that others may see, and a secret that nobody may.
 *
 * The page keeps a random UUID in the browser and hands it in with each
 * connect. The user id is cut from its hash, so a guest stays the same person
 * over reloads and the id, which everybody sees, tells nothing about the
 * secret. A nickname is shown to strangers next to what its bearer says,
 * so what could make one name look like another, or like nothing, is refused:
 * invisible and direction-changing characters, towers of combining marks,
 * names that normalising twice would change again (the account take-over at a
 * music service in 2013 was built on such names).
 */
import { createHash } from 'node:crypto'

export interface Guest {
  readonly user: string // 'guest:' and 16 hex digits
  readonly info: string // JSON text: {"name": …}
}

export interface Refused {
  readonly refused: 'name' | 'guest'
}

const nameLimit = 32 // graphemes: what a reader would count as characters

/** @param data what the client sent with connect: `{name, guest}` */
export function guest(data: unknown): Guest | Refused {
  const { name, guest: secret } = fields(data)
  if (typeof secret !== 'string' || !uuid.test(secret)) return { refused: 'guest' }
  const shown = nickname(name)
  if (shown === undefined) return { refused: 'name' }
  const hash = createHash('sha256').update(secret.toLowerCase()).digest('hex')
  return { user: `guest:${hash.slice(0, 16)}`, info: JSON.stringify({ name: shown }) }
}

/** Whether a client asks to be a guest at all; others stay anonymous or bring a token. */
export function asksForGuest(data: unknown): boolean {
  return 'guest' in fields(data)
}

/** The name as it will be shown, or undefined for one that cannot be. */
export function nickname(name: unknown): string | undefined {
  if (typeof name !== 'string' || name.length > 512) return undefined // before any work is spent on it
  const shown = normalise(name)
  if (normalise(shown) !== shown) return undefined
  const graphemes = Array.from(segmenter.segment(shown), ({ segment }) => segment)
  if (graphemes.length < 1 || graphemes.length > nameLimit || shown.length > 256) return undefined
  return visible.test(shown) && graphemes.every(isPlain) ? shown : undefined
}

function fields(data: unknown): Record<string, unknown> {
  return typeof data === 'object' && data !== null ? { ...data } : {}
}

function normalise(name: string): string {
  return name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ')
}

/** Emoji need invisible joiners inside; nothing else may have them. */
function isPlain(grapheme: string): boolean {
  return emoji.test(grapheme) || (!hidden.test(grapheme) && Array.from(grapheme).length <= 8)
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const emoji = /^\p{RGI_Emoji}$/v
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u
// Controls, directions, lone surrogates, private and unassigned code points, line separators, everything
// that is drawn as nothing; and U+2800, a symbol that is drawn as nothing.
const hidden = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u
