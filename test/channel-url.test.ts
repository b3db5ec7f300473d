/** What `/c/{channel}` promises to bare hands: curl, fetch, EventSource and WebSocket. */
import { describe, expect, test } from 'bun:test'
import { grace } from '../src/transports/pollers.ts'
import { Bare, curl, Events } from './channel-url-support.ts'
import { apiKey, inSeconds, logged, open, sign, startTestServer, type TestOptions, type TestServer } from './server.ts'
import { RawReader } from './raw-reader.ts'
import { until } from './stores-support.ts'

const withKey = { 'x-api-key': apiKey }
const lobby: TestOptions = { namespaces: { public: { ...logged, join_leave: true } } }

const at = (server: TestServer, channel: string, query = '') => new URL(`/c/${channel}${query}`, server.url).href
const post = (url: string, body: BodyInit, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body, headers })
const put = (url: string, contentType: string, body: BodyInit = '', headers: Record<string, string> = {}) =>
  fetch(url, { method: 'PUT', body, headers: { ...withKey, 'content-type': contentType, ...headers } })
const next = (response: Response) => response.headers.get('stream-next-offset') ?? ''
const bearer = async (claims: Parameters<typeof sign>[0]) => ({ authorization: `Bearer ${await sign(claims)}` })
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => String(from + i))

describe('publishing', () => {
  test('curl -d hi is text, and the answer says where it stands and how many it reached', async () => {
    await using server = await startTestServer(lobby)
    await using reader = await Events.open(at(server, 'public:news'))
    const { status, body } = await curl('-d', 'hi', at(server, 'public:news'))
    expect(status).toBe(200)
    const answer: unknown = JSON.parse(body)
    expect(answer).toEqual({ offset: expect.stringMatching(/^[a-z]+_0{15}1$/), readers: 1 })
    expect(await reader.take(1)).toEqual(['hi'])
    expect((await curl(at(server, 'public:news'))).body).toBe('["hi"]')
  })

  test.each([
    ['hi', undefined, '"hi"'],
    ['42', undefined, '"42"'],
    ['{"a":1}', undefined, '{"a":1}'],
    ['[1,2]', undefined, '[1,2]'],
    ['{broken', undefined, '"{broken"'],
    ['{"a":1}', 'text/plain', '"{\\"a\\":1}"'],
    ['{"n":12345678901234567890}', 'application/json', '{"n":12345678901234567890}'],
    ['[{"a":1},[2]]', 'application/json', '{"a":1},[2]'],
    ['строка\n驿站', undefined, '"строка\\n驿站"'],
  ])('%s of type %s reads as %s', async (body, type, read) => {
    await using server = await startTestServer(lobby)
    const claims = type === undefined ? [] : ['-H', `Content-Type: ${type}`]
    expect((await curl(...claims, '--data-binary', body, at(server, 'public:news'))).status).toBe(200)
    expect((await curl(at(server, 'public:news'))).body).toBe(`[${read}]`)
  })

  test('what claims to be JSON and is not is refused with a sentence, and nothing is published', async () => {
    await using server = await startTestServer(lobby)
    const answer = await post(at(server, 'public:news'), 'hi', { 'content-type': 'application/json' })
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('not valid JSON')])
    expect(await (await fetch(at(server, 'public:news'))).text()).toBe('[]')
  })

  test('a channel here, in the client protocol and in the server API is one log', async () => {
    await using server = await startTestServer(lobby)
    const ann = await server.connect('ann')
    const subscribed = await ann.ask({ subscribe: { channel: 'public:news' } })
    const answer = await post(at(server, 'public:news'), '{"from":"curl"}', { 'content-type': 'application/json' })
    const { pub } = await ann.push('pub')
    expect(pub).toMatchObject({ data: { from: 'curl' }, offset: 1 })
    expect(next(answer)).toBe(`${subscribed.subscribe?.epoch}_${'1'.padStart(16, '0')}`)
    await ann.ask({ publish: { channel: 'public:news', data: { from: 'ann' } } })
    await server.api('publish', { channel: 'public:news', data: { from: 'backend' } })
    expect(await (await fetch(at(server, 'public:news'))).json()).toEqual([
      { from: 'curl' },
      { from: 'ann' },
      { from: 'backend' },
    ])
  })

  test('a publication tells who published it, by the token', async () => {
    await using server = await startTestServer(lobby)
    const bob = await server.connect('bob')
    await bob.ask({ subscribe: { channel: 'public:news' } })
    await post(at(server, 'public:news'), 'hi', await bearer({ sub: 'ann', info: { name: 'Ann' } }))
    expect((await bob.push('pub')).pub).toMatchObject({ info: { user: 'ann', conn_info: { name: 'Ann' } } })
  })

  test('an Idempotency-Key publishes once, and is each user’s own', async () => {
    await using server = await startTestServer(lobby)
    const url = at(server, 'public:news')
    const key = { 'idempotency-key': 'k1' }
    const [one, two] = await Promise.all([post(url, 'one', key), post(url, 'one', key)])
    expect(next(one)).toBe(next(two))
    expect(await (await post(url, 'one', key)).json()).toEqual({ offset: next(one), repeated: true })
    await post(url, 'mine', { ...key, ...(await bearer({ sub: 'ann' })) })
    expect(await (await fetch(url)).json()).toEqual(['one', 'mine'])
  })

  test('without history it reaches who reads now, and there is nothing to read later', async () => {
    await using server = await startTestServer({ namespaces: { fleeting: open } })
    await using reader = await Events.open(at(server, 'fleeting:x'))
    await until(async () => (await (await post(at(server, 'fleeting:x'), 'hi')).json()).readers === 1, 'the reader')
    expect((await reader.next())?.data).toBe('hi')
    for (const query of ['', '?offset=now&live=long-poll'])
      expect((await fetch(at(server, 'fleeting:x', query))).status).toBe(501)
    expect((await put(at(server, 'fleeting:x'), 'text/plain')).status).toBe(501)
  })
})

