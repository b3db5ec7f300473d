/**
 * The promise of producers (Durable Streams Protocol section 5.2.1), and of
 * readers by URL: the server is killed with -9 at any moment while numbered
 * batches are written, and sent again until they are answered. In the end each
 * message is there once, in order, and that is what each reader was handed.
 */
import { expect, test } from 'bun:test'
import { CrashingServer } from './crashing-server.ts'
import { Events } from './channel-url-support.ts'
import { randomFrom } from './stores-support.ts'

const kills = 8
const seed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

const rules = {
  name: 'log',
  history_size: -1,
  history_ttl: 'forever',
  force_recovery: true,
  allow_subscribe_for_client: true,
  allow_subscribe_for_anonymous: true,
  allow_publish_for_client: true,
  allow_publish_for_anonymous: true,
  allow_manage_for_client: true,
  allow_manage_for_anonymous: true,
}

test('a producer that repeats itself until it is heard is stored once, though the server is killed at any moment', async () => {
  try {
    await crashAgainAndAgain()
  } catch (error) {
    throw new Error(`with CRASH_SEED=${seed}`, { cause: error })
  }
}, 120_000)

async function crashAgainAndAgain(): Promise<void> {
  const random = randomFrom(seed)
  await using server = new CrashingServer(
    '--channel.namespaces',
    JSON.stringify([rules]),
    '--client.publish_rate_limit',
    '0',
    '--client.allow_anonymous_connect_without_token',
  )
  await server.start()
  const url = () => `http://${server.url}/c/log:x`
  expect((await fetch(url(), { method: 'PUT', headers: json })).status).toBe(201)

  const stop = new AbortController()
  const producers = ['ann', 'bob'].map((id) => new Producer(id, url, stop.signal))
  const readers = [new Poller(url, stop.signal), new Listener(url, stop.signal)]
  const writing = producers.map((producer) => producer.run(random))
  const reading = readers.map((reader) => reader.run())
  for (let n = 0; n < kills; n++) {
    await Bun.sleep(random(700))
    await server.kill()
    await server.start()
  }
  for (const producer of producers) producer.stop()
  await Promise.all(writing)

  const stored = (await (await fetch(url())).json()) as string[]
  for (const { id, sent } of producers) {
    expect(sent.length).toBeGreaterThan(kills)
    expect(stored.filter((text) => text.startsWith(id))).toEqual(sent)
  }
  for (const { heard } of readers) {
    for (let tries = 0; tries < 500 && heard.length < stored.length; tries++) await Bun.sleep(10)
    expect(heard).toEqual(stored)
  }
  stop.abort()
  await Promise.all(reading)
  expect(server.faults).toEqual([])
}

const json = { 'content-type': 'application/json' }

/** Sends batches, each again and again until it is answered, as if it were dead in between. */
class Producer {
  readonly id: string
  readonly sent: string[] = []
  readonly #url: () => string
  readonly #signal: AbortSignal
  #stopped = false

  constructor(id: string, url: () => string, signal: AbortSignal) {
    this.id = id
    this.#url = url
    this.#signal = signal
  }

  stop(): void {
    this.#stopped = true
  }

  async run(random: (below: number) => number): Promise<void> {
    for (let seq = 0; !this.#stopped; seq++) {
      const batch = Array.from({ length: 1 + random(4) }, (_, at) => `${this.id} ${seq}.${at}`)
      const headers = { ...json, 'producer-id': this.id, 'producer-epoch': '0', 'producer-seq': String(seq) }
      const request = { method: 'POST', headers, body: JSON.stringify(batch), signal: this.#signal }
      while (!(await isAnswered(this.#url(), request))) await Bun.sleep(10)
      if (random(5) === 0) await isAnswered(this.#url(), request) // as if the answer was lost
      this.sent.push(...batch)
      await Bun.sleep(random(6))
    }
  }
}

async function isAnswered(url: string, request: RequestInit): Promise<boolean> {
  try {
    const { status } = await fetch(url, request)
    if (status !== 200 && status !== 204 && status !== 503) throw new RangeError(`answered with ${status}`)
    return status !== 503
  } catch (error) {
    if (error instanceof RangeError) throw error
    return false // it is dead, or died over it
  }
}

class Poller {
  readonly heard: string[] = []
  readonly #url: () => string
  readonly #signal: AbortSignal
  #offset = '-1'

  constructor(url: () => string, signal: AbortSignal) {
    this.#url = url
    this.#signal = signal
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        const query = `?offset=${this.#offset}&live=long-poll&timeout=5`
        const answer = await fetch(this.#url() + query, { signal: this.#signal })
        if (answer.status === 410) throw new RangeError(await answer.text())
        const messages = answer.status === 200 ? ((await answer.json()) as string[]) : []
        this.heard.push(...messages)
        this.#offset = answer.headers.get('stream-next-offset') ?? this.#offset
      } catch (error) {
        if (error instanceof RangeError) throw error
        await Bun.sleep(10) // it is dead for now
      }
    }
  }
}

class Listener {
  readonly heard: string[] = []
  readonly #url: () => string
  readonly #signal: AbortSignal
  #last = ''

  constructor(url: () => string, signal: AbortSignal) {
    this.#url = url
    this.#signal = signal
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        const events = await Events.open(`${this.#url()}?offset=-1`, this.#last ? { 'last-event-id': this.#last } : {})
        this.#signal.addEventListener('abort', () => void events[Symbol.asyncDispose]())
        for (;;) {
          const event = await events.next()
          if (event === undefined) break
          if (event.event !== 'message') continue
          this.heard.push(String(JSON.parse(event.data)))
          this.#last = event.id
        }
      } catch {
        await Bun.sleep(10) // it is dead for now
      }
    }
  }
}
