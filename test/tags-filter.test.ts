/** Tags filters (protocol section 18), as the official client asks for them and by hand. */
import { describe, expect, test } from 'bun:test'
import { Centrifuge as ProtobufCentrifuge } from 'centrifuge/build/protobuf'
import { logged, open, startTestServer, type TestOptions } from './server.ts'
import { next, Sdk } from './sdk.ts'

const namespaces = {
  news: { ...logged, allow_tags_filter: true, allowed_delta_types: ['fossil'] },
  passing: { ...open, allow_tags_filter: true },
  cached: {
    ...logged,
    allow_tags_filter: true,
    force_recovery_mode: 'cache',
    auto_cache_recover: true,
  },
  closed: logged,
}
const start = (options: TestOptions = {}) => startTestServer({ namespaces, ...options })
const english = { key: 'lang', cmp: 'eq', val: 'en' } as const
const data = (n: number) => ({ data: String(n) })
const inEnglish = { tags: { lang: 'en' } }
const inGerman = { tags: { lang: 'de' } }

test('a subscriber is handed what it wants, and nothing else', async () => {
  await using server = await start()
  using client = await new Sdk(server.webSocket).begin()
  for (const channel of ['news:a', 'passing:a']) {
    const filtered = await client.subscribe(channel, { tagsFilter: english })
    const joined = await new Sdk(server.webSocket).begin()
    const all = await joined.subscribe(channel)
    await server.publish(channel, { ...data(1), ...inGerman })
    await server.publish(channel, { ...data(2), ...inEnglish })
    await server.publish(channel, data(3))
    await server.api('publish', { channel, data: 4, tags: { lang: 'en', kind: 'x' } })
    expect(await all.until(4)).toEqual([1, 2, 3, 4])
    expect(await filtered.until(2)).toEqual([2, 4])
    joined.disconnect()
  }
})

test('each subscriber has its own, in the forms that the client offers', async () => {
  await using server = await start()
  using client = await new Sdk(server.webSocket).begin()
  using other = await new Sdk(server.webSocket).begin()
  const cheap = await client.subscribe('news:a', {
    tagsFilter: {
      op: 'and',
      nodes: [
        { key: 'price', cmp: 'lt', val: '10.5' },
        { op: 'not', nodes: [{ key: 'shop', cmp: 'in', vals: ['a', 'b'] }] },
      ],
    },
  })
  const known = await other.subscribe('news:a', { tagsFilter: { key: 'shop', cmp: 'ex' } })
  const tags = [{ price: '9' }, { price: '10.50' }, { price: '-1', shop: 'a' }, { price: '10.49', shop: 'c' }, {}]
  for (const [n, each] of tags.entries()) await server.publish('news:a', { ...data(n), tags: each })
  expect(await known.until(2)).toEqual([2, 3])
  expect(await cheap.until(2)).toEqual([0, 3])
})

