/**
 * Who somebody is by a cookie, at every door alike; and that no page of another
 * site can come in by the cookies of whoever looks at it. The cookie holds
 * either a token (`client.token.cookie`) or a session of the application.
 */
import { describe, expect, test } from 'bun:test'
import { createServer, type Posthouse, type ServerOptions } from '../src/index.ts'
import { chromiumPath, openBrowser } from './chromium.ts'
import { RawSocket } from './raw-socket.ts'
import { inSeconds, open, secret, sign } from './server.ts'
import { Wire } from './wire.ts'

type Headers = Record<string, string>
/** `ann`: came in as she. `nobody`: was asked who it is. `refused`: because of the page. */
type Outcome = 'ann' | 'nobody' | 'refused'

const nothing = () => {}
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
const users = { ...open, history_size: 10, history_ttl: '1h', allow_subscribe_for_anonymous: false }

/** Whom the application was asked about. */
const asked: string[] = []

function start(options: ServerOptions): Promise<Posthouse> {
  return createServer({
    http_server: { address: '127.0.0.1', port: 0 },
    shutdown: { timeout: '2s' },
    data: { memory: true },
    log,
    channel: {
      without_namespace: users,
      namespaces: [{ name: 'user', history_size: 10, history_ttl: '1h', allow_user_limited_channels: true }],
    },
    mailbox: { allow_send_for_client: true },
    onSubscribe: ({ user }) => void asked.push(user),
    onPublish: ({ user }) => void asked.push(user),
    ...options,
  })
}

/** The two ways to be known by a cookie. `allowed`: origins. */
const ways = {
  'a token': async (allowed: readonly string[] = []) => {
    const server = await start({
      client: { token: { hmac_secret_key: secret, cookie: 'token' }, allowed_origins: allowed },
    })
    return { server, cookie: `other=1; token=${await sign({ sub: 'ann' })}` }
  },
  'a session': async (allowed: readonly string[] = []) => {
    const server: Posthouse = await start({
      client: { token: { hmac_secret_key: secret }, allowed_origins: allowed },
      onConnect: (request) => {
        const user = server.cookies.get(request, 'session')
        return user === undefined ? undefined : { user }
      },
    })
    return { server, cookie: server.cookies.set('session', 'ann').split(';')[0] ?? '' }
  },
}

const connect = '{"id":1,"connect":{"subs":{"room":{}}}}'
const uni = '{"subs":{"room":{}}}'
const inQuery = encodeURIComponent

/** Tries to come in. */
const doors: Record<string, (server: Posthouse, headers: Headers) => Promise<Outcome>> = {
  websocket: (server, headers) => bySocket(server, headers, '/connection/websocket', connect),
  http_stream: (server, headers) => byStream(server, headers, '/connection/http_stream', connect),
  'sse, GET': (server, headers) => byStream(server, headers, `/connection/sse?cf_connect=${inQuery(connect)}`),
  'sse, POST': (server, headers) => byStream(server, headers, '/connection/sse', connect),
  uni_websocket: (server, headers) => bySocket(server, headers, '/connection/uni_websocket', uni),
  'uni_sse, GET': (server, headers) => byStream(server, headers, `/connection/uni_sse?cf_connect=${inQuery(uni)}`),
  'uni_sse, POST': (server, headers) => byStream(server, headers, '/connection/uni_sse', uni),
  uni_http_stream: (server, headers) => byStream(server, headers, '/connection/uni_http_stream', uni),
  'a channel, read': (server, headers) => byRequest(server, headers, '/c/room'),
  'a channel, long poll': (server, headers) => byRequest(server, headers, '/c/room?live=long-poll&offset=-1'),
  'a channel, event stream': (server, headers) => byRequest(server, { ...headers, ...events }, '/c/room'),
  'a channel, stream of events': (server, headers) => byRequest(server, headers, '/c/room?live=sse&offset=-1'),
  'a channel, WebSocket': (server, headers) => bySocket(server, headers, '/c/room'),
  'a channel, POST': (server, headers) => byRequest(server, headers, '/c/room', 'hello'),
  'a mailbox, poll': (server, headers) => byRequest(server, headers, '/u/ann?wait=0'),
  'a mailbox, event stream': (server, headers) => byRequest(server, { ...headers, ...events }, '/u/ann'),
  'a mailbox, WebSocket': (server, headers) => bySocket(server, headers, '/u/ann'),
  'a mailbox, POST': (server, headers) => byRequest(server, headers, '/u/ann', '{"to":"bob","data":1}'),
}
const events = { accept: 'text/event-stream' }

