/**
 * Character references of HTML in the text of a title or an attribute. By
 * number all of them; by name those of HTML 4, which are those that people and
 * their editors write. (HTML 5 has two thousand more, for formulas. What is not
 * known stays as it is written, as a browser leaves it.)
 */
export function decodeEntities(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,8})|#x([0-9a-f]{1,8})|([a-z]{2,8}\d{0,2}));?/gi, (whole, decimal, hex, name) => {
    if (typeof name === 'string') return named.get(name) ?? whole
    return numbered(typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16))
  })
}

function numbered(code: number): string {
  if (code >= 0x80 && code < 0xa0) return windows1252.decode(new Uint8Array([code])) // so it was meant, says the standard
  const isCharacter = code > 0 && code <= 0x10_ffff && !(code >= 0xd800 && code < 0xe000)
  return isCharacter ? String.fromCodePoint(code) : '\uFFFD'
}

const windows1252 = new TextDecoder('windows-1252')

const latin1 = // U+00A0 and on, in order
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro ' +
  'para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil ' +
  'Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave ' +
  'Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml ' +
  'igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute ' +
  'thorn yuml'
const greek = // U+0391 and on, and 32 further on in small; between rho and sigma, one place is empty in capitals
  'Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho Sigmaf Sigma Tau Upsilon ' +
  'Phi Chi Psi Omega'
const others =
  'quot " amp & apos \' lt < gt > OElig Œ oelig œ Scaron Š scaron š Yuml Ÿ fnof ƒ circ ˆ tilde ˜ ensp \u2002 ' +
  'emsp \u2003 thinsp \u2009 zwnj \u200C zwj \u200D lrm \u200E rlm \u200F ndash – mdash — lsquo ‘ rsquo ’ sbquo ‚ ldquo “ rdquo ” ' +
  'bdquo „ dagger † Dagger ‡ bull • hellip … permil ‰ prime ′ Prime ″ lsaquo ‹ rsaquo › oline ‾ frasl ⁄ euro € ' +
  'trade ™ larr ← uarr ↑ rarr → darr ↓ harr ↔ rArr ⇒ hArr ⇔ minus − infin ∞ asymp ≈ ne ≠ equiv ≡ le ≤ ge ≥ sum ∑ ' +
  'prod ∏ radic √ part ∂ int ∫ deg ° loz ◊ spades ♠ clubs ♣ hearts ♥ diams ♦ AMP & LT < GT > QUOT " COPY © REG ®'

function* table(): Generator<[name: string, character: string]> {
  for (const [at, name] of latin1.split(' ').entries()) yield [name, String.fromCodePoint(0xa0 + at)]
  for (const [at, name] of greek.split(' ').entries()) {
    if (name !== 'Sigmaf') yield [name, String.fromCodePoint(0x391 + at)]
    yield [name.toLowerCase(), String.fromCodePoint(0x3b1 + at)]
  }
  for (const [, name = '', character = ''] of others.matchAll(/(\S+) (\S|[\u2002-\u2009])(?: |$)/gu))
    yield [name, character]
}
const named = new Map(table())
