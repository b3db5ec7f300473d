/** Two things that happen to one connection at once, where only one order of them is right. */
import { expect, test } from 'bun:test'
import type { RpcHandler } from '../src/core/hooks.ts'
import { inSeconds, logged, open, sign, startTestServer } from './server.ts'

const social = { ...logged, join_leave: true, force_push_join_leave: true }

test('a client that leaves while its subscription token is checked is not there afterwards', async () => {
  await using server = await startTestServer({ namespaces: { '': social } })
  using watcher = await server.connect('watcher')
  await watcher.ask({ subscribe: { channel: '$room', token: await sign({ sub: 'watcher', channel: '$room' }) } })
  const token = await sign({ sub: '42', channel: '$room' })
  for (let n = 0; n < 30; n++) {
    const wire = await server.connect('42')
    wire.send({ id: 2, subscribe: { channel: '$room', token } })
    wire.terminate()
  }
  await Bun.sleep(100)
  const { body } = await server.api('presence_stats', { channel: '$room' })
  expect(body).toEqual({ result: { num_clients: 1, num_users: 1 } })
  expect((await server.api('channels', {})).body).toEqual({ result: { channels: { $room: { num_clients: 1 } } } })
})

test('what the server API does to a client that is just connecting is told after the answer to connect', async () => {
  await using server = await startTestServer({
    namespaces: { '': logged },
    application: {
      hooks: {
        connect: () => ({ user: '42', expireAt: inSeconds(9), refreshable: true, subs: new Map([['own', {}]]) }),
        // From here on the client can be found by its user, and its connect is not answered yet.
        connected: ({ node }) => {
          for (const channel of ['own', 'other']) void node.subscribe('42', channel, {})
          node.refresh('42', inSeconds(60), undefined)
        },
      },
    },
  })
  for (let n = 0; n < 20; n++) {
    using wire = await server.wire()
    wire.send({ id: 1, connect: {} })
    const first = await wire.next()
    expect(first.connect?.['ttl']).toBeGreaterThan(50)
    expect(first.connect?.subs?.['own']).toMatchObject({ positioned: true })
    expect(await wire.push()).toMatchObject({ channel: 'other', subscribe: { positioned: true } })
    expect(wire.left).toEqual([])
  }
})

test('subscribed and unsubscribed by the server API at once, a client stays connected', async () => {
  await using server = await startTestServer({ namespaces: { '': logged } })
  using wire = await server.connect('42')
  for (let n = 0; n < 30; n++) {
    const both = [{ subscribe: { user: '42', channel: 'a' } }, { unsubscribe: { user: '42', channel: 'a' } }]
    await server.api('batch', { commands: both, parallel: true })
  }
  // What it was told last is what is true.
  const told = wire.left.map(({ push }) => (push?.unsubscribe ? 'out' : 'in'))
  const { body } = await server.api('channels', {})
  expect(body).toEqual({ result: { channels: told.at(-1) === 'in' ? { a: { num_clients: 1 } } : {} } })
  expect((await wire.ask({ unsubscribe: { channel: 'a' } })).unsubscribe).toEqual({})
})

test('a hook that fails costs nobody a publication, a ping or a goodbye', async () => {
  const server = await startTestServer({
    client: { ping_interval: '1s', pong_timeout: '300ms' },
    namespaces: { '': open },
    application: {
      hooks: {
        disconnected() {
          throw new Error('a fault of the application')
        },
      },
    },
  })
  using deaf = await server.wire({ pong: false })
  await deaf.ask({ connect: {} })
  using reader = await server.connect()
  await reader.ask({ subscribe: { channel: 'a' } })
  expect((await deaf.closed).code).toBe(3012)
  await reader.ping()
  await reader.ping()
  await server.publish('a', { data: '1' })
  expect(await reader.publications(1)).toEqual([1])
  await server.close()
  expect((await reader.closed).code).toBe(3001)
  expect(server.faults.map(String)).toEqual(['Error: a fault of the application', 'Error: a fault of the application'])
})

test('what an application answers over several lines is one, and what is no JSON is its own fault', async () => {
  const server = await startTestServer({
    application: {
      hooks: {
        connect: ({ name }) => ({ user: '42', data: name === 'bad' ? 'no JSON' : '{\n"a": 1\n}' }),
        rpc: new Map<string, RpcHandler>([
          ['good', () => JSON.stringify({ a: [1, 2] }, null, 2)],
          ['bytes', () => new TextEncoder().encode('[1,\n2]')],
          ['bad', () => '{"a":1}\n{"push":{}}'],
        ]),
      },
    },
  })
  using wire = await server.wire()
  expect((await wire.ask({ connect: {} })).connect?.['data']).toEqual({ a: 1 })
  expect((await wire.ask({ rpc: { method: 'good' } }))['rpc']).toEqual({ data: { a: [1, 2] } })
  expect((await wire.ask({ rpc: { method: 'bytes' } }))['rpc']).toEqual({ data: [1, 2] })
  expect((await wire.ask({ rpc: { method: 'bad' } })).error).toEqual({
    code: 100,
    message: 'internal server error',
    temporary: true,
  })
  expect(server.faults.map(String)).toEqual(['JsonError: not valid JSON'])
  using bad = await server.wire()
  expect((await bad.ask({ connect: { name: 'bad' } })).error?.code).toBe(100)
  expect(server.faults).toHaveLength(2)
  await server.close()
})
