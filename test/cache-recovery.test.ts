/** Recovery of the last publication only (protocol section 8.4), for channels in which each says everything. */
import { describe, expect, test } from 'bun:test'
import { logged, sign, startTestServer, type TestOptions } from './server.ts'
import { Sdk } from './sdk.ts'
import type { Wire } from './wire.ts'

const cache = { ...logged, force_recovery_mode: 'cache' }
const namespaces = {
  cache,
  brief: { ...cache, history_ttl: '300ms' },
  auto: { ...cache, auto_cache_recover: true },
  patched: { ...cache, allowed_delta_types: ['fossil'], delta_publish: true },
  stream: logged,
}
const start = (options: TestOptions = {}) => startTestServer({ namespaces, ...options })
type Server = Awaited<ReturnType<typeof start>>

async function publish(server: Server, channel: string, ...numbers: number[]) {
  let position = { epoch: '', offset: 0 }
  for (const n of numbers) ({ position } = await server.publish(channel, { data: String(n) }))
  return position
}

async function recover(wire: Wire, channel: string, since: object) {
  return (await wire.ask({ subscribe: { channel, recover: true, ...since } })).subscribe
}

const numbersOf = (result: Awaited<ReturnType<typeof recover>>) => result?.publications?.map(({ data }) => data)

describe('who asks', () => {
  test('is handed the last publication, however much it missed', async () => {
    await using server = await start({ client: { recovery_max_publication_limit: 2 } })
    const top = await publish(server, 'cache:a', 1, 2, 3, 4, 5)
    const wire = await server.connect()
    const result = await recover(wire, 'cache:a', { offset: 1, epoch: top.epoch })
    expect(result).toMatchObject({ recovered: true, was_recovering: true, recoverable: true, ...top })
    expect(numbersOf(result)).toEqual([5])
    await publish(server, 'cache:a', 6)
    expect(await wire.publications(1)).toEqual([6])
  })

  test('is handed nothing if it has the last one', async () => {
    await using server = await start()
    const top = await publish(server, 'cache:a', 1, 2)
    const result = await recover(await server.connect(), 'cache:a', top)
    expect(result).toMatchObject({ recovered: true, ...top })
    expect(numbersOf(result)).toBeUndefined()
  })

  test('is handed the last one also from another log, or a place that never was', async () => {
    await using server = await start()
    const top = await publish(server, 'cache:a', 1, 2)
    for (const since of [{ ...top, epoch: 'another' }, { ...top, offset: 99 }, { offset: 0 }, {}]) {
      const result = await recover(await server.connect(), 'cache:a', since)
      expect(result).toMatchObject({ recovered: true, ...top })
      expect(numbersOf(result)).toEqual([2])
    }
  })

  test('is told if the last one is gone, unless it has it', async () => {
    await using server = await start()
    const top = await publish(server, 'brief:a', 1, 2)
    await Bun.sleep(350)
    const gone = await recover(await server.connect(), 'brief:a', { ...top, offset: 1 })
    expect(gone).toMatchObject({ was_recovering: true, ...top })
    expect(gone).not.toHaveProperty('recovered')
    expect(gone).not.toHaveProperty('publications')
    const kept = await recover(await server.connect(), 'brief:a', top)
    expect(kept).toMatchObject({ recovered: true, ...top })
  })

  test('is told of an empty channel that there is nothing', async () => {
    await using server = await start()
    const result = await recover(await server.connect(), 'cache:empty', {})
    expect(result).toMatchObject({ was_recovering: true, positioned: true })
    expect(result).not.toHaveProperty('recovered')
  })
})

test('who does not ask is handed nothing of before', async () => {
  await using server = await start()
  await publish(server, 'cache:a', 1)
  const { subscribe } = await (await server.connect()).ask({ subscribe: { channel: 'cache:a' } })
  expect(subscribe).toMatchObject({ recoverable: true, offset: 1 })
  expect(subscribe).not.toHaveProperty('was_recovering')
  expect(subscribe).not.toHaveProperty('publications')
})

describe('where it is done for everybody', () => {
  test('a newcomer is handed the last publication, then what comes', async () => {
    await using server = await start()
    await publish(server, 'auto:a', 1, 2, 3)
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('auto:a')
    await publish(server, 'auto:a', 4)
    expect(await reading.until(2)).toEqual([3, 4])
    expect(reading.offsets).toEqual([3, 4])
  })

  test('so is a server-side subscription', async () => {
    await using server = await start()
    await publish(server, 'auto:a', 1, 2)
    const wire = await server.wire()
    const token = await sign({ sub: '42', channels: ['auto:a'] })
    const { connect } = await wire.ask({ connect: { token } })
    expect(connect?.subs?.['auto:a']).toMatchObject({ recovered: true, was_recovering: true, offset: 2 })
    expect(numbersOf(connect?.subs?.['auto:a'])).toEqual([2])
  })

  test('and one that the backend begins: the publication follows', async () => {
    await using server = await start()
    await publish(server, 'auto:a', 1, 2)
    const wire = await server.connect('42')
    await server.api('subscribe', { user: '42', channel: 'auto:a' })
    expect(await wire.push('subscribe')).toMatchObject({ channel: 'auto:a', subscribe: { offset: 2 } })
    expect(await wire.publications(1)).toEqual([2])
  })

  test('an empty channel has nothing to hand over', async () => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('auto:empty')
    await publish(server, 'auto:empty', 1)
    expect(await reading.until(1)).toEqual([1])
  })
})

test('the official client that was away is handed the last publication only', async () => {
  await using server = await start()
  using client = await new Sdk(server.webSocket).begin()
  const reading = await client.subscribe('cache:a')
  await publish(server, 'cache:a', 1)
  await reading.until(1)
  client.disconnect()
  await publish(server, 'cache:a', 2, 3, 4)
  await client.begin()
  await reading.until(2)
  await publish(server, 'cache:a', 5)
  expect(await reading.until(3)).toEqual([1, 4, 5])
})

test('with deltas, the last publication comes whole, and what follows as a patch of it', async () => {
  await using server = await start()
  const text = (n: number) => JSON.stringify({ n, text: '不变的内容'.repeat(30) })
  for (const n of [1, 2, 3]) await server.publish('patched:a', { data: text(n) })
  const wire = await server.connect()
  const { subscribe } = await wire.ask({
    subscribe: { channel: 'patched:a', recover: true, offset: 1, delta: 'fossil' },
  })
  expect(subscribe?.publications).toEqual([{ data: text(3), offset: 3 }])
  await server.publish('patched:a', { data: text(4) })
  expect((await wire.push('pub')).pub).toMatchObject({ delta: true, offset: 4 })
})

test('a recovery that is asked to fail rather than to leave something out does (112)', async () => {
  await using server = await start()
  const wire = await server.connect()
  const { error } = await wire.ask({ subscribe: { channel: 'cache:empty', recover: true, offset: 7, flag: 2 } })
  expect(error?.code).toBe(112)
})
