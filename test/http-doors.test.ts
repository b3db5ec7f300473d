/** What is particular to the doors over plain HTTP, and to those for listeners: who may knock, and how. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { connect } from 'node:net'
import { once } from 'node:events'
import { lines } from './event-source.ts'
import { must } from '../src/core/must.ts'
import { rawDoors, RawReader } from './raw-reader.ts'
import { inSeconds, logged, open, sign, startTestServer, type TestOptions, type TestServer } from './server.ts'
import { Wire, type Message } from './wire.ts'

setDefaultTimeout(20_000) // the machine may have more to do; what waits says itself what for, and sooner

const streams = ['http_stream', 'sse', 'uni_sse', 'uni_http_stream']
const paths = [...streams.map((name) => `/connection/${name}`), '/emulation']
const start = (options: TestOptions = {}) => startTestServer({ namespaces: { '': logged }, ...options })
const post = (server: TestServer, path: string, body: BodyInit, headers: Record<string, string> = {}) =>
  fetch(new URL(path, server.url), { method: 'POST', body, headers })

async function until(what: string, condition: () => boolean, patience = 4000): Promise<void> {
  const deadline = Date.now() + patience
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited for ${what}`)
    await Bun.sleep(5)
  }
}

/** A stream of lines, of which each is a message. */
class Stream implements AsyncDisposable {
  readonly #lines: AsyncGenerator<string>
  readonly response: Response

  constructor(response: Response) {
    this.response = response
    this.#lines = lines(response)
  }

  /** The next message; undefined at the end. */
  async next(): Promise<Message | undefined> {
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done === true) return undefined
      if (value !== '') return JSON.parse(value.replace(/^data: /, '')) as Message
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lines.return(undefined)
  }
}

async function openHttpStream(server: TestServer, connectRequest: object = {}): Promise<[Stream, Say]> {
  const stream = new Stream(
    await post(server, '/connection/http_stream', `{"id":1,"connect":${JSON.stringify(connectRequest)}}`),
  )
  const { session, node } = must((await stream.next())?.connect) as unknown as { session: string; node: string }
  const say: Say = (...commands) =>
    post(
      server,
      '/emulation',
      JSON.stringify({ session, node, data: commands.map((each) => JSON.stringify(each)).join('\n') }),
    )
  return [stream, say]
}
type Say = (...commands: object[]) => Promise<Response>

// --- who may knock -----------------------------------------------------------------

const allowed = { client: { allowed_origins: ['https://app.example.com'] } }

test.each(paths)('%s: a page of a listed origin may ask and read', async (path) => {
  await using server = await start(allowed)
  const headers = { origin: 'https://app.example.com' }
  const asked = {
    ...headers,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type',
  }
  const before = await fetch(new URL(path, server.url), { method: 'OPTIONS', headers: asked })
  expect(before.status).toBe(204)
  expect(before.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
  expect(before.headers.get('access-control-allow-credentials')).toBe('true')
  expect(before.headers.get('access-control-allow-headers')).toBe('content-type')
  expect(before.headers.get('access-control-allow-methods')).toContain('POST')
  expect(before.headers.get('vary')).toBe('Origin')
  const stop = new AbortController()
  const answer = await fetch(new URL(path, server.url), { method: 'POST', body: '{}', headers, signal: stop.signal })
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
  stop.abort()
})

test.each(paths)('%s: a page of another origin may not even ask', async (path) => {
  await using server = await start(allowed)
  const strange: Record<string, string>[] = [
    { origin: 'https://evil.example.com' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' }, // an image, a form or a link
    { 'sec-fetch-site': 'same-site' },
  ]
  for (const headers of strange) {
    const answer = await post(server, path, '{"id":1,"connect":{}}', headers)
    expect(answer.status).toBe(403)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  }
  const { body } = await server.api('info', {})
  expect(JSON.stringify(body)).toContain('"num_clients":0')
})

test('a page of the same host may, without being listed', async () => {
  await using server = await start()
  const stop = new AbortController()
  const answer = await fetch(new URL('/connection/uni_sse', server.url), {
    headers: { origin: server.url.origin, 'sec-fetch-site': 'same-origin' },
    signal: stop.signal,
  })
  expect(answer.status).toBe(200)
  stop.abort()
})

test.each(paths)('%s: what is not asked as it should be is told so', async (path) => {
  await using server = await start()
  const put = await fetch(new URL(path, server.url), { method: 'PUT', body: '{}' })
  expect([put.status, put.headers.get('allow')?.includes('POST')]).toEqual([405, true])
  const large = 'x'.repeat(65_537)
  expect((await post(server, path, large)).status).toBe(413)
  const chunked = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(8192))
    },
  })
  expect((await post(server, path, chunked)).status).toBe(413) // it has no end, so it is counted as it comes
})