async function byRequest({ url }: Posthouse, headers: Headers, path: string, body?: string): Promise<Outcome> {
  const init = body === undefined ? {} : { method: 'POST', body }
  const response = await fetch(new URL(path, url), { headers, ...init })
  await response.body?.cancel()
  return outcomeOf(response.status)
}

/** The answer begins with whether one is connected. */
async function byStream({ url }: Posthouse, headers: Headers, path: string, body?: string): Promise<Outcome> {
  const init = body === undefined ? {} : { method: 'POST', body }
  const response = await fetch(new URL(path, url), { headers, ...init })
  if (!response.ok) return outcomeOf(response.status)
  for await (const chunk of response.body ?? []) {
    const text = new TextDecoder().decode(chunk)
    if (text.includes('connect":')) return text.includes('"disconnect"') ? 'nobody' : 'ann'
  }
  throw new Error(`${path} said nothing`)
}

async function bySocket({ url }: Posthouse, headers: Headers, path: string, say?: string): Promise<Outcome> {
  using socket = await RawSocket.open(url, headers, path)
  if (socket.status !== 101) return outcomeOf(socket.status)
  if (say === undefined) return 'ann'
  socket.send(say)
  const answer = await socket.next()
  return answer?.opcode === 1 && !answer.payload.includes('"disconnect"') ? 'ann' : 'nobody'
}

function outcomeOf(status: number): Outcome {
  if (status === 401 || status === 403) return status === 401 ? 'nobody' : 'refused'
  expect([200, 204]).toContain(status)
  return 'ann'
}

/** At all doors at once. */
async function tryAll(server: Posthouse, headers: Headers): Promise<Record<string, Outcome>> {
  await server.publish('room', 'something to read')
  const outcomes = Object.entries(doors).map(async ([name, enter]) => [name, await enter(server, headers)] as const)
  return Object.fromEntries(await Promise.all(outcomes))
}

const all = (outcome: Outcome) => Object.fromEntries(Object.keys(doors).map((name) => [name, outcome]))
const evil = 'https://evil.example'
const friend = 'https://friend.example'

describe.each(Object.entries(ways))('%s in a cookie', (_, begin) => {
  const own = (server: Posthouse) => server.url.origin

  test('says who somebody is, at every door', async () => {
    const { server, cookie } = await begin([friend])
    await using _server = server
    asked.length = 0
    expect(await tryAll(server, {})).toEqual(all('nobody'))
    expect(asked.filter((user) => user !== '')).toEqual([])
    asked.length = 0
    expect(await tryAll(server, { cookie })).toEqual(all('ann')) // no browser
    expect(new Set(asked)).toEqual(new Set(['ann']))
    expect(await tryAll(server, { cookie, origin: own(server) })).toEqual(all('ann'))
    expect(await tryAll(server, { cookie, 'sec-fetch-site': 'same-origin' })).toEqual(all('ann'))
    expect(await tryAll(server, { cookie, 'sec-fetch-site': 'same-origin', origin: 'null' })).toEqual(all('ann'))
    expect(await tryAll(server, { cookie, origin: friend, 'sec-fetch-site': 'cross-site' })).toEqual(all('ann'))
    const { publications } = await server.history('room')
    expect(publications.at(-1)?.info?.user ?? 'the server').toBe('ann')
  })

  const foreign: readonly Headers[] = [
    { origin: evil },
    { origin: 'null' },
    { origin: `${friend}.evil.example` },
    { origin: 'http://friend.example' },
    { origin: evil, 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'cross-site' }, // an image, a script, a form without an Origin
    { 'sec-fetch-site': 'same-site' },
  ]
  test.each(foreign)('is of no use to a page of another site: %j', async (headers) => {
    const { server, cookie } = await begin([friend])
    await using _server = server
    asked.length = 0
    expect(await tryAll(server, { cookie, ...headers })).toEqual(all('refused'))
    expect(asked).toEqual([])
  })

  test.each([evil, 'null'])(
    'is not seen where all pages are allowed, but for those that are named: %s',
    async (origin) => {
      const { server, cookie } = await begin([friend, '*'])
      await using _server = server
      asked.length = 0
      expect(await tryAll(server, { cookie, origin })).toEqual(all('nobody'))
      expect(asked.filter((user) => user !== '')).toEqual([])
      expect(await tryAll(server, { cookie, origin: friend })).toEqual(all('ann'))
      expect(await tryAll(server, { cookie, origin: own(server) })).toEqual(all('ann'))
    },
  )

  test('lets the answer be read with cookies only by pages that are named', async () => {
    const { server } = await begin([friend, '*'])
    await using _server = server
    const ask = async (path: string, origin: string) => {
      const headers = { origin, 'access-control-request-method': 'POST' }
      const answer = await fetch(new URL(path, server.url), { method: 'OPTIONS', headers })
      return ['origin', 'credentials'].map((name) => answer.headers.get(`access-control-allow-${name}`))
    }
    for (const path of ['/c/room', '/u/ann', '/connection/http_stream', '/connection/sse', '/emulation']) {
      expect([path, ...(await ask(path, friend))]).toEqual([path, friend, 'true'])
      expect([path, ...(await ask(path, evil))]).toEqual([path, evil, null])
    }
  })
})

