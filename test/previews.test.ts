/** Link previews of real sites on loopback, friendly and not. */
import { expect, test } from 'bun:test'
import type { Preview } from '../src/chat/previews/preview.ts'
import { preview } from '../src/chat/previews/preview.ts'
import { Previews } from '../src/chat/previews/previews.ts'
import { endless, outgoingTo, says, site } from './sites.ts'

const png = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
)
const head = (title: string, more = '') => `<html><head><title>${title}</title>${more}</head><body>`

/** A site of pages: path → type and body. */
const pages = (all: Readonly<Record<string, readonly [type: string, body: string | Uint8Array]>>) =>
  site((socket, request) => {
    const found = all[/^\S+ (\S+)/.exec(request)?.[1] ?? '']
    const [type, body] = found ?? ['text/html', '<title>404</title>']
    socket.write(`HTTP/1.1 ${found === undefined ? '404 Not Found' : '200 OK'}\r\ncontent-type: ${type}\r\n\r\n`)
    socket.end(body)
  })

test('a page has a title, a description, a name and an image', async () => {
  const html = head(
    'x',
    `<meta property="og:title" content="驿站 &amp; more"><meta property="og:description" content="all of it">
     <meta property="og:site_name" content="Site"><meta property="og:image" content="../i.png?a=1&amp;b=2">`,
  )
  await using there = await pages({
    '/d/page': ['text/html; charset=utf-8', html],
    '/i.png?a=1&b=2': ['image/png', png],
  })
  expect(await preview(outgoingTo(there), `${there.url}d/page`)).toEqual({
    url: `${there.url}d/page`,
    host: `site.test:${there.port}`,
    title: '驿站 & more',
    description: 'all of it',
    siteName: 'Site',
    image: { type: 'image/png', bytes: png },
  })
})

test('the host is the one that answered, whatever the page calls itself', async () => {
  await using there = await pages({
    '/': ['text/html', head('Bank', '<meta property="og:url" content="https://bank.test/">')],
  })
  await using first = await says(`302 Found\r\nlocation: http://other.test:${there.port}/`)
  expect(await preview(outgoingTo(first, there), first.url)).toEqual({
    url: first.url,
    host: `other.test:${there.port}`,
    title: 'Bank',
  })
})

test('a page in GBK is read', async () => {
  const gbk = Buffer.from([...Buffer.from('<meta charset=gbk><title>'), 0xc4, 0xe3, 0xba, 0xc3])
  await using there = await pages({ '/': ['text/html', gbk] })
  expect((await preview(outgoingTo(there), there.url))?.title).toBe('你好')
})

test('a link to an image is its own preview', async () => {
  await using there = await pages({ '/a/%E5%9B%BE.png': ['image/png', png], '/': ['image/png', png] })
  const title = async (path: string) => (await preview(outgoingTo(there), there.url + path))?.title
  expect(await title('a/%E5%9B%BE.png')).toBe('图.png')
  expect(await title('')).toBe(`site.test:${there.port}`)
})

test('a page without end is read as far as its head', async () => {
  await using there = await site((socket, _, self) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n${head('endless')}`)
    endless(socket, self, '<p>more'.repeat(10_000))
  })
  expect((await preview(outgoingTo(there), there.url))?.title).toBe('endless')
  expect(there.sent).toBeLessThan(64 * 1_048_576)
})

test.each([
  ['a page that is not there', '404 Not Found\r\ncontent-type: text/html', head('x')],
  ['a page without a title', '200 OK\r\ncontent-type: text/html', '<p>hi'],
  ['an empty page', '200 OK\r\ncontent-type: text/html', ''],
  ['a picture that runs scripts', '200 OK\r\ncontent-type: image/svg+xml', '<svg><title>x</title><script/></svg>'],
  ['a film', '200 OK\r\ncontent-type: video/mp4', 'x'],
  ['what has no type', '200 OK', head('x')],
  ['a picture that is too large', `200 OK\r\ncontent-type: image/png\r\ncontent-length: 5000000`, 'x'],
])('%s has no preview', async (_, answer, body) => {
  await using there = await says(answer, body)
  expect(await preview(outgoingTo(there), there.url)).toBeUndefined()
})

test('an image that cannot be had, or must not be, is left out', async () => {
  await using secret = await says('200 OK\r\ncontent-type: image/png', png)
  const images = [
    `http://127.0.0.1:${secret.port}/`,
    `http://inside.test:${secret.port}/`,
    'http://169.254.169.254/latest/meta-data/',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'javascript:alert(1)',
    'http://',
    '/missing.png',
    '/page',
    '/image.svg',
  ]
  for (const image of images) {
    await using there = await pages({
      '/': ['text/html', head('t', `<meta property="og:image" content="${image}">`)],
      '/page': ['text/html', 'x'],
      '/image.svg': ['image/svg+xml', '<svg/>'],
    })
    const made = await preview(outgoingTo(there), there.url)
    expect([image, made]).toEqual([image, { url: there.url, host: `site.test:${there.port}`, title: 't' }])
  }
  expect(secret.opened()).toBe(0)
})

test('what a page says arrives as text, however it is dressed', async () => {
  const html = head(
    '&lt;img src=x onerror=alert(1)&gt;\u202Egpj.exe',
    '<meta name=description content="javascript:alert(1)">',
  )
  await using there = await pages({ '/': ['text/html; charset=utf-8', html] })
  expect(await preview(outgoingTo(there), there.url)).toMatchObject({
    title: '<img src=x onerror=alert(1)>gpj.exe',
    description: 'javascript:alert(1)',
  })
})

test('a slow site delays nothing but its own previews', async () => {
  await using slow = await site(() => undefined)
  await using quick = await pages({ '/': ['text/html', head('quick')] })
  const outgoing = outgoingTo(slow, quick)
  const made = new Previews({ make: (url, signal) => preview(outgoing, url, signal) })
  const waiting: Promise<Preview | undefined>[] = []
  for (let page = 0; page < 30; page++) waiting.push(made.of(`${slow.url}${page}`))
  expect((await made.of(quick.url))?.title).toBe('quick')
  expect(slow.opened()).toBe(2)
  made.close()
  expect(await Promise.all(waiting)).toEqual(Array.from({ length: 30 }, () => undefined))
})
