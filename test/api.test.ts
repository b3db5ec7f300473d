/** The server API over HTTP (protocol section 25): each method, what it refuses, and what it lets through untouched. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { apiKey, inSeconds, logged, open, sign, startTestServer, type TestServer } from './server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({
    namespaces: { '': open, log: logged, bare: {}, objects: { publication_data_format: 'json_object' } },
    http_api: { body_size_limit: 100_000 },
  })
})

afterAll(() => server[Symbol.asyncDispose]())

/** A channel that no other test uses. */
let channels = 0
const fresh = () => `log:fresh-${++channels}`

async function ask(method: string, params: unknown): Promise<unknown> {
  const { status, body } = await server.api(method, params)
  expect(status).toBe(200)
  return body
}

async function codeOf(method: string, params: unknown): Promise<number> {
  const body = (await ask(method, params)) as { error?: { code: number }; result?: unknown }
  expect(Object.keys(body)).toEqual([body.error === undefined ? 'result' : 'error'])
  return body.error?.code ?? 0
}

async function stored(channel: string): Promise<string> {
  const { text } = await server.api('history', { channel, limit: -1 })
  return text
}

describe('the key', () => {
  const post = (headers: Record<string, string>, body = '{}', path = 'info') =>
    fetch(new URL(`/api/${path}`, server.url), { method: 'POST', headers, body })

  test.each([
    ['X-API-Key', { 'x-api-key': apiKey }, 200],
    ['Authorization', { authorization: `apikey ${apiKey.replaceAll(' ', '')}` }, 401],
    ['none', {}, 401],
    ['an empty one', { 'x-api-key': '' }, 401],
    ['the beginning of it', { 'x-api-key': apiKey.slice(0, -1) }, 401],
    ['more than it', { 'x-api-key': `${apiKey}x` }, 401],
    ['in capitals', { 'x-api-key': apiKey.toUpperCase() }, 401],
    ['another scheme', { authorization: `Bearer ${apiKey}` }, 401],
    ['a wrong one beside a right one', { 'x-api-key': 'x', authorization: `apikey ${apiKey}` }, 401],
  ])('%s', async (_what, headers, status) => {
    const response = await post(headers)
    expect(response.status).toBe(status)
    if (status === 401) expect(await response.text()).toBe('')
  })

  test('is not taken from the URL', async () => {
    expect((await post({}, '{}', `info?api_key=${encodeURIComponent(apiKey)}`)).status).toBe(401)
  })

  test('is looked at before the body', async () => {
    expect((await post({}, 'not json')).status).toBe(401)
    expect((await post({}, '{}', 'nothing')).status).toBe(401)
  })

  test('a token is no key', async () => {
    expect((await post({ 'x-api-key': await sign({ sub: '42' }) })).status).toBe(401)
  })

  test('is not asked for where the configuration says so', async () => {
    await using careless = await startTestServer({ http_api: { insecure: true } })
    const response = await fetch(new URL('/api/info', careless.url), { method: 'POST', body: '{}' })
    expect(response.status).toBe(200)
  })

  test('a key without blanks is taken from Authorization, whatever the case of the scheme', async () => {
    await using other = await startTestServer({ http_api: { key: 'a-key-without-blanks' } })
    for (const scheme of ['apikey', 'ApiKey', 'APIKEY']) {
      const headers = { authorization: `${scheme} a-key-without-blanks` }
      const response = await fetch(new URL('/api/info', other.url), { method: 'POST', headers, body: '{}' })
      expect(response.status).toBe(200)
    }
  })
})

