/**
 * A real backend on a real port, asked by a real server: what it is told, what
 * its answers do, and what happens when it is slow, broken or hostile.
 */
import { describe, expect, test } from 'bun:test'
import { disconnectOf } from '../src/access/backend.ts'
import { BareSocket } from './bare-socket.ts'
import { Bare, Events } from './channel-url-support.ts'
import { apiKey, inSeconds, logged, open, sign, startTestServer, type TestOptions } from './server.ts'

interface Question {
  readonly path: string
  readonly headers: Headers
  readonly text: string
  readonly body: Record<string, unknown>
}

type Answerer = (question: Question) => unknown

/** What it answers may be a Response, text, or a value that is sent as JSON. */
function startBackend(answer: Answerer) {
  const questions: Question[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const text = await request.text()
      const body = JSON.parse(text) as Record<string, unknown>
      const question = { path: new URL(request.url).pathname, headers: request.headers, text, body }
      questions.push(question)
      const answered: unknown = await answer(question)
      if (answered instanceof Response) return answered
      return new Response(typeof answered === 'string' ? answered : JSON.stringify(answered))
    },
  })
  return {
    questions,
    /** The proxy section of the configuration for an event. */
    at: (event: string, more: object = {}) => ({ enabled: true, endpoint: `${server.url.href}${event}`, ...more }),
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

type Backend = ReturnType<typeof startBackend>

/** A server that asks a backend about everything in the namespace `asked`. */
function startAsking(backend: Backend, { more = {}, ...options }: TestOptions & { more?: object } = {}) {
  const rules = {
    history_size: 10,
    history_ttl: '1h',
    allow_history_for_subscriber: true,
    presence: true,
    allow_presence_for_subscriber: true,
  }
  return startTestServer({
    ...options,
    client: {
      allow_anonymous_connect_without_token: false,
      proxy: { connect: backend.at('connect', more), refresh: backend.at('refresh', more) },
      ...options.client,
    },
    channel: {
      proxy: {
        subscribe: backend.at('subscribe', more),
        publish: backend.at('publish', more),
        sub_refresh: backend.at('sub_refresh', more),
      },
      ...options.channel,
    },
    rpc: { proxy: backend.at('rpc', more), without_namespace: { proxy_enabled: true } },
    namespaces: {
      asked: {
        ...rules,
        subscribe_proxy_enabled: true,
        publish_proxy_enabled: true,
        sub_refresh_proxy_enabled: true,
      },
      open: { ...open, ...logged },
      ...options.namespaces,
    },
  })
}

/** Says yes to everything, but for what a test says otherwise. */
const yes =
  (answers: Readonly<Record<string, unknown>> = {}): Answerer =>
  ({ path }) =>
    answers[path] ?? { result: path === '/connect' ? { user: '42' } : {} }

const settle = () => Bun.sleep(1)

describe('a backend', () => {
  test('is asked who connects, and told what is known', async () => {
    await using backend = startBackend(
      yes({
        '/connect':
          '{"result":{"user":"42","info":{"n":1.0},"data":{"big":12345678901234567890},"channels":["open:a"],"subs":{"open:b":{"data":[ 1 ]}}}}',
      }),
    )
    await using server = await startAsking(backend)
    const wire = await server.wire()
    const reply = await wire.ask({ connect: { data: { x: 1 }, name: 'js', version: '5', subs: { 'open:c': {} } } })
    expect(wire.frames[0]).toContain('"data":{"big":12345678901234567890}')
    expect(Object.keys(reply.connect?.subs ?? {}).toSorted()).toEqual(['open:a', 'open:b', 'open:c'])
    expect(reply.connect?.subs?.['open:b']?.['data']).toEqual([1])
    const [question] = backend.questions
    expect(question?.body).toEqual({
      client: reply.connect?.client,
      transport: 'websocket',
      protocol: 'json',
      encoding: 'json',
      data: { x: 1 },
      name: 'js',
      version: '5',
      channels: ['open:c'],
    })
    expect(question?.headers.get('content-type')).toBe('application/json')
    const { presence } = await wire.ask({ presence: { channel: 'open:a' } })
    expect(Object.values(presence?.presence ?? {})).toMatchObject([{ user: '42', conn_info: { n: 1 } }])
  })

  test('is not asked who somebody with a token is', async () => {
    await using backend = startBackend(yes())
    await using server = await startAsking(backend)
    await server.connect('7')
    expect(backend.questions).toEqual([])
  })

  const refusals: readonly [answer: object, outcome: unknown][] = [
    [{}, 3501],
    [{ result: null }, 3501],
    [{ error: { code: 401, message: 'who?' } }, { code: 401, message: 'who?' }],
    [{ error: { code: 1000, message: 'later', temporary: true } }, { code: 1000, message: 'later', temporary: true }],
    [{ disconnect: { code: 4501, reason: 'banned' } }, 4501],
    [{ disconnect: { code: 3500, reason: 'no' }, result: { user: '42' } }, 3500],
    [{ result: { user: '42', expire_at: 1 } }, { code: 110, message: 'expired' }],
  ]
  test.each(refusals)('may refuse a connection: %j', async (answer, outcome) => {
    await using backend = startBackend(yes({ '/connect': answer }))
    await using server = await startAsking(backend)
    const wire = await server.wire()
    wire.send({ id: 1, connect: {} })
    const answered = await wire.answer()
    expect(typeof answered === 'number' ? answered : answered.error).toEqual(outcome as number)
  })

  test('may let somebody in as nobody', async () => {
    await using backend = startBackend(yes({ '/connect': { result: { user: '' } } }))
    await using server = await startAsking(backend)
    const wire = await server.wire()
    expect((await wire.ask({ connect: {} })).connect?.client).toBeString()
  })

  test('decides who may subscribe, and with what', async () => {
    await using backend = startBackend(({ path, body }) => {
      if (path === '/connect') return { result: { user: '42', meta: { plan: 'x' } } }
      if (body['channel'] === 'asked:no') return { error: { code: 103, message: 'permission denied' } }
      if (body['channel'] === 'asked:nothing') return {}
      if (body['channel'] === 'asked:leave') return { disconnect: { code: 4500, reason: 'leave' } }
      return { result: { info: { role: 'guest' }, data: { hello: 1 }, override: { presence: { value: true } } } }
    })
    await using server = await startAsking(backend, { more: { include_connection_meta: true } })
    const wire = await server.wire()
    const { connect } = await wire.ask({ connect: {} })
    const { subscribe } = await wire.ask({ subscribe: { channel: 'asked:yes', data: [1] } })
    expect(subscribe?.['data']).toEqual({ hello: 1 })
    expect(backend.questions[1]?.body).toEqual({
      client: connect?.client,
      transport: 'websocket',
      protocol: 'json',
      encoding: 'json',
      user: '42',
      meta: { plan: 'x' },
      channel: 'asked:yes',
      data: [1],
    })
    const { presence } = await wire.ask({ presence: { channel: 'asked:yes' } })
    expect(Object.values(presence?.presence ?? {})).toMatchObject([{ chan_info: { role: 'guest' } }])
    expect((await wire.ask({ subscribe: { channel: 'asked:no' } })).error?.code).toBe(103)
    expect((await wire.ask({ subscribe: { channel: 'asked:nothing' } })).error?.code).toBe(103)
    expect((await wire.ask({ subscribe: { channel: 'asked:yes' } })).error?.code).toBe(105)
    wire.send({ id: 99, subscribe: { channel: 'asked:leave' } })
    expect(await wire.closed).toEqual({ code: 4500, reason: 'leave' })
  })

  test('is not asked about channels that others decide', async () => {
    await using backend = startBackend(yes())
    await using server = await startAsking(backend, {
      namespaces: { asked: { subscribe_proxy_enabled: true, allow_user_limited_channels: true } },
    })
    const wire = await server.wire()
    await wire.ask({ connect: {} })
    expect((await wire.ask({ subscribe: { channel: 'asked:x#42,43' } })).error).toBeUndefined()
    expect((await wire.ask({ subscribe: { channel: 'asked:x#43' } })).error?.code).toBe(103)
    expect((await wire.ask({ subscribe: { channel: '$asked:x' } })).error?.code).toBe(103)
    expect((await wire.ask({ subscribe: { channel: 'open:x' } })).error).toBeUndefined()
    expect((await wire.ask({ subscribe: { channel: 'unknown:x' } })).error?.code).toBe(102)
    expect(backend.questions.map(({ path }) => path)).toEqual(['/connect'])
  })

  test('is asked about the channels that a client wants as it connects; those it may not have are left out', async () => {
    await using backend = startBackend(({ path, body }) => {
      if (path === '/connect') return { result: { user: '42' } }
      return body['channel'] === 'asked:yes' ? { result: {} } : { error: { code: 103, message: 'no' } }
    })
    await using server = await startAsking(backend)
    const wire = await server.wire()
    const { connect } = await wire.ask({ connect: { subs: { 'asked:yes': {}, 'asked:no': {} } } })
    expect(Object.keys(connect?.subs ?? {})).toEqual(['asked:yes'])
  })

  test('decides what is published, and changes it', async () => {
    await using backend = startBackend(({ path, body }) => {
      if (path !== '/publish') return yes()({ path, body, headers: new Headers(), text: '' })
      if (body['data'] === 'no') return { error: { code: 400, message: 'not so' } }
      if (body['data'] === 'nothing') return {}
      return '{"result":{"data":{"checked" : 1.0},"tags":{"lang":"en"}}}'
    })
    await using server = await startAsking(backend)
    const wire = await server.wire()
    await wire.ask({ connect: {} })
    await wire.ask({ subscribe: { channel: 'asked:a' } })
    expect(await wire.ask({ publish: { channel: 'asked:a', data: { b: 1 } } })).toMatchObject({ publish: {} })
    const { pub } = await wire.push('pub')
    expect(pub).toMatchObject({ data: { checked: 1 }, tags: { lang: 'en' }, info: { user: '42' } })
    expect(wire.frames.some((frame) => frame.includes('{"checked" : 1.0}'))).toBe(true)
    expect((await wire.ask({ publish: { channel: 'asked:a', data: 'no' } })).error?.code).toBe(400)
    expect((await wire.ask({ publish: { channel: 'asked:a', data: 'nothing' } })).error?.code).toBe(103)
    const { body } = await server.api('history', { channel: 'asked:a', limit: 10 })
    expect(body).toMatchObject({ result: { offset: 1 } })
  })

  test('may have a publication delivered and not kept, or once only', async () => {
    await using backend = startBackend(({ path, body }) => {
      if (path !== '/publish') return yes()({ path, body, headers: new Headers(), text: '' })
      return { result: body['data'] === 'live' ? { skip_history: true } : { idempotency_key: 'same' } }
    })
    await using server = await startAsking(backend)
    const wire = await server.wire()
    await wire.ask({ connect: {} })
    for (const data of ['live', 'once', 'once']) await wire.ask({ publish: { channel: 'asked:a', data } })
    const { body } = await server.api('history', { channel: 'asked:a', limit: 10 })
    expect(body).toMatchObject({ result: { publications: [{ data: 'once' }], offset: 1 } })
  })

  test('sees what one client publishes in order, and so does the channel, however long it takes', async () => {
    let delay = 40
    await using backend = startBackend(async (question) => {
      if (question.path === '/publish') await Bun.sleep((delay = Math.max(0, delay - 10))) // the first ones take longest
      return yes()(question)
    })
    await using server = await startAsking(backend, { namespaces: {} })
    const wire = await server.wire()
    await wire.ask({ connect: {} })
    await wire.ask({ subscribe: { channel: 'asked:a' } })
    const sent = [1, 2, 3, 4, 5, 6]
    wire.send(...sent.map((data) => ({ id: 100 + data, publish: { channel: 'asked:a', data } })))
    expect(await wire.publications(6)).toEqual(sent)
    expect(backend.questions.filter(({ path }) => path === '/publish').map(({ body }) => body['data'])).toEqual(sent)
  })

  test('answers calls', async () => {
    await using backend = startBackend(({ path, body, text }) => {
      if (path !== '/rpc') return yes()({ path, body, headers: new Headers(), text })
      if (body['method'] === 'echo') return `{"result":{"data":${text.slice(text.indexOf('"data":') + 7, -1)}}}`
      if (body['method'] === 'bytes') return { result: { b64data: Buffer.from('[1, 2]').toString('base64') } }
      return body['method'] === 'empty' ? { result: {} } : { error: { code: 104, message: 'method not found' } }
    })
    await using server = await startAsking(backend)
    const wire = await server.wire()
    await wire.ask({ connect: {} })
    wire.send('{"id":50,"rpc":{"method":"echo","data":{"n":1.50}}}')
    expect(await wire.reply(50)).toEqual({ id: 50, rpc: { data: { n: 1.5 } } })
    expect(wire.frames.at(-1)).toContain('{"n":1.50}')
    expect((await wire.ask({ rpc: { method: 'bytes' } }))['rpc']).toEqual({ data: [1, 2] })
    expect((await wire.ask({ rpc: { method: 'empty' } }))['rpc']).toEqual({})
    expect((await wire.ask({ rpc: { method: 'other' } })).error?.code).toBe(104)
    expect((await wire.ask({ rpc: { method: 'unknown:other' } })).error?.code).toBe(104)
    expect(backend.questions.at(-1)?.body['method']).toBe('other')
  })

  test('of another name answers where a namespace says so', async () => {
    await using usual = startBackend(yes())
    await using special = startBackend(yes())
    await using server = await startAsking(usual, {
      proxies: [{ name: 'special', ...special.at('subscribe'), enabled: undefined }],
      namespaces: { vip: { subscribe_proxy_enabled: true, subscribe_proxy_name: 'special' } },
    })
    const wire = await server.wire()
    await wire.ask({ connect: {} })
    await wire.ask({ subscribe: { channel: 'vip:a' } })
    await wire.ask({ subscribe: { channel: 'asked:a' } })
    expect(special.questions.map(({ body }) => body['channel'])).toEqual(['vip:a'])
    expect(usual.questions.map(({ body }) => body['channel'])).toEqual([undefined, 'asked:a'])
  })
})

describe('renewal', () => {
  test('of a connection is the backend\u2019s to say when it expires, and not the client\u2019s', async () => {
    let renewed = 0
    await using backend = startBackend(({ path }) => {
      if (path === '/connect') return { result: { user: '42', expire_at: inSeconds(1), meta: { n: 1 } } }
      return { result: ++renewed === 1 ? { expire_at: inSeconds(1), info: { n: 2 } } : { expired: true } }
    })
    await using server = await startAsking(backend)
    const wire = await server.wire()
    const { connect } = await wire.ask({ connect: {} })
    expect(connect).not.toContainAnyKeys(['ttl', 'expires'])
    expect(await wire.closed).toEqual({ code: 3005, reason: 'connection expired' })
    expect(backend.questions.map(({ path, body }) => [path, body['user']])).toEqual([
      ['/connect', undefined],
      ['/refresh', '42'],
      ['/refresh', '42'],
    ])
  })

  test('by the client is refused then', async () => {
    await using backend = startBackend(yes())
    await using server = await startAsking(backend)
    const wire = await server.connect('42', { exp: inSeconds(60) })
    wire.send({ id: 9, refresh: { token: 'x' } })
    expect((await wire.closed).code).toBe(3501)
  })

  test('of a subscription is asked for, too', async () => {
    let renewed = 0
    await using backend = startBackend(({ path }) => {
      if (path === '/subscribe') return { result: { expire_at: inSeconds(1), info: { n: 1 } } }
      if (path !== '/sub_refresh') return { result: { user: '42' } }
      return { result: ++renewed === 1 ? { expire_at: inSeconds(1), info: { n: 2 } } : { expired: true } }
    })
    await using server = await startAsking(backend)
    const wire = await server.wire()
    await wire.ask({ connect: {} })
    const { subscribe } = await wire.ask({ subscribe: { channel: 'asked:a' } })
    expect(subscribe).not.toContainAnyKeys(['ttl', 'expires'])
    while (!backend.questions.some(({ path }) => path === '/sub_refresh')) await settle()
    while (!JSON.stringify(await wire.ask({ presence: { channel: 'asked:a' } })).includes('"chan_info":{"n":2}'))
      await settle()
    expect((await wire.push('unsubscribe')).unsubscribe).toEqual({ code: 2501, reason: 'subscription expired' })
    expect(backend.questions.at(-1)?.body['channel']).toBe('asked:a')
  })

  test('by a backend that does not answer is put off: nobody is thrown out for its sake', async () => {
    await using backend = startBackend(({ path }) =>
      path === '/connect' ? { result: { user: '42', expire_at: inSeconds(1) } } : new Response('', { status: 500 }),
    )
    await using server = await startAsking(backend)
    const wire = await server.wire()
    await wire.ask({ connect: {} })
    while (backend.questions.length < 2) await settle()
    await Bun.sleep(100)
    expect((await wire.ask({ rpc: { method: 'x' } })).error?.code).toBe(100)
    expect(backend.questions.filter(({ path }) => path === '/refresh')).toHaveLength(1)
    expect(faults(server)).not.toEqual([])
  })
})

/** Takes them, so that the end of the server does not fail the test. */
function faults(server: { faults: unknown[] }): string[] {
  return server.faults.splice(0).map(String)
}

describe('headers', () => {
  test('are handed on by the lists, those of the request before those that the client only says', async () => {
    await using backend = startBackend(yes())
    const more = {
      http_headers: ['Cookie', 'X-Both', 'Content-Length', 'Host'],
      emulated_headers: ['authorization', 'x-both', 'x-odd'],
      http: { static_headers: { 'X-Secret': 'abc', 'X-Both': 'fixed', Authorization: 'fixed' } },
    }
    await using server = await startAsking(backend, { more })
    const wire = await server.wire({ headers: { cookie: 'a=b', 'x-both': 'real', 'x-other': 'no' } })
    const headers = { Authorization: 'Bearer t', 'X-Both': 'said', Cookie: 'forged=1', 'x-odd': 'a\r\nX-Evil: 1' }
    await wire.ask({ connect: { headers } })
    await wire.ask({ subscribe: { channel: 'asked:a' } })
    for (const question of backend.questions) {
      const names = ['cookie', 'authorization', 'x-both', 'x-secret', 'x-other', 'x-odd', 'x-evil']
      expect(names.map((name) => question.headers.get(name))).toEqual([
        'a=b',
        'Bearer t',
        'real',
        'abc',
        null,
        null,
        null,
      ])
    }
    expect(backend.questions).toHaveLength(2)
  })

  test('that nobody lists are not handed on', async () => {
    await using backend = startBackend(yes())
    await using server = await startAsking(backend)
    const wire = await server.wire({ headers: { cookie: 'a=b', authorization: 'x' } })
    await wire.ask({ connect: { headers: { authorization: 'y' } } })
    const [question] = backend.questions
    expect([question?.headers.get('cookie'), question?.headers.get('authorization')]).toEqual([null, null])
  })
})

test('payloads are in base 64 where the configuration says so, both ways', async () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  await using backend = startBackend(
    yes({ '/publish': { result: { b64data: base64('{"a":1.0}') } }, '/connect': { result: { user: '42' } } }),
  )
  await using server = await startAsking(backend, { more: { binary_encoding: true } })
  const wire = await server.wire()
  wire.send('{"id":1,"connect":{"data":{"x":1.0}}}')
  await wire.reply(1)
  await wire.ask({ subscribe: { channel: 'asked:a' } })
  await wire.ask({ publish: { channel: 'asked:a', data: 'x' } })
  expect((await wire.push('pub')).pub?.data).toEqual({ a: 1 })
  expect(backend.questions[0]?.body).toMatchObject({ encoding: 'binary', b64data: base64('{"x":1.0}') })
  expect(backend.questions.at(-1)?.body).toMatchObject({ encoding: 'binary', b64data: base64('"x"') })
})