describe('what was written comes back', () => {
  const body = new Uint8Array([0xef, 0xbb, 0xbf, 0x00, 0xff, 0xe9, 0xa9, 0x0d, 0x0a, 0x20])

  test.each(['text/plain', 'text/csv; charset=utf-8', 'application/octet-stream', 'image/png'])(
    'byte for byte in a stream of %s, cut wherever it was',
    async (type) => {
      await using server = await startTestServer(lobby)
      const url = at(server, 'public:file')
      expect((await put(url, type)).status).toBe(201)
      const whole = new TextEncoder().encode('﻿驿站 "quoted" \\ \n\r\n\u2028 😀')
      for (const byte of whole) await post(url, new Uint8Array([byte]), { 'content-type': type })
      expect((await post(url, body, { 'content-type': type })).status).toBe(204)
      const answer = await fetch(url)
      expect(answer.headers.get('content-type')).toBe(type)
      expect(await answer.bytes()).toEqual(Buffer.concat([whole, body]))
    },
  )

  test('text in a stream of text is JSON to those who read JSON', async () => {
    await using server = await startTestServer(lobby)
    const ann = await server.connect('ann')
    await ann.ask({ subscribe: { channel: 'public:file' } })
    await put(at(server, 'public:file'), 'text/plain', 'line\n')
    expect(await ann.publications(1)).toEqual(['line\n'])
  })

  test('bytes in a channel that nobody created are spelled out in its JSON', async () => {
    await using server = await startTestServer(lobby)
    using socket = await Bare.open(at(server, 'public:x'))
    await post(at(server, 'public:x'), new Uint8Array([0, 255]), { 'content-type': 'application/octet-stream' })
    expect(await socket.take(1)).toEqual([new Uint8Array([0, 255])])
    expect(await (await fetch(at(server, 'public:x'))).json()).toEqual([{ b64data: 'AP8=' }])
  })
})

