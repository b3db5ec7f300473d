/**
 * What the server answers to each mistake, code for code (protocol sections
 * 4 to 14, 22, 23). The SDKs decide by these codes whether to come back, so a
 * wrong one is either a client that never returns or one that never rests.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { RpcHandler } from '../src/core/hooks.ts'
import { ClientError, Disconnect } from '../src/index.ts'
import { inSeconds, logged, open, sign, startTestServer, type TestServer } from './server.ts'
import type { Wire } from './wire.ts'

let server: TestServer
let nobodies: TestServer // where nobody gets in without a token

beforeAll(async () => {
  server = await startTestServer({
    client: { channel_limit: 8, subscribe_to_user_personal_channel: { enabled: false } },
    namespaces: {
      '': open,
      log: logged,
      plain: open,
      closed: { history_size: 10, history_ttl: '1h', presence: true },
      members: { allow_subscribe_for_client: true },
      mine: { allow_subscribe_for_client: true, allow_user_limited_channels: true },
      objects: { ...open, publication_data_format: 'json_object' },
      quiet: { ...open, presence: false },
    },
    application: {
      hooks: {
        rpc: new Map<string, RpcHandler>([
          ['echo', (_client, data) => data],
          ['nothing', () => undefined],
          [
            'refuse',
            () => {
              throw new ClientError(1001, 'not today')
            },
          ],
          [
            'end',
            () => {
              throw new Disconnect(4501, 'enough')
            },
          ],
        ]),
      },
    },
  })
  nobodies = await startTestServer({ client: { allow_anonymous_connect_without_token: false } })
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await nobodies[Symbol.asyncDispose]()
})

/** The code that answers the last of these frames: of an error, of the close, or 0 for a result. */
async function codeFor(wire: Wire, ...frames: readonly (object | string)[]): Promise<number> {
  let code = 0
  for (const frame of frames) {
    wire.send(frame)
    const answer = await wire.answer()
    code = typeof answer === 'number' ? answer : (answer.error?.code ?? 0)
  }
  return code
}

const hello = { id: 1, connect: {} }
const subscribe = (channel: string, more: object = {}) => ({ id: 2, subscribe: { channel, ...more } })