describe('a backend that fails', () => {
  const failures: readonly [what: string, answer: () => unknown][] = [
    ['a status', () => new Response('{"result":{"user":"42"}}', { status: 500 })],
    ['another success', () => new Response('{"result":{"user":"42"}}', { status: 201 })],
    ['a redirect', () => Response.redirect('http://127.0.0.1:9/')],
    ['no JSON', () => '<html>'],
    ['nothing', () => ''],
    ['a list', () => '[]'],
    ['wrong types', () => ({ result: { user: 42 } })],
    ['a result that is none', () => ({ result: 'yes' })],
    ['a wrong grant', () => ({ result: { user: '42', subs: { a: { override: 1 } } } })],
    ['a code that is none', () => ({ error: { code: 'x' } })],
    ['a disconnect that is none', () => ({ disconnect: { code: 1000, reason: 'x' } })],
    ['bad base 64', () => ({ result: { user: '42', b64info: '%' } })],
    ['no UTF-8', () => new Response(new Uint8Array([0x7b, 0xff, 0x7d]))],
    ['too deep an answer', () => `{"result":{"user":"42","data":${'['.repeat(1000)}${']'.repeat(1000)}}}`],
    ['too much', () => `{"result":{"user":"42","data":"${'x'.repeat(1_100_000)}"}}`],
    ['too much, compressed', () => bomb()],
    ['too much, without end', () => new Response(endless())],
    ['silence', () => new Promise(() => {})],
    ['one byte at a time', () => new Response(dripping())],
  ]
  test.each(failures)('with %s is an error that passes, and is told to the operator', async (_, answer) => {
    await using backend = startBackend(answer)
    await using server = await startAsking(backend, { more: { timeout: '250ms' } })
    const wire = await server.wire()
    expect((await wire.ask({ connect: {} })).error).toEqual({
      code: 100,
      message: 'internal server error',
      temporary: true,
    })
    expect(faults(server)).toEqual([expect.stringContaining('gave no answer that can be used')])
  })

  test('because nobody is there is the same', async () => {
    const backend = startBackend(yes())
    await backend[Symbol.asyncDispose]()
    await using server = await startAsking(backend)
    const wire = await server.wire()
    expect((await wire.ask({ connect: {} })).error?.code).toBe(100)
    expect(faults(server)).toHaveLength(1)
  })

  test('with a status that means something is understood', async () => {
    await using backend = startBackend(({ path }) => new Response('', { status: path === '/connect' ? 403 : 404 }))
    const status_to_code_transforms = [
      { status_code: 404, to_error: { code: 404, message: 'not found', temporary: true } },
      { status_code: 403, to_disconnect: { code: 4403, reason: 'forbidden' } },
    ]
    await using server = await startAsking(backend, { more: { http: { status_to_code_transforms } } })
    const stranger = await server.wire()
    stranger.send({ id: 1, connect: {} })
    expect(await stranger.closed).toEqual({ code: 4403, reason: 'forbidden' })
    const wire = await server.connect('42')
    expect((await wire.ask({ subscribe: { channel: 'asked:a' } })).error).toEqual({
      code: 404,
      message: 'not found',
      temporary: true,
    })
  })

  test('by taking its time keeps only the connection waiting that it was asked about', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    await using backend = startBackend(async (question) => {
      if (question.body['channel'] === 'asked:slow') await released
      return yes()(question)
    })
    await using server = await startAsking(backend, { more: { timeout: '20s' } })
    const [slow, other] = [await server.connect('1'), await server.connect('2')]
    slow.send({ id: 70, subscribe: { channel: 'asked:slow' } }, { id: 71, presence_stats: { channel: 'open:a' } })
    while (backend.questions.length === 0) await settle()
    expect((await other.ask({ subscribe: { channel: 'asked:a' } })).error).toBeUndefined()
    expect((await other.ask({ publish: { channel: 'open:a', data: 1 } })).error).toBeUndefined()
    expect(slow.left.map(({ id }) => id)).not.toContain(71) // it waits for the one before
    release()
    expect((await slow.reply(70)).error).toBeUndefined()
    expect((await slow.reply(71)).error).toBeUndefined()
  })

  test('is asked so much at a time and no more; the rest is told to come back', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    await using backend = startBackend(async (question) => {
      await released
      return yes()(question)
    })
    await using server = await startAsking(backend, {
      client: {
        proxy_concurrency_limit: 3,
        proxy: { connect: backend.at('connect', { timeout: '20s' }) },
      },
    })
    const wires = await Promise.all(Array.from({ length: 5 }, () => server.wire()))
    const replies = wires.map((wire) => wire.ask({ connect: {} }))
    const outcomes = Promise.all(replies)
    while (backend.questions.length < 3) await settle()
    const early = await Promise.race(replies)
    expect(early.error).toEqual({ code: 111, message: 'too many requests', temporary: true })
    release()
    const codes = (await outcomes).map(({ error }) => error?.code ?? 0)
    expect(codes.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 111, 111])
    expect(backend.questions).toHaveLength(3)
    const again = await server.wire()
    expect((await again.ask({ connect: {} })).error).toBeUndefined()
  })

  test('to answer a client that left leaves nothing behind', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    await using backend = startBackend(async (question) => {
      if (question.path === '/subscribe') await released
      return yes()(question)
    })
    await using server = await startAsking(backend, { more: { timeout: '20s' } })
    const wire = await server.connect('1')
    wire.send({ id: 70, subscribe: { channel: 'asked:a' } })
    while (backend.questions.length === 0) await settle()
    wire.terminate()
    await wire.closed
    release()
    const clients = async () => (await server.api('info', {})).body
    while (!JSON.stringify(await clients()).includes('"num_clients":0')) await settle()
    expect((await server.api('presence', { channel: 'asked:a' })).body).toEqual({ result: { presence: {} } })
    expect((await server.api('channels', {})).body).toEqual({ result: { channels: {} } })
  })

  test('says so to the operator once in a while, not once for each client', async () => {
    await using backend = startBackend(() => 'garbage')
    await using server = await startAsking(backend)
    for (let n = 0; n < 5; n++) {
      const wire = await server.wire()
      expect((await wire.ask({ connect: {} })).error?.code).toBe(100)
    }
    expect(faults(server)).toHaveLength(1)
  })
})