describe('long poll', () => {
  test('loses nothing between two polls, whatever happens in the gap', async () => {
    await using server = await startTestServer(lobby)
    const url = at(server, 'public:news')
    const heard: string[] = []
    const writing = (async () => {
      for (const text of numbers(1, 150)) {
        if (Number(text) % 7 === 0) await Bun.sleep(3)
        await post(url, text)
      }
    })()
    for (let offset = '-1'; heard.length < 150;) {
      const answer = await fetch(`${url}?offset=${offset}&live=long-poll`)
      expect(answer.status).toBe(200)
      heard.push(...((await answer.json()) as string[]))
      offset = next(answer)
    }
    await writing
    expect(heard).toEqual(numbers(1, 150))
  })

  test('waits as long as it was asked to, and says that nothing came', async () => {
    await using server = await startTestServer(lobby)
    const url = at(server, 'public:news')
    const here = next(await fetch(url, { method: 'HEAD' }))
    const answer = await fetch(`${url}?offset=now&live=long-poll&timeout=1`)
    expect([answer.status, next(answer), answer.headers.get('stream-up-to-date')]).toEqual([204, here, 'true'])
    for (const timeout of ['0', '61', '1.5', '-1', 'x'])
      expect((await fetch(`${url}?offset=now&live=long-poll&timeout=${timeout}`)).status).toBe(400)
  })

  test('outlives the time after which the server ends idle connections', async () => {
    await using server = await startTestServer(lobby)
    const answer = await fetch(at(server, 'public:news', '?offset=now&live=long-poll&timeout=16'))
    expect(answer.status).toBe(204)
  }, 30_000)

  test('ends at once when the stream is closed or deleted', async () => {
    await using server = await startTestServer(lobby)
    const url = at(server, 'public:news')
    await put(url, 'text/plain', 'a')
    const waiting = fetch(`${url}?offset=now&live=long-poll`)
    await until(() => readersOf(server), 'the poll')
    await fetch(url, { method: 'POST', headers: { ...withKey, 'stream-closed': 'true' } })
    expect([(await waiting).status, (await waiting).headers.get('stream-closed')]).toEqual([204, 'true'])
    await put(at(server, 'public:b'), 'text/plain', 'a')
    const other = fetch(at(server, 'public:b', '?offset=now&live=long-poll'))
    await until(() => readersOf(server, 'public:b'), 'the other poll')
    await fetch(at(server, 'public:b'), { method: 'DELETE', headers: withKey })
    expect((await other).status).toBe(404)
  })

  test('whose reader leaves is over, whatever was collected as rubbish meanwhile', async () => {
    await using server = await startTestServer(lobby)
    const url = at(server, 'public:news')
    const abort = new AbortController()
    const waiting = fetch(`${url}?offset=now&live=long-poll`, { signal: abort.signal })
    await until(() => readersOf(server), 'the poll')
    for (let n = 0; n < 3; n++) {
      Bun.gc(true)
      await Bun.sleep(1)
    }
    abort.abort()
    expect(await waiting.catch(() => 'left')).toBe('left')
    await until(async () => (await (await post(url, 'hi')).text()).includes('"readers":0'), 'its end')
  })

  test('leaves a connection behind that is closed when it is not used', async () => {
    await using server = await startTestServer(lobby)
    const request = 'GET /c/public:news?offset=now&live=long-poll&timeout=1 HTTP/1.1\r\nhost: test\r\n\r\n'
    using reader = new RawReader(server.url, Buffer.from(request))
    await until(() => reader.text.startsWith('HTTP/1.1 204 '), 'the answer')
    expect(reader.closed).toBe(false)
    while (!reader.closed) await Bun.sleep(20)
  }, 30_000)

  test('is answered when the server goes down', async () => {
    const server = await startTestServer(lobby)
    const waiting = fetch(at(server, 'public:news', '?offset=now&live=long-poll'))
    await until(() => readersOf(server), 'the poll')
    await server.close()
    expect([(await waiting).status, (await waiting).headers.get('retry-after')]).toEqual([503, '1'])
  })
})

describe('a position that is no longer kept', () => {
  const ways: Record<string, (url: string, offset: string) => Promise<number>> = {
    'a page': async (url, offset) => (await fetch(`${url}?offset=${offset}`)).status,
    'a long poll': async (url, offset) => (await fetch(`${url}?offset=${offset}&live=long-poll`)).status,
    'an event stream of the protocol': async (url, offset) => (await fetch(`${url}?offset=${offset}&live=sse`)).status,
    'an EventSource': async (url, offset) =>
      (await fetch(url, { headers: { accept: 'text/event-stream', 'last-event-id': offset } })).status,
    'a WebSocket': async (url, offset) =>
      (
        await fetch(`${url}?offset=${offset}`, {
          headers: {
            connection: 'Upgrade',
            upgrade: 'websocket',
            'sec-websocket-version': '13',
            'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
          },
        })
      ).status,
  }

  for (const [name, read] of Object.entries(ways)) {
    test(`is said to ${name}, and never skipped`, async () => {
      await using server = await startTestServer({ namespaces: { short: { ...logged, history_size: 3 } } })
      const url = at(server, 'short:x')
      const first = next(await post(url, '1'))
      for (const text of numbers(2, 5)) await post(url, text)
      const [epoch = ''] = first.split('_')
      expect(await read(url, first)).toBe(410)
      expect(await read(url, `${'z'.repeat(epoch.length)}_${'2'.padStart(16, '0')}`)).toBe(410)
      expect(await read(url, `${epoch}_${'9'.padStart(16, '0')}`)).toBe(410)
      expect(await read(url, 'nonsense')).toBe(400)
      expect(await (await fetch(`${url}?offset=-1`)).json()).toEqual(['3', '4', '5'])
    })
  }

  test('is said with what to do', async () => {
    await using server = await startTestServer({ namespaces: { short: { ...logged, history_size: 1 } } })
    const first = next(await post(at(server, 'short:x'), '1'))
    await post(at(server, 'short:x'), '2')
    await post(at(server, 'short:x'), '3')
    const answer = await fetch(at(server, 'short:x', `?offset=${first}`))
    expect(await answer.json()).toEqual({ error: expect.stringContaining('offset=-1') })
  })
})