describe('a request', () => {
  test.each(['GET', 'PUT', 'DELETE', 'HEAD'])('by %s is not one', async (method) => {
    const response = await fetch(new URL('/api/info', server.url), { method, headers: { 'x-api-key': apiKey } })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['half of it', '{"channel":"a"'],
    ['two of them', '{}{}'],
    ['nesting that is too deep', `{"channel":"a","data":${'['.repeat(100)}${'[1]'.repeat(1)}${']'.repeat(100)}`],
    ['nesting that is far too deep', `{"channel":"a","data":${'['.repeat(40_000)}${']'.repeat(40_000)}}`],
    ['half of a nesting', '['.repeat(90_000)],
  ])('that is no JSON is 400 in every mode: %s', async (_what, body) => {
    for (const mode of ['', 'transport']) {
      const answer = await server.api('publish', body, { 'x-centrifugo-error-mode': mode })
      expect([answer.status, answer.body]).toEqual([400, undefined])
    }
  })

  test('in bytes that are no UTF-8 is 400, and nothing is published that nobody said', async () => {
    const channel = fresh()
    const text = new TextEncoder().encode(JSON.stringify({ channel, data: 'caf?' }))
    const bytes = text.map((byte) => (byte === '?'.charCodeAt(0) ? 0xe9 : byte))
    expect((await server.api('publish', new Blob([bytes]))).status).toBe(400)
    expect(await stored(channel)).toContain('"publications":[]')
  })

  test.each([['[]'], ['5'], ['null'], ['"x"'], ['true']])('that is no object is 107: %s', async (body) => {
    expect(await codeOf('publish', body)).toBe(107)
  })

  test('that is too large is 413, with its length told before or not', async () => {
    const body = JSON.stringify({ channel: 'a', data: 'x'.repeat(100_000) })
    const headers = { 'x-api-key': apiKey }
    const told = await fetch(new URL('/api/publish', server.url), { method: 'POST', headers, body })
    expect(told.status).toBe(413)
    const stream = new Blob([body]).stream()
    const untold = await fetch(new URL('/api/publish', server.url), { method: 'POST', headers, body: stream }).then(
      ({ status }) => status,
      () => 413, // the connection may be cut while we still send
    )
    expect(untold).toBe(413)
    expect(await codeOf('publish', { channel: 'a', data: 'x'.repeat(90_000) })).toBe(0)
  })

  test.each([
    '',
    'nothing',
    'Publish',
    '__proto__',
    'constructor',
    'toString',
    'publish/',
    'publish/x',
    '%70ublish',
    '../info',
    'batch.json',
  ])('of the unknown method %p is 104', async (method) => {
    const { status, body } = await server.api(method.replace('../', '%2e%2e%2f'), {})
    if (status === 200) expect(body).toEqual({ error: { code: 104, message: 'method not found' } })
    else expect(status).toBe(404)
  })

  test('says what is wrong with it, and nothing of how it was found', async () => {
    const { text } = await server.api('publish', { channel: 5, data: 1 })
    expect(JSON.parse(text)).toMatchObject({ error: { code: 107 } })
    expect(text).toContain('channel')
    expect(text).not.toMatch(/src\/|node_modules|at .*:\d+/)
  })
})

