import { expect, test } from 'bun:test'
import { pageFacts } from './page.ts'

test('Open Graph goes over cards, cards over plain HTML', () => {
  const plain =
    '<title>plain</title><meta name=description content="plain text"><meta name="application-name" content="App">'
  const cards = '<meta name="twitter:title" content="card"><meta name="twitter:image" content="/card.png">'
  const graph =
    '<meta property="og:title" content="graph"><meta property="og:image" content="/graph.png"><meta property="og:site_name" content="Site">'
  expect(pageFacts(plain)).toEqual({ title: 'plain', description: 'plain text', siteName: 'App' })
  expect(pageFacts(plain + cards)).toMatchObject({ title: 'card', image: '/card.png', description: 'plain text' })
  expect(pageFacts(plain + cards + graph)).toEqual({
    title: 'graph',
    description: 'plain text',
    siteName: 'Site',
    image: '/graph.png',
  })
})

test('what is written in any case, order and quotes is read, and the first of its kind counts', () => {
  const html = `<META CONTENT='a' PROPERTY=OG:TITLE><meta property="og:title" content="b"><meta name=og:description content=c>`
  expect(pageFacts(html)).toEqual({ title: 'a', description: 'c' })
  expect(pageFacts('<title>one</title><title>two</title>')).toEqual({ title: 'one' })
  expect(pageFacts('<link rel="image_src" href="/i.png">')).toEqual({ image: '/i.png' })
  expect(pageFacts('<meta property="og:title" content=" "><title>x</title>')).toEqual({ title: 'x' })
})

test('markup in scripts, comments and attributes is not the page', () => {
  const fake = '<meta property="og:title" content="fake"><title>fake</title>'
  for (const html of [
    `<script>'${fake}'</script>`,
    `<!-- ${fake} -->`,
    `<style>${fake}</style>`,
    `<textarea>${fake}</textarea>`,
  ])
    expect(pageFacts(`${html}<title>true</title>`)).toEqual({ title: 'true' })
})

test('what a page says is text in one line', () => {
  const html =
    '<title>\n a &lt;b&gt; &amp;amp; \u202E\u0000 c\n</title><meta name=description content="&quot;q&quot;&#10;next">'
  expect(pageFacts(html)).toEqual({ title: 'a <b> &amp; c', description: '"q" next' })
  expect(pageFacts(`<title>${'好'.repeat(5000)}`).title).toBe(`${'好'.repeat(199)}…`)
})

test('a page that says nothing has no facts', () => {
  for (const html of [
    '',
    'text',
    '<html>',
    '<title></title>',
    '<meta property="og:title">',
    '\0\0',
    '<title>&#x202E;</title>',
  ])
    expect(pageFacts(html)).toEqual({})
})

test('no page of the length that is read takes long', () => {
  const length = 262_144
  const parts = [
    '<',
    '<div>',
    '<meta>',
    '<meta content=x>',
    '<meta name=a content=x ',
    '<svg><title>',
    '<!--',
    '<title>',
    '&amp;',
    '<a b=c d e="',
  ]
  const longest = parts.map((part) => {
    const html = part.repeat(length / part.length)
    const started = performance.now()
    pageFacts(html)
    pageFacts(`<meta property="og:title" content="${html}`)
    pageFacts(`<title>${html}`)
    return performance.now() - started
  })
  // Some 10 ms each. A parser that is quadratic would need minutes.
  expect(Math.max(...longest)).toBeLessThan(5000)
})
