/**
 * An export as a page to read: one file that needs nothing else, and runs
 * nothing. Whatever somebody wrote is text in it, not part of the page; and
 * should that ever fail, the page allows no script, no frame and no request.
 */
import type { Export, Row } from './export.ts'

/** @param origin where the files are, `https://chat.example.com` */
export function* asHtml({ title, about, sections }: Export, made: number, origin: string): Generator<string> {
  yield head(title)
  yield `<h1>${esc(title)}</h1>\n${facts({ ...about, exported: time(made) })}\n`
  for (const { name, pages } of sections) {
    yield `<section>\n<h2>${esc(name)}</h2>\n`
    for (const rows of pages())
      yield rows.map((row) => (name === 'messages' ? entry(row, origin) : facts(row))).join('')
    yield '</section>\n'
  }
  yield '</main>\n</body>\n</html>\n'
}

const style = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { margin: 0 } main { max-width: 46rem; margin: 0 auto; padding: 1rem }
  article { margin: .75rem 0; padding: .5rem .75rem; border: 1px solid #8884; border-radius: .5rem }
  header { font-size: .85rem; opacity: .8 } .text { white-space: pre-wrap; overflow-wrap: anywhere; margin: .25rem 0 }
  .notice { text-align: center; font-size: .85rem; opacity: .7 } blockquote { margin: .25rem 0; padding-left: .5rem; border-left: 3px solid #8888; opacity: .8 }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; font-size: .85rem } dd { margin: 0; overflow-wrap: anywhere }`

function head(title: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${esc(title)}</title>
<style>${style}
</style>
</head>
<body>
<main>
`
}

function entry(row: Row, origin: string): string {
  if (row['notice'] !== undefined) return notice(row)
  const { offset, name, text, edited, removed, pinned } = row
  const marks = [edited !== undefined && 'edited', pinned === true && 'pinned'].filter((mark) => mark !== false)
  const who = name === undefined ? '' : `<b>${esc(name)}</b> `
  return `<article id="m${esc(row['room'] ?? '')}${esc(offset)}">
<header>${who}<time>${time(row['time'])}</time>${marks.map((mark) => ` · ${mark}`).join('')}</header>
${quote(row)}${removed === undefined ? `<p class="text">${esc(text)}</p>` : '<p class="text"><i>taken back</i></p>'}
${files(row, origin)}${reactions(row)}</article>
`
}

function notice(row: Row): string {
  const { what = '', type = '' } = asRow(row['notice'])
  const words = [row['name'], `${String(type)} ${String(what)}`, row['person']].filter(
    (word) => word !== undefined && word !== '',
  )
  return `<p class="notice"><time>${time(row['time'])}</time> ${words.map(esc).join(' · ')}</p>\n`
}

function quote(row: Row): string {
  const forwarded =
    row['forwarded'] === undefined
      ? ''
      : `<blockquote>forwarded from ${esc(asRow(row['forwarded'])['name'])}</blockquote>\n`
  if (row['reply'] === undefined) return forwarded
  const { offset, text = '' } = asRow(row['reply'])
  return `${forwarded}<blockquote><a href="#m${esc(row['room'] ?? '')}${esc(offset)}">↩ ${esc(offset)}</a> ${esc(text)}</blockquote>\n`
}

function files(row: Row, origin: string): string {
  const items = asRows(row['files']).map(
    ({ name, url, type, size }) =>
      `<li><a href="${esc(origin)}${esc(url)}" rel="noreferrer">${esc(name)}</a> ${esc(type)}, ${esc(size)} bytes</li>`,
  )
  return items.length === 0 ? '' : `<ul>${items.join('')}</ul>\n`
}

function reactions(row: Row): string {
  const items = asRows(row['reactions']).map(({ emoji, count }) => `${esc(emoji)} ${esc(count)}`)
  return items.length === 0 ? '' : `<p>${items.join(' ')}</p>\n`
}

function facts(row: Row): string {
  const items = Object.entries(row).filter(([, value]) => value !== null && value !== '' && value !== undefined)
  return `<dl>${items.map(([name, value]) => `<dt>${esc(name)}</dt><dd>${esc(fact(name, value))}</dd>`).join('')}</dl>\n`
}

const times = new Set(['created', 'joined', 'seen', 'expires', 'time'])

function fact(name: string, value: unknown): string {
  if (typeof value === 'number') return times.has(name) ? time(value) : String(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function time(value: unknown): string {
  const date = new Date(typeof value === 'number' ? value : Number.NaN)
  return Number.isNaN(date.getTime())
    ? ''
    : date
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z/, ' UTC')
}

const asRow = (value: unknown): Row => (typeof value === 'object' && value !== null ? { ...value } : {})
const asRows = (value: unknown): Row[] => (Array.isArray(value) ? value.map(asRow) : [])

/** Text, in an element or in an attribute between quotes. */
function esc(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return text.replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
}
