/**
 * Whatever the engine does to publications on their way, subscribers with a
 * position are handed each of them once and in order: end to end, with the
 * official client (`src/core/cursor.test.ts` tries the same much harder, inside).
 */
import { describe, expect, test } from 'bun:test'
import type { Publication } from '../src/core/publication.ts'
import { LocalEngine } from '../src/engines/local.ts'
import { type RunningServer, startServer } from '../src/server.ts'
import { MemoryStore } from '../src/stores/memory.ts'
import { next, Sdk } from './sdk.ts'
import { apiKey, logged, secret, testConfig } from './server.ts'
import { Wire } from './wire.ts'

/** Hands publications on as the test says: none, one or several for each. */
class UnsteadyEngine extends LocalEngine {
  way: (publication: Publication) => readonly Publication[] = (publication) => [publication]

  override publish(channel: string, publication: Publication): void {
    for (const each of this.way(publication)) super.publish(channel, each)
  }
}

interface World extends AsyncDisposable {
  readonly server: RunningServer
  readonly store: MemoryStore
  readonly engine: UnsteadyEngine
  readonly webSocket: string
  publish(...numbers: number[]): Promise<void>
}

async function start(): Promise<World> {
  const [store, engine] = [new MemoryStore(), new UnsteadyEngine()]
  const nothing = () => {}
  const server = startServer({
    config: testConfig(
      {
        namespaces: { news: logged, short: { ...logged, history_size: 2 } },
        client: { channel_position_check_delay: '100ms' },
      },
      'nowhere',
    ),
    secrets: { tokenSecret: secret, apiKey },
    store,
    engine,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  })
  return {
    server,
    store,
    engine,
    webSocket: `ws://${server.url.host}/connection/websocket`,
    async publish(...numbers) {
      for (const n of numbers) await server.node.publish('news:a', { data: String(n) })
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
}

const isLost = () => []

test('a lost last publication is noticed although nothing follows it', async () => {
  await using world = await start()
  using client = await new Sdk(world.webSocket).begin()
  const reading = await client.subscribe('news:a')
  await world.publish(1)
  await reading.until(1)
  world.engine.way = isLost
  await world.publish(2)
  expect(await reading.until(2)).toEqual([1, 2])
  expect(reading.offsets).toEqual([1, 2])
})

test('so is the very first one', async () => {
  await using world = await start()
  using client = await new Sdk(world.webSocket).begin()
  const reading = await client.subscribe('news:a')
  world.engine.way = isLost
  await world.publish(1)
  expect(await reading.until(1)).toEqual([1])
})

test('and one that a server-side subscription waits for', async () => {
  await using world = await start()
  const wire = await Wire.open(world.webSocket)
  await wire.ask({ connect: { subs: { 'news:a': {} } } })
  world.engine.way = isLost
  await world.publish(1, 2)
  expect(await wire.publications(2)).toEqual([1, 2])
  wire.close()
})

test('lost, repeated and late ones: readers do not notice', async () => {
  await using world = await start()
  using client = await new Sdk(world.webSocket).begin()
  const reading = await client.subscribe('news:a')
  const kept: Publication[] = []
  world.engine.way = (publication) => {
    kept.push(publication)
    const fate = publication.offset % 5
    if (fate === 1) return []
    if (fate === 2) return [publication, publication]
    if (fate === 3) return kept.slice(-3).toReversed()
    return [publication]
  }
  const numbers = Array.from({ length: 101 }, (_, i) => i)
  await world.publish(...numbers)
  expect(await reading.until(101)).toEqual(numbers)
  await Bun.sleep(300) // a few checks more: nothing is handed over a second time
  expect(reading.data.length).toBe(101)
})

describe('what the log no longer has', () => {
  const lose = async (world: World) => {
    await world.server.node.publish('short:a', { data: '1' })
    world.engine.way = isLost
    for (const n of [2, 3, 4]) await world.server.node.publish('short:a', { data: String(n) })
    world.engine.way = (publication) => [publication]
    await world.server.node.publish('short:a', { data: '5' })
  }

  test('is said: the subscription ends with 2500, begins anew, and knows that it did not recover', async () => {
    await using world = await start()
    using client = await new Sdk(world.webSocket).begin()
    const reading = await client.subscribe('short:a')
    const subscribing = next(reading.subscription, 'subscribing')
    const subscribed = next<{ wasRecovering: boolean; recovered: boolean }>(reading.subscription, 'subscribed')
    await lose(world)
    expect(await subscribing).toMatchObject({ code: 2500, reason: 'insufficient state' })
    expect(await subscribed).toMatchObject({ wasRecovering: true, recovered: false })
    await world.server.node.publish('short:a', { data: '6' })
    await reading.until(2)
    expect(reading.data).toEqual([1, 6])
  })

  test('ends a connection that has the subscription from the server (3010)', async () => {
    await using world = await start()
    const wire = await Wire.open(world.webSocket)
    await wire.ask({ connect: { subs: { 'short:a': {} } } })
    await lose(world)
    expect(await wire.closed).toEqual({ code: 3010, reason: 'insufficient state' })
  })
})