describe('what is not the protocol ends the connection (3501)', () => {
  const rows: readonly (readonly [what: string, connected: boolean, frame: object | string])[] = [
    ['an empty frame', false, ''],
    ['an empty frame', true, ''],
    ['a line break alone', true, '\n'],
    ['text that is no JSON', true, 'hello'],
    ['half a command', true, '{"id":2,"subscribe":{"channel":"a"'],
    ['two commands without a line break', true, '{"id":2,"ping":{}}{"id":3,"ping":{}}'],
    ['a list', true, '[]'],
    ['a number', true, '5'],
    ['null', true, 'null'],
    [
      'a blank line between commands',
      true,
      '{"id":2,"presence":{"channel":"a"}}\n\n{"id":3,"presence":{"channel":"a"}}',
    ],
    ['an empty command before connect', false, {}],
    ['a pong that nobody asked for', true, {}],
    ['a command before connect', false, { id: 1, subscribe: { channel: 'a' } }],
    ['a send before connect', false, { send: { data: 1 } }],
    ['connect with the id 0', false, { connect: {} }],
    ['a second connect', true, { id: 2, connect: {} }],
    ['a command with the id 0', true, { id: 0, publish: { channel: 'a', data: 1 } }],
    ['a command without an id', true, { publish: { channel: 'a', data: 1 } }],
    ['an id and nothing else', true, { id: 2 }],
    ['a ping command', true, { id: 2, ping: {} }],
    ['an unknown command', true, { id: 2, dance: {} }],
    ['an id that is negative', true, { id: -1, presence: { channel: 'a' } }],
    ['an id that is a text', true, { id: '2', presence: { channel: 'a' } }],
    ['an id that is a fraction', true, { id: 2.5, presence: { channel: 'a' } }],
    ['an id above 32 bits', true, { id: 2 ** 32, presence: { channel: 'a' } }],
    ['an id above every number', true, '{"id":1e400,"presence":{"channel":"a"}}'],
    ['a command that is a text', true, { id: 2, subscribe: 'a' }],
    ['a command that is a list', true, { id: 2, subscribe: [] }],
    ['a channel that is a number', true, { id: 2, subscribe: { channel: 5 } }],
    ['a channel that is an object', true, { id: 2, history: { channel: { $gt: '' } } }],
    ['a token that is a number', false, { id: 1, connect: { token: 5 } }],
    ['a token that is an object', false, { id: 1, connect: { token: {} } }],
    ['subs that are a list', false, { id: 1, connect: { subs: [] } }],
    ['a sub that is a text', false, { id: 1, connect: { subs: { a: 'x' } } }],
    ['headers that are numbers', false, { id: 1, connect: { headers: { x: 1 } } }],
    ['subscribe without a channel', true, { id: 2, subscribe: {} }],
    ['subscribe to an empty channel', true, { id: 2, subscribe: { channel: '' } }],
    ['unsubscribe without a channel', true, { id: 2, unsubscribe: {} }],
    ['publish without a channel', true, { id: 2, publish: { data: 1 } }],
    ['presence without a channel', true, { id: 2, presence: {} }],
    ['presence_stats without a channel', true, { id: 2, presence_stats: {} }],
    ['history without a channel', true, { id: 2, history: {} }],
    ['sub_refresh without a channel', true, { id: 2, sub_refresh: { token: 'x' } }],
    ['refresh without a token', true, { id: 2, refresh: {} }],
    ['an unknown delta', true, { id: 2, subscribe: { channel: 'a', delta: 'xor' } }],
    ['an offset that is negative', true, { id: 2, subscribe: { channel: 'log:a', recover: true, offset: -1 } }],
    ['an offset above 2^53', true, '{"id":2,"subscribe":{"channel":"log:a","recover":true,"offset":9007199254740993}}'],
    ['an offset above every number', true, '{"id":2,"history":{"channel":"log:a","since":{"offset":1e400}}}'],
    ['an epoch that is a number', true, { id: 2, subscribe: { channel: 'log:a', recover: true, epoch: 5 } }],
    ['a limit that is a fraction', true, { id: 2, history: { channel: 'log:a', limit: 1.5 } }],
    ['since that is a number', true, { id: 2, history: { channel: 'log:a', since: 5 } }],
    ['reverse that is a text', true, { id: 2, history: { channel: 'log:a', reverse: 'yes' } }],
    [
      'nesting that is too deep',
      true,
      `{"id":2,"publish":{"channel":"a","data":${'['.repeat(500)}${']'.repeat(500)}}}`,
    ],
  ]
  test.each(rows)('%s (connected: %p)', async (_what, connected, frame) => {
    using wire = await server.wire()
    if (connected) await wire.ask({ connect: {} })
    wire.send(frame)
    expect(await wire.closed).toEqual({ code: 3501, reason: 'bad request' })
    expect(wire.left.filter(({ error }) => error !== undefined)).toEqual([])
  })

  test('bytes that are no UTF-8', async () => {
    using wire = await server.connect()
    wire.sendBytes(new Uint8Array([0x7b, 0xff, 0x7d]))
    expect((await wire.closed).code).toBe(3501)
  })

  test('a second pong for one ping', async () => {
    await using pinging = await startTestServer({ client: { ping_interval: '1s', pong_timeout: '900ms' } })
    using wire = await pinging.wire({ pong: false })
    await wire.ask({ connect: {} })
    await wire.ping()
    wire.send({}, {})
    expect((await wire.closed).code).toBe(3501)
  })
})

