/**
 * The official `centrifuge` client, unchanged, is the judge of our protocol:
 * what its documentation promises to applications has to hold here.
 */
import { describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { UnauthorizedError, type SubscribedContext } from 'centrifuge'
import { inSeconds, logged, open, sign, startTestServer, temporaryFolder, type TestOptions } from './server.ts'
import { CrashingServer } from './crashing-server.ts'
import { next, Sdk } from './sdk.ts'

const namespaces = {
  '': open,
  log: logged,
  kept: { ...open, history_size: 100, history_ttl: '1h', allow_recovery: true },
}
const start = (options: TestOptions = {}) => startTestServer({ namespaces, ...options })
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)

describe('connecting', () => {
  test('without a token, as nobody', async () => {
    await using server = await start()
    using client = new Sdk(server.webSocket)
    const connected = next<{ client: string; transport: string }>(client, 'connected')
    client.connect()
    expect(await connected).toMatchObject({ client: expect.stringMatching(/^[0-9a-f-]{36}$/), transport: 'websocket' })
  })

  test('with a token, as the user it names, and with what others are shown', async () => {
    await using server = await start()
    using client = new Sdk(server.webSocket, { token: await sign({ sub: '42', info: { name: 'Ann' } }) })
    await client.begin()
    const { subscription } = await client.subscribe('here')
    const { clients } = await subscription.presence()
    expect(Object.values(clients)).toMatchObject([
      { user: '42', client: expect.any(String), connInfo: { name: 'Ann' } },
    ])
  })

  test('is refused for good with a forged token', async () => {
    await using server = await start()
    using client = new Sdk(server.webSocket, {
      token: await sign({ sub: '42' }, 'HS256', 'not the secret of this server'),
    })
    const disconnected = next(client, 'disconnected')
    client.connect()
    expect(await disconnected).toEqual({ code: 3500, reason: 'invalid token' })
  })

  test('an expired token is exchanged for a new one', async () => {
    await using server = await start()
    let asked = 0
    using client = new Sdk(server.webSocket, {
      token: await sign({ sub: '42', exp: inSeconds(-5) }),
      getToken: () => (asked++, sign({ sub: '42', exp: inSeconds(60) })),
    })
    await client.begin()
    expect(asked).toBe(1)
  })

  test('a client whose backend no longer vouches for it stays away', async () => {
    await using server = await start()
    using client = new Sdk(server.webSocket, {
      token: await sign({ sub: '42', exp: inSeconds(-5) }),
      getToken: () => Promise.reject(new UnauthorizedError('gone')),
    })
    const disconnected = next(client, 'disconnected')
    client.connect()
    expect(await disconnected).toMatchObject({ code: 1 })
  })

  test.concurrent('a connection that ends is kept by a new token in time', async () => {
    await using server = await start({ client: { expired_close_delay: '1s' } })
    let asked = 0
    using client = new Sdk(server.webSocket, {
      token: await sign({ sub: '42', exp: inSeconds(2) }),
      getToken: () => (asked++, sign({ sub: '42', exp: inSeconds(60) })),
    })
    let states = ''
    client.on('state', ({ newState }) => (states += `${newState} `))
    await client.begin()
    await Bun.sleep(3500)
    expect(asked).toBe(1)
    expect(states).toBe('connecting connected ')
  })

  test.concurrent('a connection that ends and is not refreshed comes back with a new token', async () => {
    await using server = await start({ client: { expired_close_delay: '50ms' } })
    using client = new Sdk(server.webSocket, {
      token: await sign({ sub: '42', exp: inSeconds(2) }),
      getToken: async () => {
        await Bun.sleep(700) // too late for the refresh
        return sign({ sub: '42', exp: inSeconds(60) })
      },
    })
    await client.begin()
    expect(await next(client, 'connecting')).toMatchObject({ code: 3005, reason: 'connection expired' })
    await next(client, 'connected')
  })

  test('the application is told who comes and answers for them', async () => {
    await using server = await start({
      application: {
        hooks: {
          connect: ({ data, name }) => ({
            user: 'guest',
            info: '{"nick":"Ann"}',
            data: `{"you":${JSON.stringify(name)},"said":${String(data)}}`,
          }),
        },
      },
    })
    using client = new Sdk(server.webSocket, { data: { hello: 1 }, name: 'test' })
    const connected = next<{ data: unknown }>(client, 'connected')
    client.connect()
    expect((await connected).data).toEqual({ you: 'test', said: { hello: 1 } })
  })
})

