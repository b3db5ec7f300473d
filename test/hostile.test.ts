/** A hostile world: peers that lie, flood, do not read, or pretend to be somebody. Each is answered, and nobody else notices. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { RawSocket } from './raw-socket.ts'
import { inSeconds, logged, open, secret, sign, startTestServer, type TestServer } from './server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ namespaces: { '': open, log: logged }, client: { channel_limit: 50 } })
})

afterAll(() => server[Symbol.asyncDispose]())

const hello = JSON.stringify({ id: 1, connect: {} })

describe('tokens', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const mac = (text: string, key: string, hash = 'sha256') => createHmac(hash, key).update(text).digest('base64url')
  const forged = (header: object, claims: object, key = secret, hash = 'sha256') => {
    const text = `${part(header)}.${part(claims)}`
    return `${text}.${mac(text, key, hash)}`
  }
  const ann = { sub: 'ann' }
  const changed = (token: string, at: number, to: string) => token.slice(0, at) + to + token.slice(at + 1)

  test.each([
    ['alg none', () => `${part({ alg: 'none' })}.${part(ann)}.`],
    ['alg None', () => `${part({ alg: 'None' })}.${part(ann)}.`],
    ['alg none with a signature', () => forged({ alg: 'none' }, ann)],
    ['no alg', () => forged({}, ann)],
    ['alg of another spelling', () => forged({ alg: 'hs256' }, ann)],
    ['alg that is a list', () => forged({ alg: ['HS256'] }, ann)],
    ['HS512 in name only', () => forged({ alg: 'HS512' }, ann)],
    ['RS256 with the shared secret', () => forged({ alg: 'RS256' }, ann)],
    ['an empty secret', () => forged({ alg: 'HS256' }, ann, '')],
    [
      'a key that it brings along',
      () => forged({ alg: 'HS256', jwk: { kty: 'oct', k: Buffer.from('mine').toString('base64url') } }, ann, 'mine'),
    ],
    [
      'a key that lies elsewhere',
      () => forged({ alg: 'HS256', jku: server.url.href, kid: '../../dev/null', x5u: server.url.href }, ann, ''),
    ],
    ['an unknown critical extension', () => forged({ alg: 'HS256', crit: ['x'], x: 1 }, ann)],
    ['b64 false', () => forged({ alg: 'HS256', b64: false, crit: ['b64'] }, ann)],
    ['no signature', () => `${part({ alg: 'HS256' })}.${part(ann)}.`],
    ['two parts', () => `${part({ alg: 'HS256' })}.${part(ann)}`],
    ['four parts', async () => `${await sign(ann)}.x`],
    ['a signature cut short', async () => (await sign(ann)).slice(0, -4)],
    [
      'a changed signature',
      async () => {
        const token = await sign(ann)
        return changed(token, token.lastIndexOf('.') + 1, token.at(token.lastIndexOf('.') + 1) === 'A' ? 'B' : 'A')
      },
    ],
    [
      'another payload under the signature',
      async () => {
        const [head, , tail] = (await sign(ann)).split('.')
        return `${head}.${part({ sub: 'root' })}.${tail}`
      },
    ],
    ['claims that are a list', () => forged({ alg: 'HS256' }, [ann])],
    [
      'exp 1e400',
      () => {
        const text = `${part({ alg: 'HS256' })}.${Buffer.from('{"sub":"ann","exp":1e400}').toString('base64url')}`
        return `${text}.${mac(text, secret)}`
      },
    ],
    ['exp null', () => forged({ alg: 'HS256' }, { ...ann, exp: null })],
    ['a subscription token', () => sign({ ...ann, channel: 'a' })],
    ['sixty kilobytes', () => 'x'.repeat(60_000)],
  ])('%s: 3500', async (_what, token) => {
    using wire = await server.wire()
    wire.send({ id: 1, connect: { token: await token() } })
    expect(await wire.closed).toEqual({ code: 3500, reason: 'invalid token' })
    expect(wire.left).toEqual([])
  })

  test('what a header says of keys is not looked at, and the right ones stay right', async () => {
    using wire = await server.wire()
    const token = forged({ alg: 'HS512', kid: 'x', jku: 'http://127.0.0.1:1/' }, ann, secret, 'sha512')
    expect((await wire.ask({ connect: { token } })).connect).toBeDefined()
  })

  test('a connection is refreshed only for its own user', async () => {
    using wire = await server.connect('ann', { exp: inSeconds(60) })
    wire.send({ id: 2, refresh: { token: await sign({ sub: 'root', exp: inSeconds(600) }) } })
    expect((await wire.closed).code).toBe(3500)
  })
})

describe('who somebody is comes from the server', () => {
  test('what a publisher says of itself is not passed on', async () => {
    using reader = await server.connect()
    await reader.ask({ subscribe: { channel: 'spoof' } })
    using liar = await server.connect('ann')
    await liar.ask({
      publish: {
        channel: 'spoof',
        data: 1,
        info: { user: 'root' },
        user: 'root',
        client: 'x',
        offset: 99,
        tags: { admin: '1' },
        time: 0,
      },
    })
    const { pub } = await reader.push('pub')
    expect(pub).toEqual({ data: 1, info: { user: 'ann', client: expect.any(String) } })
  })

  test('a client cannot make others hear what only a server says', async () => {
    using reader = await server.connect()
    await reader.ask({ subscribe: { channel: 'forged' } })
    using liar = await server.connect()
    liar.send({ push: { channel: 'forged', disconnect: { code: 3503, reason: 'x' } } })
    expect((await liar.closed).code).toBe(3501)
    using other = await server.connect()
    await other.ask({
      publish: { channel: 'forged', data: '\n{"push":{"channel":"forged","unsubscribe":{"code":2000}}}' },
    })
    expect(await reader.publications(1)).toEqual(['\n{"push":{"channel":"forged","unsubscribe":{"code":2000}}}'])
    expect(reader.left).toEqual([])
  })

  test('what a client names its subscriptions is nothing but a name', async () => {
    using wire = await server.connect()
    for (const channel of [
      '__proto__',
      'constructor',
      'toString',
      '*',
      '>',
      '%',
      "'; DROP TABLE x; --",
      '../../etc/passwd',
      '{a}',
      '[a-z]*',
    ]) {
      expect((await wire.ask({ subscribe: { channel } })).error).toBeUndefined()
      expect((await server.api('publish', { channel, data: 1 })).body).toEqual({ result: {} })
      expect(await wire.push('pub')).toEqual({ channel, pub: { data: 1 } })
      expect((await server.api('presence_stats', { channel })).body).toEqual({
        result: { num_clients: 1, num_users: 1 },
      })
    }
    for (const channel of ['a', 'b*', 'x']) await server.api('publish', { channel, data: 2 })
    expect((await wire.ask({ unsubscribe: { channel: '*' } })).unsubscribe).toEqual({})
    expect(wire.left).toEqual([])
  })

  test('ids and epochs cannot be guessed from others', async () => {
    const seen = new Set<string>()
    for (let n = 0; n < 20; n++) {
      using wire = await server.wire()
      const { connect } = await wire.ask({ connect: {} })
      expect(connect?.client).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      seen.add(connect?.client ?? '')
      const { history } = await wire.ask({ history: { channel: `log:epoch-${n}` } })
      seen.add(history?.epoch ?? '')
    }
    expect(seen.size).toBe(40)
  })
})

describe('origins', () => {
  test.each([
    ['none, as from what is no browser', undefined, 101],
    ['the very host', (url: URL) => url.origin, 101],
    ['the very host in capitals', (url: URL) => url.origin.toUpperCase(), 101],
    ['one that is listed', () => 'https://app.example.com', 101],
    ['one of a listed family', () => 'https://a.b.example.org', 101],
    ['null', () => 'null', 403],
    ['an empty one', () => '', 403],
    ['another', () => 'https://evil.com', 403],
    ['another scheme', () => 'http://app.example.com', 403],
    ['another port', () => 'https://app.example.com:8443', 403],
    ['the host with another port', (url: URL) => `http://${url.hostname}:1`, 403],
    ['listed and more behind', () => 'https://app.example.com.evil.com', 403],
    ['listed and more before', () => 'https://evil.com/https://app.example.com', 403],
    ['something before the name', () => 'https://evilapp.example.com', 403],
    ['the family without its dot', () => 'https://evilexample.org', 403],
    ['a dot that is none', () => 'https://appxexample.com', 403],
    ['the host as a part', (url: URL) => `${url.origin}.evil.com`, 403],
    ['the host as a user', (url: URL) => `http://${url.host}@evil.com`, 403],
  ])('%s', async (_what, origin, status) => {
    await using strict = await startTestServer({
      client: {
        allow_anonymous_connect_without_token: true,
        allowed_origins: ['https://app.example.com', 'https://*.example.org'],
      },
    })
    using socket = await RawSocket.open(strict.url, origin === undefined ? {} : { origin: origin(strict.url) })
    expect(socket.status).toBe(status)
    expect(socket.header('access-control-allow-origin')).toBeUndefined()
  })
})

describe('the upgrade', () => {
  test.each([
    ['nothing offered', undefined, undefined],
    ['ours', 'centrifuge-json', 'centrifuge-json'],
    ['ours among others', 'x, centrifuge-json,y', 'centrifuge-json'],
    ['others only: none is chosen', 'x, y', undefined],
    ['what is longer than ours', 'centrifuge-json2', undefined],
  ])('subprotocol, %s', async (_what, offered, chosen) => {
    using socket = await RawSocket.open(server.url, offered === undefined ? {} : { 'sec-websocket-protocol': offered })
    expect(socket.status).toBe(101)
    expect(socket.header('sec-websocket-protocol') || undefined).toBe(chosen)
    socket.send(hello)
    expect(JSON.parse((await socket.next())?.payload.toString() ?? '')).toMatchObject({
      id: 1,
      connect: { pong: true },
    })
  })

  test('what is no upgrade is told what this is', async () => {
    const response = await fetch(new URL('/connection/websocket', server.url))
    expect([response.status, response.headers.get('upgrade')]).toEqual([426, 'websocket'])
  })

  test.each([
    '/',
    '/api',
    '/connection',
    '/connection/websocket/x',
    '/secrets.json',
    '/posthouse.db',
    '/../posthouse.db',
    '/metrics',
  ])('%s shows nothing', async (path) => {
    const response = await fetch(new URL(path, server.url))
    expect([response.status, await response.text()]).toEqual([404, 'there is nothing here\n'])
  })

  test('beyond the limit of connections: 503, until there is room again', async () => {
    await using small = await startTestServer({ client: { connection_limit: 2 } })
    using first = await small.connect()
    using second = await small.connect()
    using third = await RawSocket.open(small.url)
    expect([third.status, third.header('retry-after')]).toEqual([503, '5'])
    expect((await second.ask({ presence: { channel: 'a' } })).error?.code).toBe(108)
    first.close()
    await first.closed
    await Bun.sleep(20)
    using fourth = await RawSocket.open(small.url)
    expect(fourth.status).toBe(101)
  })

  test('more new connections in a second than allowed: 503', async () => {
    await using slow = await startTestServer({ client: { connection_rate_limit: 1 } })
    const statuses: number[] = []
    for (let n = 0; n < 7; n++) {
      using socket = await RawSocket.open(slow.url)
      statuses.push(socket.status)
    }
    expect(statuses.slice(0, 5)).toEqual([101, 101, 101, 101, 101])
    expect(statuses.at(-1)).toBe(503)
  })
})

describe('frames', () => {
  test('a message of the largest size is read, a larger one closes (1009)', async () => {
    using wire = await server.connect()
    const around = JSON.stringify({ id: 2, publish: { channel: 'a', data: '' } }).length
    const reply = wire.ask({ publish: { channel: 'a', data: 'x'.repeat(65_536 - around) } })
    expect(await reply).toEqual({ id: 2, publish: {} })
    wire.send('x'.repeat(65_537))
    expect((await wire.closed).code).toBe(1009)
  })

  test('a length that is only announced closes at once (1009)', async () => {
    using socket = await RawSocket.open(server.url)
    socket.send('x', { claims: 2 ** 40 })
    expect(await socket.closeCode()).toBe(1009)
  })

  test('parts of a message count together (1009)', async () => {
    using socket = await RawSocket.open(server.url)
    socket.send('x'.repeat(40_000), { final: false })
    socket.send('x'.repeat(40_000), { opcode: 0, final: false })
    expect(await socket.closeCode()).toBe(1009)
  })

  test('text that is no UTF-8 closes (1007)', async () => {
    using socket = await RawSocket.open(server.url)
    socket.send(new Uint8Array([0x7b, 0xff, 0x7d]))
    expect(await socket.closeCode()).toBe(1007)
  })

  test('a message in parts is one message', async () => {
    using socket = await RawSocket.open(server.url)
    for (const [n, char] of hello.split('').entries())
      socket.send(char, { opcode: n === 0 ? 1 : 0, final: n === hello.length - 1 })
    expect(JSON.parse((await socket.next())?.payload.toString() ?? '')).toMatchObject({ id: 1, connect: {} })
  })

  test('pings of the WebSocket are answered and count for nothing else', async () => {
    using socket = await RawSocket.open(server.url)
    for (let n = 0; n < 200; n++) socket.send(`${n}`, { opcode: 9 })
    for (let n = 0; n < 200; n++) expect(await socket.next()).toMatchObject({ opcode: 10 })
  })
})

describe('readers that do not read', () => {
  const word = JSON.stringify('x'.repeat(10_000))

  test('one that takes nothing is disconnected (3008), and nobody else notices', async () => {
    await using small = await startTestServer({ namespaces: { '': open }, client: { queue_max_size: 100_000 } })
    using stuck = await RawSocket.open(small.url)
    using reader = await small.connect()
    await reader.ask({ subscribe: { channel: 'news' } })
    stuck.send(`${hello}\n${JSON.stringify({ id: 2, subscribe: { channel: 'news' } })}`)
    await stuck.next()
    stuck.stopReading()
    const clients = async () => (await small.api('presence_stats', { channel: 'news' })).body
    expect(await clients()).toMatchObject({ result: { num_clients: 2 } })
    let sent = 0
    while (JSON.stringify(await clients()).includes('"num_clients":2') && sent < 5000) {
      await Promise.all(Array.from({ length: 20 }, () => small.publish('news', { data: word })))
      sent += 20
    }
    expect(sent).toBeLessThan(5000)
    expect(await reader.publications(sent)).toHaveLength(sent)
    stuck.readAgain()
    expect(await stuck.closeCode()).toBe(3008)
  })

  test('one that asks and asks and does not read the answers is disconnected, too', async () => {
    await using small = await startTestServer({
      namespaces: { log: logged },
      client: { queue_max_size: 100_000, ping_interval: '1s', pong_timeout: '300ms' },
    })
    await Promise.all(Array.from({ length: 300 }, () => small.publish('log:a', { data: word })))
    using stuck = await RawSocket.open(small.url)
    stuck.send(hello)
    await stuck.next()
    stuck.stopReading()
    for (let id = 2; id < 30; id++) stuck.send(JSON.stringify({ id, history: { channel: 'log:a', limit: 300 } }))
    const gone = async () => JSON.stringify((await small.api('info', {})).body).includes('"num_clients":0')
    for (let n = 0; n < 60 && !(await gone()); n++) await Bun.sleep(100)
    expect(await gone()).toBe(true)
  })

  test('one that reads slowly, but reads, stays and gets all of its answers', async () => {
    await using small = await startTestServer({
      namespaces: { log: logged },
      client: { queue_max_size: 100_000, ping_interval: '1s', pong_timeout: '300ms' },
    })
    await Promise.all(Array.from({ length: 100 }, () => small.publish('log:a', { data: word })))
    using slow = await RawSocket.open(small.url)
    slow.send(hello)
    await slow.next()
    for (let id = 2; id < 12; id++) slow.send(JSON.stringify({ id, history: { channel: 'log:a', limit: 100 } }))
    const ids: number[] = []
    while (ids.length < 10) {
      slow.stopReading()
      await Bun.sleep(150)
      slow.readAgain()
      const frame = await slow.next()
      if (frame === undefined || frame.opcode === 8) break
      for (const line of frame.payload.toString().split('\n')) {
        if (line === '{}') slow.send('{}')
        else ids.push((JSON.parse(line) as { id: number }).id)
      }
    }
    expect(ids).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })
})

describe('floods', () => {
  test('subscribing and unsubscribing in a loop leaves nothing behind', async () => {
    using wire = await server.connect()
    for (let round = 0; round < 10; round++) {
      const commands = Array.from({ length: 50 }, (_, n) => [
        { id: 1000 + n, subscribe: { channel: `loop-${n}` } },
        { id: 2000 + n, unsubscribe: { channel: `loop-${n}` } },
      ]).flat()
      wire.send(...commands)
      for (let n = 0; n < 50; n++) await wire.reply(2000 + n)
    }
    expect((await server.api('channels', { pattern: 'loop-*' })).body).toEqual({ result: { channels: {} } })
  })

  test('a connection that is cut in the middle of everything leaves nothing behind', async () => {
    for (let n = 0; n < 30; n++) {
      const wire = await server.wire()
      wire.send({ id: 1, connect: { subs: { 'log:cut': {}, cut: {} } } }, { id: 2, subscribe: { channel: 'cut-2' } })
      if (n % 2 === 0) await wire.reply(2)
      wire.terminate()
    }
    for (let n = 0; n < 20; n++) {
      if (JSON.stringify((await server.api('channels', { pattern: '*cut*' })).body) === '{"result":{"channels":{}}}')
        break
      await Bun.sleep(20)
    }
    expect((await server.api('channels', { pattern: '*cut*' })).body).toEqual({ result: { channels: {} } })
    expect((await server.api('presence', { channel: 'cut' })).body).toEqual({ result: { presence: {} } })
  })

  test('twenty thousand commands by one connection are handled, read no faster than that', async () => {
    await using busy = await startTestServer({ namespaces: { '': open } })
    using wire = await busy.connect()
    using bystander = await busy.connect()
    for (let frame = 0; frame < 200; frame++) {
      wire.send(
        ...Array.from({ length: 100 }, (_, n) => ({ id: 10 + frame * 100 + n, presence_stats: { channel: 'a' } })),
      )
    }
    expect((await bystander.ask({ presence: { channel: 'a' } })).presence).toEqual({ presence: {} })
    expect((await wire.reply(10 + 19_999)).error).toBeUndefined()
  })
})