describe('what is answered to a correct frame', () => {
  const rows: readonly (readonly [what: string, code: number, ...frames: (object | string)[]])[] = [
    ['a trailing line break', 0, hello, '{"id":2,"presence":{"channel":"a"}}\n'],
    [
      'bytes in place of text would be, and fields that nobody knows',
      0,
      hello,
      { id: 2, presence: { channel: 'a', color: 'red' }, x: 1 },
    ],
    ['null for a field that is not there', 0, hello, { id: 2, connect: null, presence: { channel: 'a' } }],
    ['the largest id', 0, hello, { id: 2 ** 32 - 1, presence: { channel: 'a' } }],

    ['subscribe in an unknown namespace', 102, hello, subscribe('nowhere:a')],
    ['publish in an unknown namespace', 102, hello, { id: 2, publish: { channel: 'nowhere:a', data: 1 } }],
    ['presence in an unknown namespace', 102, hello, { id: 2, presence: { channel: 'nowhere:a' } }],
    ['history in an unknown namespace', 102, hello, { id: 2, history: { channel: 'nowhere:a' } }],

    ['subscribe where it is not allowed', 103, hello, subscribe('closed:a')],
    ['subscribe for nobody where only users may', 103, hello, subscribe('members:a')],
    ['subscribe to a private channel without a token', 103, hello, subscribe('$plain:a')],
    ['subscribe to a private channel without namespace', 103, hello, subscribe('$a')],
    ['subscribe to a channel of other users', 103, hello, subscribe('mine:a#1,2')],
    ['subscribe with a token that is none', 103, hello, subscribe('plain:a', { token: 'x' })],
    ['subscribe to a map', 103, hello, subscribe('plain:a', { type: 1 })],
    ['publish where it is not allowed', 103, hello, { id: 2, publish: { channel: 'closed:a', data: 1 } }],
    ['presence where it is not allowed', 103, hello, { id: 2, presence: { channel: 'closed:a' } }],
    ['presence_stats where it is not allowed', 103, hello, { id: 2, presence_stats: { channel: 'closed:a' } }],
    ['history where it is not allowed', 103, hello, { id: 2, history: { channel: 'closed:a' } }],
    ['sub_refresh of no subscription', 103, hello, { id: 2, sub_refresh: { channel: 'plain:a', token: 'x' } }],

    ['an unknown method', 104, hello, { id: 2, rpc: { method: 'fly' } }],
    ['a method of every object', 104, hello, { id: 2, rpc: { method: '__proto__' } }],
    ['no method', 104, hello, { id: 2, rpc: {} }],

    ['a second subscribe', 105, hello, subscribe('plain:a'), subscribe('plain:a')],
    [
      'subscribe after unsubscribe',
      0,
      hello,
      subscribe('plain:a'),
      { id: 3, unsubscribe: { channel: 'plain:a' } },
      subscribe('plain:a'),
    ],

    ['a channel name with a line break', 107, hello, subscribe('a\nb')],
    ['a channel name of 256 bytes', 107, hello, subscribe('a'.repeat(256))],
    ['a channel name of 255 bytes', 0, hello, subscribe('a'.repeat(255))],
    ['a channel name that is not ASCII', 107, hello, subscribe('plain:驿站')],
    ['publish with a bad name', 107, hello, { id: 2, publish: { channel: ' a', data: 1 } }],
    ['presence with a bad name', 107, hello, { id: 2, presence: { channel: ' a' } }],
    ['history with a bad name', 107, hello, { id: 2, history: { channel: ' a' } }],
    ['publish nothing', 107, hello, { id: 2, publish: { channel: 'plain:a' } }],
    ['publish a text where only objects are', 107, hello, { id: 2, publish: { channel: 'objects:a', data: 'x' } }],
    ['publish an object where only objects are', 0, hello, { id: 2, publish: { channel: 'objects:a', data: {} } }],
    [
      'history backwards from the beginning',
      107,
      hello,
      { id: 2, history: { channel: 'log:a', reverse: true, since: { offset: 0 } } },
    ],
    ['sub_refresh without a token', 107, hello, subscribe('plain:a'), { id: 3, sub_refresh: { channel: 'plain:a' } }],

    ['presence where there is none, allowed or not', 108, hello, { id: 2, presence: { channel: 'quiet:a' } }],
    ['presence where there is none and it is not allowed', 108, hello, { id: 2, presence: { channel: 'members:a' } }],
    ['presence_stats where there are none', 108, hello, { id: 2, presence_stats: { channel: 'members:a' } }],
    ['history where there is none', 108, hello, { id: 2, history: { channel: 'plain:a' } }],
    ['history where there is none and it is not allowed', 108, hello, { id: 2, history: { channel: 'members:a' } }],

    [
      'history of another epoch',
      112,
      hello,
      { id: 2, history: { channel: 'log:a', limit: 1, since: { offset: 1, epoch: 'other' } } },
    ],
    [
      'recovery of another epoch, nothing less wanted',
      112,
      hello,
      subscribe('log:a', { recover: true, epoch: 'other', offset: 3, flag: 3 }),
    ],
    [
      'recovery from ahead, nothing less wanted',
      112,
      hello,
      subscribe('log:a', { recover: true, offset: 2 ** 53 - 1, flag: 2 }),
    ],
    ['recovery of another epoch', 0, hello, subscribe('log:a', { recover: true, epoch: 'other', offset: 3, flag: 1 })],
    ['nothing to recover, nothing less wanted', 0, hello, subscribe('log:a', { flag: 2 })],

    ['a method that refuses', 1001, hello, { id: 2, rpc: { method: 'refuse' } }],
    ['a method that ends the connection', 4501, hello, { id: 2, rpc: { method: 'end' } }],
    ['a method that answers nothing', 0, hello, { id: 2, rpc: { method: 'nothing' } }],
    ['send, which nobody takes', 3508, hello, { send: { data: {} } }],
    ['send with an id', 3508, hello, { id: 2, send: { data: {} } }],
    ['unsubscribe from what was never subscribed', 0, hello, { id: 2, unsubscribe: { channel: 'plain:a' } }],
    ['unsubscribe from what cannot be', 0, hello, { id: 2, unsubscribe: { channel: 'nowhere:a' } }],
    ['a refresh with a token that is none', 3500, hello, { id: 2, refresh: { token: 'x' } }],
    [
      'a sub_refresh with a token that is none',
      3500,
      hello,
      subscribe('plain:a'),
      { id: 3, sub_refresh: { channel: 'plain:a', token: 'x' } },
    ],
  ]
  test.each(rows)('%s: %p', async (_what, code, ...frames) => {
    using wire = await server.wire()
    expect(await codeFor(wire, ...frames)).toBe(code)
  })

  test('an error says its code, its words and whether to try again', async () => {
    using wire = await server.connect()
    expect((await wire.ask({ subscribe: { channel: 'closed:a' } })).error).toEqual({
      code: 103,
      message: 'permission denied',
    })
  })

  test('the first field in the order of the protocol counts, whatever the order of the text', async () => {
    using wire = await server.connect()
    const reply = await wire.ask({ presence: { channel: 'plain:a' }, unsubscribe: { channel: 'plain:a' } })
    expect(reply).toEqual({ id: 2, unsubscribe: {} })
  })

  test('results with nothing in them are empty objects', async () => {
    using wire = await server.connect()
    expect(await wire.ask({ subscribe: { channel: 'plain:x' } })).toEqual({ id: 2, subscribe: {} })
    expect(await wire.ask({ publish: { channel: 'quiet:x', data: 0 } })).toEqual({ id: 3, publish: {} })
    expect(await wire.ask({ presence: { channel: 'plain:y' } })).toEqual({ id: 4, presence: { presence: {} } })
    expect(await wire.ask({ presence_stats: { channel: 'plain:y' } })).toEqual({
      id: 5,
      presence_stats: { num_clients: 0, num_users: 0 },
    })
    expect(await wire.ask({ rpc: { method: 'nothing' } })).toEqual({ id: 6, rpc: {} })
    expect(await wire.ask({ unsubscribe: { channel: 'plain:x' } })).toEqual({ id: 7, unsubscribe: {} })
    const { history } = await wire.ask({ history: { channel: 'log:never' } })
    expect(history).toEqual({ publications: [], epoch: expect.any(String), offset: 0 })
  })

  test('the limit of channels: 106', async () => {
    using wire = await server.connect()
    for (let n = 0; n < 8; n++) expect((await wire.ask({ subscribe: { channel: `plain:${n}` } })).error).toBeUndefined()
    expect((await wire.ask({ subscribe: { channel: 'plain:8' } })).error).toEqual({
      code: 106,
      message: 'limit exceeded',
    })
    await wire.ask({ unsubscribe: { channel: 'plain:0' } })
    expect((await wire.ask({ subscribe: { channel: 'plain:8' } })).error).toBeUndefined()
  })

  test('a server without methods: 108', async () => {
    using wire = await nobodies.connect('42')
    expect((await wire.ask({ rpc: { method: 'echo' } })).error?.code).toBe(108)
  })
})