describe('publishing', () => {
  test('every subscriber gets it, the publisher too, with who said it', async () => {
    await using server = await start()
    using ann = new Sdk(server.webSocket, { token: await sign({ sub: 'ann', info: { name: 'Ann' } }) })
    using bob = new Sdk(server.webSocket)
    await Promise.all([ann.begin(), bob.begin()])
    const [anns, bobs] = await Promise.all([ann.subscribe('log:a'), bob.subscribe('log:a')])
    const heard = next(bobs.subscription, 'publication')
    await anns.subscription.publish({ text: 'hi', n: 1 })
    expect(await anns.until(1)).toEqual([{ text: 'hi', n: 1 }])
    expect(await heard).toMatchObject({
      channel: 'log:a',
      data: { text: 'hi', n: 1 },
      offset: 1,
      info: { user: 'ann', connInfo: { name: 'Ann' } },
    })
  })

  test.each([
    ['text'],
    [''],
    [0],
    [-1.5],
    [true],
    [false],
    [[]],
    [{}],
    [[1, [2, { three: null }]]],
    ['驿站 😀 \n <b>'],
  ])('%j arrives as it is', async (data) => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('log:a')
    await client.publish('log:a', data)
    expect(await reading.until(1)).toEqual([data])
  })

  test('where it is not allowed it is refused', async () => {
    await using server = await start({ namespaces: { closed: {} } })
    using client = await new Sdk(server.webSocket).begin()
    expect(await refusal(client.publish('closed:a', 1))).toMatchObject({ code: 103, message: 'permission denied' })
  })

  test('many at once arrive in their order', async () => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('log:a')
    await Promise.all(numbers(500).map((n) => client.publish('log:a', n)))
    expect(await reading.until(500)).toEqual(numbers(500))
    expect(reading.offsets).toEqual(numbers(500).map((n) => n + 1))
  })

  test('a call is answered by the application', async () => {
    await using server = await start({
      application: {
        hooks: {
          rpc: new Map([
            ['add', (_client, data) => String(JSON.parse(String(data)).reduce((a: number, b: number) => a + b))],
          ]),
        },
      },
    })
    using client = await new Sdk(server.webSocket).begin()
    expect(await client.rpc('add', [1, 2, 3])).toEqual({ data: 6 })
    expect(await refusal(client.rpc('subtract', []))).toMatchObject({ code: 104 })
  })
})

describe('presence', () => {
  test('who is there, and how many', async () => {
    await using server = await start()
    using ann = new Sdk(server.webSocket, { token: await sign({ sub: 'ann' }) })
    using ann2 = new Sdk(server.webSocket, { token: await sign({ sub: 'ann' }) })
    using nobody = new Sdk(server.webSocket)
    await Promise.all([ann.begin(), ann2.begin(), nobody.begin()])
    const { subscription } = await ann.subscribe('room')
    await ann2.subscribe('room')
    await nobody.subscribe('room')
    expect(await subscription.presenceStats()).toEqual({ numClients: 3, numUsers: 2 })
    const { clients } = await nobody.presence('room')
    expect(
      Object.values(clients)
        .map(({ user }) => user)
        .toSorted(),
    ).toEqual(['', 'ann', 'ann'])
    ann2.disconnect()
    await Bun.sleep(50)
    expect(await subscription.presenceStats()).toEqual({ numClients: 2, numUsers: 2 })
  })

  test('who comes and who goes is told, to those who ask', async () => {
    const social = { ...open, join_leave: true }
    await using server = await start({ namespaces: { '': social } })
    using ann = new Sdk(server.webSocket, { token: await sign({ sub: 'ann' }) })
    using bob = new Sdk(server.webSocket, { token: await sign({ sub: 'bob' }) })
    using eve = new Sdk(server.webSocket, { token: await sign({ sub: 'eve' }) })
    await Promise.all([ann.begin(), bob.begin(), eve.begin()])
    const heard: string[] = []
    const own = ann.newSubscription('room', { joinLeave: true })
    own.on('join', ({ info }) => heard.push(`+${info.user}`))
    own.on('leave', ({ info }) => heard.push(`-${info.user}`))
    const joined = next(own, 'join')
    own.subscribe()
    await joined
    const { subscription: deaf } = await eve.subscribe('room')
    deaf.on('join', () => heard.push('eve heard'))
    const { subscription } = await bob.subscribe('room')
    subscription.unsubscribe()
    const left = next(own, 'leave')
    await left
    eve.disconnect()
    await next(own, 'leave')
    expect(heard).toEqual(['+ann', '+eve', '+bob', '-bob', '-eve'])
  })
})