describe('what is refused', () => {
  const rows: readonly (readonly [method: string, params: unknown, code: number])[] = [
    ['publish', {}, 107],
    ['publish', { channel: '', data: 1 }, 107],
    ['publish', { channel: 'a' }, 107],
    ['publish', { channel: ' a', data: 1 }, 107],
    ['publish', { channel: 'a\u0000', data: 1 }, 107],
    ['publish', { channel: 'a\ud800', data: 1 }, 107],
    ['publish', { channel: 'a'.repeat(256), data: 1 }, 107],
    ['publish', { channel: ['a'], data: 1 }, 107],
    ['publish', { channel: { a: 1 }, data: 1 }, 107],
    ['publish', { channel: 'nowhere:a', data: 1 }, 102],
    ['publish', { channel: 'a', b64data: 'not base64!' }, 107],
    ['publish', { channel: 'a', b64data: 5 }, 107],
    ['publish', { channel: 'a', data: 1, tags: 'x' }, 107],
    ['publish', { channel: 'a', data: 1, tags: { n: 1 } }, 107],
    ['publish', { channel: 'a', data: 1, idempotency_key: 5 }, 107],
    ['publish', { channel: 'a', data: 1, idempotency_key: 'x'.repeat(257) }, 107],
    ['publish', { channel: 'log:a', data: 1, idempotency_key: 'half \ud800' }, 107],
    ['publish', { channel: 'log:a', data: 1, version: 1, version_epoch: '\udc00' }, 107],
    ['publish', { channel: 'a', data: 1, version: -1 }, 107],
    ['publish', { channel: 'a', data: 1, version: 1.5 }, 107],
    ['publish', '{"channel":"a","data":1,"version":1e400}', 107],
    ['publish', '{"channel":"a","data":1,"version":9007199254740993}', 107],
    ['publish', { channel: 'a', data: 1, skip_history: 'yes' }, 107],
    ['publish', { channel: 'objects:a', data: [] }, 107],
    ['publish', { channel: 'objects:a', b64data: btoa('\u00ff') }, 107],
    ['broadcast', { data: 1 }, 107],
    ['broadcast', { channels: [], data: 1 }, 107],
    ['broadcast', { channels: 'a', data: 1 }, 107],
    ['broadcast', { channels: [1], data: 1 }, 107],
    ['broadcast', { channels: ['a'] }, 107],
    ['broadcast', { channels: Array.from({ length: 10_001 }, () => 'a'), data: 1 }, 107],
    ['subscribe', { user: '42' }, 107],
    ['subscribe', { channel: 'a' }, 107],
    ['subscribe', { user: 42, channel: 'a' }, 107],
    ['subscribe', { user: '42', channel: 'nowhere:a' }, 102],
    ['subscribe', { user: '42', channel: 'a', expire_at: 'soon' }, 107],
    ['subscribe', { user: '42', channel: 'log:a', recover_since: { offset: -1 } }, 107],
    ['subscribe', { user: '42', channel: 'log:a', override: { presence: true } }, 107],
    ['unsubscribe', { user: '42', channel: '' }, 107],
    ['unsubscribe', { user: '42', channel: 'nowhere:a' }, 102],
    ['disconnect', {}, 107],
    ['disconnect', { user: '42', disconnect: { code: 1000 } }, 107],
    ['disconnect', { user: '42', disconnect: { code: 5000 } }, 107],
    ['disconnect', { user: '42', disconnect: { code: 4000, reason: 'x'.repeat(124) } }, 107],
    ['disconnect', { user: '42', disconnect: { code: 4000, reason: '驿'.repeat(42) } }, 107], // 126 bytes
    ['disconnect', { user: '42', disconnect: { code: 4000, reason: '{"reconnect":false}' } }, 107], // an SDK would obey it
    ['disconnect', { user: '42', disconnect: { code: 4000, reason: '12' } }, 107],
    ['disconnect', { user: '42', whitelist: 'x' }, 107],
    ['refresh', {}, 107],
    ['refresh', { user: '42', expire_at: -1 }, 107],
    ['presence', {}, 107],
    ['presence', { channel: 'bare:a' }, 108],
    ['presence', { channel: 'nowhere:a' }, 102],
    ['presence_stats', { channel: 'bare:a' }, 108],
    ['history', {}, 107],
    ['history', { channel: 'bare:a' }, 108],
    ['history', { channel: 'log:a', limit: -2 }, 107],
    ['history', { channel: 'log:a', limit: 1.5 }, 107],
    ['history', { channel: 'log:a', limit: '1' }, 107],
    ['history', { channel: 'log:a', since: { offset: 2 ** 53 } }, 107],
    ['history', { channel: 'log:a', since: { epoch: 5 } }, 107],
    ['history', { channel: 'log:a', since: { epoch: 'other', offset: 1 } }, 112],
    ['history', { channel: 'log:a', reverse: true, since: {} }, 107],
    ['history_remove', { channel: 'bare:a' }, 108],
    ['channels', { pattern: 5 }, 107],
  ]
  test.each(rows)('%s %j: %p', async (method, params, code) => {
    expect(await codeOf(method, params)).toBe(code)
  })

  test('what a backend may leave out it may also leave empty', async () => {
    const channel = fresh()
    const empty = { client: '', session: '', info: null, b64info: '', data: null, b64data: '', expire_at: 0 }
    using wire = await server.connect('empty')
    expect(await codeOf('subscribe', { user: 'empty', channel, ...empty })).toBe(0)
    expect((await wire.push()).channel).toBe(channel)
    expect(
      await codeOf('publish', {
        channel,
        data: 1,
        b64data: '',
        idempotency_key: '',
        version: 0,
        version_epoch: '',
        tags: null,
      }),
    ).toBe(0)
    expect(await wire.publications(1)).toEqual([1])
    expect(await codeOf('unsubscribe', { user: 'empty', channel, client: '', session: '' })).toBe(0)
    expect((await wire.push()).unsubscribe?.code).toBe(2000)
    expect(
      await codeOf('disconnect', { user: 'empty', client: '', session: '', whitelist: null, disconnect: null }),
    ).toBe(0)
    expect((await wire.closed).code).toBe(3503)
  })

  test('in the error mode `transport` the status tells, and the error is the body', async () => {
    const headers = { 'x-centrifugo-error-mode': 'transport' }
    for (const [method, params, status, code] of [
      ['publish', { channel: 'nowhere:a', data: 1 }, 404, 102],
      ['nothing', {}, 404, 104],
      ['publish', {}, 400, 107],
      ['presence', { channel: 'bare:a' }, 400, 108],
      ['history', { channel: 'log:a', since: { epoch: 'other' } }, 416, 112],
    ] as const) {
      const answer = await server.api(method, params, headers)
      expect(answer.status).toBe(status)
      expect(answer.body).toMatchObject({ code, message: expect.any(String) })
    }
    expect((await server.api('info', {}, headers)).status).toBe(200)
    await using strict = await startTestServer({ http_api: { error_mode: 'transport' } })
    expect((await strict.api('publish', {})).status).toBe(400)
    expect((await strict.api('batch', { commands: [{}] })).status).toBe(200)
  })
})

