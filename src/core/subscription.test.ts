/** What a client is told when its subscription cannot go on: a gap is either filled or said. */
import { expect, test } from 'bun:test'
import { MemoryStore } from '../stores/memory.ts'
import { Client, type Peer } from './client.ts'
import { systemClock } from './clock.ts'
import type { Engine, Receiver } from './engine.ts'
import { type Disconnect, disconnects, type Unsubscribe } from './errors.ts'
import { defaultLimits } from './limits.ts'
import { Node } from './node.ts'
import type { Publication } from './publication.ts'
import { type Namespace, Rules } from './rules.ts'
import { plainRequest } from './subscription.ts'

/** Says what it hears, except while it is deaf. */
class LossyEngine implements Engine {
  readonly #receivers = new Map<string, Receiver>()
  deaf = false

  publish(channel: string, publication: Publication): void {
    if (!this.deaf) this.#receivers.get(channel)?.receive(publication)
  }

  join(): void {}
  leave(): void {}

  follow(channel: string, receiver: Receiver): void {
    this.#receivers.set(channel, receiver)
  }

  unfollow(channel: string): void {
    this.#receivers.delete(channel)
  }
}

/** Remembers what it was told, and lets a test wait for more. */
class Ear implements Peer {
  readonly heard: string[] = []
  #tell = () => {}

  publication(_channel: string, { data, offset }: Publication): void {
    this.#hear(`${String(data)} at ${offset}`)
  }

  joined(): void {}
  left(): void {}
  subscribed(): void {}
  refreshed(): void {}

  unsubscribed(channel: string, { code }: Unsubscribe): void {
    this.#hear(`unsubscribed from ${channel}: ${code}`)
  }

  disconnected({ code }: Disconnect): void {
    this.#hear(`disconnected: ${code}`)
  }

  async until(count: number): Promise<readonly string[]> {
    while (this.heard.length < count) await new Promise<void>((resolve) => void (this.#tell = resolve))
    return this.heard
  }

  #hear(what: string): void {
    this.heard.push(what)
    this.#tell()
  }
}

const kept = (size: number): Namespace => ({
  name: '',
  retention: { size, age: Infinity, metaAge: Infinity },
  allowPositioning: false,
  forcePositioning: true,
  allowRecovery: false,
  forceRecovery: true,
  forceRecoveryMode: 'stream',
  autoCacheRecover: false,
  deltaPublish: false,
  allowedDeltaTypes: [],
  allowTagsFilter: false,
  presence: true,
  joinLeave: false,
  forcePushJoinLeave: false,
  allowSubscribeForClient: true,
  allowSubscribeForAnonymous: true,
  allowPublishForClient: false,
  allowPublishForAnonymous: false,
  allowPublishForSubscriber: false,
  allowHistoryForClient: false,
  allowHistoryForAnonymous: false,
  allowHistoryForSubscriber: false,
  allowPresenceForClient: false,
  allowPresenceForAnonymous: false,
  allowPresenceForSubscriber: false,
  allowManageForClient: false,
  allowManageForAnonymous: false,
  requireCreation: false,
  allowUserLimitedChannels: false,
  channelRegex: undefined,
  publicationDataFormat: '',
})

async function make(size: number) {
  const naming = { maxLength: 255, privatePrefix: '$', namespaceBoundary: ':', userBoundary: '#', userSeparator: ',' }
  const engine = new LossyEngine()
  const faults: unknown[] = []
  const refuse = () => Promise.resolve({ ok: false, because: 'invalid' } as const)
  const node = new Node({
    id: 'node',
    rules: new Rules(naming, kept(size), []),
    limits: defaultLimits,
    auth: { insecure: false, allowAnonymous: true, disallowAnonymousTokens: false },
    tokens: { connection: refuse, subscription: refuse },
    store: new MemoryStore(),
    engine,
    clock: systemClock,
    random: () => 0.5,
    hooks: {},
    version: 'test',
    report: (error) => faults.push(error),
  })
  const ear = new Ear()
  const client = new Client(node, 'id', '', { user: '42' }, ear, {
    transport: 'test',
    protocol: 'json',
    headers: [],
    emulated: [],
  })
  node.admit(client)
  client.begin()
  const publish = (data: string) => node.publish('a', { data })
  const join = async (serverSide: boolean) => {
    const [subscription] = await client.subscribe('a', node.rules.namespace('a'), {}, plainRequest, serverSide)
    subscription.release()
  }
  return { node, engine, ear, client, publish, join, faults }
}

test('what the engine lost is read from the store', async () => {
  const { node, engine, ear, publish, join, faults } = await make(10)
  await join(false)
  await publish('1')
  engine.deaf = true
  await publish('2')
  await publish('3')
  engine.deaf = false
  await publish('4')
  expect(await ear.until(4)).toEqual(['1 at 1', '2 at 2', '3 at 3', '4 at 4'])
  expect(faults).toEqual([])
  node.stop()
})

test('what the store does not have any more ends the subscription of a client, which may come back (2500)', async () => {
  const { node, engine, ear, client, publish, join } = await make(1)
  await join(false)
  await publish('1')
  engine.deaf = true
  await publish('2')
  engine.deaf = false
  await publish('3')
  expect(await ear.until(2)).toEqual(['1 at 1', 'unsubscribed from a: 2500'])
  expect(client.subscriptions.size).toBe(0)
  expect(node.presence.stats('a')).toEqual({ clients: 0, users: 0 })
  expect([...node.channels()]).toEqual([])
  await publish('4')
  expect(ear.heard).toHaveLength(2)
  await join(false)
  await publish('5')
  expect((await ear.until(3)).at(-1)).toBe('5 at 5')
  node.stop()
})

test('a subscription that the server made ends with the connection (3010)', async () => {
  const { node, engine, ear, client, publish, join } = await make(1)
  await join(true)
  engine.deaf = true
  await publish('1')
  engine.deaf = false
  await publish('2')
  expect(await ear.until(1)).toEqual(['disconnected: 3010'])
  expect(client.closed).toBe(true)
  expect(node.clients.size).toBe(0)
  expect([...node.channels()]).toEqual([])
  node.stop()
})

test('a client that is closed takes no subscription, and one that closes meanwhile keeps none', async () => {
  const { node, client } = await make(10)
  const opening = client.subscribe('a', node.rules.namespace('a'), {}, plainRequest).catch((error: unknown) => error)
  client.disconnect(disconnects.forceDisconnect())
  expect(await opening).toMatchObject({ code: 100 })
  const late = client.subscribe('a', node.rules.namespace('a'), {}, plainRequest).catch((error: unknown) => error)
  expect(await late).toMatchObject({ code: 3000 })
  expect([...node.channels()]).toEqual([])
  expect(node.presence.stats('a')).toEqual({ clients: 0, users: 0 })
  node.stop()
})