test('so is one that speaks Protobuf', async () => {
  await using server = await start()
  const client = new ProtobufCentrifuge(server.webSocket)
  const subscription = client.newSubscription('news:a', {
    tagsFilter: { op: 'or', nodes: [english, { key: 'lang', cmp: 'in', vals: ['中文'] }] },
  })
  const seen: unknown[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  subscription.on('publication', ({ offset }) => {
    seen.push(offset)
    if (seen.length === 2) resolve()
  })
  const subscribed = new Promise((done) => subscription.on('subscribed', done))
  subscription.subscribe()
  client.connect()
  await subscribed
  for (const lang of ['de', '中文', 'fr', 'en']) await server.publish('news:a', { ...data(1), tags: { lang } })
  await promise
  expect(seen).toEqual([2, 4])
  client.disconnect()
})

test('what is not wanted moves the position all the same', async () => {
  await using server = await start()
  const wire = await server.connect()
  await wire.ask({ subscribe: { channel: 'news:a', tf: english } })
  for (let n = 1; n <= 5; n++) await server.publish('news:a', { ...data(n), ...(n === 3 ? inEnglish : inGerman) })
  await server.publish('news:a', { ...data(6), ...inEnglish })
  // Had a gap been seen, the subscription would have ended (2500) or been repaired with what is not wanted.
  expect(await wire.publications(2)).toEqual([3, 6])
  await wire.ask({ history: { channel: 'news:a' } })
  expect(wire.left).toEqual([])
})

describe('coming back', () => {
  test('what is not wanted is left out of what was missed, and is no gap', async () => {
    await using server = await start()
    for (let n = 1; n <= 6; n++) await server.publish('news:a', { ...data(n), ...(n % 2 === 0 ? inEnglish : inGerman) })
    const wire = await server.connect()
    const tf = english
    const { subscribe } = await wire.ask({ subscribe: { channel: 'news:a', recover: true, offset: 1, tf } })
    expect(subscribe).toMatchObject({ recovered: true, offset: 1 })
    expect(subscribe?.publications?.map((each) => each.offset)).toEqual([2, 4, 6])
    await server.publish('news:a', { ...data(7), ...inEnglish })
    expect(await wire.publications(1)).toEqual([7])
  })

  test('if nothing of it is wanted, the client is told where the log stands', async () => {
    await using server = await start()
    for (let n = 1; n <= 6; n++) await server.publish('news:a', { ...data(n), ...inGerman })
    const wire = await server.connect()
    const { subscribe } = await wire.ask({
      subscribe: { channel: 'news:a', recover: true, offset: 1, tf: english },
    })
    expect(subscribe).toMatchObject({ recovered: true, offset: 6 })
    expect(subscribe).not.toHaveProperty('publications')
  })

  test('the official client recovers through a filter', async () => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('news:a', { tagsFilter: english })
    for (let n = 1; n <= 10; n++) {
      if (n === 4) client.disconnect()
      await server.publish('news:a', { ...data(n), ...(n % 2 === 0 ? inEnglish : inGerman) })
      if (n === 8) client.connect()
    }
    expect(await reading.until(5)).toEqual([2, 4, 6, 8, 10])
    expect(reading.subscription.state).toBe('subscribed' as typeof reading.subscription.state)
  })

  test('where only the last publication matters, it is the last that is wanted', async () => {
    await using server = await start()
    await server.publish('cached:a', { ...data(1), ...inEnglish })
    await server.publish('cached:a', { ...data(2), ...inEnglish })
    for (const n of [3, 4, 5]) await server.publish('cached:a', { ...data(n), ...inGerman })
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('cached:a', { tagsFilter: english })
    expect(await reading.until(1)).toEqual([2])
  })
})

describe('is refused (107)', () => {
  const refused = async (command: object) => {
    await using server = await start()
    const wire = await server.connect()
    const { error } = await wire.ask({ subscribe: { channel: 'news:a', ...command } })
    expect((await wire.ask({ subscribe: { channel: 'news:a', tf: english } })).subscribe).toBeDefined() // none was left
    return error?.code
  }
  test('where the namespace does not allow it', async () => {
    expect(await refused({ channel: 'closed:a', tf: english })).toBe(107)
  })
  test('if it means nothing', async () => {
    expect(await refused({ tf: { key: 'lang', cmp: 'like', val: 'en' } })).toBe(107)
    expect(await refused({ tf: {} })).toBe(107)
    expect(await refused({ tf: { op: 'and', nodes: [english, { op: 'not' }] } })).toBe(107)
  })
  test('together with deltas', async () => {
    expect(await refused({ tf: english, delta: 'fossil' })).toBe(107)
  })
  test('and the official client is told', async () => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    const subscription = client.newSubscription('closed:a', { tagsFilter: english })
    const unsubscribed = next(subscription, 'unsubscribed')
    subscription.subscribe()
    expect(await unsubscribed).toMatchObject({ code: 107 })
  })
})

test('a filter of the wrong types is not the protocol (3501)', async () => {
  await using server = await start()
  for (const tf of ['en', [], { key: 1 }, { op: 'and', nodes: english }, { op: 'and', nodes: ['x'] }, { vals: [1] }]) {
    const wire = await server.connect()
    wire.send({ id: 9, subscribe: { channel: 'news:a', tf } })
    expect((await wire.closed).code, JSON.stringify(tf)).toBe(3501)
  }
})
