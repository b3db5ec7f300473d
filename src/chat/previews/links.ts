/**
 * Which links of a message get a preview: the first few that stand in the text
 * itself. What stands in code is an example, not an invitation.
 *
 * Where a link ends is a guess in every language. Ours: a path is ASCII (that
 * is how browsers copy it), so Chinese may follow without a space; and the
 * punctuation that ends a sentence does not belong to a link at its end.
 */
const mostLinks = 3

/** Distinct http and https links, as `URL` writes them, in the order of the text. */
export function links(text: string, most = mostLinks): string[] {
  const found = new Set<string>()
  for (const written of candidates(withoutCode(text))) {
    const url = URL.parse(withoutEnd(written))
    if (url === null) continue
    url.hash = ''
    found.add(url.href)
    if (found.size === most) break
  }
  return [...found]
}

/** One may begin right where another ends: between Chinese there are no blanks. */
function* candidates(text: string): Generator<string> {
  let end = 0
  for (const { index } of text.matchAll(/(?<![a-z0-9])https?:\/\//gi)) {
    if (index < end) continue // a link within a link
    const run = /^[^\s<>"`]+/.exec(text.slice(index, index + longest))?.[0] ?? ''
    const written = linkAtStart(run)
    end = index + written.length
    if (written.length < longest) yield written
  }
}

/** Code is what stands between as many backticks, or, from the start of a line, three or more of them or of tildes. */
function withoutCode(text: string): string {
  return text
    .replaceAll(/^ {0,3}(?<fence>`{3,}|~{3,})[^\n]*(?:\n(?! {0,3}\k<fence>)[^\n]*)*(?:\n[^\n]*)?/gm, ' ')
    .replaceAll(/(?<!`)(?<ticks>`+)(?!`)[^]*?(?<!`)\k<ticks>(?!`)/g, ' ')
}

/** Of what stands there without a blank, what belongs to the link; nothing if it carries credentials. */
function linkAtStart(run: string): string {
  const {
    scheme = '',
    authority = '',
    rest = '',
  } = /^(?<scheme>[^:]*:\/\/)(?<authority>[^/?#]*)(?<rest>.*)$/.exec(run)?.groups ?? {}
  if (authority.includes('@')) return ''
  const host = hostAtStart(authority)
  const path = host === authority ? (/^[\w\-.~:/?#[\]@!$&'()*+,;=%|]*/.exec(rest)?.[0] ?? '') : ''
  return `${scheme}${host}${path}`
}

/** A host that begins in ASCII ends where Chinese, Japanese or Korean begins; other scripts go on in it (bücher.example). */
function hostAtStart(authority: string): string {
  const latin =
    /^[a-z0-9.-]+(?![a-z0-9.-])(?!(?!\p{sc=Han}|\p{sc=Hira}|\p{sc=Kana}|\p{sc=Hang})\p{L})(?::\d{1,5})?/iu.exec(
      authority,
    )
  return (latin ?? /^(?:[\p{L}\p{M}\p{N}.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?/iu.exec(authority))?.[0] ?? ''
}

/** Without what ends a sentence, and without closing brackets that were not opened in the link. */
function withoutEnd(link: string): string {
  let end = link.length
  let unopened = count(link, ')') - count(link, '(')
  for (; end > 0; end--) {
    const last = link.charAt(end - 1)
    if (last === ')' && unopened > 0) unopened--
    else if (!".,;:!?'*_~]".includes(last)) break
  }
  return link.slice(0, end)
}

const longest = 2048
const count = (text: string, character: string) => text.split(character).length - 1
