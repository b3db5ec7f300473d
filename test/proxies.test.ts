/** Who asks, and how, with a proxy in front of the server, and with somebody who only says to be one. Whoever is at 127.0.0.1 here is the proxy. */
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { parse } from 'yaml'
import { createServer, type ServerOptions } from '../src/index.ts'
import { loadConfig } from '../src/load-config.ts'
import { open } from './server.ts'
import { Wire } from './wire.ts'

const visitor = '203.0.113.9'
const forwarded = {
  'x-forwarded-for': `198.51.100.1, ${visitor}`,
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'chat.example.com',
}
const nothing = () => {}
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** Tells, for each connection, who came, by TLS or not, and where to. */
async function start(proxies: readonly string[], options: ServerOptions = {}) {
  const came: string[] = []
  const server = await createServer({
    http_server: { address: '127.0.0.1', port: 0, trusted_proxies: proxies },
    shutdown: { timeout: '2s' },
    data: { memory: true },
    log,
    client: { allow_anonymous_connect_without_token: true, publish_rate_limit: 1 },
    channel: {
      without_namespace: { ...open, history_size: 10, history_ttl: '1h' },
      namespaces: [{ name: 'user', history_size: 10, history_ttl: '1h', allow_user_limited_channels: true }],
    },
    onConnect(request) {
      came.push(`${request.address} ${request.origin}`)
      return { user: request.query.get('name') ?? '' }
    },
    ...options,
  })
  server.http('/me', (_, { address, secure, origin }) => {
    const headers = { 'set-cookie': server.cookies.set('session', 'ann', { secure }) }
    return new Response(`${address} ${origin}`, { headers })
  })
  server.socket('/raw', { accept: ({ address, origin }) => void came.push(`${address} ${origin}`) })
  return { server, came }
}

type Started = Awaited<ReturnType<typeof start>>

const doors: readonly (readonly [string, (started: Started, headers: Record<string, string>) => Promise<unknown>])[] = [
  [
    'a WebSocket of an SDK',
    async ({ server }, headers) => {
      const wire = await Wire.open(`ws://${server.url.host}/connection/websocket`, { headers })
      await wire.ask({ connect: {} })
      wire.close()
    },
  ],
  ['http_stream', (started, headers) => begin(started, '/connection/http_stream', headers, '{"id":1,"connect":{}}')],
  ['uni_sse', (started, headers) => begin(started, '/connection/uni_sse', headers)],
  ['a channel', (started, headers) => begin(started, '/c/news', headers, 'hello')],
  ['a mailbox', (started, headers) => begin(started, '/u/ann?name=ann&wait=0', headers)],
  [
    'a raw WebSocket',
    async ({ server }, headers) => {
      const wire = await Wire.open(`ws://${server.url.host}/raw`, { headers })
      wire.close()
    },
  ],
]

async function begin({ server }: Started, path: string, headers: Record<string, string>, body?: string): Promise<void> {
  const post = body === undefined ? {} : { method: 'POST', body }
  const response = await fetch(new URL(path, server.url), { headers, ...post })
  expect(response.ok).toBe(true)
  await response.body?.cancel()
}

test.each(doors)('through a known proxy the visitor is who the proxy says: %s', async (_, enter) => {
  const started = await start(['127.0.0.0/8'])
  await using _server = started.server
  await enter(started, forwarded)
  expect(started.came).toEqual([`${visitor} https://chat.example.com`])
})

test.each(doors)('of anybody else it is not believed: %s', async (_, enter) => {
  const started = await start(['10.0.0.0/8', '::1'])
  await using _server = started.server
  await enter(started, forwarded)
  expect(started.came).toEqual([`127.0.0.1 ${started.server.url.origin}`])
})

test('a cookie is for TLS only, where the visitor came by it', async () => {
  const { server } = await start(['127.0.0.1'])
  await using _server = server
  const cookieOf = async (headers: Record<string, string>) =>
    (await fetch(new URL('/me', server.url), { headers })).headers.get('set-cookie')
  expect(await cookieOf(forwarded)).toContain('Secure')
  expect(await cookieOf({ ...forwarded, 'x-forwarded-proto': 'http' })).not.toContain('Secure')
  expect(await cookieOf({})).not.toContain('Secure')
})

const pages: readonly (readonly [origin: string, headers: Record<string, string>, allowed: boolean])[] = [
  ['https://chat.example.com', forwarded, true],
  ['http://chat.example.com', forwarded, false], // what somebody on the way could have changed
  ['https://chat.example.com', { ...forwarded, 'x-forwarded-host': 'chat.example.com:443' }, true],
  ['https://chat.example.com:8443', forwarded, false],
  ['https://evil.example.com', forwarded, false],
  ['http://chat.example.com', { 'x-forwarded-host': 'chat.example.com' }, true],
  ['https://chat.example.com', { 'x-forwarded-host': 'chat.example.com' }, true], // a proxy that does not tell of TLS
]
test.each(pages)('a page of %s is of this server, told %j: %p', async (origin, headers, allowed) => {
  const { server } = await start(['127.0.0.1'])
  await using _server = server
  const { status } = await fetch(new URL('/c/news', server.url), { headers: { ...headers, origin } })
  expect(status).toBe(allowed ? 200 : 403)
})

test('whom a proxy only claims to speak for is no page of this server', async () => {
  const { server } = await start([])
  await using _server = server
  const headers = { ...forwarded, origin: 'https://chat.example.com' }
  expect((await fetch(new URL('/c/news', server.url), { headers })).status).toBe(403)
})

test('visitors behind one proxy have a rate each, and one visitor has one, whatever it claims', async () => {
  const { server } = await start(['127.0.0.1'])
  await using _server = server
  const say = async (before: string, who: string) => {
    const headers = { 'x-forwarded-for': `${before}, ${who}` }
    return (await fetch(new URL('/c/news', server.url), { method: 'POST', body: 'hello', headers })).status
  }
  const statuses: number[] = []
  for (let n = 0; n < 6; n++) statuses.push(await say(`192.0.2.${n}`, visitor))
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  expect(await say('192.0.2.1', '203.0.113.10')).toBe(200)
})

test('what a new stream is to be called is said as the visitor knows the server', async () => {
  const { server } = await start(['127.0.0.1'])
  await using _server = server
  const headers = { ...forwarded, 'x-api-key': server.secrets.apiKey }
  const created = await fetch(new URL('/c/stream', server.url), { method: 'PUT', headers })
  expect(created.headers.get('location')).toBe('https://chat.example.com/c/stream')
})

test('what is no address is said at the start, and what is every address is warned about', () => {
  const load = (trusted_proxies: unknown) => loadConfig({ options: { http_server: { trusted_proxies } } })
  expect(() => load(['nginx'])).toThrow('http_server.trusted_proxies must be a list of addresses and of ranges')
  expect(load(['0.0.0.0/0']).warnings.join()).toContain('everybody may say to be at any address')
  const environment = { POSTHOUSE_HTTP_SERVER_TRUSTED_PROXIES: '10.0.0.0/8, ::1' }
  expect(loadConfig({ environment }).config.http_server.trusted_proxies).toEqual(['10.0.0.0/8', '::1'])
})

test('the configuration of the page about proxies is one', async () => {
  const page = await Bun.file(join(import.meta.dir, '../docs/topics/proxies.md')).text()
  const [, text = ''] = /```yaml\n(.*?)```/s.exec(page) ?? []
  const { config, warnings } = loadConfig({ options: parse(text) as object })
  expect([config.http_server.trusted_proxies.length, warnings]).toEqual([3, []])
})