function bomb(): Response {
  const body = Bun.gzipSync(new Uint8Array(50_000_000).fill(0x20))
  return new Response(body, { headers: { 'content-encoding': 'gzip' } })
}

function endless(): ReadableStream {
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(65_536).fill(0x20))
    },
  })
}

function dripping(): ReadableStream {
  return new ReadableStream({
    async pull(controller) {
      await Bun.sleep(20)
      controller.enqueue(new Uint8Array([0x20]))
    },
  })
}

const reasons: readonly [given: string, told: string][] = [
  ['banned', 'banned'],
  ['', 'disconnect'],
  ['123', 'disconnect 123'],
  ['{"reconnect":false}', 'disconnect {"reconnect":false}'],
  ['é'.repeat(200), 'é'.repeat(61)],
]
test.each(reasons)(
  'a reason that the SDKs would misread, or that is too long, is told otherwise: %j',
  (given, told) => {
    expect(disconnectOf(4500, given).reason).toBe(told)
  },
)

describe('hooks in code', () => {
  test('decide as a backend does, and leave to it and to the rules what they do not decide', async () => {
    await using backend = startBackend(yes({ '/subscribe': { error: { code: 403, message: 'backend' } } }))
    await using server = await startAsking(backend, {
      application: {
        hooks: {
          connect: ({ data }) => (data === undefined ? undefined : { user: 'by code' }),
          subscribe: (_, { channel }) => (channel.endsWith('mine') ? { data: '"code"' } : undefined),
          publish: async (client, { data }) => (data === '"x"' ? { data: JSON.stringify(client.user) } : undefined),
        },
      },
    })
    const wire = await server.wire()
    await wire.ask({ connect: { data: 1 } })
    const ask = async (channel: string) => (await wire.ask({ subscribe: { channel } })).error?.code
    expect([await ask('asked:mine'), await ask('asked:other'), await ask('open:a')]).toEqual([
      undefined,
      403,
      undefined,
    ])
    await wire.ask({ publish: { channel: 'open:a', data: 'x' } })
    await wire.ask({ publish: { channel: 'open:a', data: 'y' } })
    expect(await wire.publications(2)).toEqual(['by code', 'y'])
    const stranger = await server.wire()
    await stranger.ask({ connect: {} })
    expect(backend.questions.map(({ path }) => path)).toEqual(['/subscribe', '/connect'])
  })
})

