/** `/u/{id}`, as small apps and devices meet it: nothing but WebSocket, `fetch` and curl. */
import { afterEach, describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { connect as connectTcp, type Socket } from 'node:net'
import { join } from 'node:path'
import { BareSocket, type Received, type Sent } from './bare-socket.ts'
import { chromiumPath, openBrowser } from './chromium.ts'
import { RawReader } from './raw-reader.ts'
import { startServer } from '../src/server.ts'
import { MemoryStore } from '../src/stores/memory.ts'
import {
  apiKey,
  secret,
  testConfig,
  inSeconds,
  sign,
  startTestServer,
  temporaryFolder,
  type TestOptions,
  type TestServer,
} from './server.ts'

const inbox = {
  history_size: 100,
  history_ttl: '1h',
  force_recovery: true,
  allow_user_limited_channels: true,
  allow_history_for_subscriber: true,
  presence: true,
}

const start = ({ mailbox = {}, ...options }: TestOptions = {}) =>
  startTestServer({
    namespaces: { user: inbox },
    mailbox: { allow_send_for_client: true, ...mailbox },
    ...options,
  })

/** One of the tutorials': whoever says a name is it. */
const startOpen = (options: TestOptions = {}) => start({ ...options, mailbox: { open: true, ...options.mailbox } })

const at = (server: TestServer, user: string, query = '') => new URL(`/u/${user}?${query}`, server.url)
const as = async (user: string) => ({ authorization: `Bearer ${await sign({ sub: user })}` })

async function open(server: TestServer, user: string, query = ''): Promise<BareSocket> {
  return BareSocket.open(at(server, user, query))
}

interface Answer {
  readonly status: number
  readonly sent: readonly Sent[]
  readonly text: string
}

async function post(url: URL, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const raw = typeof body === 'string' || body instanceof Blob
  const response = await fetch(url, { method: 'POST', body: raw ? body : JSON.stringify(body), headers })
  const text = await response.text()
  const { sent = [] }: { sent?: readonly Sent[] } = text.startsWith('{') ? JSON.parse(text) : {}
  return { status: response.status, sent, text }
}

interface Polled {
  readonly messages: readonly Received[]
  readonly offset: string
  readonly lost?: boolean
}

async function poll(url: URL, headers: Record<string, string> = {}): Promise<Polled> {
  const response = await fetch(url, { headers })
  expect(response.status).toBe(200)
  return response.json()
}

/** Waits until the server has noticed something. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await Bun.sleep(5)
}

describe('two people', () => {
  test('talk, each from an address of its own, and are named by the server', async () => {
    await using server = await start()
    using alice = await open(server, 'alice', `token=${await sign({ sub: 'alice' })}`)
    using bob = await open(server, 'bob', `token=${await sign({ sub: 'bob' })}`)
    alice.send({ to: 'bob', data: { text: 'hi', big: '12345678901234567890' } })
    const message = await bob.next()
    expect(message).toEqual({
      from: 'alice',
      data: { text: 'hi', big: '12345678901234567890' },
      id: expect.stringMatching(/^[a-z]{12}_0{15}1$/),
      time: expect.any(Number),
    })
    const { sent } = await alice.next()
    expect(sent).toEqual([{ to: 'bob', status: 'delivered', id: String(message.id) }])
    bob.send({ to: 'alice', data: 'hello' })
    expect(await alice.next()).toMatchObject({ from: 'bob', data: 'hello' })
  })

  test('keep the bytes of their JSON', async () => {
    await using server = await startOpen()
    await post(at(server, 'alice'), '{"to": "bob", "data": {"n": 12345678901234567890, "b":1.0, "a": "\\u0041"}}')
    const text = await (await fetch(at(server, 'bob', 'wait=0'))).text()
    expect(text).toContain('"data":{"n": 12345678901234567890, "b":1.0, "a": "\\u0041"}')
  })

  test('reach several at once, and each once', async () => {
    await using server = await startOpen()
    using carol = await open(server, 'carol')
    const { sent } = await post(at(server, 'alice'), { to: ['bob', 'carol', 'bob'], data: 1, expires: 60 })
    expect(sent).toEqual([
      { to: 'bob', status: 'queued', id: expect.any(String), until: expect.any(Number) },
      { to: 'carol', status: 'delivered', id: expect.any(String) },
    ])
    expect((sent[0]?.until ?? 0) - Date.now()).toBeWithin(50_000, 60_001)
    expect(await carol.next()).toMatchObject({ from: 'alice', data: 1 })
  })

  test('are reached by their Centrifuge client as well, and count once each in presence', async () => {
    await using server = await start()
    const wire = await server.connect('bob')
    await wire.ask({ subscribe: { channel: 'user:#bob' } })
    using bob = await open(server, 'bob', `token=${await sign({ sub: 'bob' })}`)
    await until(async () => Object.keys((await presence(server)) ?? {}).length === 2)
    const { sent } = await post(at(server, 'bob'), { data: 'both' }, await as('alice'))
    expect(sent).toMatchObject([{ to: 'bob', status: 'delivered' }])
    expect(await bob.next()).toMatchObject({ from: 'alice', data: 'both' })
    const { pub } = await wire.push('pub')
    expect(pub).toMatchObject({ data: 'both', info: { user: 'alice' } })
    bob.close()
    await until(async () => Object.keys((await presence(server)) ?? {}).length === 1)
  })
})

async function presence(server: TestServer): Promise<Record<string, unknown> | undefined> {
  const { body } = await server.api('presence', { channel: 'user:#bob' })
  const { result }: { result?: { presence: Record<string, unknown> } } = Object(body)
  return result?.presence
}

describe('somebody who was away', () => {
  test('is handed what was sent meanwhile, in order, and after that what is new', async () => {
    await using server = await startOpen()
    for (const data of [1, 2, 3]) await post(at(server, 'bob', 'from=alice'), { data })
    using bob = await open(server, 'bob')
    expect(await bob.take(3)).toEqual([1, 2, 3])
    await post(at(server, 'bob', 'from=alice'), { data: 4 })
    expect(await bob.take(1)).toEqual([4])
  })

  test('remembers nothing, and yet is not handed anything twice: the socket itself proved what arrived', async () => {
    await using server = await startOpen()
    const first = await open(server, 'toy')
    const { sent } = await post(at(server, 'toy', 'from=app'), { data: 'one' })
    expect(sent[0]?.status).toBe('delivered')
    expect(await first.take(1)).toEqual(['one'])
    first.close()
    await first.closed
    await until(async () => (await post(at(server, 'toy', 'from=app'), { data: 'two' })).sent[0]?.status === 'queued')
    using second = await open(server, 'toy')
    expect((await second.take(1))[0]).toBe('two')
  })

  test('and whose radio died without a word is not called reached, and misses nothing', async () => {
    await using server = await startOpen({ mailbox: { delivery_wait: '100ms' } })
    const dead = await openDeaf(server, 'toy')
    const { sent } = await post(at(server, 'toy', 'from=app'), { data: 'wake up' })
    expect(sent).toMatchObject([{ to: 'toy', status: 'queued' }])
    dead.destroy()
    using toy = await open(server, 'toy')
    expect(await toy.take(1)).toEqual(['wake up'])
  })

  test('each device has a place of its own', async () => {
    await using server = await startOpen()
    await post(at(server, 'bob', 'from=alice'), { data: 1 })
    const phone = await open(server, 'bob', 'device=phone')
    expect(await phone.take(1)).toEqual([1])
    using laptop = await open(server, 'bob', 'device=laptop')
    expect(await laptop.take(1)).toEqual([1])
  })

  test('gets nothing that has expired', async () => {
    await using server = await startOpen()
    await post(at(server, 'bob', 'from=alice'), { data: 'soon over', expires: 0.05 })
    await post(at(server, 'bob', 'from=alice'), { data: 'stays', expires: 60 })
    await Bun.sleep(60)
    using bob = await open(server, 'bob')
    expect(await bob.take(1)).toEqual(['stays'])
    const { messages } = await poll(at(server, 'bob', 'wait=0&offset=-1'))
    expect(messages.map(({ data }) => data)).toEqual(['stays'])
  })

  test('is handed everything after a crash of the server, but for what it acknowledged', async () => {
    const folder = temporaryFolder()
    try {
      await using before = await Child.start(folder)
      const ids: (string | undefined)[] = []
      for (const data of [1, 2, 3]) ids.push((await post(before.at('bob', 'from=alice'), { data })).sent[0]?.id)
      expect((await post(before.at('bob'), { ack: ids[0] })).status).toBe(200)
      await before.kill()
      await using after = await Child.start(folder)
      using bob = await BareSocket.open(after.at('bob'))
      expect(await bob.take(2)).toEqual([2, 3])
      const { messages } = await poll(after.at('alice', 'wait=0'))
      expect(messages).toMatchObject([{ ack: String(ids[0]), by: 'bob' }])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('an acknowledgement', () => {
  test('is told to the sender, once, and is not acknowledged itself', async () => {
    await using server = await startOpen()
    using alice = await open(server, 'alice', 'to=bob')
    using bob = await open(server, 'bob', 'ack=manual')
    alice.send({ data: 'done?' })
    const { id } = await bob.next()
    bob.send({ ack: id })
    bob.send({ ack: id })
    expect((await alice.next()).sent).toMatchObject([{ to: 'bob', id: String(id) }])
    const ack = await alice.next()
    expect(ack).toMatchObject({ ack: String(id), by: 'bob' })
    alice.send({ ack: ack.id })
    alice.send({ data: 'last' })
    expect((await alice.next()).sent).toBeDefined()
    expect(await bob.next()).toMatchObject({ data: 'last' })
    expect([alice.waiting, bob.waiting]).toEqual([0, 0])
  })

  test('alone counts as read for a device that says so', async () => {
    await using server = await startOpen()
    const before = await open(server, 'toy', 'ack=manual')
    await post(at(server, 'toy', 'from=app'), { data: 1 })
    await post(at(server, 'toy', 'from=app'), { data: 2 })
    const { id } = await before.next()
    expect((await before.next()).data).toBe(2)
    before.send({ ack: id })
    using app = await open(server, 'app')
    expect(await app.next()).toMatchObject({ ack: String(id) })
    before.close()
    await before.closed
    using after = await open(server, 'toy', 'ack=manual')
    expect(await after.take(1)).toEqual([2])
  })

  const wrong = ['', 'x', 'abcdefghijkl_0000000000000001', '_0000000000000001']
  test.each(wrong)('of what is no message here is refused: %j', async (id) => {
    await using server = await startOpen()
    await post(at(server, 'bob'), { data: 1, from: 'alice' })
    expect((await post(at(server, 'bob'), { ack: id })).status).toBe(400)
    using bob = await open(server, 'bob')
    expect(await bob.take(1)).toEqual([1])
    bob.send({ ack: id })
    expect((await bob.next()).error).toStartWith('bad request')
  })
})

test('a retry with its clientId is one message, and is answered like the first', async () => {
  await using server = await startOpen()
  const first = await post(at(server, 'alice'), { to: 'bob', data: 1, clientId: 'c1', expires: 60 })
  const again = await post(at(server, 'alice'), { to: 'bob', data: 1, clientId: 'c1', expires: 60 })
  const header = await post(at(server, 'alice'), { to: 'bob', data: 1 }, { 'idempotency-key': 'c1' })
  expect(again.sent).toEqual(first.sent)
  expect(header.sent).toEqual(first.sent)
  await post(at(server, 'carol'), { to: 'bob', data: 2, clientId: 'c1' }) // another sender's is another's
  const { messages } = await poll(at(server, 'bob', 'wait=0'))
  expect(messages.map(({ data }) => data)).toEqual([1, 2])
})

describe('bytes', () => {
  const sound = Uint8Array.from({ length: 300 }, (_, byte) => byte % 256)

  test('come bare to who asks for that, and in base 64 to the others', async () => {
    await using server = await startOpen()
    using toy = await open(server, 'toy', 'binary=1')
    using log = await open(server, 'toy', 'device=log')
    using app = await open(server, 'app', 'to=toy')
    app.send(sound)
    expect(await toy.next()).toEqual({ bytes: sound })
    expect(await log.next()).toMatchObject({ from: 'app', b64data: sound.toBase64() })
    expect((await app.next()).sent).toMatchObject([{ to: 'toy', status: 'delivered' }])
  })

  test('are what a body that says so is, and never end a Centrifuge client that speaks JSON', async () => {
    await using server = await start()
    const wire = await server.connect('toy')
    await wire.ask({ subscribe: { channel: 'user:#toy' } })
    const headers = { ...(await as('app')), 'content-type': 'audio/wav' }
    expect((await post(at(server, 'toy'), new Blob([sound]), headers)).sent).toMatchObject([{ status: 'delivered' }])
    const { pub } = await wire.push('pub')
    expect(pub?.data).toEqual({ b64data: sound.toBase64() })
  })

  test('without a receiver are refused, and the socket stays', async () => {
    await using server = await startOpen()
    using app = await open(server, 'app')
    app.send(sound)
    expect((await app.next()).error).toContain('"to" is missing')
    app.send({ to: 'toy', b64data: 'AQI=' })
    expect((await app.next()).sent).toMatchObject([{ to: 'toy', status: 'queued' }])
  })
})

describe('a long poll', () => {
  test('waits for a message, and between two polls nothing is lost', async () => {
    await using server = await startOpen()
    const first = poll(at(server, 'bob', 'wait=20'))
    await until(() => followers(server))
    const { sent } = await post(at(server, 'bob', 'from=alice'), { data: 1 })
    expect(sent[0]?.status).toBe('delivered')
    const { messages, offset } = await first
    expect(messages.map(({ data }) => data)).toEqual([1])
    await post(at(server, 'bob', 'from=alice'), { data: 2 })
    await post(at(server, 'bob', 'from=alice'), { data: 3 })
    const second = await poll(at(server, 'bob', `wait=20&offset=${offset}`))
    expect(second.messages.map(({ data }) => data)).toEqual([2, 3])
    const again = await poll(at(server, 'bob', `wait=20&offset=${offset}`)) // its answer was lost on the way
    expect(again).toEqual(second)
    expect((await poll(at(server, 'bob', `wait=0&offset=${second.offset}`))).messages).toEqual([])
    expect((await poll(at(server, 'bob', 'wait=0'))).messages).toEqual([]) // the offset said what was read
  })

  test('of two tabs are both answered', async () => {
    await using server = await startOpen()
    const { offset } = await poll(at(server, 'bob', 'wait=0'))
    const tabs = [1, 2].map(() => poll(at(server, 'bob', `wait=20&offset=${offset}`)))
    await until(async () => Object.keys((await presence(server)) ?? {}).length === 2)
    await post(at(server, 'bob', 'from=alice'), { data: 'both' })
    for (const { messages } of await Promise.all(tabs)) expect(messages).toMatchObject([{ data: 'both' }])
  })

  test('that asks for no wait is handed all there is', async () => {
    await using server = await startOpen()
    await post(at(server, 'bob', 'from=alice'), { data: 1 })
    for (let n = 0; n < 50; n++) {
      const { messages } = await poll(at(server, 'bob', 'wait=0&offset=-1'))
      expect(messages).toMatchObject([{ data: 1 }])
    }
  })

  test('whose reader leaves is over, whatever was collected as rubbish meanwhile', async () => {
    await using server = await startOpen()
    const abort = new AbortController()
    const waiting = fetch(at(server, 'bob', 'wait=60'), { signal: abort.signal })
    await until(() => followers(server))
    for (let n = 0; n < 3; n++) {
      Bun.gc(true)
      await Bun.sleep(1)
    }
    abort.abort()
    expect(await waiting.catch(() => 'left')).toBe('left')
    await until(async () => !(await followers(server)))
  })

  test('leaves a connection behind that is closed when it is not used', async () => {
    await using server = await startOpen()
    using reader = new RawReader(server.url, Buffer.from('GET /u/bob?wait=1 HTTP/1.1\r\nhost: test\r\n\r\n'))
    await until(() => reader.text.startsWith('HTTP/1.1 200 '))
    expect(reader.closed).toBe(false)
    while (!reader.closed) await Bun.sleep(20)
  }, 30_000)

  test('is answered when the server goes down', async () => {
    await using server = await startOpen()
    const waiting = poll(at(server, 'bob', 'wait=60'))
    await until(() => followers(server))
    await server.close()
    expect(await waiting).toMatchObject({ messages: [] })
  })

  test.each(['-1', '61', 'x', ''])('of %j seconds is refused', async (wait) => {
    await using server = await startOpen()
    expect((await fetch(at(server, 'bob', `wait=${wait}`))).status).toBe(400)
  })

  test('is told when the place it names is not kept any more, and gets what is', async () => {
    await using server = await startOpen({ namespaces: { user: { ...inbox, history_size: 2 } } })
    using bob = await open(server, 'bob') // takes what is dropped, so that the mailbox is never full
    const ids: string[] = []
    for (const data of [1, 2, 3, 4]) {
      await post(at(server, 'bob', 'from=alice'), { data })
      ids.push(String((await bob.next()).id))
    }
    const { lost, messages } = await poll(at(server, 'bob', `wait=0&offset=${ids[0]}`))
    expect([lost, messages.map(({ data }) => data)]).toEqual([true, [3, 4]])
    expect((await poll(at(server, 'bob', `wait=0&offset=${ids[1]}`))).lost).toBeUndefined()
    const otherLog = await poll(at(server, 'bob', 'wait=0&offset=aaaaaaaaaaaa_0000000000000001'))
    expect([otherLog.lost, otherLog.messages.length]).toEqual([true, 2])
    expect((await fetch(at(server, 'bob', 'wait=0&offset=1'))).status).toBe(400)
  })
})

async function followers(server: TestServer): Promise<boolean> {
  return JSON.stringify((await server.api('channels', {})).body).includes('user:#bob')
}

test('an event stream has an id for each message and goes on after the last one', async () => {
  await using server = await startOpen()
  await post(at(server, 'bob', 'from=alice'), { data: 1 })
  await post(at(server, 'bob', 'from=alice'), { data: 2 })
  const accept = { accept: 'text/event-stream' }
  const events = await Events.open(at(server, 'bob'), accept)
  const [one, two] = [await events.next(), await events.next()]
  expect([one.data, two.data]).toMatchObject([{ data: 1 }, { data: 2 }])
  events.close()
  const again = await Events.open(at(server, 'bob'), { ...accept, 'last-event-id': one.id })
  expect((await again.next()).data).toMatchObject({ data: 2 })
  await until(async () => (await post(at(server, 'bob', 'from=alice'), { data: 3 })).sent[0]?.status === 'delivered')
  expect((await again.next()).data).toMatchObject({ data: 3 })
  again.close()
})

describe('a connection', () => {
  test('is sent away to come back when the server goes down, and an event stream ends', async () => {
    await using server = await startOpen()
    using bob = await open(server, 'bob')
    const events = await Events.open(at(server, 'bob'), { accept: 'text/event-stream' })
    await until(async () => Object.keys((await presence(server)) ?? {}).length === 2)
    await server.close()
    expect((await bob.closed).code).toBe(3001)
    expect(await events.next().catch(String)).toContain('the stream ended')
  })

  test('whose far end is silent is taken for dead', async () => {
    await using server = await startOpen({ client: { ping_interval: '1s', pong_timeout: '500ms' } })
    const dead = await openDeaf(server, 'bob')
    using alive = await open(server, 'bob')
    await until(async () => Object.keys((await presence(server)) ?? {}).length === 2)
    await until(async () => Object.keys((await presence(server)) ?? {}).length === 1)
    await post(at(server, 'bob', 'from=alice'), { data: 'still there' })
    expect(await alive.take(1)).toEqual(['still there'])
    dead.destroy()
  })

  test('that asks what cannot be is told so, and stays', async () => {
    await using server = await startOpen()
    using bob = await open(server, 'bob')
    const deep = `{"to":"bob","data":${'['.repeat(200)}${']'.repeat(200)}}`
    for (const wrong of [
      'hi',
      '{',
      '[]',
      '{"to":"bob"}',
      '{"to":[],"data":1}',
      '{"to":"bob","data":1,"expires":0}',
      deep,
    ])
      bob.sendText(wrong)
    for (let n = 0; n < 7; n++) expect((await bob.next()).error).toStartWith('bad request: ')
    bob.send({ to: 'x,y', data: 1 })
    expect((await bob.next()).sent).toEqual([{ to: 'x,y', status: 'refused', reason: 'unknown' }])
  })
})

describe('who may', () => {
  const table: readonly [
    what: string,
    who: string,
    method: 'GET' | 'POST',
    user: string,
    body: unknown,
    status: number,
  ][] = [
    ['read without saying who', '', 'GET', 'bob', undefined, 401],
    ['send without saying who', '', 'POST', 'bob', { data: 1 }, 401],
    ['name oneself without proof', '', 'POST', 'bob', { data: 1, from: 'alice' }, 401],
    ['read with a forged token', 'forged', 'GET', 'bob', undefined, 401],
    ['read with an expired token', 'expired', 'GET', 'bob', undefined, 401],
    ['read with a wrong key', 'wrong key', 'GET', 'bob', undefined, 401],
    ['read the own mailbox', 'bob', 'GET', 'bob', undefined, 200],
    ['read another mailbox', 'alice', 'GET', 'bob', undefined, 403],
    ['read any mailbox with the key', 'key', 'GET', 'bob', undefined, 200],
    ['send to another mailbox', 'alice', 'POST', 'bob', { data: 1 }, 200],
    ['send from the own mailbox', 'alice', 'POST', 'alice', { to: 'bob', data: 1 }, 200],
    ['send from another mailbox', 'alice', 'POST', 'carol', { to: 'bob', data: 1 }, 403],
    ['send in the name of another', 'alice', 'POST', 'bob', { data: 1, from: 'carol' }, 403],
    ['send in any name with the key', 'key', 'POST', 'bob', { data: 1, from: 'carol' }, 200],
    ['send in no name with the key', 'key', 'POST', 'bob', { data: 1 }, 200],
    ['acknowledge for another', 'alice', 'POST', 'bob', { ack: 'x' }, 403],
    ['send to several users as if they were one', 'alice', 'POST', 'a,b', { data: 1 }, 404],
    ['send to a name that hides another', 'alice', 'POST', 'x%23bob', { data: 1 }, 404],
    ['send to a name with a line break', 'alice', 'POST', 'a%0Ab', { data: 1 }, 404],
    ['send what is no JSON', 'alice', 'POST', 'bob', 'hi', 400],
    ['send nothing', 'alice', 'POST', 'bob', {}, 400],
    ['send what is too large', 'alice', 'POST', 'bob', { data: 'x'.repeat(70_000) }, 413],
    ['send to too many', 'alice', 'POST', 'alice', { to: ['a', 'b', 'c'], data: 1 }, 400],
    ['ask with another method', 'alice', 'POST', '%zz', { data: 1 }, 400],
  ]

  test.each(table)('%s (%s %s /u/%s)', async (_, who, method, user, body, status) => {
    await using server = await start({ mailbox: { receiver_limit: 2 } })
    const response = await fetch(at(server, user, 'wait=0'), {
      method,
      headers: await headersOf(who),
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    expect(response.status).toBe(status)
  })

  async function headersOf(who: string): Promise<Record<string, string>> {
    if (who === '') return {}
    if (who === 'key') return { 'x-api-key': apiKey }
    if (who === 'wrong key') return { 'x-api-key': `${apiKey}x` }
    if (who === 'forged') return { authorization: `Bearer ${await sign({ sub: 'bob' }, 'HS256', 'x'.repeat(32))}` }
    if (who === 'expired') return { authorization: `Bearer ${await sign({ sub: 'bob', exp: inSeconds(-9) })}` }
    return as(who)
  }

  test('send is for a namespace or the configuration to say', async () => {
    await using closed = await start({ mailbox: { allow_send_for_client: false } })
    const refused = await post(at(closed, 'bob'), { data: 1 }, await as('alice'))
    expect([refused.status, refused.sent]).toEqual([403, [{ to: 'bob', status: 'refused', reason: 'not allowed' }]])
    await using byRules = await start({
      namespaces: { user: { ...inbox, allow_publish_for_client: true } },
      mailbox: { allow_send_for_client: false },
    })
    expect((await post(at(byRules, 'bob'), { data: 1 }, await as('alice'))).status).toBe(200)
  })

  test('connect from a page is for listed origins, which may then read the answers', async () => {
    await using server = await startOpen({ client: { allowed_origins: ['https://app.example'] } })
    const ask = (origin: string, method = 'GET') => fetch(at(server, 'bob', 'wait=0'), { method, headers: { origin } })
    expect((await ask('https://evil.example')).status).toBe(403)
    const listed = await ask('https://app.example')
    expect([listed.status, listed.headers.get('access-control-allow-origin')]).toEqual([200, 'https://app.example'])
    expect((await ask('https://app.example', 'OPTIONS')).headers.get('access-control-allow-methods')).toContain('POST')
  })

  test('the token of a connection ends it, and so does the server API', async () => {
    await using server = await start({ client: { expired_close_delay: '1ms' } })
    using soon = await open(server, 'bob', `token=${await sign({ sub: 'bob', exp: inSeconds(1) })}`)
    using long = await open(server, 'bob', `token=${await sign({ sub: 'bob' })}`)
    expect((await soon.closed).code).toBe(3005)
    await server.api('disconnect', { user: 'bob' })
    expect((await long.closed).code).toBe(3503)
  })

  test('a user has as many connections as a user may have', async () => {
    await using server = await start({ client: { user_connection_limit: 1 } })
    const token = await sign({ sub: 'bob' })
    using one = await open(server, 'bob', `token=${token}`)
    using two = await open(server, 'bob', `token=${token}`)
    expect((await two.closed).code).toBe(3504)
    expect((await fetch(at(server, 'bob', `wait=0&token=${token}`))).status).toBe(429)
    expect(one.waiting).toBe(0)
  })
})

test('a mailbox that is full refuses what is new, and drops nothing that nobody has taken', async () => {
  await using server = await startOpen({ namespaces: { user: { ...inbox, history_size: 5 } } })
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, data) => post(at(server, 'bob', 'from=alice'), { data })),
  )
  const kept = answers.filter(({ status }) => status === 200)
  expect(kept.length).toBe(5)
  expect(answers.find(({ status }) => status === 507)?.sent).toMatchObject([{ status: 'refused', reason: 'full' }])
  using bob = await open(server, 'bob')
  expect((await bob.take(5)).length).toBe(5)
  await until(async () => (await post(at(server, 'bob', 'from=alice'), { data: 'more' })).status === 200)
  expect(await bob.take(1)).toEqual(['more'])
})

test('a sender that is too fast is told so', async () => {
  await using server = await start({ client: { publish_rate_limit: 1 } })
  const headers = await as('alice')
  const statuses: number[] = []
  for (let n = 0; n < 8; n++) statuses.push((await post(at(server, 'bob'), { data: n }, headers)).status)
  expect(statuses.slice(0, 5)).toEqual([200, 200, 200, 200, 200])
  expect(statuses).toContain(429)
  using alice = await open(server, 'alice', `to=bob&token=${await sign({ sub: 'alice' })}`)
  for (let n = 0; n < 8; n++) alice.send({ data: n })
  const reasons: unknown[] = []
  for (let n = 0; n < 8; n++) reasons.push((await alice.next()).sent?.[0]?.reason)
  expect(reasons).toContain('too many')
})

test.each([1, 2, 3, 4, 5])('what one sends to one arrives in order, whoever comes and goes (seed %i)', async (seed) => {
  await using server = await startOpen({ namespaces: { user: { ...inbox, history_size: 10_000 } } })
  const random = seeded(seed)
  const names = ['a', 'b', 'c', 'd']
  const each = 60
  const senders = await Promise.all(names.map((name) => open(server, name)))
  const sending = Promise.all(
    senders.map(async (sender, index) => {
      for (let n = 0; n < each; n++) {
        const letter = { data: [names[index], n], clientId: `${n}` }
        // One to both, or one to each, the other way round: a letter to the second must not wait behind one to the first.
        if (random() < 0.5) sender.send({ ...letter, to: ['x', 'y'] })
        else for (const to of ['y', 'x']) sender.send({ ...letter, to })
        if (random() < 0.3) await Bun.sleep(random() * 3)
      }
    }),
  )
  const read = await Promise.all(
    ['x', 'y'].map(async (name) => {
      const seen = new Map<string, unknown>() // by id; a socket that is cut may be handed something twice
      let offset = ''
      while (seen.size < names.length * each) {
        using reader = await open(server, name, offset === '' ? '' : `offset=${offset}`)
        const leaveAfter = 1 + random() * 80
        for (let n = 0; n < leaveAfter && seen.size < names.length * each;) {
          const { id = '', data } = await reader.next()
          if (data === undefined) continue
          seen.set(id, data)
          offset = id
          n++
        }
      }
      return [...seen.values()]
    }),
  )
  await sending
  for (const all of read)
    for (const name of names) {
      const numbers = all.flatMap((data) => (Array.isArray(data) && data[0] === name ? [Number(data[1])] : []))
      expect(numbers, `seed ${seed}`).toEqual(Array.from({ length: each }, (_, n) => n))
    }
  for (const sender of senders) sender.close()
})

test('the order is kept with a store that takes its time, too', async () => {
  const random = seeded(1)
  class SlowStore extends MemoryStore {
    override async read(...asked: Parameters<MemoryStore['read']>) {
      await Bun.sleep(random() * 5)
      return super.read(...asked)
    }
  }
  const folder = temporaryFolder()
  const config = testConfig({ namespaces: { user: inbox }, mailbox: { open: true } }, folder)
  const nothing = () => {}
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
  const server = startServer({ config, secrets: { tokenSecret: secret, apiKey }, store: new SlowStore(), log })
  try {
    using alice = await BareSocket.open(new URL('/u/alice', server.url))
    for (let n = 0; n < 20; n++) {
      alice.send({ to: ['x', 'y'], data: 2 * n })
      alice.send({ to: 'y', data: 2 * n + 1 })
    }
    using y = await BareSocket.open(new URL('/u/y', server.url))
    expect(await y.take(40)).toEqual(Array.from({ length: 40 }, (_, n) => n))
  } finally {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test.skipIf(chromiumPath === undefined)(
  'a page needs a WebSocket, an EventSource or fetch, and nothing else',
  async () => {
    await using server = await startOpen()
    await using browser = await openBrowser()
    const page = await browser.newPage()
    await page.goto(new URL('/health', server.url).href)
    const got = await page.evaluate(async () => {
      const here = location.host
      const socket = new WebSocket(`ws://${here}/u/page?to=page`)
      const fromSocket = new Promise((resolve) => {
        socket.addEventListener(
          'message',
          ({ data }) => JSON.parse(data).from !== undefined && resolve(JSON.parse(data)),
        )
      })
      const events = new EventSource('/u/page?device=events')
      const fromEvents = new Promise((resolve) => {
        events.addEventListener('message', ({ data, lastEventId }) => resolve([JSON.parse(data), lastEventId]))
      })
      await Promise.all(
        [socket, events].map((each) => new Promise((resolve) => each.addEventListener('open', resolve))),
      )
      socket.send('{"data":"hello"}')
      const all = await Promise.all([fromSocket, fromEvents])
      events.close()
      socket.close()
      return all
    })
    expect(got).toMatchObject([{ from: 'page', data: 'hello' }, [{ from: 'page', data: 'hello' }, expect.any(String)]])
  },
)

// --------------------------------------------------------------------------------

/** A socket whose far end took the handshake and then says nothing any more, as after a radio that died. */
async function openDeaf(server: TestServer, user: string): Promise<Socket> {
  const socket = connectTcp(Number(server.url.port), '127.0.0.1')
  const upgraded = new Promise<void>((resolve) => {
    socket.on('data', (data) => {
      if (data.toString('latin1').startsWith('HTTP/1.1 101')) resolve()
    })
  })
  socket.write(
    `GET /u/${user} HTTP/1.1\r\nHost: ${server.url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  )
  await upgraded
  return socket
}

/** `posthouse serve` in a process of its own, to be killed. */
class Child implements AsyncDisposable {
  readonly #process: Bun.Subprocess
  readonly #url: string

  private constructor(child: Bun.Subprocess, url: string) {
    this.#process = child
    this.#url = url
  }

  static async start(folder: string): Promise<Child> {
    const main = join(import.meta.dir, '../src/cli/main.ts')
    const flags = ['--data', folder, '--port', '0', '--address', '127.0.0.1', '--mailbox.open']
    const child = Bun.spawn([process.execPath, main, 'serve', ...flags], {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'ignore',
    })
    children.push(child)
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of child.stdout) {
      text += decoder.decode(chunk, { stream: true })
      const port = /"url":"http:\/\/[^"]*:(\d+)\/"/.exec(text)?.[1]
      if (port !== undefined) return new Child(child, `http://127.0.0.1:${port}`)
    }
    throw new Error(`ended before it listened: ${text}`)
  }

  at(user: string, query = ''): URL {
    return new URL(`/u/${user}?${query}`, this.#url)
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#process.exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

const children: Bun.Subprocess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL')
    await child.exited
  }
})

/** An event stream, read by hand. */
class Events {
  readonly #reader: ReadableStreamDefaultReader<string>
  #text = ''

  private constructor(reader: ReadableStreamDefaultReader<string>) {
    this.#reader = reader
  }

  static async open(url: URL, headers: Record<string, string>): Promise<Events> {
    const { body } = await fetch(url, { headers })
    if (body === null) throw new Error('no body')
    return new Events(body.pipeThrough(new TextDecoderStream()).getReader())
  }

  async next(): Promise<{ readonly id: string; readonly data: unknown }> {
    for (;;) {
      const [, event] = /^(?:(?!id:)[^\n]*\n)*?(id: [^\n]+\ndata: [^\n]+)\n\n/.exec(this.#text) ?? []
      if (event !== undefined) {
        this.#text = this.#text.slice(this.#text.indexOf(event) + event.length + 2)
        const [id = '', data = ''] = event.split('\n')
        return { id: id.slice('id: '.length), data: JSON.parse(data.slice('data: '.length)) }
      }
      const { value, done } = await this.#reader.read()
      if (done) throw new Error('the stream ended')
      this.#text += value
    }
  }

  close(): void {
    void this.#reader.cancel()
  }
}

/** Mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