describe('a token in a cookie', () => {
  test('gives way to one that the request brings', async () => {
    const { server, cookie } = await ways['a token']()
    await using _server = server
    const bob = await sign({ sub: 'bob' })
    asked.length = 0
    const say = (query: string, headers: Headers) =>
      fetch(new URL(`/c/room${query}`, server.url), { method: 'POST', body: 'hi', headers: { cookie, ...headers } })
    await say('', { authorization: `Bearer ${bob}` })
    await say(`?token=${bob}`, {})
    const wire = await Wire.open(`ws://${server.url.host}/connection/websocket`, { headers: { cookie } })
    await wire.ask({ connect: { token: bob, subs: { room: {} } } })
    wire.close()
    expect(asked).toEqual(['bob', 'bob', 'bob'])
  })

  test('that is forged or over is refused, and its reader is not asked for another in time', async () => {
    const { server } = await ways['a token']()
    await using _server = server
    const status = async (token: string) =>
      (await fetch(new URL('/c/room', server.url), { headers: { cookie: `token=${token}` } })).status
    expect(await status(await sign({ sub: 'ann' }, 'HS256', 'the secret of somebody else, long too'))).toBe(401)
    expect(await status(await sign({ sub: 'ann', exp: inSeconds(-10) }))).toBe(401)
    const token = await sign({ sub: 'ann', exp: inSeconds(100) })
    const answers = [{ headers: { cookie: `token=${token}` } }, {}].map(async (options, at) => {
      const wire = await Wire.open(`ws://${server.url.host}/connection/websocket`, options)
      const { connect: connected } = await wire.ask({ connect: at === 0 ? {} : { token } })
      wire.close()
      return connected?.['expires'] === true
    })
    expect(await Promise.all(answers)).toEqual([false, true])
  })

  test('that is not asked for counts for nothing', async () => {
    await using server = await start({ client: { token: { hmac_secret_key: secret } } })
    const headers = { cookie: `token=${await sign({ sub: 'ann' })}` }
    expect((await fetch(new URL('/c/room', server.url), { headers })).status).toBe(401)
  })

  test('keeps what it lets somebody read out of shared caches', async () => {
    const { server, cookie } = await ways['a token']()
    await using _server = server
    await server.publish('room', 1)
    const { headers } = await fetch(new URL('/c/room', server.url), { headers: { cookie } })
    expect(headers.get('cache-control')).toStartWith('private')
  })
})