describe('an EventSource', () => {
  test('gets one event per publication, and resumes by the id of the last one', async () => {
    await using server = await startTestServer(lobby)
    const url = at(server, 'public:news')
    const first = await (await Events.open(url)).begun()
    await post(url, 'one\ntwo\r\nthree')
    await post(url, ' {"a": 1}', { 'content-type': 'application/json' })
    expect(await first.take(2)).toEqual(['one\ntwo\nthree', '{"a": 1}'])
    const place = first.lastEventId
    await first[Symbol.asyncDispose]()
    for (const text of numbers(1, 250)) await post(url, text)
    const ways = [
      await Events.open(url, { 'last-event-id': place }),
      await Events.open(`${url}?lastEventId=${place}`),
      await Events.open(`${url}?offset=${place}`),
    ]
    await post(url, 'live')
    for (const way of ways) {
      expect(await way.take(251)).toEqual([...numbers(1, 250), 'live'])
      await way[Symbol.asyncDispose]()
    }
  })

  test('that leaves before the first event knows where it was', async () => {
    await using server = await startTestServer(lobby)
    const url = at(server, 'public:news')
    const first = await (await Events.open(url)).begun()
    await first[Symbol.asyncDispose]()
    await post(url, 'missed')
    await using again = await Events.open(url, { 'last-event-id': first.lastEventId })
    expect(await again.take(1)).toEqual(['missed'])
  })

  test('is told to proxies as what it is, and kept alive', async () => {
    await using server = await startTestServer({ ...lobby, channel_url: { heartbeat_interval: '1s' } })
    await using reader = await Events.open(at(server, 'public:news'))
    const { headers } = reader.response
    expect(headers.get('content-type')).toBe('text/event-stream')
    expect(headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(headers.get('x-accel-buffering')).toBe('no')
    await reader.comment()
    expect(reader.comments).toEqual([':'])
  })

  test('hears that the server goes down, that the stream is closed, and that it is gone', async () => {
    const server = await startTestServer(lobby)
    const [news, closed, deleted] = ['public:news', 'public:closed', 'public:deleted'].map((name) => at(server, name))
    for (const url of [closed, deleted]) await put(url ?? '', 'text/plain', 'a')
    const readers = await Promise.all(
      [news, closed, deleted].map(async (url) => (await Events.open(url ?? '')).begun()),
    )
    await post(closed ?? '', 'last', { ...withKey, 'content-type': 'text/plain', 'stream-closed': 'true' })
    await fetch(deleted ?? '', { method: 'DELETE', headers: withKey })
    await server.close()
    const heard = await Promise.all(readers.map((reader) => reader.rest()))
    expect(heard.map((events) => events.map(({ event, data }) => [event, data]))).toEqual([
      [['disconnect', '{"code":3001,"reason":"shutdown"}']],
      [
        ['message', 'last'],
        ['closed', ''],
      ],
      [['disconnect', '{"code":3010,"reason":"insufficient state"}']],
    ])
  })

  test('that was closed before it came gets all of it, and the end', async () => {
    await using server = await startTestServer(lobby)
    const url = at(server, 'public:done')
    await put(url, 'application/json', JSON.stringify(numbers(1, 300)), { 'stream-closed': 'true' })
    await using reader = await Events.open(`${url}?offset=-1`)
    const events = await reader.rest()
    expect(events.map(({ data }) => data)).toEqual([...numbers(1, 300).map((text) => `"${text}"`), ''])
    expect(events.at(-1)?.event).toBe('closed')
  })
})

describe('a WebSocket', () => {
  test('gets each publication as one message, and publishes each message it sends', async () => {
    await using server = await startTestServer(lobby)
    const url = at(server, 'public:chat')
    using ann = await Bare.open(url)
    using bob = await Bare.open(url)
    ann.ws.send('hi')
    ann.ws.send('{"a": 1}')
    ann.ws.send(new Uint8Array([1, 0, 255]))
    const all = ['hi', '{"a": 1}', new Uint8Array([1, 0, 255])]
    expect(await bob.take(3)).toEqual(all)
    expect(await ann.take(3)).toEqual(all)
    expect(await (await fetch(url)).json()).toEqual(['hi', { a: 1 }, { b64data: 'AQD/' }])
  })

  test('resumes where it says, and the order of what it sends is kept', async () => {
    await using server = await startTestServer(lobby)
    const url = at(server, 'public:chat')
    using ann = await Bare.open(url)
    for (const text of numbers(1, 500)) ann.ws.send(text)
    expect(await ann.take(500)).toEqual(numbers(1, 500))
    const page = await fetch(url)
    const [epoch] = next(page).split('_')
    using late = await Bare.open(`${url}?offset=${epoch}_${'400'.padStart(16, '0')}`)
    expect(await late.take(100)).toEqual(numbers(401, 500))
    using all = await Bare.open(`${url}?offset=-1`)
    expect(await all.take(500)).toEqual(numbers(1, 500))
  })

  test('takes only what fits the stream: JSON, text or bytes', async () => {
    await using server = await startTestServer(lobby)
    for (const type of ['application/json', 'text/plain', 'image/png']) await put(at(server, `public:${type}`), type)
    using text = await Bare.open(at(server, 'public:text/plain'))
    text.ws.send('{"a":1}')
    expect(await text.take(1)).toEqual(['{"a":1}'])
    using bytes = await Bare.open(at(server, 'public:image/png'))
    bytes.ws.send('abc')
    expect(await bytes.take(1)).toEqual([new TextEncoder().encode('abc')])
    using json = await Bare.open(at(server, 'public:application/json'))
    json.ws.send('"text"')
    expect(await json.take(1)).toEqual(['"text"'])
    json.ws.send('no JSON')
    expect(await json.closed).toEqual({ code: 3501, reason: 'bad request' })
  })

  test('that may only read is told so when it writes', async () => {
    const readable = { ...logged, allow_publish_for_client: false }
    await using server = await startTestServer({ namespaces: { news: readable } })
    using reader = await Bare.open(at(server, 'news:x'))
    reader.ws.send('hi')
    expect(await reader.closed).toEqual({ code: 3507, reason: 'permission denied' })
  })

  test('closes with the code that says why', async () => {
    const server = await startTestServer(lobby)
    const url = at(server, 'public:chat')
    using down = await Bare.open(url)
    using over = await Bare.open(`${url}?token=${await sign({ sub: 'ann', exp: inSeconds(2) })}`)
    using sent = await Bare.open(url, await bearer({ sub: 'bob' }))
    await server.api('disconnect', { user: 'bob' })
    expect((await sent.closed).code).toBe(3503)
    using dropped = await Bare.open(url, await bearer({ sub: 'eve' }))
    await server.api('unsubscribe', { user: 'eve', channel: 'public:chat' })
    expect((await dropped.closed).code).toBe(3503)
    expect((await over.closed).code).toBe(3005)
    await put(at(server, 'public:end'), 'text/plain')
    using end = await Bare.open(at(server, 'public:end'))
    await post(at(server, 'public:end'), 'last', { ...withKey, 'content-type': 'text/plain', 'stream-closed': 'true' })
    expect(await end.take(1)).toEqual(['last'])
    expect(await end.closed).toEqual({ code: 1000, reason: 'closed' })
    await server.close()
    expect(await down.closed).toEqual({ code: 3001, reason: 'shutdown' })
  })
})

describe('who may what', () => {
  const closed = { history_size: 10, history_ttl: '1h' }
  const namespaces = {
    open: { ...logged, allow_manage_for_client: true, allow_manage_for_anonymous: true },
    users: {
      ...closed,
      allow_subscribe_for_client: true,
      allow_publish_for_client: true,
      allow_history_for_client: true,
      allow_manage_for_client: true,
    },
    follow: { ...closed, allow_subscribe_for_client: true, allow_publish_for_subscriber: true, allow_recovery: true },
    live: { ...closed, allow_subscribe_for_client: true },
    own: { ...closed, allow_user_limited_channels: true, allow_recovery: true, allow_manage_for_client: true },
    closed,
  }
  const who: Record<string, () => Promise<Record<string, string>>> = {
    nobody: async () => ({}),
    ann: () => bearer({ sub: 'ann' }),
    bob: () => bearer({ sub: 'bob' }),
    'subscription token': () => bearer({ sub: 'ann', channel: 'closed:x' }),
    'token that names it': () => bearer({ sub: 'ann', channels: ['closed:x'] }),
    backend: async () => withKey,
    'wrong key': async () => ({ 'x-api-key': 'no' }),
    garbage: async () => ({ authorization: 'Bearer garbage' }),
    expired: () => bearer({ sub: 'ann', exp: inSeconds(-10) }),
  }
  // Read live, read the past, publish, create and delete.
  const table: [channel: string, who: string, live: number, past: number, publish: number, manage: number][] = [
    ['open:x', 'nobody', 200, 200, 200, 201],
    ['open:x', 'wrong key', 401, 401, 401, 401],
    ['open:x', 'garbage', 401, 401, 401, 401],
    ['open:x', 'expired', 401, 401, 401, 401],
    ['users:x', 'nobody', 401, 401, 401, 401],
    ['users:x', 'ann', 200, 200, 200, 201],
    ['follow:x', 'ann', 200, 200, 200, 403],
    ['live:x', 'ann', 200, 403, 403, 403],
    ['own:#ann', 'ann', 200, 200, 403, 201],
    ['own:#ann', 'bob', 403, 403, 403, 403],
    ['closed:x', 'nobody', 401, 401, 401, 401],
    ['closed:x', 'ann', 403, 403, 403, 403],
    ['closed:x', 'subscription token', 200, 403, 403, 403],
    ['closed:x', 'token that names it', 200, 403, 403, 403],
    ['closed:x', 'backend', 200, 200, 200, 201],
    ['closed:y', 'subscription token', 403, 403, 403, 403],
    ['$closed:x', 'ann', 403, 403, 403, 403],
    ['nowhere:x', 'backend', 404, 404, 404, 404],
  ]

  test.each(table)(
    '%s for %s: live %i, past %i, publish %i, manage %i',
    async (channel, name, ...[reads, reread, publishes, manages]) => {
      await using server = await startTestServer({ namespaces })
      const headers = (await who[name]?.()) ?? {}
      const url = at(server, encodeURIComponent(channel))
      const abort = new AbortController()
      const live = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' }, signal: abort.signal })
      const past = await fetch(url, { headers })
      const published = await post(url, 'hi', headers)
      const other = at(server, encodeURIComponent(channel.replace(/[xy]$/, 'new')))
      const isElsewhere = channel !== 'closed:y' && channel !== 'own:#ann'
      const created = await fetch(isElsewhere ? other : url, {
        method: 'PUT',
        headers: { ...headers, 'content-type': 'text/plain' },
      })
      expect([live.status, past.status, published.status, created.status]).toEqual([reads, reread, publishes, manages])
      abort.abort()
    },
  )

  test('a refusal is JSON with what to do', async () => {
    await using server = await startTestServer({ namespaces })
    const answer = await fetch(at(server, 'closed:x'))
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(await answer.json()).toEqual({ error: expect.stringContaining('Send a token') })
    const missing = await fetch(at(server, 'nowhere:x'))
    expect(await missing.json()).toEqual({ error: expect.stringContaining('No such namespace') })
  })

  test('a token in the URL does where no header can be set', async () => {
    await using server = await startTestServer({ namespaces })
    const token = await sign({ sub: 'ann' })
    await using reader = await Events.open(at(server, 'users:x', `?token=${token}`))
    using writer = await Bare.open(at(server, 'users:x', `?token=${token}`))
    writer.ws.send('hi')
    expect((await reader.next())?.data).toBe('hi')
  })

  test('pages of other origins are refused unless they are listed', async () => {
    await using server = await startTestServer({ ...lobby, client: { allowed_origins: ['https://good.example'] } })
    const url = at(server, 'public:news')
    const evil = { origin: 'https://evil.example' }
    for (const method of ['GET', 'POST', 'PUT', 'OPTIONS', 'DELETE']) {
      const answer = await fetch(url, { method, headers: evil, ...(method === 'POST' && { body: 'hi' }) })
      expect([method, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([method, 403, null])
    }
    const answer = await fetch(url, { headers: { origin: 'https://good.example' } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://good.example')
    expect(answer.headers.get('access-control-expose-headers')).toContain('Stream-Next-Offset')
    expect(answer.headers.get('vary')).toBe('Origin')
    expect((await fetch(url, { headers: { origin: server.url.origin } })).status).toBe(200)
  })

  test('what strangers stored never runs as a page of this server', async () => {
    await using server = await startTestServer(lobby)
    await put(at(server, 'public:page'), 'text/html', '<script>alert(1)</script>')
    const { headers } = await fetch(at(server, 'public:page'))
    expect(headers.get('content-disposition')).toBe('attachment')
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })
})

describe('a stream', () => {
  test('that is closed takes nothing more, by whatever way in', async () => {
    await using server = await startTestServer(lobby)
    await put(at(server, 'public:done'), 'application/json', '["last"]', { 'stream-closed': 'true' })
    const ann = await server.connect('ann')
    const refused = await ann.ask({ publish: { channel: 'public:done', data: 1 } })
    expect(refused.error?.code).toBe(108)
    expect((await server.api('publish', { channel: 'public:done', data: 1 })).body).toMatchObject({
      error: { code: 108 },
    })
    expect((await post(at(server, 'public:done'), '1', { 'content-type': 'application/json' })).status).toBe(409)
    expect(await (await fetch(at(server, 'public:done'))).json()).toEqual(['last'])
  })

  test('and its writers are what they were after a restart', async () => {
    const folder = (await import('./server.ts')).temporaryFolder()
    const producer = (seq: number, body: string, epoch = 0) => ({
      body,
      headers: {
        'content-type': 'text/plain',
        'producer-id': 'p',
        'producer-epoch': String(epoch),
        'producer-seq': String(seq),
        'stream-seq': `s${epoch}${seq}`,
      },
    })
    const options = { ...lobby, folder }
    const before = await startTestServer(options)
    await put(at(before, 'public:log'), 'text/plain', '', { 'stream-ttl': '3600' })
    for (const [seq, text] of ['a', 'b'].entries())
      await fetch(at(before, 'public:log'), { method: 'POST', ...producer(seq, text) })
    await before.close()
    await using after = await startTestServer(options)
    const url = at(after, 'public:log')
    const send = async (...args: Parameters<typeof producer>) =>
      (await fetch(url, { method: 'POST', ...producer(...args) })).status
    expect(await send(1, 'b')).toBe(204)
    expect(await send(3, 'd')).toBe(409)
    expect(await send(2, 'c')).toBe(200)
    expect(await send(0, 'x', 1)).toBe(200)
    expect(await send(3, 'd')).toBe(403)
    const { headers } = await fetch(url, { method: 'HEAD' })
    expect([headers.get('content-type'), headers.get('stream-ttl')]).toEqual(['text/plain', '3600'])
    expect(await (await fetch(url)).text()).toBe('abcx')
  })

  test('exists only once it was created, where the namespace says so', async () => {
    await using server = await startTestServer({ namespaces: { made: { ...logged, require_creation: true } } })
    const url = at(server, 'made:x')
    const live = { headers: { accept: 'text/event-stream' } }
    for (const answer of [await fetch(url), await fetch(url, live), await post(url, 'hi')])
      expect([answer.status, await answer.json()]).toEqual([404, { error: expect.stringContaining('PUT') }])
    expect((await put(url, 'text/plain', 'a')).status).toBe(201)
    expect(await (await fetch(url)).text()).toBe('a')
  })

  test('cannot be created over what a channel has become without it', async () => {
    await using server = await startTestServer(lobby)
    await post(at(server, 'public:x'), 'hi')
    expect((await put(at(server, 'public:x'), 'text/plain')).status).toBe(409)
    expect((await put(at(server, 'public:x'), 'application/json')).status).toBe(200)
  })
})

describe('limits', () => {
  test('each has an answer', async () => {
    const server = await startTestServer({
      ...lobby,
      http_api: { body_size_limit: 1024 },
      client: { user_connection_limit: 2 },
    })
    const url = at(server, 'public:news')
    expect((await curl('--data-binary', 'x'.repeat(2000), url)).status).toBe(413)
    expect((await curl('-d', '', url)).status).toBe(400)
    expect((await post(url, 'x', { 'idempotency-key': 'k'.repeat(257) })).status).toBe(400)
    expect((await fetch(`${url}?offset=1&offset=2`)).status).toBe(400)
    expect((await fetch(`${url}?live=loud`)).status).toBe(400)
    expect((await fetch(at(server, '%ff'))).status).toBe(400)
    expect((await fetch(at(server, `public:${'x'.repeat(300)}`))).status).toBe(400)
    expect((await fetch(at(server, 'public:%0d%0aevil'))).status).toBe(400)
    expect((await fetch(at(server, ''))).status).toBe(404)
    expect((await fetch(url, { method: 'PATCH' })).status).toBe(405)
    const ann = await bearer({ sub: 'ann' })
    using _one = await Bare.open(url, ann)
    using _two = await Bare.open(url, ann)
    expect((await fetch(url, { headers: { ...ann, accept: 'text/event-stream' } })).status).toBe(429)
    await server.close()
  })

  test('who publishes too often is told to wait, by every way', async () => {
    await using server = await startTestServer({ ...lobby, client: { publish_rate_limit: 1 } })
    const url = at(server, 'public:news')
    const answers: number[] = []
    for (const text of numbers(1, 7)) answers.push((await post(url, text)).status)
    expect([answers[0], answers.at(-1)]).toEqual([200, 429])
    expect((await post(url, 'x', await bearer({ sub: 'ann' }))).status).toBe(200)
    expect((await post(url, 'x', withKey)).status).toBe(200)
    using socket = await Bare.open(url)
    for (const text of numbers(1, 7)) socket.ws.send(text)
    expect((await socket.closed).code).toBe(3013)
  })

  test('a reader that takes nothing is let go, and its neighbour misses nothing', async () => {
    await using server = await startTestServer({ ...lobby, client: { queue_max_size: 65_536 } })
    const url = at(server, 'public:news')
    const slow = await fetch(url, { headers: { accept: 'text/event-stream' } })
    using neighbour = await Bare.open(url)
    const part = 'x'.repeat(60_000)
    const presence = async () => (await server.api('presence_stats', { channel: 'public:news' })).body
    await until(async () => JSON.stringify(await presence()).includes('"num_clients":2'), 'both')
    let sent = 0
    for (; sent < 400; sent++) {
      await post(url, `${sent} ${part}`)
      if (JSON.stringify(await presence()).includes('"num_clients":1')) break
    }
    expect(sent).toBeLessThan(400)
    const heard = await neighbour.take(sent)
    expect(heard.map((text) => String(text).split(' ')[0])).toEqual(numbers(0, sent - 1))
    await slow.body?.cancel()
  }, 30_000)

  test('a reader that comes back from far away gets all of it at its own pace', async () => {
    await using server = await startTestServer({ ...lobby, client: { queue_max_size: 65_536 } })
    const url = at(server, 'public:news')
    const part = 'x'.repeat(20_000)
    for (const text of numbers(1, 600)) await post(url, `${text} ${part}`)
    await using reader = await Events.open(`${url}?offset=-1`)
    await Bun.sleep(300) // it does not read for a while
    const heard = await reader.take(600)
    expect(heard.map((text) => text.split(' ')[0])).toEqual(numbers(1, 600))
  }, 30_000)
})

describe('presence', () => {
  test('counts a connection once, whatever its way in', async () => {
    await using server = await startTestServer(lobby)
    const url = at(server, 'public:room')
    const watcher = await server.connect('watcher')
    await watcher.ask({ subscribe: { channel: 'public:room', join_leave: true } })
    await watcher.push('join') // its own
    await using _events = await (await Events.open(url, await bearer({ sub: 'ann' }))).begun()
    using socket = await Bare.open(url, await bearer({ sub: 'bob' }))
    const users = async () => {
      const { body } = await server.api('presence', { channel: 'public:room' })
      const { result } = body as { result: { presence: Record<string, { user: string }> } }
      return Object.values(result.presence)
        .map(({ user }) => user)
        .toSorted()
    }
    expect(await users()).toEqual(['ann', 'bob', 'watcher'])
    socket.ws.close()
    await until(async () => (await users()).length === 2, 'bob to leave')
    const [ann, bob, left] = [await watcher.push('join'), await watcher.push('join'), await watcher.push('leave')]
    expect([ann, bob, left].map((push) => JSON.stringify(push).match(/"user":"(\w+)"/)?.[1])).toEqual([
      'ann',
      'bob',
      'bob',
    ])
  })

  test(
    'counts who polls once, while it waits and for a while after',
    async () => {
      await using server = await startTestServer(lobby)
      const url = at(server, 'public:room')
      const watcher = await server.connect('watcher')
      await watcher.ask({ subscribe: { channel: 'public:room', join_leave: true } })
      await watcher.push('join') // its own
      const ann = await bearer({ sub: 'ann' })
      for (let polls = 0; polls < 3; polls++)
        await fetch(`${url}?offset=now&live=long-poll&timeout=1`, { headers: ann })
      expect(JSON.stringify((await server.api('presence_stats', { channel: 'public:room' })).body)).toContain('2')
      expect(watcher.left.filter(({ push }) => push !== undefined && 'join' in push)).toHaveLength(1)
      expect(watcher.left.filter(({ push }) => push !== undefined && 'leave' in push)).toHaveLength(0)
      await Bun.sleep(grace)
      await watcher.push('leave')
    },
    grace + 20_000,
  )
})

async function readersOf(server: TestServer, channel = 'public:news'): Promise<boolean> {
  const { body } = await server.api('presence_stats', { channel })
  return JSON.stringify(body).includes('"num_clients":1')
}
