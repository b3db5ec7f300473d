/**
 * Deltas (protocol section 17): the official client applies every patch, so
 * whatever it hands over has to be what was published.
 */
import { describe, expect, test } from 'bun:test'
import type { Subscription } from 'centrifuge'
import { Centrifuge as ProtobufCentrifuge } from 'centrifuge/build/protobuf'
import { Dice } from './dice.ts'
import { logged, open, startTestServer, type TestOptions } from './server.ts'
import { next, Reading, Sdk } from './sdk.ts'
import type { Pub, Wire } from './wire.ts'

const fossil = { allowed_delta_types: ['fossil'] }
const namespaces = {
  patched: { ...logged, ...fossil, delta_publish: true },
  marked: { ...logged, ...fossil }, // only what its publisher marks
  passing: { ...open, ...fossil, delta_publish: true }, // without history
  plain: { ...logged, delta_publish: true },
}
const start = (options: TestOptions = {}) => startTestServer({ namespaces, ...options })

/** A document of which a revision says what changed. */
const document = (revision: number) => ({
  title: '会议记录',
  text: `Everything stays the same but for the revision. ${'今天的内容和昨天一样。'.repeat(8)}`,
  revision,
})
const revisions = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => document(from + i))

type Sent = Pub & { readonly delta?: boolean }

/** Of what a bare connection is handed: which came whole (`full`) and which as a patch. */
async function kinds(wire: Wire, count: number): Promise<string[]> {
  const taken: string[] = []
  while (taken.length < count) taken.push(kindOf((await wire.push('pub')).pub))
  return taken
}

function kindOf(pub: Sent | undefined): string {
  if (typeof pub?.data !== 'string') return 'object'
  return pub.delta === true ? 'patch' : JSON.stringify(JSON.parse(pub.data)) === pub.data ? 'full' : 'broken'
}

const subscribe = (channel: string, more: object = {}) => ({ subscribe: { channel, delta: 'fossil', ...more } })

describe('what is agreed on', () => {
  test('deltas where the namespace allows them, and none where it does not, without a word', async () => {
    await using server = await start()
    const wire = await server.connect()
    expect((await wire.ask(subscribe('patched:a'))).subscribe?.['delta']).toBe(true)
    expect((await wire.ask(subscribe('plain:a'))).subscribe).not.toHaveProperty('delta')
    await server.publish('plain:a', { data: '{"n":1}' })
    expect((await wire.push('pub')).pub?.data).toEqual({ n: 1 })
  })

  test('a format that nobody knows ends the connection (3501)', async () => {
    await using server = await start()
    const wire = await server.connect()
    wire.send({ id: 9, ...subscribe('patched:a', { delta: 'xdelta' }) })
    expect((await wire.closed).code).toBe(3501)
  })

  test('server-side subscriptions, too, if the client asks when it connects', async () => {
    await using server = await start()
    const wire = await server.wire()
    const { connect } = await wire.ask({ connect: { subs: { 'patched:a': { delta: 'fossil' } } } })
    expect(connect?.subs?.['patched:a']?.['delta']).toBe(true)
    for (const each of revisions(1, 2)) await server.publish('patched:a', { data: JSON.stringify(each) })
    expect(await kinds(wire, 2)).toEqual(['full', 'patch'])
  })
})

