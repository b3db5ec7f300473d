/**
 * The promise of the whole: a server is killed with -9 again and again, at any
 * moment, while backends and clients publish and clients read. In the end what
 * was acknowledged, what is stored and what each reader was handed is the same.
 */
import { afterEach, expect, test } from 'bun:test'
import { Centrifuge, type PublicationContext, type SubscribedContext } from 'centrifuge'
import { CrashingServer } from './crashing-server.ts'

const kills = 12
const channels = ['log:one', 'log:two', 'log:three'] as const
const seed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 32))

const rules = {
  name: 'log',
  history_size: -1,
  history_ttl: 'forever',
  force_recovery: true,
  allow_subscribe_for_client: true,
  allow_subscribe_for_anonymous: true,
  allow_publish_for_client: true,
  allow_publish_for_anonymous: true,
}
const flags = [
  ['--channel.namespaces', JSON.stringify([rules])],
  ['--client.recovery_max_publication_limit', '1000000'], // so that only a loss explains `recovered: false`
  ['--client.publish_rate_limit', '0'],
].flat()

let server: CrashingServer
const clients: Centrifuge[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect()
  await server.end()
})

test('whatever the moments at which the server is killed, nothing acknowledged is lost, doubled or out of order', async () => {
  try {
    await crashAgainAndAgain(mulberry32(seed))
  } catch (error) {
    throw new Error(`with CRASH_SEED=${seed}`, { cause: error })
  }
}, 120_000)

async function crashAgainAndAgain(random: () => number): Promise<void> {
  server = new CrashingServer(...flags)
  await server.start()
  const readers = channels.flatMap((channel) => [new Reader(channel), new Reader(channel)])
  await Promise.all(readers.map((reader) => reader.subscribed))
  const publishers = channels.flatMap((channel, n) => [
    new ApiPublisher(channel, 'ann', mulberry32(seed + n)),
    new ApiPublisher(channel, 'bob', mulberry32(seed + n + 10)),
    new ClientPublisher(channel, 'eve', mulberry32(seed + n + 20)),
  ])
  const publishing = publishers.map((publisher) => publisher.run())

  for (let n = 0; n < kills; n++) {
    await Bun.sleep(random() ** 2 * 1500)
    await server.kill()
    const started = server.start()
    if (random() < 0.7 || n === kills - 1) await started // else it may be killed while it starts
  }
  for (const publisher of publishers) publisher.stop()
  await Promise.all(publishing)

  for (const channel of channels) {
    const stored = await history(channel)
    expect(
      difference(
        stored.map(({ offset }) => offset),
        stored.map((_, at) => at + 1),
      ),
    ).toBeUndefined()
    const own = publishers.filter((publisher) => publisher.channel === channel)
    for (const { name, acknowledged } of own) {
      const kept = stored.filter(({ text }) => nameOf(text) === name)
      expect(
        difference(
          kept.map(({ text }) => text),
          acknowledged.map(({ text }) => text),
        ),
      ).toBeUndefined()
      for (const [at, { offset }] of acknowledged.entries()) expect(offset ?? kept[at]?.offset).toBe(kept[at]?.offset)
    }
    expect(own.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)).toBe(stored.length)
    for (const reader of readers.filter((each) => each.channel === channel)) {
      await until(() => reader.received.length >= stored.length)
      const read = stored.map(({ offset, text }) => `${offset} ${JSON.stringify(JSON.parse(text))}`)
      expect(difference(reader.received, read)).toBeUndefined()
      expect(reader.losses).toEqual([])
    }
  }
  expect(server.faults).toEqual([])
}

/** `text`: exactly as it was published. `offset`: as the publisher was told, if it was. */
interface Published {
  readonly text: string
  readonly offset: number | undefined
}

/** Says one thing after the other, each until it is acknowledged. */
abstract class Publisher {
  readonly channel: string
  readonly name: string
  readonly acknowledged: Published[] = []
  readonly #random: () => number
  #stopped = false

  constructor(channel: string, name: string, random: () => number) {
    this.channel = channel
    this.name = name
    this.#random = random
  }

