/** What people write becomes elements, and never markup. */
import { beforeAll, expect, test } from 'bun:test'
import emojiTable from 'emojibase-data/en/data.json'
import { renderToStaticMarkup } from 'react-dom/server'
import { Dice } from '../../../test/dice.ts'
import { loadShortcodes } from '../../lib/shortcodes.ts'
import { loadFormatting, usePlain } from './formatting.ts'
import { Markdown } from './markdown.tsx'
import { hasMarks, isOnlyEmoji } from './marks.ts'
import { markedText } from './marked-text.tsx'
import { plain } from './parse.ts'

beforeAll(loadFormatting)

const html = (text: string, mentions?: ReadonlyMap<string, { me: boolean }>): string =>
  renderToStaticMarkup(<Markdown text={text} {...(mentions && { mentions })} />).replace(
    /^<div[^>]*>(.*)<\/div>$/s,
    '$1',
  )

test.each([
  ['plain', '<p>plain</p>'],
  ['one\ntwo', '<p>one<br/>two</p>'],
  ['**bold** *thin* ~~gone~~ `code`', '<p><strong>bold</strong> <em>thin</em> <del>gone</del> <code>code</code></p>'],
  ['# A heading', '<p class="font-semibold">A heading</p>'],
  ['> said', '<blockquote><p>said</p></blockquote>'],
  ['3. three\n4. four', '<ol start="3"><li>three</li><li>four</li></ol>'],
  ['- [x] done', '<ul><li class="list-none -ms-5">☑ done</li></ul>'],
  ['你好，**世界**！', '<p>你好，<strong>世界</strong>！</p>'],
  ['**注意。**明天见', '<p><strong>注意。</strong>明天见</p>'],
  ['他说**“好”**了', '<p>他说<strong>“好”</strong>了</p>'],
  ['他说**「好」**!', '<p>他说<strong>「好」</strong>!</p>'],
  ['见*《书》*和**A。**B', '<p>见<em>《书》</em>和<strong>A。</strong>B</p>'],
  ['2 * 3 * 4, “**”', '<p>2 * 3 * 4, “**”</p>'],
  ['a < b && c > d', '<p>a &lt; b &amp;&amp; c &gt; d</p>'],
  ['&lt;b&gt;', '<p>&amp;lt;b&amp;gt;</p>'],
])('%j is shown as such', (text, expected) => {
  expect(html(text)).toBe(expected)
})

test.each([
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  'a <b onclick="x()">b</b>',
  '<style>*{display:none}</style>',
  '<!-- -->',
])('%j stays the text that it is', (text) => {
  expect(html(text)).not.toMatch(/<(?!\/?p>)/)
  expect(html(text)).toContain('&lt;')
})

test.each([
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '[x](vbscript:x)',
  '[x](/r/other)',
  '[x](file:///etc/passwd)',
  '![x](javascript:alert(1))',
])('%j is no link', (text) => {
  expect(html(text)).not.toContain('<a')
})

test('links lead to the web and to mail, away from this page, and tell nobody where from', () => {
  for (const address of ['https://example.com/a', 'http://example.com/', 'mailto:a@example.com'])
    expect(html(`[x](${address})`)).toBe(
      `<p><a href="${address}" target="_blank" rel="noopener noreferrer nofollow ugc">x</a></p>`,
    )
})

test('a picture from elsewhere is a link: nothing is loaded', () => {
  expect(html('![cat](https://example.com/cat.png)')).not.toContain('<img')
})

test('an address ends where Chinese begins', () => {
  expect(html('看https://example.com/a。后面')).toContain('href="https://example.com/a"')
  expect(html('见 www.example.com。')).toContain('href="http://www.example.com/"')
  expect(html('https://example.com/a后面')).toContain('>https://example.com/a</a>后面')
})

test('who is meant stands out, the longer name first', () => {
  const mentions = new Map([
    ['Ann', { me: false }],
    ['Ann Lee', { me: true }],
    ['a.*', { me: false }],
  ])
  expect(html('@Ann Lee and @ann', mentions)).toBe(
    '<p><span class="mention" data-me="true">@Ann Lee</span> and <span class="mention">@ann</span></p>',
  )
  expect(html('＠ann', mentions)).toBe('<p><span class="mention">@ann</span></p>')
  expect(html('@abc `@Ann`', mentions)).toBe('<p>@abc <code>@Ann</code></p>')
})

test('a text that is made to be slow or deep is still a text', () => {
  const hostile = ['>'.repeat(8000), '> '.repeat(4000), '['.repeat(8000), '*a '.repeat(2600), '[a]('.repeat(2000)]
  for (const text of hostile) expect(html(text).length).toBeGreaterThan(0)
})

test('in one line there are words only', () => {
  expect(plain('# A\n\n- **b**\n- [c](https://example.com)\n\n> `d`\n\n<i>e</i>')).toBe('A b c d <i>e</i>')
})

test('emoji that are written by their names are shown in one line, too', async () => {
  await loadShortcodes()
  const Line = () => usePlain('**Tea** :tea:  at 10:30:15, :nosuch:')
  expect(renderToStaticMarkup(<Line />)).toBe('Tea 🍵 at 10:30:15, :nosuch:')
})

test('what has no marks is shown without the parser as it would be with it', () => {
  const pieces = [
    'one',
    'a b',
    '你好，世界！',
    '1',
    '3.14',
    "it's",
    'e.g. (so)',
    '50%',
    '😀',
    'a: b',
    '$5',
    '"so"',
    '@Ann',
    'x-y',
    'a+b=c',
  ] as const
  const odd = [
    '\n',
    '\n',
    ' ',
    ' ',
    '\n\n',
    '-',
    '# ',
    '> ',
    '*',
    '_',
    '`',
    '1. ',
    'https://a.bc',
    'www.a.bc',
    'a@b.cd',
    '\t',
    '&lt;',
    '~',
    '|',
    '===',
  ] as const
  let bare = 0
  for (let seed = 0; seed < 4000; seed++) {
    const dice = new Dice(seed)
    const text = Array.from({ length: 1 + dice.roll(6) }, () => (dice.roll(3) > 0 ? dice.pick(pieces) : dice.pick(odd)))
      .join(dice.pick(['', ' ', '\n']))
      .trim()
    if (hasMarks(text) || text === '') continue
    bare++
    const parsed = renderToStaticMarkup(markedText(text, (words) => words, undefined))
    expect({ seed, text, html: html(text) }).toEqual({ seed, text, html: parsed })
  }
  expect(bare).toBeGreaterThan(1000)
})

test('each emoji that there is stands alone as one, and what only looks a bit like one does not', () => {
  const all = emojiTable.flatMap(({ emoji, skins = [] }) => [emoji, ...skins.map((skin) => skin.emoji)])
  expect(all.length).toBeGreaterThan(3000)
  expect(all.filter((emoji) => !isOnlyEmoji(emoji))).toEqual([])
  expect(isOnlyEmoji('👍🏽 🎉\n❤️')).toBe(true)
  for (const text of ['', '👍👍👍👍', '👍 ok', '1', '12', '#', '©', '☺', '👍'.repeat(40), '你好'])
    expect(isOnlyEmoji(text)).toBe(false)
})