describe('what is sent', () => {
  test('the first publication whole, then patches; to everybody else objects', async () => {
    await using server = await start()
    const [knows, knowsNot] = [await server.connect(), await server.connect()]
    await knows.ask(subscribe('patched:a'))
    await knowsNot.ask({ subscribe: { channel: 'patched:a' } })
    for (const each of revisions(1, 4)) await server.publish('patched:a', { data: JSON.stringify(each) })
    expect(await kinds(knows, 4)).toEqual(['full', 'patch', 'patch', 'patch'])
    expect(await knowsNot.publications(4)).toEqual(revisions(1, 4))
  })

  test('who comes later begins with a whole one while the others go on with patches', async () => {
    await using server = await start()
    const [early, late] = [await server.connect(), await server.connect()]
    await early.ask(subscribe('patched:a'))
    await server.publish('patched:a', { data: JSON.stringify(document(1)) })
    await late.ask(subscribe('patched:a'))
    for (const each of revisions(2, 4)) await server.publish('patched:a', { data: JSON.stringify(each) })
    expect(await kinds(early, 4)).toEqual(['full', 'patch', 'patch', 'patch'])
    expect(await kinds(late, 3)).toEqual(['full', 'patch', 'patch'])
  })

  test('what is not marked is sent whole, and what follows is a patch of it', async () => {
    await using server = await start()
    const wire = await server.connect()
    await wire.ask(subscribe('marked:a'))
    for (const [revision, delta] of [true, true, false, true, undefined].entries())
      await server.api('publish', { channel: 'marked:a', data: document(revision), delta })
    await server.api('broadcast', { channels: ['marked:a'], data: document(9), delta: true })
    expect(await kinds(wire, 6)).toEqual(['full', 'patch', 'full', 'patch', 'full', 'patch'])
  })

  test('what has nothing in common is sent whole', async () => {
    await using server = await start()
    const wire = await server.connect()
    await wire.ask(subscribe('patched:a'))
    for (const data of ['{"a":1}', '{"b":2}', '"x"', '[1,2,3]']) await server.publish('patched:a', { data })
    expect(await kinds(wire, 4)).toEqual(['full', 'full', 'full', 'full'])
  })

  test('the text of the publisher, not one that means the same', async () => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    const wire = await server.connect()
    await wire.ask(subscribe('patched:a'))
    const reading = await client.subscribe('patched:a', { delta: 'fossil' })
    const data = `{ "z": 1,  "a": 12345678901234567890, "e": "\\u00e9", "long": "${'abc'.repeat(50)}", "n": 1.0 }`
    await server.publish('patched:a', { data })
    await server.publish('patched:a', { data: data.replace('1.0', '2.0') })
    expect((await wire.push('pub')).pub?.data).toBe(data)
    expect(await reading.until(2)).toEqual([JSON.parse(data), JSON.parse(data.replace('1.0', '2.0'))])
  })

  test('in a channel without history, and of what is not to be kept, just the same', async () => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    const passing = await client.subscribe('passing:a', { delta: 'fossil' })
    const kept = await client.subscribe('patched:a', { delta: 'fossil' })
    for (const [n, each] of revisions(1, 6).entries()) {
      await server.publish('passing:a', { data: JSON.stringify(each) })
      await server.publish('patched:a', { data: JSON.stringify(each) }, { skipHistory: n % 3 === 1 })
    }
    expect(await passing.until(6)).toEqual(revisions(1, 6))
    expect(await kept.until(6)).toEqual(revisions(1, 6))
    expect(passing.subscription.deltaStats()).toMatchObject({ numFullPayloads: 1, numDeltaPayloads: 5 })
    expect(kept.subscription.deltaStats()).toMatchObject({ numFullPayloads: 1, numDeltaPayloads: 5 })
  })

  test('tags and the publisher come along with a patch', async () => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('patched:a', { delta: 'fossil' })
    const seen: unknown[] = []
    reading.subscription.on('publication', ({ tags, info, offset }) => seen.push([tags, info?.user, offset]))
    const info = { user: '7', client: 'c', connInfo: '{"name":"安"}', chanInfo: undefined }
    await server.publish('patched:a', { data: JSON.stringify(document(1)), tags: { n: '1' }, info })
    await server.publish('patched:a', { data: JSON.stringify(document(2)), tags: { n: '2' }, info })
    await reading.until(2)
    expect(seen).toEqual([
      [{ n: '1' }, '7', 1],
      [{ n: '2' }, '7', 2],
    ])
  })
})