describe('publish', () => {
  test('answers with the place; where there is none, with nothing', async () => {
    const channel = fresh()
    expect(await ask('publish', { channel, data: 1 })).toEqual({ result: { offset: 1, epoch: expect.any(String) } })
    expect(await ask('publish', { channel, data: 2 })).toMatchObject({ result: { offset: 2 } })
    expect(await ask('publish', { channel: 'a', data: 1 })).toEqual({ result: {} })
    expect(await ask('publish', { channel, data: 3, skip_history: true })).toEqual({ result: {} })
    expect(await ask('history', { channel })).toMatchObject({ result: { offset: 2 } })
  })

  const payloads = [
    '12345678901234567890.0123456789',
    '{"b":9007199254740993,"a":1e400,"a":-0}',
    '"\\u0041\\/\\ud800 \\u2028"',
    '[1.0,1e2,1E+2,0.10]',
    '{"__proto__":{"x":1},"constructor":null}',
    '"驿站 😀 <script>&amp;</script>"',
    'false',
    '0',
    '""',
    'null',
  ]
  test.each(payloads)('%s reaches clients and history byte for byte', async (data) => {
    const channel = fresh()
    using wire = await server.connect()
    await wire.ask({ subscribe: { channel } })
    expect(await codeOf('publish', `{"channel":"${channel}","data": ${data} }`)).toBe(0)
    await wire.push('pub')
    expect(wire.frames.at(-1)).toContain(`"pub":{"data":${data},"offset":1`)
    expect(await stored(channel)).toContain(`{"data":${data},"offset":1}`)
  })

  test('what is written over several lines reaches clients as one', async () => {
    const channel = fresh()
    using wire = await server.connect()
    await wire.ask({ subscribe: { channel } })
    const body = JSON.stringify(
      { channel, data: { a: [1, 'two\nlines'], b: { c: null } }, tags: { t: 'x\ny' } },
      null,
      2,
    )
    expect(await codeOf('publish', body.replaceAll('\n', '\r\n'))).toBe(0)
    const { pub } = await wire.push('pub')
    expect(pub).toMatchObject({ data: { a: [1, 'two\nlines'], b: { c: null } }, tags: { t: 'x\ny' } })
    expect(wire.frames.at(-1)).not.toMatch(/[\r\n]/)
  })

  test('the last of two keys counts, however it is spelled', async () => {
    const channel = fresh()
    await ask('publish', `{"channel":"bare:x","data":1,"chann\\u0065l":"${channel}","d\\u0061ta":[2]}`)
    expect(await stored(channel)).toContain('{"data":[2],"offset":1}')
  })

  test('bytes in base 64 that are JSON are JSON; others no client that speaks JSON can take', async () => {
    const channel = fresh()
    using wire = await server.connect()
    await wire.ask({ subscribe: { channel } })
    expect(
      await codeOf('publish', { channel, b64data: Buffer.from('{\n "n": 9007199254740993\n}').toString('base64') }),
    ).toBe(0)
    await wire.push('pub')
    expect(wire.frames.at(-1)).toContain('"data":{ "n": 9007199254740993}')
    expect(await codeOf('publish', { channel, b64data: Buffer.from([0, 255]).toString('base64') })).toBe(0)
    expect(await wire.closed).toEqual({ code: 3506, reason: 'inappropriate protocol' })
  })

  test('tags travel along, and cannot become more than tags', async () => {
    const channel = fresh()
    using wire = await server.connect()
    await wire.ask({ subscribe: { channel } })
    await ask('publish', `{"channel":"${channel}","data":1,"tags":{"lang":"en","constructor":"x"}}`)
    expect(await wire.push('pub')).toEqual({
      channel,
      pub: { data: 1, offset: 1, epoch: expect.any(String), tags: { lang: 'en', constructor: 'x' } },
    })
    await ask('publish', `{"channel":"${channel}","data":1,"tags":{"__proto__":"x"}}`)
    await wire.push('pub')
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  test('a key is published once, also when it is asked for at once, and in each channel by itself', async () => {
    for (const channel of [fresh(), 'plain-idempotent']) {
      const once = { channel, data: 1, idempotency_key: 'k' }
      using wire = await server.connect()
      await wire.ask({ subscribe: { channel } })
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask('publish', once)))
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      await ask('publish', { channel, data: 2 })
      expect(await wire.publications(2)).toEqual([1, 2])
    }
    const other = fresh()
    expect(await ask('publish', { channel: other, data: 1, idempotency_key: 'k' })).toMatchObject({
      result: { offset: 1 },
    })
    expect(await stored(other)).toContain('"data":1')
  })

  test('an older version is not published', async () => {
    const channel = fresh()
    for (const [version, data] of [
      [5, 'a'],
      [5, 'b'],
      [4, 'c'],
      [6, 'd'],
    ] as const)
      await ask('publish', { channel, data, version })
    await ask('publish', { channel, data: 'e', version: 1, version_epoch: 'new' })
    await ask('publish', { channel, data: 'f', version: 1, version_epoch: 'new' })
    const { result } = (await ask('history', { channel, limit: -1 })) as {
      result: { publications: { data: string }[] }
    }
    expect(result.publications.map(({ data }) => data).slice(0, 2)).toEqual(['a', 'd'])
    expect(result.publications.filter(({ data }) => data === 'f')).toEqual([])
  })
})

