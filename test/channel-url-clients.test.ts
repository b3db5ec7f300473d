/** Readers that we did not write, at a channel's URL: Chromium's EventSource and WebSocket, and the published client of Durable Streams. */
import { describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { DurableStream, IdempotentProducer } from '@durable-streams/client'
import { chromiumPath, openBrowser } from './chromium.ts'
import { apiKey, logged, startTestServer, temporaryFolder, type TestServer } from './server.ts'
import { until } from './stores-support.ts'

const namespaces = { public: logged }
const withKey = { 'x-api-key': apiKey }

/** Publishes the next numbers from outside of the server. */
async function publish(server: TestServer, from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number++) await server.publish('public:news', { data: String(number) })
}

const numbers = (to: number) => Array.from({ length: to }, (_, at) => at + 1)

describe.skipIf(chromiumPath === undefined)('Chromium', () => {
  test('resumes an EventSource where it was, after the server was down and what it missed', async () => {
    const folder = temporaryFolder()
    await using browser = await openBrowser()
    const tab = await browser.newPage()
    let server = await startTestServer({ namespaces, folder })
    const port = Number(server.url.port)
    await tab.goto(new URL('/health', server.url).href)
    await tab.evaluate(() => {
      const heard: string[] = []
      const events = new EventSource('/c/public:news?offset=-1')
      events.addEventListener('message', ({ data }) => heard.push(String(data)))
      Object.assign(globalThis, { heard })
    })
    const heard = () => tab.evaluate(() => (globalThis as unknown as { heard: string[] }).heard.map(Number))
    await publish(server, 1, 20)
    await until(async () => (await heard()).length === 20, 'the first events')
    await server.close()
    server = await startTestServer({ namespaces, folder, port })
    try {
      await publish(server, 21, 400)
      await until(async () => (await heard()).length >= 400, 'what was missed')
      await publish(server, 401, 410)
      await until(async () => (await heard()).length >= 410, 'what is new')
      expect(await heard()).toEqual(numbers(410))
    } finally {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }, 40_000)

  test('writes and reads by a bare WebSocket', async () => {
    await using browser = await openBrowser()
    const tab = await browser.newPage()
    await using server = await startTestServer({ namespaces })
    await tab.goto(new URL('/health', server.url).href)
    const told = await tab.evaluate(async () => {
      const socket = new WebSocket(`ws://${location.host}/c/public:chat`)
      const heard: unknown[] = []
      await new Promise((resolve) => socket.addEventListener('open', resolve))
      const three = new Promise<void>((resolve) => {
        socket.addEventListener('message', ({ data }) => {
          heard.push(data instanceof Blob ? data.size : data)
          if (heard.length === 3) resolve()
        })
      })
      socket.send('hi')
      socket.send('{"a": 1}')
      socket.send(new Uint8Array([1, 2, 3]))
      await three
      return heard
    })
    expect(told).toEqual(['hi', '{"a": 1}', 3])
  }, 20_000)
})

describe('the published client of Durable Streams', () => {
  for (const live of ['sse', 'long-poll'] as const) {
    test(`writes with a producer and reads live by ${live}, to the end`, async () => {
      await using server = await startTestServer({ namespaces })
      const url = new URL(`/c/public:${live}`, server.url).href
      const stream = await DurableStream.create({ url, headers: withKey, contentType: 'application/json' })
      const producer = new IdempotentProducer(stream, 'p')
      const heard: unknown[] = []
      const answer = await stream.stream<number>({ offset: '-1', live })
      const done = new Promise<void>((resolve) => {
        answer.subscribeJson(({ items }) => {
          heard.push(...items)
          if (heard.length === 300) resolve()
        })
      })
      for (const number of numbers(300)) {
        producer.append(String(number))
        if (number % 50 === 0) await producer.flush()
      }
      await producer.flush()
      await done
      expect(heard).toEqual(numbers(300))
      expect(await (await fetch(url)).json()).toEqual(numbers(300))
      await stream.close()
      await answer.closed
      expect((await fetch(url, { method: 'HEAD' })).headers.get('stream-closed')).toBe('true')
    }, 20_000)
  }

  test('goes on where it was after the server was down', async () => {
    const folder = temporaryFolder()
    let server = await startTestServer({ namespaces, folder })
    const port = Number(server.url.port)
    const url = new URL('/c/public:news', server.url).href
    const stream = new DurableStream({ url, headers: withKey, contentType: 'application/json' })
    const heard: number[] = []
    const abort = new AbortController()
    const answer = await stream.stream<number>({ offset: '-1', live: 'long-poll', signal: abort.signal })
    answer.subscribeJson(({ items }) => void heard.push(...items))
    await publish(server, 1, 20)
    await until(() => heard.length === 20, 'the first batch')
    await server.close()
    server = await startTestServer({ namespaces, folder, port })
    try {
      await publish(server, 21, 60)
      await until(() => heard.length >= 60, 'what was missed')
      expect(heard).toEqual(numbers(60))
    } finally {
      abort.abort()
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }, 30_000)
})