describe('at a mailbox and a channel, a backend', () => {
  const inbox = { ...logged, allow_user_limited_channels: true }
  const startWithMailboxes = (backend: Backend, options: TestOptions = {}) =>
    startAsking(backend, { ...options, namespaces: { user: inbox, ...options.namespaces } })

  test.each([
    ['is broken', () => new Response('', { status: 500 })],
    ['says later', () => ({ error: { code: 1000, message: 'later', temporary: true } })],
    ['sends away for now', () => ({ disconnect: { code: 4001, reason: 'moving' } })],
  ] as const)('that %s makes nobody a stranger: the request is to be made again', async (_, answer) => {
    await using backend = startBackend(answer)
    await using server = await startWithMailboxes(backend)
    for (const method of ['GET', 'POST']) {
      const body = method === 'POST' ? '{"data":1}' : null
      const response = await fetch(new URL('/u/42?wait=0', server.url), { method, body })
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    }
    server.faults.length = 0 // that it was broken is told to the operator
  })

  test('that knows nobody leaves the request without a name', async () => {
    await using backend = startBackend(yes({ '/connect': { result: null } }))
    await using server = await startWithMailboxes(backend)
    expect((await fetch(new URL('/u/42?wait=0', server.url))).status).toBe(401)
  })

  const bearer = async (user: string) => ({ authorization: `Bearer ${await sign({ sub: user })}` })
  const key = { 'x-api-key': apiKey }

  test('is asked who may read, once a request, and not about the key', async () => {
    await using backend = startBackend(({ path, body }) =>
      path === '/subscribe' && body['channel'] === 'asked:mine'
        ? { result: {} }
        : { error: { code: 403, message: 'not yours' } },
    )
    await using server = await startWithMailboxes(backend, {
      namespaces: { asked: { ...logged, subscribe_proxy_enabled: true } },
    })
    await server.api('publish', { channel: 'asked:mine', data: 1 })
    const get = async (path: string, headers: Record<string, string>) =>
      (await fetch(new URL(`/c/${path}`, server.url), { headers })).status
    const [me, events] = [await bearer('42'), { accept: 'text/event-stream' }]
    expect(await get('asked:other?live=sse&offset=-1', me)).toBe(403)
    expect(await get('asked:other', { ...me, ...events })).toBe(403)
    expect(await get('asked:other?live=long-poll&offset=-1', me)).toBe(403)
    expect(await get('asked:other?offset=now', me)).toBe(403)
    expect(await get('asked:mine?live=long-poll&offset=-1', me)).toBe(200)
    expect(backend.questions.map(({ path, body }) => [path, body['channel'], body['user'], body['transport']])).toEqual(
      [
        ...Array.from({ length: 4 }, () => ['/subscribe', 'asked:other', '42', 'http']),
        ['/subscribe', 'asked:mine', '42', 'http'],
      ],
    )
    expect(await get('asked:other?offset=now', key)).toBe(200)
    expect(backend.questions).toHaveLength(5)
  })

  test('may allow to read where the rules do not', async () => {
    await using backend = startBackend(yes({ '/subscribe': { result: { info: { as: 'guest' } } } }))
    const asked = { history_size: 9, history_ttl: '1h', presence: true, subscribe_proxy_enabled: true }
    await using server = await startAsking(backend, { namespaces: { asked } })
    const url = new URL('/c/asked:a', server.url)
    await using events = await Events.open(url, await bearer('42'))
    const { text } = await server.api('presence', { channel: 'asked:a' })
    expect(text).toContain('"chan_info":{"as":"guest"}')
    await server.api('publish', { channel: 'asked:a', data: 'hi' })
    expect((await events.next())?.data).toBe('hi')
  })

  test.each([true, false])('keeps what one visitor read from the caches of others: %p', async (asks) => {
    await using backend = startBackend(yes())
    const asked = {
      history_size: 9,
      history_ttl: '1h',
      allow_recovery: true,
      allow_subscribe_for_anonymous: true,
      allow_subscribe_for_client: true,
    }
    const client = { allow_anonymous_connect_without_token: true, proxy: {} }
    const namespaces = { asked: { ...asked, subscribe_proxy_enabled: asks } }
    await using server = await startTestServer({
      client,
      channel: asks ? { proxy: { subscribe: backend.at('subscribe') } } : {},
      namespaces,
    })
    const response = await fetch(new URL('/c/asked:a', server.url))
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toStartWith(asks ? 'private' : 'public')
  })

  /** Refuses "no", changes "dull", lets the rest be. */
  const editor: Answerer = ({ path, body }) => {
    if (path === '/publish' && body['data'] === 'no') return { error: { code: 1001, message: 'no' } }
    if (path === '/publish' && body['data'] === 'dull') return { result: { data: 'bright' } }
    return { result: {} }
  }

  test('is asked about what is published at a channel, and may change it', async () => {
    await using backend = startBackend(editor)
    await using server = await startWithMailboxes(backend, {
      namespaces: { asked: { ...logged, publish_proxy_enabled: true }, light: { publish_proxy_enabled: true } },
    })
    const me = await bearer('42')
    const post = async (channel: string, body: string, headers: Record<string, string> = me) =>
      (await fetch(new URL(`/c/${channel}`, server.url), { method: 'POST', body, headers })).status
    const json = { ...me, 'content-type': 'application/json' }
    expect([await post('asked:a', 'no'), await post('light:a', 'no')]).toEqual([403, 403])
    expect([await post('asked:a', 'dull'), await post('light:a', 'dull')]).toEqual([200, 200])
    expect(await post('asked:a', 'no', key)).toBe(200)
    const put = await fetch(new URL('/c/asked:b', server.url), { method: 'PUT', body: '["no"]', headers: { ...json } })
    expect(put.status).toBe(403)
    const { body } = await server.api('history', { channel: 'asked:a', limit: 9 })
    expect(body).toMatchObject({ result: { publications: [{ data: 'bright' }, { data: 'no' }] } })
  })

  test('is asked about what is said on the socket of a channel, in order', async () => {
    await using backend = startBackend(async (question) => {
      if (question.body['data'] === 'dull') await Bun.sleep(20) // the first answer comes last
      return editor(question)
    })
    await using server = await startWithMailboxes(backend, {
      namespaces: { asked: { ...logged, publish_proxy_enabled: true } },
    })
    const url = new URL(`/c/asked:a?token=${await sign({ sub: '42' })}`, server.url)
    using socket = await Bare.open(url)
    for (const data of ['dull', 'b', 'c']) socket.ws.send(data)
    expect(await socket.take(3)).toEqual(['bright', 'b', 'c'])
    socket.ws.send('no')
    expect((await socket.closed).code).toBe(3507)
  })

  test('is asked about letters, whichever way they are sent', async () => {
    await using backend = startBackend(editor)
    await using server = await startWithMailboxes(backend, {
      namespaces: { user: { ...inbox, publish_proxy_enabled: true } },
    })
    const post = async (data: string, headers: Record<string, string>) => {
      const body = JSON.stringify({ data })
      return (await fetch(new URL('/u/7', server.url), { method: 'POST', body, headers })).status
    }
    const me = await bearer('42')
    expect([await post('no', me), await post('dull', me), await post('no', key)]).toEqual([403, 200, 200])
    using socket = await BareSocket.open(new URL(`/u/42?token=${await sign({ sub: '42' })}`, server.url))
    socket.send({ to: '7', data: 'no' })
    expect((await socket.next()).sent).toMatchObject([{ status: 'refused', reason: 'not allowed' }])
    const polled = await fetch(new URL('/u/7?offset=-1', server.url), { headers: await bearer('7') })
    expect(await polled.json()).toMatchObject({ messages: [{ from: '42', data: 'bright' }, { data: 'no' }] })
    expect(backend.questions.every(({ body }) => body['user'] === '42' && body['channel'] === 'user:#7')).toBe(true)
  })
})

test('the key of the server API is not the backend\u2019s business', async () => {
  await using backend = startBackend(yes())
  await using server = await startAsking(backend, { more: { http_headers: ['x-api-key'] } })
  const wire = await server.wire()
  await wire.ask({ connect: {} })
  expect(JSON.stringify([...(backend.questions[0]?.headers ?? [])])).not.toContain(apiKey)
})