describe('broadcast', () => {
  test('answers for each channel, in order', async () => {
    const [first, second] = [fresh(), fresh()]
    const { text } = await server.api(
      'broadcast',
      `{"channels":["${first}","nowhere:a","plain","${second}",""],"data":1.0}`,
    )
    expect(JSON.parse(text)).toMatchObject({ error: { code: 107 } }) // an empty name is a mistake in the whole
    const answer = await ask('broadcast', {
      channels: [first, 'nowhere:a', 'plain', second],
      data: 1,
      idempotency_key: 'b',
    })
    expect(answer).toEqual({
      result: {
        responses: [
          { result: { offset: 1, epoch: expect.any(String) } },
          { error: { code: 102, message: 'unknown channel' } },
          { result: {} },
          { result: { offset: 1, epoch: expect.any(String) } },
        ],
      },
    })
  })
})

describe('batch', () => {
  test('answers each command, in order, without a result around it', async () => {
    const channel = fresh()
    const commands = [
      { publish: { channel, data: 1 } },
      { publish: { channel: 'nowhere:a', data: 1 } },
      { nothing: {} },
      { __proto__: {} },
      {},
      null,
      5,
      { publish: null },
      { publish: 5 },
      { history: { channel, limit: 1 } },
    ]
    const answer = await ask('batch', { commands })
    expect(answer).toEqual({
      replies: [
        { publish: { offset: 1, epoch: expect.any(String) } },
        { error: { code: 102, message: 'unknown channel' } },
        { error: { code: 104, message: 'method not found' } },
        { error: { code: 104, message: 'method not found' } },
        { error: { code: 104, message: 'method not found' } },
        { error: { code: 107, message: 'bad request' } },
        { error: { code: 107, message: expect.any(String) } },
        { error: { code: 107, message: 'bad request' } },
        { error: { code: 107, message: expect.stringContaining('bad request') } },
        { history: { publications: [{ data: 1, offset: 1 }], epoch: expect.any(String), offset: 1 } },
      ],
    })
  })

  test('one after the other, or side by side; payloads keep their text', async () => {
    for (const parallel of [false, true]) {
      const channel = fresh()
      const list = Array.from({ length: 50 }, (_, n) => `{"publish":{"channel":"${channel}","data":${n}.0}}`)
      await server.api('batch', `{"parallel":${parallel},"commands":[${list.join(',\n')}]}`)
      const text = await stored(channel)
      for (let n = 0; n < 50; n++) expect(text).toContain(`{"data":${n}.0,"offset":${n + 1}}`)
    }
  })

  test.each([[{}], [{ commands: [] }], [{ commands: null }]])(
    'with nothing in it is answered with nothing: %j',
    async (params) => {
      expect(await ask('batch', params)).toEqual({ replies: [] })
    },
  )
})

