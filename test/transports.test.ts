/** One list of promises, kept by every door in every encoding. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { Line } from './line.ts'
import { rawDoors, RawReader } from './raw-reader.ts'
import { logged, sign, startTestServer, type TestServer } from './server.ts'
import { guestDoors, listenerDoors, SdkGuest, type Visitor } from './visitors.ts'

setDefaultTimeout(20_000) // the machine may have more to do; what waits says itself what for, and sooner

const doors = [...guestDoors, ...listenerDoors]
const each = <T extends { readonly name: string }>(list: readonly T[]) => list.map((door) => [door.name, door] as const)
const social = { ...logged, join_leave: true, force_push_join_leave: true }

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 8000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited for ${what}`)
    await Bun.sleep(5)
  }
}

const publishAll = async (server: TestServer, channel: string, ...data: unknown[]) => {
  for (const one of data) await server.publish(channel, { data: JSON.stringify(one) })
}

async function entered(visitor: Visitor, times = 1): Promise<void> {
  await until(`connection ${times}`, () => visitor.connections >= times)
}

/** That somebody is subscribed: through some doors that is a second step. */
async function subscribers(server: TestServer, channel: string, count: number): Promise<void> {
  await until(`${count} subscribers`, async () => (await presence(server, channel)).length === count)
}

async function presence(server: TestServer, channel: string): Promise<string[]> {
  const { body } = await server.api('presence', { channel })
  return Object.keys((body as { result: { presence: object } }).result.presence)
}

test.each(each(doors))('%s: publications come in order, each once', async (_, door) => {
  await using server = await startTestServer({ namespaces: { '': logged } })
  const visitor = door.open(server.url.origin, 'news')
  await subscribers(server, 'news', 1)
  const sent = Array.from({ length: 200 }, (_each, n) => ({ n, text: `${n} "ü" 好 \u{1F600}\n` }))
  await publishAll(server, 'news', ...sent)
  await until('all of them', () => visitor.heard.length >= sent.length)
  expect(visitor.heard).toEqual(sent)
  visitor.leave()
})