test('what is nothing is refused before a stream is opened for it', async () => {
  await using server = await start()
  const statuses = [
    await fetch(new URL('/connection/sse', server.url)),
    await fetch(
      new URL(
        '/connection/sse?cf_connect=' +
          encodeURIComponent('{"id":1,"connect":{}}\n{"id":2,"publish":{"channel":"a","data":1}}'),
        server.url,
      ),
    ),
    await post(server, '/connection/uni_http_stream', '[1]'),
    await post(server, '/emulation', 'nonsense'),
    await post(server, '/emulation', '{"session":1,"data":""}'),
    await post(server, '/emulation', Uint8Array.of(10, 200), { 'content-type': 'application/octet-stream' }),
  ].map(({ status }) => status)
  expect(statuses).toEqual([400, 400, 400, 400, 400, 400])
})

// --- streams -----------------------------------------------------------------------

test('a stream is kept by nothing on its way, and its secret is not its name', async () => {
  await using server = await start()
  for (const [path, body] of [
    ['/connection/http_stream', '{"id":1,"connect":{}}'],
    ['/connection/sse', '{"id":1,"connect":{}}'],
    ['/connection/uni_sse', '{}'],
    ['/connection/uni_http_stream', '{}'],
  ] as const) {
    await using stream = new Stream(await post(server, path, body))
    const { headers } = stream.response
    expect(headers.get('x-accel-buffering')).toBe('no')
    expect(headers.get('cache-control')).toContain('no-store')
    const connected = (await stream.next())?.connect as unknown as Record<string, string>
    expect(connected['session']).toMatch(/^[\w-]{32}$/) // 192 bits
    expect(connected['session']).not.toBe(connected['client'])
  }
})

test('commands for a session that is not there are answered with 404', async () => {
  await using server = await start()
  const [stream, say] = await openHttpStream(server)
  expect((await say({ id: 2, subscribe: { channel: 'a' } })).status).toBe(204)
  expect((await stream.next())?.id).toBe(2)
  const strangers = [
    { session: 'nobody', node: '', data: '{}' },
    { session: '', node: '', data: '{}' },
  ]
  for (const body of strangers) expect((await post(server, '/emulation', JSON.stringify(body))).status).toBe(404)
  await stream[Symbol.asyncDispose]()
  await Bun.sleep(20)
  expect((await say({ id: 3, publish: { channel: 'a', data: 1 } })).status).toBe(404)
})

test('commands of one request are handled in their order, and their replies come in the stream', async () => {
  await using server = await start()
  const [stream, say] = await openHttpStream(server)
  await using _ = stream
  await say(
    { id: 2, subscribe: { channel: 'a' } },
    { id: 3, unsubscribe: { channel: 'a' } },
    { id: 4, subscribe: { channel: 'a' } },
  )
  const ids = [await stream.next(), await stream.next(), await stream.next()].map((reply) => [reply?.id, reply?.error])
  expect(ids).toEqual([
    [2, undefined],
    [3, undefined],
    [4, undefined],
  ])
})

test('whoever says more than is handled waits for the answer to it', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<string>()
  const rpc = new Map([['wait', () => held]])
  await using server = await start({ application: { hooks: { rpc } } })
  const [stream, say] = await openHttpStream(server)
  await using _ = stream
  const commands = Array.from({ length: 100 }, (_each, n) => ({ id: n + 2, rpc: { method: 'wait', data: n } }))
  let answered = false
  const answer = say(...commands).then((response) => {
    answered = true
    return response.status
  })
  await Bun.sleep(50)
  expect(answered).toBe(false)
  release('"done"')
  expect(await answer).toBe(204)
  for (const { id } of commands) expect((await stream.next())?.id).toBe(id)
})

