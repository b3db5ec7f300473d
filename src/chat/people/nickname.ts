/**
 * What a name may look like. It is shown to strangers next to what its bearer
 * says, so what could make one name look like another, or like nothing, is
 * refused: invisible and direction-changing characters, towers of combining
 * marks, names that normalising twice would change again (the account take-over
 * at a music service in 2013 was built on such names).
 */
const nameLimit = 32 // graphemes: what a reader would count as characters

/** The name as it will be shown, or undefined for one that cannot be. */
export function nickname(name: unknown): string | undefined {
  if (typeof name !== 'string' || name.length > 512) return undefined // before any work is spent on it
  const shown = normalise(name)
  if (normalise(shown) !== shown) return undefined
  const graphemes = Array.from(segmenter.segment(shown), ({ segment }) => segment)
  if (graphemes.length < 1 || graphemes.length > nameLimit || shown.length > 256) return undefined
  return visible.test(shown) && graphemes.every(isPlain) ? shown : undefined
}

function normalise(name: string): string {
  return name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ')
}

/** Emoji need invisible joiners inside; nothing else may have them. */
function isPlain(grapheme: string): boolean {
  return emoji.test(grapheme) || (!hidden.test(grapheme) && Array.from(grapheme).length <= 8)
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const emoji = /^\p{RGI_Emoji}$/v
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u
// Controls, directions, lone surrogates, private and unassigned code points, line separators, everything
// that is drawn as nothing; and U+2800, a symbol that is drawn as nothing.
const hidden = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u