describe('connecting', () => {
  const rows: readonly (readonly [what: string, token: () => string | Promise<string>, code: number])[] = [
    ['a token', () => sign({ sub: '42' }), 0],
    ['a token that names nobody', () => sign({}), 0],
    ['a token that is soon over', () => sign({ sub: '42', exp: inSeconds(60) }), 0],
    ['no token', () => '', 3501],
    ['text', () => 'token', 3500],
    ['three dots', () => '...', 3500],
    ['a megaphone', () => '📣.📣.📣', 3500],
    ['another key', () => sign({ sub: '42' }, 'HS256', 'another secret that is long enough'), 3500],
    ['HS512 with the right key', () => sign({ sub: '42' }, 'HS512'), 0],
    ['a subscription token', () => sign({ sub: '42', channel: 'plain:a' }), 3500],
    ['a user that is a number', () => sign({ sub: 42 } as never), 3500],
    ['expired', () => sign({ sub: '42', exp: inSeconds(-10) }), 109],
    ['not yet good', () => sign({ sub: '42', nbf: inSeconds(60) }), 109],
    ['expire_at in the past', () => sign({ sub: '42', expire_at: inSeconds(-10) }), 110],
    ['exp of a wrong type', () => sign({ sub: '42', exp: 'never' } as never), 3500],
    [
      'expired and forged',
      () => sign({ sub: '42', exp: inSeconds(-10) }, 'HS256', 'another secret that is long enough'),
      3500,
    ],
  ]
  test.each(rows)('with %s', async (_what, token, code) => {
    using wire = await nobodies.wire()
    expect(await codeFor(wire, { id: 1, connect: { token: await token() } })).toBe(code)
  })

  test('refused with an error: what else was in the frame is dropped, and in the next frames, too', async () => {
    using wire = await nobodies.wire()
    const token = await sign({ sub: '42', exp: inSeconds(-10) })
    wire.send(
      { id: 1, connect: { token } },
      { id: 2, subscribe: { channel: 'a' } },
      { id: 3, publish: { channel: 'a', data: 1 } },
    )
    expect(await wire.next()).toEqual({ id: 1, error: { code: 109, message: 'token expired' } })
    wire.send({ id: 4, connect: { token: await sign({ sub: '42' }) } })
    await Bun.sleep(50)
    expect(wire.left).toEqual([])
  })

  test('refused with a close: nothing is answered', async () => {
    using wire = await nobodies.wire()
    wire.send({ id: 1, connect: { token: 'x' } }, { id: 2, subscribe: { channel: 'a' } })
    expect(await wire.closed).toEqual({ code: 3500, reason: 'invalid token' })
    expect(wire.left).toEqual([])
  })

  test('an anonymous token where none may be: 3507', async () => {
    await using strict = await startTestServer({ client: { disallow_anonymous_connection_tokens: true } })
    using wire = await strict.wire()
    expect(await codeFor(wire, { id: 1, connect: { token: await sign({}) } })).toBe(3507)
  })

  test('too many connections of one user: 3504; those of nobody are not counted', async () => {
    await using strict = await startTestServer({ client: { user_connection_limit: 1 } })
    using first = await strict.connect('42')
    using second = await strict.wire()
    second.send({ id: 1, connect: { token: await sign({ sub: '42' }) } })
    expect(await second.closed).toEqual({ code: 3504, reason: 'connection limit' })
    using other = await strict.connect('43')
    using nobody = await strict.connect()
    using nobodyElse = await strict.connect()
    for (const wire of [first, other, nobody, nobodyElse]) {
      expect((await wire.ask({ presence: { channel: 'a' } })).error?.code).toBe(108)
    }
    first.close()
    await first.closed
    await Bun.sleep(20)
    using again = await strict.wire()
    expect(await codeFor(again, { id: 1, connect: { token: await sign({ sub: '42' }) } })).toBe(0)
  })

  test('more server-side subscriptions than a client may have: 3505', async () => {
    const channels = Array.from({ length: 9 }, (_, n) => `plain:${n}`)
    using wire = await server.wire()
    expect(await codeFor(wire, { id: 1, connect: { token: await sign({ sub: '42', channels }) } })).toBe(3505)
    using fewer = await server.wire()
    const token = await sign({ sub: '42', channels: channels.slice(1) })
    expect(await codeFor(fewer, { id: 1, connect: { token } })).toBe(0)
    await server.api('subscribe', { user: '42', channel: 'plain:more' })
    expect(await fewer.closed).toEqual({ code: 3505, reason: 'channel limit' })
  })

  test('an unknown namespace asked for: 3501; brought by the token: 102', async () => {
    using asking = await server.wire()
    expect(await codeFor(asking, { id: 1, connect: { subs: { 'nowhere:a': {} } } })).toBe(3501)
    using given = await server.wire()
    const token = await sign({ sub: '42', channels: ['nowhere:a'] })
    expect(await codeFor(given, { id: 1, connect: { token } })).toBe(102)
  })

  test('what the client asked for and may not have is left out without a word', async () => {
    using wire = await server.wire()
    const subs = {
      'plain:a': {},
      'closed:a': {},
      '$plain:a': {},
      'mine:a#7': {},
      ' bad': {},
      ['x'.repeat(300)]: {},
      'log:a': {},
    }
    wire.send({ id: 1, connect: { subs } })
    const { connect } = await wire.reply(1)
    expect(Object.keys(connect?.subs ?? {}).toSorted()).toEqual(['log:a', 'plain:a'])
  })

  test('a client that never says who it is: 3502', async () => {
    await using hasty = await startTestServer({
      client: { stale_close_delay: '100ms', allow_anonymous_connect_without_token: false },
    })
    using silent = await hasty.wire()
    using refused = await hasty.wire()
    refused.send({ id: 1, connect: { token: await sign({ exp: inSeconds(-9) }) } })
    expect(await silent.closed).toEqual({ code: 3502, reason: 'stale' })
    expect(await refused.closed).toEqual({ code: 3502, reason: 'stale' })
  })

  test('a client that does not answer a ping: 3012; one that does stays', async () => {
    await using pinging = await startTestServer({ client: { ping_interval: '1s', pong_timeout: '300ms' } })
    using deaf = await pinging.wire({ pong: false })
    using alive = await pinging.wire()
    expect((await deaf.ask({ connect: {} })).connect).toMatchObject({ ping: 1, pong: true })
    await alive.ask({ connect: {} })
    expect(await deaf.closed).toEqual({ code: 3012, reason: 'no pong' })
    await alive.ping()
    await alive.ping()
    expect((await alive.ask({ presence: { channel: 'a' } })).error?.code).toBe(108)
  })

  test('a pong counts when it comes, also while a command is still at work', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    await using pinging = await startTestServer({
      client: { ping_interval: '1s', pong_timeout: '300ms' },
      application: { hooks: { rpc: new Map([['wait', () => promise.then(() => '"done"')]]) } },
    })
    using wire = await pinging.connect()
    const reply = wire.ask({ rpc: { method: 'wait' } })
    await wire.ping()
    await wire.ping() // the first was answered in time, or the connection would be gone
    resolve()
    expect(await reply).toEqual({ id: 2, rpc: { data: 'done' } })
  })
})