describe('users', () => {
  test('only the connection that is meant is', async () => {
    const channel = fresh()
    using one = await server.wire()
    using two = await server.wire()
    const token = await sign({ sub: 'meant' })
    const ids: string[] = []
    for (const wire of [one, two]) ids.push((await wire.ask({ connect: { token } })).connect?.client ?? '')
    await ask('subscribe', { user: 'meant', channel, client: ids[0] })
    await ask('subscribe', { user: 'meant', channel, client: 'nobody' })
    await ask('publish', { channel, data: 1 })
    expect(await one.publications(1)).toEqual([1])
    await ask('disconnect', { user: 'meant', whitelist: [ids[0]] })
    expect(await two.closed).toEqual({ code: 3503, reason: 'force disconnect' })
    expect(two.left).toEqual([])
    expect((await one.ask({ unsubscribe: { channel } })).unsubscribe).toEqual({})
    await ask('disconnect', { user: 'meant', client: ids[0], disconnect: { code: 4999, reason: 'bye 驿站' } })
    expect(await one.closed).toEqual({ code: 4999, reason: 'bye 驿站' })
  })

  test('whoever is nobody is addressed as nobody, and whoever is not there as well', async () => {
    for (const [method, params] of [
      ['subscribe', { channel: 'a' }],
      ['unsubscribe', { channel: 'a' }],
      ['disconnect', {}],
      ['refresh', { expire_at: 0 }],
    ] as const)
      expect(await ask(method, { user: 'not there', ...params })).toEqual({ result: {} })
    using nobody = await server.connect()
    await ask('disconnect', { user: '' })
    expect((await nobody.closed).code).toBe(3503)
  })

  test('refresh moves the end, removes it, or makes it now', async () => {
    using wire = await server.connect('moved', { exp: inSeconds(30) })
    await ask('refresh', { user: 'moved', expire_at: inSeconds(100), info: { n: 2 } })
    const { refresh } = await wire.push()
    expect(refresh).toMatchObject({ expires: true })
    await ask('refresh', { user: 'moved', expire_at: 0 })
    expect(await wire.push()).toEqual({ refresh: {} })
    await wire.ask({ subscribe: { channel: 'refreshed' } })
    const { body } = await server.api('presence', { channel: 'refreshed' })
    expect(body).toMatchObject({ result: { presence: {} } })
    expect(JSON.stringify(body)).toContain('"conn_info":{"n":2}')
    await ask('refresh', { user: 'moved', expire_at: inSeconds(-1) })
    expect((await wire.closed).code).toBe(3005)
  })

  test('an option of the namespace is set for one subscription', async () => {
    using wire = await server.connect('present')
    await ask('subscribe', {
      user: 'present',
      channel: 'bare:a',
      info: { seat: 1 },
      override: { join_leave: { value: true }, force_push_join_leave: { value: true } },
    })
    expect(await wire.push()).toEqual({ channel: 'bare:a', subscribe: {} })
    expect(await wire.push()).toMatchObject({
      channel: 'bare:a',
      join: { info: { user: 'present', chan_info: { seat: 1 } } },
    })
  })

  test('info in base 64 that is JSON is shown as JSON', async () => {
    const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')
    const token = await sign({
      sub: 'b64',
      b64info: b64({ name: 'Ann' }),
      subs: { encoded: { b64info: b64(1), b64data: b64(2) } },
    })
    using wire = await server.wire()
    expect((await wire.ask({ connect: { token } })).connect?.subs).toEqual({ encoded: { data: 2 } })
    const own = await sign({ sub: 'b64', channel: '$own', b64info: b64(3), b64data: b64(4) })
    expect((await wire.ask({ subscribe: { channel: '$own', token: own } })).subscribe).toEqual({ data: 4 })
    for (const [channel, chan_info] of [
      ['encoded', 1],
      ['$own', 3],
    ] as const) {
      const { presence } = await wire.ask({ presence: { channel } })
      expect(Object.values(presence?.presence ?? {})).toMatchObject([{ conn_info: { name: 'Ann' }, chan_info }])
    }
  })
})