test.each(each(guestDoors))('%s: what one says is answered, kept and heard', async (_, door) => {
  await using server = await startTestServer({ namespaces: { '': logged } })
  const guest = door.open(server.url.origin, 'news', await sign({ sub: 'ann' }))
  const other = door.open(server.url.origin, 'news')
  await subscribers(server, 'news', 2)
  for (const n of [1, 2, 3]) await guest.publish({ n })
  await until('three at the other', () => other.heard.length >= 3)
  expect(other.heard).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  expect(await guest.history()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  expect(await guest.count()).toEqual({ clients: 2, users: 2 })
  guest.leave()
  other.leave()
})

test.each(each(guestDoors))('%s: what one says at once arrives in the order it was said', async (_, door) => {
  await using server = await startTestServer({ namespaces: { '': logged } })
  const guest = door.open(server.url.origin, 'news')
  await subscribers(server, 'news', 1)
  const sent = Array.from({ length: 50 }, (_each, n) => n)
  if (door.name.startsWith('websocket')) await Promise.all(sent.map((n) => guest.publish(n)))
  else for (const n of sent) await guest.publish(n) // a browser sends requests side by side, in no order
  await until('all of them', () => guest.heard.length >= sent.length)
  expect(guest.heard).toEqual(sent)
  guest.leave()
})

test.each(each(doors))('%s: who was cut off gets what was said meanwhile, once and in order', async (_, door) => {
  await using server = await startTestServer({ namespaces: { '': logged } })
  await using line = await Line.to(server.url)
  const visitor = door.open(line.url, 'news')
  await subscribers(server, 'news', 1)
  await publishAll(server, 'news', 'before')
  await until('the first', () => visitor.heard.length === 1)
  for (const round of [1, 2]) {
    line.cut()
    await subscribers(server, 'news', 0) // nobody is kept who is not there
    await publishAll(server, 'news', `away ${round}`, `still away ${round}`)
    line.mend()
    await entered(visitor, round + 1)
    await subscribers(server, 'news', 1)
    await publishAll(server, 'news', `back ${round}`)
    await until('what was said', () => visitor.heard.includes(`back ${round}`))
  }
  expect(visitor.heard).toEqual(['before', 'away 1', 'still away 1', 'back 1', 'away 2', 'still away 2', 'back 2'])
  visitor.leave()
})

test.each(each(doors))('%s: one is present, sees others come and go, and is seen', async (_, door) => {
  await using server = await startTestServer({ namespaces: { '': social } })
  await using line = await Line.to(server.url)
  const wire = await server.connect()
  await wire.ask({ subscribe: { channel: 'news', join_leave: true } })
  const visitor = door.open(line.url, 'news')
  await entered(visitor)
  await subscribers(server, 'news', 2)
  expect(await presence(server, 'news')).toContain(visitor.client)
  const guest = await server.connect()
  const { subscribe } = await guest.ask({ subscribe: { channel: 'news' } })
  expect(subscribe).toBeDefined()
  await subscribers(server, 'news', 3)
  guest.close()
  await until('who left', () => visitor.seen.some((change) => change.startsWith('-')))
  const [came, left] = visitor.seen.slice(-2)
  expect(left).toBe(came?.replace('+', '-'))
  line.cut()
  await subscribers(server, 'news', 1)
  await until(
    'both of them to be gone',
    () => wire.left.filter(({ push }) => push?.['leave'] !== undefined).length === 2,
  )
  expect(JSON.stringify(wire.left)).toContain(`"leave":{"info":{"user":"","client":"${visitor.client}"`)
  visitor.leave()
})

test('a user who is in by every door at once is one user and as many clients', async () => {
  await using server = await startTestServer({ namespaces: { '': logged } })
  const token = await sign({ sub: 'ann' })
  const visitors = doors.map((door) => door.open(server.url.origin, 'news', token))
  await subscribers(server, 'news', doors.length)
  const { body } = await server.api('presence_stats', { channel: 'news' })
  expect(body).toEqual({ result: { num_clients: doors.length, num_users: 1 } })
  expect((await presence(server, 'news')).toSorted()).toEqual(visitors.map(({ client }) => client).toSorted())
  for (const visitor of visitors) visitor.leave()
  await subscribers(server, 'news', 0)
})

test.each(each(doors))('%s: a server that goes down tells its clients to come back', async (_, door) => {
  const server = await startTestServer({ namespaces: { '': logged } })
  const visitor = door.open(server.url.origin, 'news')
  await entered(visitor)
  await server.close()
  await until('the farewell', () => visitor.farewells.length > 0)
  expect(visitor.farewells).toEqual([3001])
  visitor.leave()
})

test.each(each(doors))('%s: whom the API sends away is told why, and stays away', async (_, door) => {
  await using server = await startTestServer({ namespaces: { '': logged } })
  const visitor = door.open(server.url.origin, 'news', await sign({ sub: 'ann' }))
  await subscribers(server, 'news', 1)
  await server.api('disconnect', { user: 'ann' })
  await until('the farewell', () => visitor.farewells.length > 0)
  expect(visitor.farewells).toEqual([3503])
  visitor.leave()
})

const raw = Object.entries(rawDoors)

test.each(raw)('%s: who does not read is disconnected, and the others go on', async (name, request) => {
  const ended: number[] = []
  const hooks = { disconnected: (_client: unknown, { code }: { code: number }) => void ended.push(code) }
  await using server = await startTestServer({
    namespaces: { '': { ...logged, history_size: 5 } },
    client: { queue_max_size: 100_000 },
    application: { hooks },
  })
  using slow = new RawReader(server.url, request('news'), false)
  using other = new RawReader(server.url, request('news'))
  await subscribers(server, 'news', 2)
  const filling = 'x'.repeat(50_000)
  let sent = 0
  while (ended.length === 0 && sent < 1000) {
    await server.publish('news', { data: `"<${sent++}>${filling}"` })
    await until(`publication ${sent} at the other`, () => other.text.includes(`<${sent - 1}>`))
  }
  expect(ended).toEqual([3008])
  await server.publish('news', { data: '"on it goes"' })
  await until('the next at the other', () => other.text.includes('on it goes'))
  expect(other.closed).toBe(false)
  slow.read()
  await until('the last word', () => slow.text.includes('slow'))
  const got = Array.from(slow.text.matchAll(/<(\d+)>/g), ([, n]) => Number(n))
  expect(got).toEqual(Array.from({ length: got.length }, (_each, n) => n)) // nothing is missing in the middle
  expect(got.length).toBeLessThan(sent)
  expect(slow.text).toContain('slow')
  expect(slow.text, name).not.toContain('on it goes')
})

test.each(raw)(
  '%s: a thousand are back at once, and miss nothing',
  async (_, request) => {
    await using server = await startTestServer({ namespaces: { '': logged } })
    const crowd = (from?: { epoch: string; offset: number }) =>
      Array.from({ length: 1000 }, () => new RawReader(server.url, request('news', from)))
    const first = crowd()
    await subscribers(server, 'news', 1000)
    const { position } = await server.publish('news', { data: '"<one>"' })
    await until('the first to be heard', () => first.every(({ text }) => text.includes('<one>')))
    for (const reader of first) reader[Symbol.dispose]()
    await publishAll(server, 'news', '<two>')
    await subscribers(server, 'news', 0)
    const second = crowd(position)
    await subscribers(server, 'news', 1000)
    await publishAll(server, 'news', '<three>')
    await until('the last to be heard', () => second.every(({ text }) => text.includes('<three>')))
    expect(second.filter((reader) => reader.count('<one>') !== 0 || reader.count('<two>') !== 1)).toEqual([])
    expect(second.filter((reader) => reader.count('<three>') !== 1 || reader.closed)).toEqual([])
    for (const reader of second) reader[Symbol.dispose]()
  },
  60_000,
)

test.each(raw)('%s: when the server is full, nobody else is let in', async (_, request) => {
  await using server = await startTestServer({ namespaces: { '': logged }, client: { connection_limit: 4 } })
  const doorsInUse = [rawDoors['websocket, json'], rawDoors['sse'], rawDoors['uni_http_stream'], request]
  const readers = doorsInUse.map((door) => new RawReader(server.url, door?.('news') ?? new Uint8Array()))
  await until('four to be in', () => readers.every(({ text }) => text.includes('client') || text.includes('news')))
  using late = new RawReader(server.url, request('news'))
  await until('the answer', () => late.text !== '')
  expect(late.text).toStartWith('HTTP/1.1 503 ')
  readers.shift()?.[Symbol.dispose]()
  await until('room', async () => {
    using next = new RawReader(server.url, request('news'))
    await until('an answer', () => next.text !== '')
    return !next.text.startsWith('HTTP/1.1 503 ')
  })
  for (const reader of readers) reader[Symbol.dispose]()
})

test.each([
  [/upgrade: websocket/i, 'http_stream'],
  [/upgrade: websocket|\/connection\/http_stream/i, 'sse'],
] as const)('a client whose line refuses %s gets in by %s, and misses nothing', async (refused, transport) => {
  await using server = await startTestServer({ namespaces: { '': logged } })
  await using line = await Line.to(server.url)
  line.refuses = refused
  const guest = new SdkGuest(['websocket', 'http_stream', 'sse'], 'json', line.url, 'news', '')
  await subscribers(server, 'news', 1)
  expect(guest.transport).toBe(transport)
  await guest.publish('hello')
  line.cut()
  await subscribers(server, 'news', 0)
  await publishAll(server, 'news', 'you were away')
  line.mend()
  await until('what was missed', () => guest.heard.length === 2)
  expect(guest.heard).toEqual(['hello', 'you were away'])
  guest.leave()
})