test('what is not the protocol ends the stream with the reason', async () => {
  await using server = await start()
  await using early = new Stream(await post(server, '/connection/http_stream', 'nonsense'))
  expect(await early.next()).toEqual({ push: { disconnect: { code: 3501, reason: 'bad request' } } })
  expect(await early.next()).toBeUndefined()
  const [stream, say] = await openHttpStream(server)
  await using _ = stream
  await say({ id: 0, publish: { channel: 'a', data: 1 } })
  expect(await stream.next()).toEqual({ push: { disconnect: { code: 3501, reason: 'bad request' } } })
  expect(await stream.next()).toBeUndefined()
})

test('whoever does not answer a ping is disconnected, and whoever only listens need not', async () => {
  await using server = await start({ client: { ping_interval: '1s', pong_timeout: '300ms' } })
  const [stream] = await openHttpStream(server)
  await using _ = stream
  await using listener = new Stream(await post(server, '/connection/uni_http_stream', '{}'))
  expect((await listener.next())?.['connect']).not.toHaveProperty('pong')
  expect(await stream.next()).toEqual({})
  expect(await stream.next()).toEqual({ push: { disconnect: { code: 3012, reason: 'no pong' } } })
  expect([await listener.next(), await listener.next()]).toEqual([{}, {}])
}, 10_000)

test('who never says who it is does not hold up the end of the server', async () => {
  const server = await start({ namespaces: { '': open } })
  const refused = new Stream(await post(server, '/connection/http_stream', '{"id":1,"connect":{"token":"x.y.z"}}'))
  expect(await refused.next()).toEqual({ push: { disconnect: { code: 3500, reason: 'invalid token' } } })
  const expired = await sign({ sub: 'ann', exp: inSeconds(-10) })
  const waiting = new Stream(await post(server, '/connection/http_stream', `{"id":1,"connect":{"token":"${expired}"}}`))
  expect((await waiting.next())?.error?.code).toBe(109)
  await server.close()
  expect(await waiting.next()).toEqual({ push: { disconnect: { code: 3001, reason: 'shutdown' } } })
  expect(await waiting.next()).toBeUndefined()
})

test('when a stream has ended, neither a reader that stalls nor an idle connection is kept', async () => {
  await using server = await start({ client: { queue_max_size: 100_000, ping_interval: '1s', pong_timeout: '0s' } })
  using slow = new RawReader(server.url, must(rawDoors['sse'])('news'), false)
  const isIn = async () => JSON.stringify((await server.api('channels', {})).body).includes('news')
  while (!(await isIn())) await Bun.sleep(5)
  const data = `"${'x'.repeat(50_000)}"`
  while (await isIn()) await server.publish('news', { data })
  using quiet = new RawReader(server.url, must(rawDoors['uni_sse'])('other'))
  using idle = new RawReader(server.url, must(rawDoors['uni_sse'])('news'))
  while (!(await isIn())) await Bun.sleep(5)
  const [, client] = must(/"client":"([^"]+)"/.exec(idle.text) ?? undefined)
  await server.api('disconnect', { user: '', client })
  await until('the end of its stream', () => idle.text.includes('force disconnect'))
  await until('the idle connection to be closed', () => idle.closed, 20_000)
  slow.read()
  await until('the cut', () => slow.closed)
  expect(slow.text).not.toContain('"slow"') // what it did not take in time is gone
  expect(quiet.closed).toBe(false) // pings go through
}, 30_000)

// --- those who only listen ------------------------------------------------------------

test('a listener is told of its connect request that it cannot be', async () => {
  await using server = await start({ client: { allow_anonymous_connect_without_token: false } })
  const answers: unknown[] = []
  for (const token of [await sign({ sub: 'ann', exp: inSeconds(-10) }), 'x.y.z', '']) {
    await using stream = new Stream(await post(server, '/connection/uni_http_stream', JSON.stringify({ token })))
    answers.push(await stream.next(), await stream.next())
  }
  expect(answers).toEqual([
    { disconnect: { code: 3005, reason: 'connection expired' } },
    undefined,
    { disconnect: { code: 3500, reason: 'invalid token' } },
    undefined,
    { disconnect: { code: 3501, reason: 'bad request' } },
    undefined,
  ])
})

test('an EventSource may come without any request', async () => {
  await using server = await start()
  await using stream = new Stream(await fetch(new URL('/connection/uni_sse', server.url)))
  expect((await stream.next())?.connect?.client).toBeString()
})

const uniSocket = (server: TestServer, query = '') => server.webSocket.replace('/websocket', `/uni_websocket${query}`)