describe('coming back', () => {
  const missed = async (wire: Wire, offset: number) => {
    const { subscribe: result } = await wire.ask(subscribe('patched:a', { recover: true, offset }))
    return result
  }

  test('what was missed is a whole one and patches, and live it goes on with patches', async () => {
    await using server = await start()
    for (const each of revisions(1, 5)) await server.publish('patched:a', { data: JSON.stringify(each) })
    const wire = await server.connect()
    const result = await missed(wire, 2)
    expect(result).toMatchObject({ recovered: true, delta: true, offset: 2 })
    expect(result?.publications?.map(kindOf)).toEqual(['full', 'patch', 'patch'])
    await server.publish('patched:a', { data: JSON.stringify(document(6)) })
    expect(await kinds(wire, 1)).toEqual(['patch'])
  })

  test('if nothing was missed, the next one is whole', async () => {
    await using server = await start()
    await server.publish('patched:a', { data: JSON.stringify(document(1)) })
    const wire = await server.connect()
    expect(await missed(wire, 1)).toMatchObject({ recovered: true, delta: true, offset: 1 })
    for (const each of revisions(2, 3)) await server.publish('patched:a', { data: JSON.stringify(each) })
    expect(await kinds(wire, 2)).toEqual(['full', 'patch'])
  })

  test('if it cannot be recovered, the next one is whole', async () => {
    await using server = await start()
    await server.publish('patched:a', { data: JSON.stringify(document(1)) })
    const wire = await server.connect()
    expect(await missed(wire, 99)).toMatchObject({ was_recovering: true, delta: true, offset: 1 })
    for (const each of revisions(2, 3)) await server.publish('patched:a', { data: JSON.stringify(each) })
    expect(await kinds(wire, 2)).toEqual(['full', 'patch'])
  })

  test('the official client reads on after it lost its connection, and after it subscribed anew', async () => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('patched:a', { delta: 'fossil' })
    const publish = (from: number, to: number) =>
      Promise.all(revisions(from, to).map((each) => server.publish('patched:a', { data: JSON.stringify(each) })))
    await publish(1, 3)
    await reading.until(3)
    client.disconnect()
    await publish(4, 8)
    await client.begin()
    await publish(9, 10)
    await reading.until(10)
    client.disconnect()
    await client.begin()
    await publish(11, 12)
    await reading.until(12)
    reading.subscription.unsubscribe()
    const again = next(reading.subscription, 'subscribed')
    reading.subscription.subscribe()
    await again
    await publish(13, 15)
    expect(await reading.until(15)).toEqual(revisions(1, 15))
    expect(reading.subscription.deltaStats().numDeltaPayloads).toBeGreaterThan(8)
  })

  test('a fresh client that was given a position reads on from there', async () => {
    await using server = await start()
    const { position } = await server.publish('patched:a', { data: JSON.stringify(document(1)) })
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('patched:a', { delta: 'fossil', since: position })
    for (const each of revisions(2, 4)) await server.publish('patched:a', { data: JSON.stringify(each) })
    expect(await reading.until(3)).toEqual(revisions(2, 4))
  })
})

/** The official client as it speaks Protobuf: payloads are bytes. */
class BinarySdk extends ProtobufCentrifuge implements Disposable {
  constructor(url: string) {
    super(url, { minReconnectDelay: 10, maxReconnectDelay: 100 })
    this.connect()
  }

  async read(channel: string): Promise<Reading> {
    // The same class in another bundle, which the types take for another.
    const subscription = this.newSubscription(channel, { delta: 'fossil' }) as unknown as Subscription
    const reading = new Reading(subscription)
    const subscribed = next(subscription, 'subscribed')
    subscription.subscribe()
    await subscribed
    return reading
  }

