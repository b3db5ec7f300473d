/** Channels that are for some only, and what others are shown of a client in them: with the official client. */
import { describe, expect, test } from 'bun:test'
import type { ClientInfo, PublicationContext, Subscription } from 'centrifuge'
import { inSeconds, logged, open, sign, startTestServer, type TestOptions } from './server.ts'
import { next, Sdk } from './sdk.ts'

const namespaces = {
  '': { ...open, join_leave: true, allow_user_limited_channels: true },
  free: { ...open, join_leave: true },
  members: { ...logged, allow_subscribe_for_client: false, allow_user_limited_channels: true },
  inbox: { ...logged, allow_subscribe_for_client: false },
}
const start = (options: TestOptions = {}) => startTestServer({ namespaces, ...options })
type Server = Awaited<ReturnType<typeof start>>

async function clientOf(server: Server, user: string, claims: object = {}): Promise<Sdk> {
  return new Sdk(server.webSocket, { token: await sign({ sub: user, ...claims }) }).begin()
}

async function refusal(client: Sdk, channel: string, options: { token?: string } = {}): Promise<number> {
  const subscription = client.newSubscription(channel, options)
  const unsubscribed = next<{ code: number }>(subscription, 'unsubscribed')
  subscription.subscribe()
  const { code } = await unsubscribed
  client.removeSubscription(subscription)
  return code
}

describe('a private channel', () => {
  const channel = '$free:plans'

  test('takes whoever has a token for it, and nobody else, whatever its namespace allows', async () => {
    await using server = await start()
    using ann = await clientOf(server, 'ann')
    using bob = await clientOf(server, 'bob')
    expect(await refusal(bob, channel)).toBe(103)
    const token = await sign({ sub: 'ann', channel })
    const reading = await ann.subscribe(channel, { token })
    await server.publish(channel, { data: '"for members"' })
    expect(await reading.until(1)).toEqual(['for members'])
  })

  test('a token of somebody else, or for another channel, ends the connection for good', async () => {
    await using server = await start()
    for (const claims of [{ sub: 'ann', channel }, { sub: 'bob', channel: '$free:other' }, { channel }]) {
      using bob = await clientOf(server, 'bob')
      const disconnected = next(bob, 'disconnected')
      bob.newSubscription(channel, { token: await sign(claims) }).subscribe()
      expect(await disconnected).toMatchObject({ code: 3500 })
    }
  })

  test('is none that a client may ask for when it connects; its token may bring it', async () => {
    await using server = await start()
    const wire = await server.wire()
    const { connect } = await wire.ask({ connect: { token: await sign({ sub: 'ann' }), subs: { [channel]: {} } } })
    expect(connect?.subs).toBeUndefined()
    const other = await server.wire()
    const token = await sign({ sub: 'ann', channels: [channel] })
    expect((await other.ask({ connect: { token } })).connect?.subs).toEqual({ [channel]: {} })
  })
})

describe('a channel for some users', () => {
  test('takes those that its name lists', async () => {
    await using server = await start()
    using ann = await clientOf(server, 'ann')
    using eve = await clientOf(server, 'eve')
    using nobody = await new Sdk(server.webSocket).begin()
    const reading = await ann.subscribe('members:plans#ann,bob')
    expect(await refusal(eve, 'members:plans#ann,bob')).toBe(103)
    expect(await refusal(nobody, 'members:plans#ann,bob')).toBe(103)
    expect(await refusal(nobody, 'members:plans#')).toBe(103) // nobody has no name, not an empty one
    await server.publish('members:plans#ann,bob', { data: '1' })
    expect(await reading.until(1)).toEqual([1])
  })

  test('takes nobody where the namespace knows no such channels', async () => {
    await using server = await start()
    using ann = await clientOf(server, 'ann')
    expect(await refusal(ann, 'free:plans#ann')).toBe(103)
  })

  test('is recovered like others', async () => {
    await using server = await start()
    using ann = await clientOf(server, 'ann')
    const reading = await ann.subscribe('members:plans#ann')
    await server.publish('members:plans#ann', { data: '1' })
    await reading.until(1)
    ann.disconnect()
    await server.publish('members:plans#ann', { data: '2' })
    await ann.begin()
    expect(await reading.until(2)).toEqual([1, 2])
  })
})

describe('the channel of each user', () => {
  const personal = { subscribe_to_user_personal_channel: { enabled: true, personal_channel_namespace: 'inbox' } }

  test('is there without asking, and keeps for it what comes while it is away', async () => {
    await using server = await start({ client: personal })
    using ann = await clientOf(server, 'ann')
    using eve = await clientOf(server, 'eve')
    const received: unknown[] = []
    const overheard: unknown[] = []
    ann.on('publication', ({ channel, data }) => received.push([channel, data]))
    eve.on('publication', ({ data }) => overheard.push(data))
    const first = next(ann, 'publication')
    await server.publish('inbox:#ann', { data: '1' })
    await first
    ann.disconnect()
    await server.publish('inbox:#ann', { data: '2' })
    await server.publish('inbox:#eve', { data: '"hers"' })
    const second = next(ann, 'publication')
    await ann.begin()
    await second
    expect(received).toEqual([
      ['inbox:#ann', 1],
      ['inbox:#ann', 2],
    ])
    expect(overheard).toEqual(['hers'])
  })

  test('is nothing that somebody else may ask for', async () => {
    await using server = await start({ client: personal })
    using eve = await clientOf(server, 'eve')
    expect(await refusal(eve, 'inbox:#ann')).toBe(103)
  })
})