describe('history', () => {
  test('by pages, forwards and backwards, until there is no more', async () => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    for (const n of numbers(25)) await server.publish('log:a', { data: String(n) })
    const { subscription } = await client.subscribe('log:a')

    const forward: unknown[] = []
    let page = await subscription.history({ limit: 10 })
    while (page.publications.length > 0) {
      forward.push(...page.publications.map(({ data }) => data))
      const offset = page.publications.at(-1)?.offset ?? 0
      page = await subscription.history({ limit: 10, since: { offset, epoch: page.epoch } })
    }
    expect(forward).toEqual(numbers(25))

    const backward: unknown[] = []
    page = await subscription.history({ limit: 10, reverse: true })
    while (page.publications.length > 0) {
      backward.push(...page.publications.map(({ data }) => data))
      const offset = page.publications.at(-1)?.offset ?? 0
      if (offset === 1) break
      page = await subscription.history({ limit: 10, reverse: true, since: { offset, epoch: page.epoch } })
    }
    expect(backward).toEqual(numbers(25).toReversed())
    expect(page.offset).toBe(25)
  })

  test.each([
    ['nothing said: only the place', {}, []],
    ['all', { limit: -1 }, numbers(9)],
    ['the first', { limit: 3 }, [0, 1, 2]],
    ['the last', { limit: 3, reverse: true }, [8, 7, 6]],
    ['after one', { limit: 2, since: { offset: 4, epoch: '' } }, [4, 5]],
    ['before one', { limit: 2, since: { offset: 4, epoch: '' }, reverse: true }, [2, 1]],
    ['after the last', { limit: 2, since: { offset: 9, epoch: '' } }, []],
    ['far after the last', { limit: 2, since: { offset: 2 ** 53 - 1, epoch: '' } }, []],
    ['before the first', { limit: 2, since: { offset: 1, epoch: '' }, reverse: true }, []],
    ['before what is not yet there', { limit: 2, since: { offset: 100, epoch: '' }, reverse: true }, [8, 7]],
  ])('%s', async (_what, options, expected) => {
    await using server = await start()
    for (const n of numbers(9)) await server.publish('log:a', { data: String(n) })
    using client = await new Sdk(server.webSocket).begin()
    const { publications, offset, epoch } = await client.history('log:a', options)
    expect(publications.map(({ data }) => data)).toEqual(expected)
    expect({ offset, epoch }).toEqual({ offset: 9, epoch: expect.stringMatching(/^\S+$/) })
  })

  test('a reply has no more than the server gives at a time', async () => {
    await using server = await start({ client: { history_max_publication_limit: 5 } })
    for (const n of numbers(9)) await server.publish('log:a', { data: String(n) })
    using client = await new Sdk(server.webSocket).begin()
    for (const limit of [-1, 6, 1_000_000_000]) {
      expect((await client.history('log:a', { limit })).publications).toHaveLength(5)
    }
  })
})