describe('subscription tokens', () => {
  const channel = '$plain:secret'
  const rows: readonly (readonly [what: string, claims: object, code: number])[] = [
    ['of this user for this channel', { sub: '42', channel }, 0],
    ['that is soon over', { sub: '42', channel, exp: inSeconds(60) }, 0],
    ['of another user', { sub: '43', channel }, 3500],
    ['of nobody', { channel }, 3500],
    ['for another channel', { sub: '42', channel: 'plain:other' }, 3500],
    ['for another connection', { sub: '42', channel, client: 'other' }, 3500],
    ['for no channel', { sub: '42' }, 103],
    ['that is over', { sub: '42', channel, exp: inSeconds(-1) }, 109],
    ['for a subscription that is over', { sub: '42', channel, expire_at: inSeconds(-1) }, 110],
  ]
  test.each(rows)('%s', async (_what, claims, code) => {
    using wire = await server.connect('42')
    expect(await codeFor(wire, subscribe(channel, { token: await sign({ ...claims }) }))).toBe(code)
  })

  const refreshes: readonly (readonly [what: string, claims: object, code: number])[] = [
    ['later', { sub: '42', channel, exp: inSeconds(60) }, 0],
    ['never again', { sub: '42', channel }, 0],
    ['expired', { sub: '42', channel, exp: inSeconds(-1) }, 109],
    ['over', { sub: '42', channel, expire_at: inSeconds(-1) }, 110],
    ['of another user', { sub: '43', channel }, 3500],
    ['for another channel', { sub: '42', channel: 'plain:a' }, 3500],
    ['for another connection', { sub: '42', channel, client: 'other' }, 3500],
  ]
  test.each(refreshes)('sub_refresh: %s', async (_what, claims, code) => {
    using wire = await server.connect('42')
    const first = subscribe(channel, { token: await sign({ sub: '42', channel, exp: inSeconds(30) }) })
    const again = { id: 3, sub_refresh: { channel, token: await sign({ ...claims }) } }
    expect(await codeFor(wire, first, again)).toBe(code)
  })

  const connections: readonly (readonly [what: string, claims: object, code: number])[] = [
    ['later', { sub: '42', exp: inSeconds(60) }, 0],
    ['never again', { sub: '42' }, 0],
    ['expired', { sub: '42', exp: inSeconds(-1) }, 3005],
    ['over', { sub: '42', expire_at: inSeconds(-1) }, 110],
    ['of another user', { sub: '43' }, 3500],
    ['of a subscription', { sub: '42', channel }, 3500],
    ['with other channels', { sub: '42', channels: ['plain:a'] }, 3010],
  ]
  test.each(connections)('refresh: %s', async (_what, claims, code) => {
    using wire = await server.connect('42', { exp: inSeconds(30) })
    expect(await codeFor(wire, { id: 2, refresh: { token: await sign({ ...claims }) } })).toBe(code)
  })

  test('the time that is left is told in whole seconds, and not where there is no end', async () => {
    using wire = await server.connect('42', { exp: inSeconds(30) })
    const token = await sign({ sub: '42', channel, exp: inSeconds(100) })
    const { subscribe: subscribed } = await wire.ask({ subscribe: { channel, token } })
    expect(subscribed).toEqual({ expires: true, ttl: expect.any(Number) })
    expect(subscribed?.['ttl']).toBeWithin(98, 102)
    const eternal = await sign({ sub: '42', channel })
    expect(await wire.ask({ sub_refresh: { channel, token: eternal } })).toEqual({ id: 3, sub_refresh: {} })
    expect(await wire.ask({ refresh: { token: await sign({ sub: '42' }) } })).toEqual({ id: 4, refresh: {} })
  })
})

