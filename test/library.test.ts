/** What a program can do with the server that it started: publish, read, decide, answer. */
import { afterAll, describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import * as z from 'zod'
import {
  ClientError,
  createServer,
  Disconnect,
  errors,
  json,
  of,
  type Posthouse,
  type Schema,
  type ServerOptions,
} from '../src/index.ts'
import { inSeconds, open, secret, sign, temporaryFolder } from './server.ts'
import { Wire } from './wire.ts'
import { faultLog } from './fault-log.ts'

const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

const { faults, log } = faultLog()
const nothing = () => {}
const kept = { ...open, history_size: 100, history_ttl: '1h', join_leave: true }
const local = { http_server: { address: '127.0.0.1', port: 0 }, shutdown: { timeout: '2s' } } as const
const inMemory = { ...local, data: { memory: true }, log } as const

function start(options: ServerOptions = {}): Promise<Posthouse> {
  return createServer({
    ...inMemory,
    client: { allow_anonymous_connect_without_token: true, token: { hmac_secret_key: secret } },
    channel: { without_namespace: kept, namespaces: [{ name: 'closed', history_size: 10, history_ttl: '1h' }] },
    ...options,
  })
}

async function wireTo(server: Posthouse, headers: Record<string, string> = {}, query = ''): Promise<Wire> {
  return Wire.open(`ws://${server.url.host}/connection/websocket${query}`, { headers })
}

async function connected(server: Posthouse, connect: object = {}): Promise<Wire> {
  const wire = await wireTo(server)
  await wire.ask({ connect })
  return wire
}

describe('starting', () => {
  test('without options there is the lobby of the first minute', async () => {
    await using server = await createServer(inMemory)
    expect(await server.publish('public:lobby', 'hello')).toMatchObject({ offset: 1, outcome: 'appended' })
  })

  test('several servers in one process do not hear each other', async () => {
    await using one = await start()
    await using other = await start()
    await one.publish('news', 'hello')
    expect(one.port).not.toBe(other.port)
    expect((await one.history('news')).publications).toHaveLength(1)
    expect((await other.history('news')).publications).toHaveLength(0)
  })

  test('it says where it listens', async () => {
    await using server = await start()
    expect(server.url.href).toBe(`http://127.0.0.1:${server.port}/`)
    expect(server.address).toBe('127.0.0.1')
    expect((await fetch(new URL('/health', server.url))).status).toBe(200)
  })

  const wrong: readonly [options: object, problem: string][] = [
    [{ http_server: { port: 'eighty' } }, 'http_server.port must be a whole number from 0 to 65535, not "eighty"'],
    [{ onMesage() {} }, 'onMesage: nothing of this name is ever called'],
    [{ onConect() {} }, 'onConect: unknown; did you mean onConnect?'],
    [{ onConnect: true }, 'onConnect must be a function'],
    [{ config: {}, client: {} }, 'config has all options already; beside it stands client'],
  ]
  test.each(wrong)('what is wrong with the options is said: %j', async (options, problem) => {
    const starting = createServer(options)
    expect(starting).rejects.toThrow(problem)
    await starting.catch(nothing)
  })

  test('an option that nobody knows is warned about', async () => {
    const warnings: string[] = []
    const options = { ...inMemory, log: { ...log, warn: (event: string) => warnings.push(event) }, websockets: {} }
    await using _server = await createServer(options)
    expect(warnings).toEqual(['websockets: unknown option; did you mean websocket?'])
  })

  test('what is undefined is as good as absent', async () => {
    await using server = await createServer({ ...inMemory, channel: undefined, http_api: undefined })
    expect(await server.publish('public:lobby', 1)).toMatchObject({ offset: 1 })
  })

  test('a port that is taken is said, and nothing is left behind', async () => {
    await using server = await start()
    const folder = temporaryFolder()
    folders.push(folder)
    const taken = { ...local, http_server: { ...local.http_server, port: server.port }, data: { dir: folder }, log }
    const failed = await createServer(taken).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 'EADDRINUSE' })
    await using again = await createServer({ ...taken, http_server: local.http_server }) // the database is free again
    expect(again.port).toBeGreaterThan(0)
  })
})