/** What is shown of Ann when she comes or goes; others do, too. */
async function annOf(from: Subscription, event: 'join' | 'leave'): Promise<ClientInfo> {
  for (;;) {
    const { info } = await next<{ info: ClientInfo }>(from, event)
    if (info.user === 'ann') return info
  }
}

describe('what others are shown of a client', () => {
  const info = { name: 'Ann 安' }
  const chanInfo = { role: 'host' }

  test('its info, and what its subscription adds, wherever it is seen', async () => {
    await using server = await start()
    using ann = await clientOf(server, 'ann', { info, meta: { secret: 'for the backend' } })
    using bob = await clientOf(server, 'bob')
    const watching = await bob.subscribe('$free:a', {
      joinLeave: true,
      token: await sign({ sub: 'bob', channel: '$free:a' }),
    })
    const joined = annOf(watching.subscription, 'join')
    const token = await sign({ sub: 'ann', channel: '$free:a', info: chanInfo })
    const { subscription } = await ann.subscribe('$free:a', { token })
    const seen = { user: 'ann', client: expect.any(String), connInfo: info, chanInfo }
    expect(await joined).toMatchObject(seen)
    expect(Object.values((await watching.subscription.presence()).clients)).toContainEqual(
      expect.objectContaining(seen),
    )
    const published = next<PublicationContext>(watching.subscription, 'publication')
    await subscription.publish('hello')
    expect((await published).info).toMatchObject(seen)
    const left = annOf(watching.subscription, 'leave')
    subscription.unsubscribe()
    expect(await left).toMatchObject(seen)
    expect(JSON.stringify((await server.api('history', { channel: '$free:a' })).body)).not.toContain('secret')
  })

  test('through a server-side subscription, too; and the client itself is handed its data', async () => {
    await using server = await start()
    using bob = await clientOf(server, 'bob')
    const { subscription } = await bob.subscribe('free:a')
    const subs = { 'free:a': { info: chanInfo, data: { welcome: true } } }
    using ann = new Sdk(server.webSocket, { token: await sign({ sub: 'ann', info, subs }) })
    const subscribed = next<{ data: unknown }>(ann, 'subscribed')
    ann.connect()
    expect((await subscribed).data).toEqual({ welcome: true })
    const seen = Object.values((await subscription.presence()).clients).find(({ user }) => user === 'ann')
    expect(seen).toMatchObject({ connInfo: info, chanInfo })
  })

  test('changes when the backend, or a new token, says something else', async () => {
    await using server = await start()
    const wire = await server.connect('ann', { info, exp: inSeconds(60) })
    const token = (claims: object) => sign({ sub: 'ann', channel: 'free:a', exp: inSeconds(60), ...claims })
    await wire.ask({ subscribe: { channel: 'free:a', token: await token({ info: chanInfo }) } })
    const shown = async () => {
      const { body } = await server.api('presence', { channel: 'free:a' })
      const { result } = body as { result: { presence: Record<string, { conn_info: unknown; chan_info: unknown }> } }
      const [client] = Object.values(result.presence)
      return [client?.conn_info, client?.chan_info]
    }
    expect(await shown()).toEqual([info, chanInfo])
    await wire.ask({ sub_refresh: { channel: 'free:a', token: await token({ info: { role: 'guest' } }) } })
    expect(await shown()).toEqual([info, { role: 'guest' }])
    await wire.ask({ refresh: { token: await sign({ sub: 'ann', info: { name: 'Anna' }, exp: inSeconds(60) }) } })
    expect(await shown()).toEqual([{ name: 'Anna' }, { role: 'guest' }])
    await server.api('refresh', { user: 'ann', info: { name: 'A.' }, expire_at: inSeconds(60) })
    expect(await shown()).toEqual([{ name: 'A.' }, { role: 'guest' }])
    await wire.ask({ sub_refresh: { channel: 'free:a', token: await token({}) } })
    expect(await shown()).toEqual([{ name: 'A.' }, { role: 'guest' }])
  })

  test('meta is for the application alone', async () => {
    await using server = await start({
      application: { hooks: { rpc: new Map([['whoami', (client) => `{"meta":${String(client.meta)}}`]]) } },
    })
    using ann = await clientOf(server, 'ann', { meta: { plan: 'gold' } })
    expect((await ann.rpc('whoami', null)).data).toEqual({ meta: { plan: 'gold' } })
  })
})