test('a listening socket says who it is once; what it says later is not looked at', async () => {
  await using server = await start()
  using wire = await Wire.open(uniSocket(server))
  wire.send('{"subs":{"news":{}}}')
  expect((await wire.next()).connect?.subs).toHaveProperty('news')
  wire.send('nonsense', '{"id":2,"publish":{"channel":"news","data":1}}')
  await server.publish('news', { data: '{"a": 1}' })
  expect(await wire.next()).toEqual({ channel: 'news', pub: { data: { a: 1 }, offset: 1, epoch: expect.any(String) } })
  using early = await Wire.open(uniSocket(server, '?cf_connect=' + encodeURIComponent('{"subs":{"news":{}}}')))
  expect((await early.next()).connect?.subs).toHaveProperty('news')
  using wrong = await Wire.open(uniSocket(server))
  wrong.send('nonsense')
  expect(await wrong.closed).toEqual({ code: 3501, reason: 'bad request' })
  expect(await wrong.next()).toEqual({ disconnect: { code: 3501, reason: 'bad request' } })
})

test.each([false, true])(
  'pushes to a listening socket are one message each, unless told otherwise (%j)',
  async (joins) => {
    await using server = await start({ uni_websocket: { join_push_messages: joins } })
    using wire = await Wire.open(uniSocket(server, '?cf_connect=' + encodeURIComponent('{"subs":{"news":{}}}')))
    await wire.next()
    const { body } = await server.api('batch', {
      commands: [1, 2, 3].map((data) => ({ publish: { channel: 'news', data } })),
      parallel: true,
    })
    expect(JSON.stringify(body)).not.toContain('error')
    for (const data of [1, 2, 3]) expect(await wire.next()).toMatchObject({ pub: { data } })
    const pushes = wire.frames.slice(1)
    if (joins) expect(pushes.join('\n').split('\n')).toHaveLength(3)
    else expect(pushes).toHaveLength(3)
  },
)

// --- the WebSocket's own -----------------------------------------------------------------

test('a client that asks for pings of the WebSocket gets them, and no others', async () => {
  await using server = await start({ client: { ping_interval: '1s', pong_timeout: '300ms' } })
  const socket = connect(Number(server.url.port), server.url.hostname)
  const bytes: number[] = []
  socket.on('data', (part: Buffer) => bytes.push(...part))
  const head =
    'GET /connection/websocket?cf_ws_frame_ping_pong=true HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
  const command = '{"id":1,"connect":{}}'
  socket.write(
    Buffer.concat([Buffer.from(head), Uint8Array.of(0x81, 0x80 | command.length, 0, 0, 0, 0), Buffer.from(command)]),
  )
  const text = () => Buffer.from(bytes).toString('latin1')
  await until('the connect reply', () => text().includes('"client"'))
  expect(text()).not.toContain('"ping"')
  await until('a ping', () => text().endsWith('\x89\x00'))
  socket.write(Uint8Array.of(0x8a, 0x80, 0, 0, 0, 0)) // a pong
  await until('another ping', () => text().split('\x89\x00').length === 3)
  await until('the end', () => text().includes('no pong')) // nobody answered the second one
  expect(text()).toContain('\x88\x09\x0b\xc4no pong') // 3012
  expect(text()).not.toContain('{}')
  socket.destroy()
}, 10_000)

test.each([
  ['a subprotocol', '', ['centrifuge-protobuf']],
  ['?format', '?format=protobuf', []],
  ['?cf_protocol', '?cf_protocol=protobuf', []],
])('Protobuf is spoken to a client that asks for it by %s', async (_, query, protocols) => {
  await using server = await start()
  const ws = new WebSocket(server.webSocket + query, protocols)
  ws.binaryType = 'arraybuffer'
  await once(ws, 'open')
  expect(ws.protocol).toBe(protocols[0] ?? '')
  ws.send(Uint8Array.of(4, 8, 1, 0x22, 0))
  const [{ data }] = (await once(ws, 'message')) as [MessageEvent<ArrayBuffer>]
  expect(new Uint8Array(data).slice(1, 4)).toEqual(Uint8Array.of(8, 1, 0x2a)) // id 1, connect
  ws.send('{"id":2}')
  const [{ code }] = (await once(ws, 'close')) as [CloseEvent]
  expect(code).toBe(3501) // a text is not Protobuf
})