describe('user-limited channels', () => {
  const rows: readonly (readonly [user: string, channel: string, code: number])[] = [
    ['7', 'mine:a#7', 0],
    ['7', 'mine:a#6,7', 0],
    ['7', 'mine:a#77', 103],
    ['7', 'mine:a#6,77', 103],
    ['7', 'mine:a#', 103],
    ['7', 'mine:a#7#8', 103], // the last boundary counts
    ['', 'mine:a#', 103],
    ['', 'mine:a#,', 103],
    ['7', 'plain:a#7', 103], // where the namespace has no such channels
    ['7', '$mine:a#7', 103],
  ]
  test.each(rows)('%p in %p: %p', async (user, channel, code) => {
    using wire = await server.connect(user)
    expect(await codeFor(wire, subscribe(channel))).toBe(code)
  })
})

describe('order', () => {
  test('commands are answered in the order in which they came, one frame or many', async () => {
    using wire = await server.wire()
    const channels = Array.from({ length: 7 }, (_, n) => `log:order-${n}`)
    wire.send(hello, ...channels.map((channel, n) => ({ id: n + 2, subscribe: { channel } })))
    wire.send({ id: 9, unsubscribe: { channel: 'log:order-0' } }, { id: 10, subscribe: { channel: 'log:order-0' } })
    const ids: unknown[] = []
    for (let n = 1; n <= 10; n++) ids.push((await wire.next()).id)
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  test('publishes that follow each other keep their order, and each is answered', async () => {
    using reader = await server.connect()
    using writer = await server.connect()
    await reader.ask({ subscribe: { channel: 'log:pipeline' } })
    const count = 300 // more than may be in flight
    const commands = Array.from({ length: count }, (_, n) => ({
      id: n + 10,
      publish: { channel: 'log:pipeline', data: n },
    }))
    for (let at = 0; at < count; at += 50) writer.send(...commands.slice(at, at + 50))
    for (let n = 0; n < count; n++) expect(await writer.reply(n + 10)).toEqual({ id: n + 10, publish: {} })
    expect(await reader.publications(count)).toEqual(Array.from({ length: count }, (_, n) => n))
  })

  test('a command after publishes sees them', async () => {
    using wire = await server.connect()
    wire.send(
      { id: 2, publish: { channel: 'log:sees', data: 1 } },
      { id: 3, publish: { channel: 'log:sees', data: 2 } },
      { id: 4, history: { channel: 'log:sees', limit: 10 } },
    )
    const { history } = await wire.reply(4)
    expect(history?.publications.map(({ data }) => data)).toEqual([1, 2])
  })

  test('the answer to subscribe comes before what the channel says', async () => {
    using wire = await server.connect()
    const done = new AbortController()
    const chatter = (async () => {
      while (!done.signal.aborted) await server.publish('log:busy', { data: '"x"' })
    })()
    for (let n = 0; n < 20; n++) {
      wire.send({ id: 100 + n, subscribe: { channel: 'log:busy' } })
      expect((await wire.next()).id).toBe(100 + n)
      await wire.push('pub')
      wire.send({ id: 200 + n, unsubscribe: { channel: 'log:busy' } })
      await wire.reply(200 + n)
      expect(wire.left.every(({ push }) => push !== undefined)).toBe(true)
      while (wire.left.length > 0) await wire.next()
    }
    done.abort()
    await chatter
  })

  test('more commands than may wait: 3013', async () => {
    await using small = await startTestServer({
      client: { command_queue_limit: 10 },
      application: { hooks: { rpc: new Map([['never', () => new Promise<undefined>(() => {})]]) } },
    })
    using wire = await small.connect()
    wire.send(...Array.from({ length: 12 }, (_, n) => ({ id: n + 2, rpc: { method: 'never' } })))
    expect(await wire.closed).toEqual({ code: 3013, reason: 'too many requests' })
  })

  test('more publishes in a second than allowed: 111, and the connection stays', async () => {
    await using slow = await startTestServer({ client: { publish_rate_limit: 1 }, namespaces: { '': open } })
    using wire = await slow.connect()
    for (let n = 0; n < 5; n++) expect((await wire.ask({ publish: { channel: 'a', data: n } })).error).toBeUndefined()
    expect((await wire.ask({ publish: { channel: 'a', data: 5 } })).error).toEqual({
      code: 111,
      message: 'too many requests',
      temporary: true,
    })
    expect((await wire.ask({ presence: { channel: 'a' } })).error).toBeUndefined()
  })
})

describe('expiry', () => {
  test.concurrent('a connection that is not refreshed: 3005', async () => {
    await using brief = await startTestServer({ client: { expired_close_delay: '50ms' } })
    using wire = await brief.connect('42', { exp: inSeconds(2) })
    expect(await wire.closed).toEqual({ code: 3005, reason: 'connection expired' })
  })

  test.concurrent('a subscription that is not refreshed: pushed 2501, the connection stays', async () => {
    await using brief = await startTestServer({ client: { expired_sub_close_delay: '50ms' }, namespaces: { '': open } })
    using wire = await brief.connect('42')
    const token = await sign({ sub: '42', channel: 'a', exp: inSeconds(2) })
    await wire.ask({ subscribe: { channel: 'a', token } })
    expect(await wire.push()).toEqual({ channel: 'a', unsubscribe: { code: 2501, reason: 'subscription expired' } })
    expect((await wire.ask({ presence: { channel: 'a' } })).presence?.presence).toEqual({})
  })

  test.concurrent('a server-side subscription that is over: 3006', async () => {
    await using brief = await startTestServer({ client: { expired_sub_close_delay: '50ms' }, namespaces: { '': open } })
    using wire = await brief.connect('42')
    await brief.api('subscribe', { user: '42', channel: 'a', expire_at: inSeconds(2) })
    expect(await wire.closed).toEqual({ code: 3006, reason: 'subscription expired' })
  })
})