describe('publishing', () => {
  const values: readonly unknown[] = ['text', 1.5, true, null, [1, 'two'], { deep: { er: [] } }, 'a\u2028b\nc']
  test.each(values)('a value comes back as it was published: %j', async (value) => {
    await using server = await start()
    await server.publish('news', value)
    expect((await server.history('news')).publications).toMatchObject([{ data: value, offset: 1 }])
  })

  test('bytes come back as bytes, JSON that was written already is not written anew', async () => {
    await using server = await start()
    using reader = await connected(server)
    await reader.ask({ subscribe: { channel: 'news' } })
    await server.publish('news', json('{"id": 9007199254740993}'))
    expect(JSON.stringify(await reader.publications(1))).toBe('[{"id":9007199254740992}]') // what JavaScript makes of it
    await server.publish('bytes', new Uint8Array([0, 255]))
    expect((await server.history('bytes')).publications[0]?.data).toEqual(new Uint8Array([0, 255]))
    for (const text of ['{', 'hello', '', '1\n2', `${'['.repeat(500)}${']'.repeat(500)}`])
      expect(() => json(text)).toThrow(/JSON|nested deeper/)
    await server.publish('news', json('[1,\n2.0]'))
    expect(await reader.publications(1)).toEqual([[1, 2]])
    expect(reader.frames.at(-1)).toContain('[1,2.0]')
  })

  test.each([undefined, nothing, Symbol.iterator])('what JSON cannot say is not published: %p', async (value) => {
    await using server = await start()
    const publishing = server.publish('news', value)
    expect(publishing).rejects.toThrow(TypeError)
    await publishing.catch(nothing)
    expect((await server.history('news')).offset).toBe(0)
  })

  test('a subscriber that asks for no position hears what is kept, too', async () => {
    await using server = await start()
    using reader = await connected(server)
    await reader.ask({ subscribe: { channel: 'news' } })
    for (const n of [1, 2, 3]) await server.publish('news', n)
    expect(await reader.publications(3)).toEqual([1, 2, 3])
  })

  test('the same key publishes once', async () => {
    await using server = await start()
    const first = await server.publish('news', 'a', { idempotencyKey: 'k' })
    expect(await server.publish('news', 'b', { idempotencyKey: 'k' })).toEqual({ ...first, outcome: 'repeated' })
  })

  test('history says who published, and when, and goes both ways', async () => {
    await using server = await start()
    const before = Date.now()
    await server.publish('news', 1, { tags: { kind: 'x' }, info: { user: 'ann', info: { name: 'Ann' } } })
    await server.publish('news', 2)
    const { publications, offset, epoch } = await server.history('news', { limit: 1 })
    expect(publications).toMatchObject([
      { offset: 1, data: 1, tags: { kind: 'x' }, info: { user: 'ann', info: { name: 'Ann' } } },
    ])
    expect(publications[0]?.time).toBeGreaterThanOrEqual(before)
    expect(offset).toBe(2)
    expect((await server.history('news', { since: { offset: 1, epoch } })).publications).toMatchObject([{ data: 2 }])
    expect((await server.history('news', { reverse: true })).publications.map(({ data }) => data)).toEqual([2, 1])
    const other = await server.history('news', { since: { offset: 1, epoch: 'x' } }).catch((error: unknown) => error)
    expect(other).toMatchObject({ code: 112 })
  })

  test('a broadcast fails where it fails, and nowhere else', async () => {
    await using server = await start()
    const outcomes = await server.broadcast(['a', 'nobody:knows', 'b'], 'hello')
    expect(outcomes).toMatchObject([
      { channel: 'a', offset: 1 },
      { channel: 'nobody:knows' },
      { channel: 'b', offset: 1 },
    ])
    expect(outcomes[1]).toHaveProperty('error.code', 102)
  })
})