describe('server-side subscriptions', () => {
  test('of the token, of the user itself and asked for, each with its publications and its place', async () => {
    await using server = await start({
      namespaces: { ...namespaces, user: logged },
      client: { subscribe_to_user_personal_channel: { enabled: true, personal_channel_namespace: 'user' } },
    })
    const token = await sign({ sub: '42', channels: ['log:a'], subs: { 'log:b': { data: { welcome: true } } } })
    using client = new Sdk(server.webSocket, { token })
    const subscribed: string[] = []
    client.on('subscribed', ({ channel, positioned, recoverable, data }) => {
      subscribed.push(`${channel} ${positioned} ${recoverable} ${JSON.stringify(data)}`)
    })
    const heard: string[] = []
    client.on('publication', ({ channel, data, offset }) => heard.push(`${channel} ${data} ${offset}`))
    await client.begin()
    expect(subscribed.toSorted()).toEqual([
      'log:a true true undefined',
      'log:b true true {"welcome":true}',
      'user:#42 true true undefined',
    ])
    for (const channel of ['log:a', 'log:b', 'user:#42']) await server.publish(channel, { data: '"x"' })
    while (heard.length < 3) await next(client, 'publication')
    expect(heard).toEqual(['log:a x 1', 'log:b x 1', 'user:#42 x 1'])
  })

  test('are recovered like others', async () => {
    await using server = await start()
    using client = new Sdk(server.webSocket, { token: await sign({ sub: '42', channels: ['log:a'] }) })
    const heard: unknown[] = []
    client.on('publication', ({ data }) => heard.push(data))
    await client.begin()
    await server.publish('log:a', { data: '1' })
    while (heard.length < 1) await next(client, 'publication')
    client.disconnect()
    await server.publish('log:a', { data: '2' })
    await server.publish('log:a', { data: '3' })
    const subscribed = next(client, 'subscribed')
    client.connect()
    expect(await subscribed).toMatchObject({ wasRecovering: true, recovered: true, hasRecoveredPublications: true })
    await server.publish('log:a', { data: '4' })
    while (heard.length < 4) await next(client, 'publication')
    expect(heard).toEqual([1, 2, 3, 4])
  })

  test('the server API begins and ends them', async () => {
    await using server = await start()
    using client = new Sdk(server.webSocket, { token: await sign({ sub: '42' }) })
    await client.begin()
    const heard: unknown[] = []
    client.on('publication', ({ data }) => heard.push(data))
    const subscribed = next(client, 'subscribed')
    expect((await server.api('subscribe', { user: '42', channel: 'log:a', data: { by: 'api' } })).body).toEqual({
      result: {},
    })
    expect(await subscribed).toMatchObject({ channel: 'log:a', positioned: true, data: { by: 'api' } })
    await server.publish('log:a', { data: '1' })
    while (heard.length < 1) await next(client, 'publication')
    const unsubscribed = next(client, 'unsubscribed')
    await server.api('unsubscribe', { user: '42', channel: 'log:a' })
    expect(await unsubscribed).toEqual({ channel: 'log:a' })
    await server.publish('log:a', { data: '2' })
    await Bun.sleep(30)
    expect(heard).toEqual([1])
  })

  test('the server API begins them at a place, and what came since follows', async () => {
    await using server = await start()
    for (const n of numbers(4)) await server.publish('log:a', { data: String(n) })
    using client = new Sdk(server.webSocket, { token: await sign({ sub: '42' }) })
    await client.begin()
    const heard: unknown[] = []
    client.on('publication', ({ data }) => heard.push(data))
    await server.api('subscribe', { user: '42', channel: 'log:a', recover_since: { offset: 2 } })
    await server.publish('log:a', { data: '4' })
    while (heard.length < 3) await next(client, 'publication')
    expect(heard).toEqual([2, 3, 4])
  })
})