describe('at the paths of a program', () => {
  async function program(allowed: readonly string[]) {
    const { server, cookie } = await ways['a session'](allowed)
    const tell = (request: Request) => new Response(server.cookies.get(request, 'session') ?? 'nobody')
    server.http('/me', tell)
    server.http('/any', tell, { origins: 'any' })
    server.http('/friend', (_, visit) => new Response(server.cookies.get(visit, 'session') ?? 'nobody'), {
      origins: [friend],
    })
    server.socket('/raw', {
      accept: (visit) => new Response(server.cookies.get(visit, 'session') ?? 'nobody', { status: 418 }),
      origins: 'any',
    })
    const ask = async (path: string, origin: string, method = 'POST') => {
      const headers = { cookie, ...(origin !== '' && { origin }) }
      const response = await fetch(new URL(path, server.url), {
        method,
        headers,
        ...(method === 'POST' && { body: '{}' }),
      })
      return response.ok ? response.text() : response.status
    }
    return { server, cookie, ask }
  }

  test('a page of another site can have nothing done in a visitor’s name', async () => {
    const { server, ask } = await program([])
    await using _server = server
    expect([await ask('/me', ''), await ask('/me', server.url.origin)]).toEqual(['ann', 'ann'])
    expect([await ask('/me', evil), await ask('/me', 'null'), await ask('/me', evil, 'DELETE')]).toEqual([
      403, 403, 403,
    ])
    expect([await ask('/any', evil), await ask('/friend', evil)]).toEqual(['nobody', 403])
    expect([await ask('/friend', friend), await ask('/me', friend)]).toEqual(['ann', 403])
  })

  test('a link from another site leads to a visitor who is known', async () => {
    const { server, cookie } = await program([])
    await using _server = server
    const headers = { cookie, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect(await (await fetch(new URL('/me', server.url), { headers })).text()).toBe('ann')
    expect((await fetch(new URL('/me', server.url), { method: 'POST', headers })).status).toBe(403)
  })

  test('where all pages are allowed, they come without cookies', async () => {
    const { server, cookie, ask } = await program(['*'])
    await using _server = server
    expect([await ask('/me', evil), await ask('/me', server.url.origin)]).toEqual(['nobody', 'ann'])
    const large = await fetch(new URL('/me', server.url), {
      method: 'POST',
      headers: { cookie, origin: evil },
      body: 'x'.repeat(100_000),
    })
    expect(await large.text()).toBe('nobody')
    const upgrade = { cookie, upgrade: 'websocket' }
    const raw = async (origin: string) =>
      (await fetch(new URL('/raw', server.url), { headers: { ...upgrade, origin } })).text()
    expect([await raw(evil), await raw(server.url.origin)]).toEqual(['nobody', 'ann'])
  })
})

/** Runs in a page: comes in by whatever a browser has, with nothing but its cookies. */
async function enterAll(url: string): Promise<string[]> {
  const answered = (response: Response) => String(response.status)
  const failed = () => 'refused'
  const first = (source: EventSource | WebSocket) =>
    new Promise<string>((resolve) => {
      source.addEventListener('open', () => resolve('open'))
      source.addEventListener('error', () => resolve('refused'))
    })
  const post = (path: string, init: RequestInit) =>
    fetch(`${url}${path}`, { method: 'POST', credentials: 'include', ...init }).then(answered, failed)
  return Promise.all([
    first(new WebSocket(`${url.replace('http', 'ws')}/c/room`)),
    first(new EventSource(`${url}/c/room`, { withCredentials: true })),
    fetch(`${url}/c/room`, { credentials: 'include' }).then(answered, failed),
    post('/c/room', { body: 'said by a page' }),
    post('/c/room', { body: 'said by a page', mode: 'no-cors' }),
    post('/me', { body: 'name=x', mode: 'no-cors' }),
    post('/u/ann', { body: '{"to":"bob","data":1}', mode: 'no-cors' }),
  ])
}

// Two ports of one host are one site: the browser sends the cookies along, SameSite or not.
test.skipIf(chromiumPath === undefined)(
  'in a browser, the visitor’s own page comes in by its cookie, and a page beside it by nothing',
  async () => {
    const { server } = await ways['a session']()
    await using _server = server
    const done: string[] = []
    const html = { headers: { 'content-type': 'text/html' } }
    server.http('/', () => {
      const headers = { ...html.headers, 'set-cookie': server.cookies.set('session', 'ann') }
      return new Response('<!doctype html>', { headers })
    })
    server.http('/me', (request) => {
      done.push(server.cookies.get(request, 'session') ?? 'nobody')
      return new Response('done')
    })
    using other = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('<!doctype html>', html) })
    await using browser = await openBrowser()
    const tab = await browser.newPage()
    await tab.goto(server.url.href)
    expect(await tab.evaluate(enterAll, server.url.origin)).toEqual(['open', 'open', '200', '200', '200', '200', '200'])
    const before = (await server.history('room')).offset
    expect(before).toBe(2)
    done.length = 0
    await tab.goto(other.url.href)
    expect((await tab.evaluate(enterAll, server.url.origin)).slice(0, 4)).toEqual(Array(4).fill('refused'))
    expect([(await server.history('room')).offset, done, server.clients('ann').length]).toEqual([before, [], 0])
  },
  30_000,
)