describe('tables of the program', () => {
  async function withTables(): Promise<Posthouse> {
    const folder = temporaryFolder()
    folders.push(folder)
    const server = await start({ data: { dir: folder } })
    await server.write(
      { sql: 'CREATE TABLE notes (channel TEXT, at INTEGER, epoch TEXT, text TEXT NOT NULL) STRICT', params: [] },
      { sql: 'CREATE INDEX notes_by_channel ON notes (channel)', params: [] },
    )
    return server
  }
  const insert = 'INSERT INTO notes VALUES (?, ?, ?, ?)'

  test('a statement commits with its publication and knows its offset', async () => {
    await using server = await withTables()
    const { offset, epoch } = await server.publish('news', 'a', {
      statements: [{ sql: insert, params: ['news', of.offset, of.epoch, 'a'] }],
    })
    expect(server.sql('SELECT at, epoch, text FROM notes WHERE channel = ?', 'news')).toEqual([
      { at: offset, epoch, text: 'a' },
    ])
  })

  test('if a statement fails there is no publication either', async () => {
    await using server = await withTables()
    const statements = [{ sql: insert, params: ['news', of.offset, of.epoch, null] }]
    const failed = await server.publish('news', 'a', { statements }).catch((error: unknown) => error)
    expect(failed).toMatchObject({ name: 'StoreError', constraint: true, temporary: false })
    expect((await server.history('news')).offset).toBe(0)
    expect(server.sql('SELECT count(*) AS n FROM notes')).toEqual([{ n: 0 }])
  })

  test('statements without a transaction to ride in are refused, not forgotten', async () => {
    await using server = await withTables()
    const statements = [{ sql: insert, params: ['news', 1, '', 'a'] }]
    const failed = await server.publish('news', 'a', { statements, skipHistory: true }).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(TypeError)
  })

  test('in memory there is no SQL, and that is said', async () => {
    await using server = await start()
    expect(() => server.sql('SELECT 1')).toThrow('with data.memory there is no SQL')
  })
})

describe('who connects', () => {
  test('is told from a cookie, the query, a header, a token of its own or what it sends', async () => {
    await using server = await start({
      onConnect({ cookies, query, headers, token, data }) {
        const name = cookies.get('name') ?? query.get('name') ?? headers.get('x-name') ?? token
        return { user: name === '' ? String(data) : name, info: { from: 'test' }, data: { hello: name } }
      },
      onPublish: ({ user, info }, { data }) => ({ data: [user, info, data] }),
    })
    const ways = [
      await wireTo(server, { cookie: 'other=1; name=a%20b' }),
      await wireTo(server, {}, '?name=bo'),
      await wireTo(server, { 'x-name': 'cy' }),
    ]
    for (const wire of ways) await wire.ask({ connect: {} })
    ways.push(await connected(server, { token: 'dan' }), await connected(server, { data: 'eve' }))
    for (const wire of ways) {
      await wire.ask({ publish: { channel: 'news', data: 1 } })
      wire.close()
    }
    const { publications } = await server.history('news')
    const names = ['a b', 'bo', 'cy', 'dan', 'eve']
    expect(publications.map(({ data }) => data)).toEqual(names.map((name) => [name, { from: 'test' }, 1]))
  })

  test('is told by the token of the server if the program does not know', async () => {
    await using server = await start({ onConnect: () => undefined, onPublish: ({ user }) => ({ data: user }) })
    using wire = await connected(server, { token: await sign({ sub: '42' }) })
    await wire.ask({ publish: { channel: 'news', data: 1 } })
    expect((await server.history('news')).publications).toMatchObject([{ data: '42' }])
  })

  test('is refused with a code and a reason, or sent away', async () => {
    await using server = await start({
      onConnect({ data }) {
        if (data === 'refuse') throw new ClientError(4001, 'not you')
        throw new Disconnect(4500, 'go away')
      },
    })
    using one = await wireTo(server)
    expect(await one.ask({ connect: { data: 'refuse' } })).toMatchObject({ error: { code: 4001, message: 'not you' } })
    using other = await wireTo(server)
    other.send({ id: 1, connect: {} })
    expect(await other.closed).toEqual({ code: 4500, reason: 'go away' })
  })

  test('is subscribed at once to what its identity brings', async () => {
    await using server = await start({
      onConnect: () => ({ user: 'ann', channels: { 'closed:a': { info: { role: 'boss' } } } }),
    })
    using wire = await wireTo(server)
    const { connect } = await wire.ask({ connect: {} })
    expect(Object.keys(connect?.subs ?? {})).toEqual(['closed:a'])
    expect(server.clients('ann').map(({ channels }) => channels)).toEqual([['closed:a']])
  })

  test('goes again when its identity expires', async () => {
    await using server = await start({
      client: { expired_close_delay: '1ms' },
      onConnect: () => ({ user: 'ann', expireAt: inSeconds(1) }),
    })
    using wire = await connected(server)
    expect((await wire.closed).code).toBe(3005)
  })
})