  [Symbol.dispose](): void {
    this.disconnect()
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
const parsed = (data: unknown): unknown => (data instanceof Uint8Array ? JSON.parse(utf8.decode(data)) : data)

test('payloads that are no text are patched, too, for those who read bytes', async () => {
  await using server = await start()
  using binary = new BinarySdk(server.webSocket)
  const reading = await binary.read('patched:a')
  const images = [0, 1, 2].map((n) => Uint8Array.from({ length: 500 }, (_, i) => (i === 250 ? n : (i * 7) % 256)))
  for (const data of images) await server.publish('patched:a', { data })
  const seen = await reading.until(3)
  expect(seen.map((data) => (data instanceof Uint8Array ? [...data] : data))).toEqual(images.map((data) => [...data]))
  expect(reading.subscription.deltaStats()).toMatchObject({ numFullPayloads: 1, numDeltaPayloads: 2 })
})

test('whoever only listens is handed patches if it asked', async () => {
  await using server = await start()
  const events: string[] = []
  const asked = JSON.stringify({ subs: { 'patched:a': { delta: 'fossil' } } })
  const socket = new WebSocket(
    `ws://${server.url.host}/connection/uni_websocket?cf_connect=${encodeURIComponent(asked)}`,
  )
  const heard = Promise.withResolvers<void>()
  socket.addEventListener('message', ({ data }) => {
    events.push(...String(data).split('\n'))
    if (events.length >= 3) heard.resolve()
    else if (events.length === 1)
      void (async () => {
        for (const each of revisions(1, 2)) await server.publish('patched:a', { data: JSON.stringify(each) })
      })()
  })
  await heard.promise
  socket.close()
  const [connected, one, two] = events.map((each): { connect?: object; pub?: Sent } => JSON.parse(each))
  expect(connected?.connect).toMatchObject({ subs: { 'patched:a': { delta: true } } })
  expect([kindOf(one?.pub), kindOf(two?.pub)]).toEqual(['full', 'patch'])
})

const words = [
  '你好',
  '世界',
  '😀',
  '👨‍👩‍👧',
  'é',
  'e\u0301',
  'plain',
  '"',
  '\\',
  '\n',
  '\u2028',
  '\u0000',
  '𝄞',
  '<&>',
  ' ',
]

/** What a document becomes when somebody works on it. */
function edited(value: unknown, dice: Dice): unknown {
  const word = () => Array.from({ length: dice.roll(12) }, () => words[dice.roll(words.length)]).join('')
  if (Array.isArray(value)) {
    const list = value.map((each) => (dice.roll(4) === 0 ? edited(each, dice) : each))
    if (dice.roll(2) === 0) list.splice(dice.roll(list.length + 1), 0, { id: dice.roll(1e9), said: word() })
    if (dice.roll(3) === 0) list.splice(dice.roll(list.length + 1), dice.roll(3))
    return list
  }
  if (typeof value === 'object' && value !== null) return { ...value, [`k${dice.roll(4)}`]: word() }
  return word()
}

test('whatever is published, readers that come, go and come back are handed exactly that', async () => {
  await using server = await start()
  using steady = await new Sdk(server.webSocket).begin()
  using restless = await new Sdk(server.webSocket).begin()
  using plain = await new Sdk(server.webSocket).begin()
  using binary = new BinarySdk(server.webSocket)
  const count = 250
  for (const seed of [1, 2, 3]) {
    const dice = new Dice(seed)
    const channel = `patched:${seed}`
    const [one, two, three] = [
      await steady.subscribe(channel, { delta: 'fossil' }),
      await restless.subscribe(channel, { delta: 'fossil' }),
      await plain.subscribe(channel),
    ]
    const four = await binary.read(channel)
    const published: unknown[] = []
    let value: unknown = [{ id: 1, said: '开始' }]
    while (published.length < count) {
      value = dice.roll(40) === 0 ? [words[dice.roll(words.length)]] : edited(value, dice)
      published.push(value)
      await server.publish(channel, { data: JSON.stringify(value) })
      for (const client of [restless, binary]) {
        if (dice.roll(25) === 0) client.disconnect()
        if (dice.roll(10) === 0) client.connect()
      }
    }
    restless.connect()
    binary.connect()
    for (const [name, reading] of Object.entries({ one, two, three }))
      expect(await reading.until(count), `seed ${seed}, reader ${name}`).toEqual(published)
    const bytes = await four.until(count)
    expect(
      bytes.map((each) => parsed(each)),
      `seed ${seed}, reader of bytes`,
    ).toEqual(published)
    for (const { subscription } of [one, four])
      expect(subscription.deltaStats().numDeltaPayloads, `seed ${seed}`).toBeGreaterThan(count / 3)
  }
}, 30_000)
