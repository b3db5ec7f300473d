import { expect, test } from 'bun:test'
import { page } from './page.ts'

async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  const { routes } = made
  const handler = path.startsWith('/assets/') ? routes['/assets/*'] : routes[path]
  if (handler === undefined) throw new Error(`no route for ${path}`)
  return handler(new Request(`http://posthouse.test${path}`, { headers, method }))
}

async function assetPaths(): Promise<string[]> {
  const html = await (await get('/')).text()
  return Array.from(html.matchAll(/(?:src|href)="([^"]+)"/g), ([, path = '']) => path)
}

const troubles: unknown[] = []
const made = page((error) => troubles.push(error))

test('the page is asked for each time, and answered shortly while it is the same', async () => {
  const first = await get('/')
  expect(first.status).toBe(200)
  expect(first.headers.get('content-type')).toStartWith('text/html')
  expect(first.headers.get('cache-control')).toBe('no-cache')
  const etag = first.headers.get('etag') ?? ''
  expect((await get('/', { 'if-none-match': etag })).status).toBe(304)
  expect((await get('/', { 'if-none-match': '"other"' })).status).toBe(200)
  expect(troubles).toEqual([])
})

test('what the page loads is there under names that may be cached for good', async () => {
  const paths = (await assetPaths()).filter((path) => path.startsWith('/assets/'))
  expect(new Set(paths.map((path) => path.replace(/.*\./, '')))).toEqual(new Set(['css', 'js']))
  for (const path of paths) {
    expect(path).toMatch(/^\/assets\/\w+-\w{8,}\.\w+$/)
    const { status, headers } = await get(path)
    expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
    expect(headers.get('content-type')).toMatch(/^(text\/(javascript|css)|image\/svg\+xml)/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
})

test('nothing inline may run but what runs at once, and nothing foreign is loaded, framed or asked', async () => {
  const response = await get('/')
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'sha256-[\w+/]{43}='; style-src 'self';/)
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toContain('unsafe')
  const text = await response.text()
  const [script = '', ...more] = Array.from(text.matchAll(/<script>(.*?)<\/script>/gs), ([, inside]) => inside)
  expect(policy).toContain(`'sha256-${new Bun.CryptoHasher('sha256').update(script).digest('base64')}'`)
  expect(script).toContain('people.me')
  expect(script).toContain('posthouse.preferences')
  expect(more).toEqual([])
  expect(text.replace(script, '')).not.toMatch(/<style|style=|\bon\w+=/)
})

test('text travels compressed to those who take it', async () => {
  const path = (await assetPaths()).find((asset) => asset.endsWith('.js')) ?? ''
  const plain = await (await get(path)).bytes()
  const zipped = await get(path, { 'accept-encoding': 'br, gzip;q=0.8' })
  expect(zipped.headers.get('content-encoding')).toBe('gzip')
  expect(Bun.gunzipSync(await zipped.bytes())).toEqual(plain)
  expect((await get(path, { 'accept-encoding': 'gzip;q=0, br' })).headers.has('content-encoding')).toBe(false)
})

test('there is nothing else, and no way out', async () => {
  for (const path of ['/assets/', '/assets/none.js', '/assets/..%2f..%2fpackage.json', '/assets/../package.json'])
    expect((await made.routes['/assets/*']?.(new Request(`http://posthouse.test${path}`)))?.status).toBe(404)
  expect((await get('/', {}, 'POST')).status).toBe(405)
})

test('every view of the app is answered with the app', async () => {
  const { routes } = made
  const shell = await (await get('/')).text()
  for (const [route, path] of [
    ['/r/*', '/r/8fz2/4711'],
    ['/dm/*', '/dm/ann'],
    ['/i/*', '/i/h7Kq2x9Vb3'],
    ['/search', '/search?q=road'],
    ['/share', '/share'],
    ['/settings/*', '/settings/profile'],
  ] as const) {
    const response = await routes[route]?.(new Request(`http://posthouse.test${path}`))
    expect([path, response?.status, await response?.text()]).toEqual([path, 200, shell])
  }
})

test('the page can be installed, and opens without a network', async () => {
  const manifest = await get('/manifest.webmanifest')
  expect(manifest.headers.get('content-type')).toBe('application/manifest+json')
  const { icons } = (await manifest.json()) as { readonly icons: readonly { src: string; type: string }[] }
  for (const { src, type } of icons) {
    const icon = await made.routes['/icons/*']?.(new Request(`http://posthouse.test${src}`))
    expect([src, icon?.status, icon?.headers.get('content-type')]).toEqual([src, 200, type])
  }
  const worker = await get('/sw.js')
  expect(worker.headers.get('content-type')).toStartWith('text/javascript')
  expect(worker.headers.get('cache-control')).toBe('no-cache') // or nobody would ever get a new one
  const kept = await worker.text()
  for (const path of await assetPaths()) expect(kept).toContain(path)
})