describe('what clients may', () => {
  test('subscribing is allowed, refused, left to the rules, or given something', async () => {
    await using server = await start({
      async onSubscribe({ user }, { channel, data }) {
        if (channel === 'closed:granted') return { info: { in: user }, data: { you: data } }
        if (channel === 'closed:yes') return true
        if (channel === 'no') return false
        if (channel === 'why') throw new ClientError(4002, 'because')
        if (channel === 'broken') throw new Error('a fault of the program')
        return undefined
      },
    })
    using wire = await connected(server)
    const ask = async (channel: string) => wire.ask({ subscribe: { channel, data: 7 } })
    expect(await ask('closed:granted')).toMatchObject({ subscribe: { data: { you: 7 } } })
    expect(await ask('closed:yes')).toHaveProperty('subscribe')
    expect(await ask('closed:other')).toMatchObject({ error: { code: 103 } })
    expect(await ask('no')).toMatchObject({ error: { code: 103 } })
    expect(await ask('why')).toMatchObject({ error: { code: 4002, message: 'because' } })
    expect(await ask('news')).toHaveProperty('subscribe')
    expect(await ask('broken')).toMatchObject({ error: { code: 100, message: 'internal server error' } })
    expect(faults.splice(0).map(String)).toEqual(['Error: a fault of the program'])
    expect(await ask('after')).toHaveProperty('subscribe')
  })

  test('a publication is allowed, refused, changed, or made once', async () => {
    await using server = await start({
      onPublish(_, { channel, data }) {
        if (channel === 'closed:a') return true
        if (data === 'bad word') throw new ClientError(4003, 'mind your words')
        if (data === 'quiet') return false
        if (typeof data !== 'string') return undefined
        return { data: data.toUpperCase(), tags: { loud: 'yes' }, idempotencyKey: data }
      },
    })
    using wire = await connected(server)
    const say = (data: unknown, channel = 'news') => wire.ask({ publish: { channel, data } })
    expect(await say('hello')).toHaveProperty('publish')
    await say('hello')
    expect(await say('bad word')).toMatchObject({ error: { code: 4003, message: 'mind your words' } })
    expect(await say('quiet')).toMatchObject({ error: { code: 103 } })
    await say(5)
    expect(await say(1, 'closed:a')).toHaveProperty('publish')
    expect(await say(1, 'closed:b')).toMatchObject({ error: { code: 103 } })
    const { publications } = await server.history('news')
    expect(publications).toMatchObject([
      { data: 'HELLO', tags: { loud: 'yes' } },
      { data: 5, tags: {} },
    ])
  })

  test('who is in a channel, and who came and went, is told', async () => {
    const told: string[] = []
    await using server = await start({
      onConnect: ({ data }) => ({ user: String(data), info: { n: 1 } }),
      onPresence: ({ user }, { channel, joined }) => told.push(`${user} ${joined ? 'in' : 'out'} ${channel}`),
      onDisconnect: ({ user, isClosed }, { code, reason }) => told.push(`${user} ${code} ${reason} ${isClosed}`),
    })
    using ann = await connected(server, { data: 'ann' })
    await ann.ask({ subscribe: { channel: 'room' } })
    using bo = await connected(server, { data: 'bo' })
    await bo.ask({ subscribe: { channel: 'room' } })
    const present = await server.presence('room')
    expect(present).toMatchObject([{ user: 'ann', info: { n: 1 } }, { user: 'bo' }])
    await ann.ask({ unsubscribe: { channel: 'room' } })
    server.disconnect('bo', { code: 4100, reason: 'tea time' })
    expect(await bo.closed).toEqual({ code: 4100, reason: 'tea time' })
    expect(told).toEqual(['ann in room', 'bo in room', 'ann out room', 'bo out room', 'bo 4100 tea time true'])
    expect(await server.presence('closed:a').catch((error: unknown) => error)).toMatchObject({ code: 108 })
    expect(() => server.disconnect('bo', { code: 1000 })).toThrow(RangeError)
  })

  test('a handler that is only told cannot break anything', async () => {
    await using server = await start({
      onPresence() {
        throw new Error('one')
      },
      onDisconnect: () => Promise.reject(new Error('two')),
    })
    using wire = await connected(server)
    await wire.ask({ subscribe: { channel: 'room' } })
    wire.close()
    while (faults.length < 3) await Bun.sleep(5)
    expect(faults.splice(0).map(String)).toEqual(['Error: one', 'Error: one', 'Error: two'])
  })
})