  async run(): Promise<void> {
    for (let number = 1; !this.#stopped; number++) {
      const text = messageOf(this.name, number, this.#random)
      this.acknowledged.push({ text, offset: await this.publish(text, number, this.#random) })
      await Bun.sleep(this.#random() * 6)
    }
  }

  /** Resolves when it is acknowledged. */
  protected abstract publish(text: string, number: number, random: () => number): Promise<number | undefined>

  stop(): void {
    this.#stopped = true
  }
}

/** A backend. It repeats itself with the same key, now and then also when it was heard. */
class ApiPublisher extends Publisher {
  protected async publish(text: string, number: number, random: () => number): Promise<number> {
    const key = `${this.name}-${number}`
    const body = `{"channel":${JSON.stringify(this.channel)},"data":${text},"idempotency_key":"${key}"}`
    for (;;) {
      const answer = await server.api('publish', body)
      const offset = /^\{"result":\{"offset":(\d+),/.exec(answer ?? '')?.[1]
      if (offset !== undefined && random() < 0.9) return Number(offset)
      if (offset === undefined) await Bun.sleep(20)
    }
  }
}

/** A client, which has no keys: if its connection was lost, it looks whether it was heard before it speaks again. */
class ClientPublisher extends Publisher {
  readonly #client = connect()

  protected async publish(text: string): Promise<undefined> {
    for (;;) {
      try {
        await this.#client.publish(this.channel, JSON.parse(text))
        return
      } catch {
        const stored = await history(this.channel)
        if (stored.some((each) => each.text === text)) return
      }
    }
  }
}

class Reader {
  readonly channel: string
  readonly received: string[] = []
  readonly losses: SubscribedContext[] = []
  readonly subscribed: Promise<void>

  constructor(channel: string) {
    this.channel = channel
    const subscription = connect().newSubscription(channel)
    subscription.on('publication', ({ offset, data }: PublicationContext) => {
      this.received.push(`${offset} ${JSON.stringify(data)}`)
    })
    this.subscribed = new Promise((resolve) => {
      subscription.on('subscribed', (context) => {
        if (context.wasRecovering && !context.recovered) this.losses.push(context)
        resolve()
      })
    })
    subscription.subscribe()
  }
}

function connect(): Centrifuge {
  const client = new Centrifuge(`ws://${server.url}/connection/websocket`, {
    minReconnectDelay: 20,
    maxReconnectDelay: 200,
    timeout: 60_000, // whoever is not answered until then is not to believe that he was not heard
  })
  clients.push(client)
  client.connect()
  return client
}

interface Stored {
  readonly offset: number
  readonly text: string
}

/** All that is stored, as it is written. */
async function history(channel: string): Promise<Stored[]> {
  for (;;) {
    const answer = await server.api('history', JSON.stringify({ channel, limit: -1 }))
    // No text of ours holds the words around it.
    const found = answer?.matchAll(/\{"data":(.*?)(?:,"info":\{.*?\})?,"offset":(\d+)\}/g)
    if (answer?.startsWith('{"result":') && found) {
      return Array.from(found, ([, text = '', offset]) => ({ text, offset: Number(offset) }))
    }
    await Bun.sleep(20)
  }
}

/** JSON that only those who do not touch it keep as it is, if it goes by the server API; the SDK writes its own. */
function messageOf(name: string, number: number, random: () => number): string {
  const text = 'é"\\驿站🐎'.repeat(Math.floor(random() ** 4 * 50))
  const own = JSON.stringify({ name, number, text })
  return name === 'eve' ? own : `{ "z":9007199254740993, "a":1.50,${own.slice(1)}`
}

function nameOf(text: string): string | undefined {
  return /"name":"([a-z]+)"/.exec(text)?.[1]
}

/** Where two lists part; undefined if they are alike. */
function difference<T>(found: readonly T[], expected: readonly T[]): string | undefined {
  for (let at = 0; at < Math.max(found.length, expected.length); at++) {
    if (found[at] !== expected[at]) return `at ${at}: ${String(found[at])}, not ${String(expected[at])}`
  }
  return undefined
}

/** Waits; not for ever, so that what is missing is told by what comes after. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000 && !isSo(); tries++) await Bun.sleep(10)
}

function mulberry32(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