describe('looking', () => {
  test('presence, presence_stats, channels and info tell who is there', async () => {
    await using quiet = await startTestServer({ namespaces: { '': open } })
    using ann = await quiet.connect('ann', { info: { n: 1 } })
    using bob = await quiet.connect('bob')
    for (const channel of ['one', 'two', 'chat-1']) await ann.ask({ subscribe: { channel } })
    await bob.ask({ subscribe: { channel: 'one' } })
    const { body: presence } = await quiet.api('presence', { channel: 'one' })
    const { result } = presence as { result: { presence: Record<string, unknown> } }
    expect(Object.values(result.presence)).toHaveLength(2)
    expect((await quiet.api('presence', { channel: 'none' })).body).toEqual({ result: { presence: {} } })
    expect((await quiet.api('presence_stats', { channel: 'one' })).body).toEqual({
      result: { num_clients: 2, num_users: 2 },
    })
    expect((await quiet.api('presence_stats', { channel: 'none' })).body).toEqual({
      result: { num_clients: 0, num_users: 0 },
    })
    expect((await quiet.api('channels', {})).body).toEqual({
      result: { channels: { one: { num_clients: 2 }, two: { num_clients: 1 }, 'chat-1': { num_clients: 1 } } },
    })
    expect((await quiet.api('channels', { pattern: 'chat-*' })).body).toEqual({
      result: { channels: { 'chat-1': { num_clients: 1 } } },
    })
    expect((await quiet.api('info', {})).body).toMatchObject({
      result: {
        nodes: [
          { num_clients: 2, num_users: 2, num_channels: 3, num_subs: 4, version: expect.stringContaining('Posthouse') },
        ],
      },
    })
  })

  test('history has no cap here, and forgets on request without counting anew', async () => {
    const channel = fresh()
    for (let n = 0; n < 310; n += 10) {
      await ask('batch', { commands: Array.from({ length: 10 }, (_, k) => ({ publish: { channel, data: n + k } })) })
    }
    const all = (await ask('history', { channel, limit: -1 })) as { result: { publications: unknown[]; epoch: string } }
    expect(all.result.publications).toHaveLength(310)
    expect(await ask('history', { channel })).toEqual({
      result: { publications: [], epoch: all.result.epoch, offset: 310 },
    })
    expect(await ask('history', { channel, limit: 1, reverse: true })).toMatchObject({
      result: { publications: [{ data: 309, offset: 310 }] },
    })
    expect(await ask('history_remove', { channel })).toEqual({ result: {} })
    expect(await ask('history', { channel, limit: -1 })).toEqual({
      result: { publications: [], epoch: all.result.epoch, offset: 310 },
    })
    expect(await ask('publish', { channel, data: 1 })).toMatchObject({
      result: { offset: 311, epoch: all.result.epoch },
    })
  })
})