describe('calls', () => {
  test('are checked, answered, and know who calls', async () => {
    await using server = await start({ onConnect: () => ({ user: 'ann' }) })
    server.rpc('add', z.object({ a: z.number(), b: z.number() }), ({ a, b }, { user }) => ({ user, sum: a + b }))
    using wire = await connected(server)
    const call = (method: string, data?: unknown) => wire.ask({ rpc: { method, data } })
    expect(await call('add', { a: 1, b: 2 })).toMatchObject({ rpc: { data: { user: 'ann', sum: 3 } } })
    const refused = await call('add', { a: 'x' })
    expect(refused.error?.code).toBe(107)
    expect(refused.error?.message).toStartWith('bad request: a: ')
    expect(refused.error?.message).toContain('b: ')
    expect(await call('subtract')).toMatchObject({ error: { code: 104 } })
    expect(() => server.rpc('add', z.string(), nothing)).toThrow('there is a method add already')
  })

  test('any library that speaks Standard Schema will do, and waits', async () => {
    await using server = await start()
    const even: Schema<number> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: async (value) =>
          typeof value === 'number' && value % 2 === 0
            ? { value }
            : { issues: [{ message: 'is odd', path: [{ key: 'n' }] }] },
      },
    }
    server.rpc('half', even, async (n) => n / 2)
    using wire = await connected(server)
    expect(await wire.ask({ rpc: { method: 'half', data: 4 } })).toMatchObject({ rpc: { data: 2 } })
    expect(await wire.ask({ rpc: { method: 'half', data: 3 } })).toMatchObject({
      error: { code: 107, message: 'bad request: n: is odd' },
    })
  })

  test('calls are counted as publications are, but those whose handler does it by itself', async () => {
    await using server = await start({ client: { allow_anonymous_connect_without_token: true, publish_rate_limit: 1 } })
    server.rpc('counted', z.unknown(), () => 'hi')
    server.rpc('free', z.unknown(), () => 'hi', { ownLimits: true })
    using wire = await connected(server)
    for (let n = 0; n < 5; n++) expect((await wire.ask({ rpc: { method: 'counted', data: 1 } })).error).toBeUndefined()
    expect(await wire.ask({ rpc: { method: 'counted', data: 1 } })).toMatchObject({ error: { code: 111 } })
    for (let n = 0; n < 20; n++) expect((await wire.ask({ rpc: { method: 'free', data: 1 } })).error).toBeUndefined()
  })

  test('a fault of the handler is 100 for the client, and the server goes on', async () => {
    await using server = await start()
    server.rpc('break', z.unknown(), () => {
      throw new Error('secret')
    })
    server.rpc('refuse', z.unknown(), () => {
      throw errors.permissionDenied()
    })
    using wire = await connected(server)
    const broken = await wire.ask({ rpc: { method: 'break' } })
    expect(broken).toMatchObject({ error: { code: 100, message: 'internal server error', temporary: true } })
    expect(faults.splice(0).map(String)).toEqual(['Error: secret'])
    expect(await wire.ask({ rpc: { method: 'refuse' } })).toMatchObject({ error: { code: 103 } })
  })
})

describe('an application', () => {
  test('has its paths and methods from the first request, and is asked after the program itself', async () => {
    await using server = await start({
      onSubscribe: (_, { channel }) => (channel === 'closed:program' ? true : undefined),
      application(inside) {
        inside.http('/hello', () => new Response('hi'))
        inside.rpc('hello', z.unknown(), () => 'hi')
        expect(() => inside.url).toThrow('the server does not listen yet')
        return {
          onSubscribe: (_, { channel }) => channel === 'closed:application',
          started: () => told.push('started'),
        }
      },
    })
    expect(told).toEqual(['started'])
    expect(await (await fetch(new URL('/hello', server.url))).text()).toBe('hi')
    using wire = await connected(server)
    expect(await wire.ask({ subscribe: { channel: 'closed:program' } })).toHaveProperty('subscribe')
    expect(await wire.ask({ subscribe: { channel: 'closed:application' } })).toHaveProperty('subscribe')
    expect(await wire.ask({ subscribe: { channel: 'closed:x' } })).toMatchObject({ error: { code: 103 } })
  })
  const told: string[] = []
})