describe('subscriptions', () => {
  test('end and begin anew, and miss nothing', async () => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('log:a')
    for (let n = 0; n < 3; n++) {
      reading.subscription.unsubscribe()
      await server.publish('log:a', { data: String(n * 2) })
      const subscribed = next(reading.subscription, 'subscribed')
      reading.subscription.subscribe()
      await subscribed
      await server.publish('log:a', { data: String(n * 2 + 1) })
      await reading.until(n * 2 + 2)
    }
    expect(reading.data).toEqual(numbers(6))
  })

  test('end and begin anew in the same moment', async () => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('log:a')
    for (let n = 0; n < 10; n++) {
      reading.subscription.unsubscribe()
      reading.subscription.subscribe()
    }
    await next(reading.subscription, 'subscribed')
    await server.publish('log:a', { data: '1' })
    expect(await reading.until(1)).toEqual([1])
  })

  test('by a token that is fetched, and fetched anew when it is over', async () => {
    await using server = await start()
    using client = new Sdk(server.webSocket, { token: await sign({ sub: '42' }) })
    await client.begin()
    const tokens = [inSeconds(-1), inSeconds(60)]
    const reading = await client.subscribe('$log:a', {
      getToken: async ({ channel }) => sign({ sub: '42', channel, exp: tokens.shift() ?? 0, info: { seat: 7 } }),
    })
    expect(tokens).toEqual([])
    const { clients } = await reading.subscription.presence()
    expect(Object.values(clients)).toMatchObject([{ user: '42', chanInfo: { seat: 7 } }])
  })

  test('without the token that it needs it is refused for good', async () => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    const subscription = client.newSubscription('$log:a')
    const unsubscribed = next(subscription, 'unsubscribed')
    subscription.subscribe()
    expect(await unsubscribed).toMatchObject({ code: 103, reason: 'permission denied' })
  })

  test.concurrent('that end are kept by a new token in time', async () => {
    await using server = await start({ client: { expired_sub_close_delay: '1s' } })
    using client = new Sdk(server.webSocket, { token: await sign({ sub: '42' }) })
    await client.begin()
    let asked = 0
    const reading = await client.subscribe('$log:a', {
      getToken: ({ channel }) => sign({ sub: '42', channel, exp: inSeconds(asked++ === 0 ? 2 : 60) }),
    })
    let moves = 0
    reading.subscription.on('state', () => moves++)
    await Bun.sleep(3500)
    expect({ asked, moves }).toEqual({ asked: 2, moves: 0 })
  })

  test.concurrent('that end and are not refreshed begin anew and miss nothing', async () => {
    await using server = await start({ client: { expired_sub_close_delay: '50ms' } })
    using client = new Sdk(server.webSocket, { token: await sign({ sub: '42' }) })
    await client.begin()
    let asked = 0
    const reading = await client.subscribe('$log:a', {
      getToken: async ({ channel }) => {
        if (asked++ === 1) await Bun.sleep(700) // too late
        return sign({ sub: '42', channel, exp: inSeconds(asked === 1 ? 2 : 60) })
      },
    })
    expect(await next(reading.subscription, 'subscribing')).toMatchObject({
      code: 2501,
      reason: 'subscription expired',
    })
    await server.publish('$log:a', { data: '1' })
    expect(await next(reading.subscription, 'subscribed')).toMatchObject({ recovered: true })
    expect(await reading.until(1)).toEqual([1])
  })
})

describe('the server API', () => {
  test('sends a user away for good, or to come back', async () => {
    await using server = await start()
    using client = new Sdk(server.webSocket, { token: await sign({ sub: '42' }) })
    await client.begin()
    const connecting = next(client, 'connecting')
    await server.api('disconnect', { user: '42', disconnect: { code: 4000, reason: 'move' } })
    expect(await connecting).toMatchObject({ code: 4000, reason: 'move' })
    await next(client, 'connected')
    const disconnected = next(client, 'disconnected')
    await server.api('disconnect', { user: '42' })
    expect(await disconnected).toMatchObject({ code: 3503, reason: 'force disconnect' })
  })

  test('ends a connection as expired', async () => {
    await using server = await start()
    using client = new Sdk(server.webSocket, { token: await sign({ sub: '42' }) })
    await client.begin()
    const connecting = next(client, 'connecting')
    await server.api('refresh', { user: '42', expired: true })
    expect(await connecting).toMatchObject({ code: 3005 })
    await next(client, 'connected')
  })
})

describe('coming back', () => {
  test.each(['log:a', 'kept:a'])('after a lost connection nothing is missing in %s', async (channel) => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe(channel, { recoverable: true })
    await server.publish(channel, { data: '0' })
    await reading.until(1)
    client.disconnect()
    for (const n of [1, 2, 3]) await server.publish(channel, { data: String(n) })
    const subscribed = next<SubscribedContext>(reading.subscription, 'subscribed')
    client.connect()
    expect(await subscribed).toMatchObject({
      wasRecovering: true,
      recovered: true,
      hasRecoveredPublications: true,
      positioned: true,
    })
    await server.publish(channel, { data: '4' })
    expect(await reading.until(5)).toEqual([0, 1, 2, 3, 4])
    expect(reading.offsets).toEqual([1, 2, 3, 4, 5])
  })

  test('a position brought along is continued from', async () => {
    await using server = await start()
    for (const n of numbers(5)) await server.publish('log:a', { data: String(n) })
    using client = await new Sdk(server.webSocket).begin()
    const { epoch } = await client.history('log:a', { limit: 0 })
    const reading = await client.subscribe('log:a', { since: { offset: 3, epoch } })
    expect(await reading.until(2)).toEqual([3, 4])
  })

  test('after a restart of the server', async () => {
    const folder = temporaryFolder()
    const first = await start({ folder })
    const port = Number(first.url.port)
    using client = await new Sdk(first.webSocket).begin()
    const reading = await client.subscribe('log:a')
    await first.publish('log:a', { data: '0' })
    await reading.until(1)
    const gone = next(client, 'connecting')
    await first.close()
    expect(await gone).toMatchObject({ code: 3001, reason: 'shutdown' })
    await using second = await start({ folder, port })
    await second.publish('log:a', { data: '1' })
    await reading.until(2)
    await second.publish('log:a', { data: '2' })
    expect(await reading.until(3)).toEqual([0, 1, 2])
    expect(reading.offsets).toEqual([1, 2, 3])
    rmSync(folder, { recursive: true })
  })

  test('after a server that was killed', async () => {
    await using server = new CrashingServer('--channel.namespaces', JSON.stringify([{ name: 'log', ...logged }]))
    await server.start()
    const url = `ws://${server.url}/connection/websocket`
    using client = await new Sdk(url).begin()
    const reading = await client.subscribe('log:a')
    using writer = await new Sdk(url).begin()
    for (let round = 0; round < 3; round++) {
      await writer.publish('log:a', round * 2)
      await reading.until(round * 2 + 1)
      client.disconnect() // so that the second one is missed
      await writer.publish('log:a', round * 2 + 1)
      await server.kill()
      await server.start()
      const subscribed = next<SubscribedContext>(reading.subscription, 'subscribed')
      client.connect()
      expect((await subscribed).recovered).toBe(true)
      await writer.ready()
    }
    expect(await reading.until(6)).toEqual(numbers(6))
    expect(reading.offsets).toEqual(numbers(6).map((n) => n + 1))
    expect(server.faults).toEqual([])
  }, 20_000)

  test('to a history that no longer reaches back: it is told so, and goes on from now', async () => {
    await using server = await start({ namespaces: { short: { ...logged, history_size: 3 } } })
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('short:a')
    await server.publish('short:a', { data: '0' })
    await reading.until(1)
    client.disconnect()
    for (const n of [1, 2, 3, 4]) await server.publish('short:a', { data: String(n) })
    const subscribed = next<SubscribedContext>(reading.subscription, 'subscribed')
    client.connect()
    expect(await subscribed).toMatchObject({
      wasRecovering: true,
      recovered: false,
      hasRecoveredPublications: false,
      streamPosition: { offset: 5 },
    })
    await server.publish('short:a', { data: '5' })
    expect(await reading.until(2)).toEqual([0, 5])
  })

  test('to a history that was removed: the same', async () => {
    await using server = await start()
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('log:a')
    await server.publish('log:a', { data: '0' })
    await reading.until(1)
    client.disconnect()
    await server.publish('log:a', { data: '1' })
    await server.api('history_remove', { channel: 'log:a' })
    const subscribed = next<SubscribedContext>(reading.subscription, 'subscribed')
    client.connect()
    expect(await subscribed).toMatchObject({ wasRecovering: true, recovered: false, streamPosition: { offset: 2 } })
  })

  test('after more than is replayed at once: the same', async () => {
    await using server = await start({ client: { recovery_max_publication_limit: 5 } })
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('log:a')
    for (const missed of [5, 6]) {
      client.disconnect()
      for (const n of numbers(missed)) await server.publish('log:a', { data: String(n) })
      const subscribed = next<SubscribedContext>(reading.subscription, 'subscribed')
      client.connect()
      expect((await subscribed).recovered).toBe(missed === 5)
    }
  })

  test('to a channel of which only the latest matters, it gets that, unless it has it', async () => {
    await using server = await start({ namespaces: { value: { ...logged, force_recovery_mode: 'cache' } } })
    using client = await new Sdk(server.webSocket).begin()
    const reading = await client.subscribe('value:a')
    const back = async () => {
      const subscribed = next<SubscribedContext>(reading.subscription, 'subscribed')
      client.connect()
      return (await subscribed).recovered
    }
    client.disconnect()
    expect(await back()).toBe(false) // there is none
    client.disconnect()
    for (const n of [1, 2, 3]) await server.publish('value:a', { data: String(n) })
    expect(await back()).toBe(true)
    expect(await reading.until(1)).toEqual([3])
    client.disconnect()
    expect(await back()).toBe(true)
    await server.publish('value:a', { data: '4' })
    expect(await reading.until(2)).toEqual([3, 4])
    client.disconnect()
    await server.publish('value:a', { data: '5' })
    await server.api('history_remove', { channel: 'value:a' })
    expect(await back()).toBe(false)
    await server.publish('value:a', { data: '6' })
    expect(await reading.until(3)).toEqual([3, 4, 6])
    expect(reading.offsets).toEqual([3, 4, 6])
  })

  test('to another database: the epoch says so, and nothing of the new log is taken for the old one', async () => {
    const first = await start()
    const port = Number(first.url.port)
    using client = await new Sdk(first.webSocket).begin()
    const reading = await client.subscribe('log:a')
    await first.publish('log:a', { data: '"old"' })
    await reading.until(1)
    client.disconnect()
    await first.close()
    await using second = await start({ port })
    for (const n of numbers(3)) await second.publish('log:a', { data: String(n) })
    const subscribed = next<SubscribedContext>(reading.subscription, 'subscribed')
    client.connect()
    expect(await subscribed).toMatchObject({ wasRecovering: true, recovered: false })
    await second.publish('log:a', { data: '"new"' })
    expect(await reading.until(2)).toEqual(['old', 'new'])
  })

  test('a subscriber that asks is positioned; one that does not, and need not, is not', async () => {
    await using server = await start({ namespaces: { '': { ...open, history_size: 9, history_ttl: '1h' } } })
    using client = await new Sdk(server.webSocket).begin()
    const asking = client.newSubscription('a', { positioned: true })
    const subscribed = next<SubscribedContext>(asking, 'subscribed')
    asking.subscribe()
    expect(await subscribed).toMatchObject({
      positioned: true,
      recoverable: false,
      streamPosition: { epoch: expect.any(String) },
    })
    const plain = client.newSubscription('b')
    const plainly = next<SubscribedContext>(plain, 'subscribed')
    plain.subscribe()
    expect(await plainly).toMatchObject({ positioned: false, recoverable: false })
  })
})

/** What a call fails with. */
function refusal(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'it was not refused',
    (error: unknown) => error,
  )
}
