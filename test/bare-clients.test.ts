/** What needs no library, against `posthouse serve`: curl, and the EventSource and WebSocket of a real browser. */
import { afterEach, beforeEach, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { must } from '../src/core/must.ts'
import { chromiumPath, openBrowser } from './chromium.ts'
import { CrashingServer } from './crashing-server.ts'
import { Line } from './line.ts'
import { logged, secret, sign } from './server.ts'

const hasCurl = Bun.which('curl') !== null
const why = (present: boolean, what: string) => (present ? '' : ` (skipped: no ${what} on this machine)`)

const rules = { name: 'kept', ...logged, allow_subscribe_for_anonymous: false, allow_publish_for_anonymous: false }
const flags = [
  ['--channel.namespaces', JSON.stringify([rules])],
  ['--uni_sse.enabled'],
  ['--uni_http_stream.enabled'],
].flat()
const channel = 'kept:log'

let server: CrashingServer
let line: Line
let token: string

beforeEach(async () => {
  server = new CrashingServer(...flags)
  server.environment = { POSTHOUSE_CLIENT_TOKEN_HMAC_SECRET_KEY: secret }
  await server.start()
  line = await Line.to(new URL(`http://${server.url}`))
  token = await sign({ sub: 'ann' })
})

afterEach(async () => {
  await line[Symbol.asyncDispose]()
  await server.end()
  expect(server.faults).toEqual([])
})

async function publish(...all: unknown[]): Promise<void> {
  for (const data of all) {
    expect(await server.api('publish', JSON.stringify({ channel, data }))).toStartWith('{"result":{"offset":')
  }
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited for ${what}`)
    await Bun.sleep(10)
  }
}

/** The users who are in the channel. */
async function users(): Promise<string[]> {
  const answer = must(await server.api('presence', JSON.stringify({ channel })))
  return Array.from(answer.matchAll(/"user":"([^"]*)"/g), ([, user = '']) => user)
}

/** Kills the server, publishes while nobody can hear it, and lets all come back. */
async function missed(...all: unknown[]): Promise<void> {
  await server.kill()
  line.cut()
  await server.start()
  await publish(...all)
  line.mend()
}

// --- curl --------------------------------------------------------------------------

/** A curl that goes on, and what it printed so far. */
class Curl implements AsyncDisposable {
  readonly #child: Bun.Subprocess<'ignore', 'pipe', 'inherit'>
  text = ''

  constructor(...args: string[]) {
    this.#child = Bun.spawn(['curl', '--silent', '--no-buffer', ...args], { stdin: 'ignore', stdout: 'pipe' })
    void this.#read()
  }

  /** All it printed, when it has ended. */
  static async answer(...args: string[]): Promise<string> {
    await using curl = new Curl(...args)
    await curl.ended
    return curl.text
  }

  get ended(): Promise<number> {
    return this.#child.exited.then((code) => Bun.sleep(10).then(() => code))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill()
    await this.#child.exited
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder()
    for await (const bytes of this.#child.stdout) this.text += decoder.decode(bytes, { stream: true })
  }
}

interface Connected {
  readonly epoch: string
  readonly recovered?: boolean
  readonly publications?: readonly { readonly data: unknown }[]
}

for (const [door, lead] of [
  ['uni_http_stream', ''],
  ['uni_sse', 'data: '],
] as const) {
  test.skipIf(!hasCurl)(
    `curl listens at ${door}, and goes on where it was when the server was killed${why(hasCurl, 'curl')}`,
    async () => {
      const listen = (from: object) => {
        const body = JSON.stringify({ token, subs: { [channel]: from } })
        return new Curl(`${line.url}/connection/${door}`, '--data', body)
      }
      const subscribed = (text: string) => {
        const first = must(text.split('\n').find((each) => each.includes('"connect"'))).slice(lead.length)
        const { connect } = JSON.parse(first) as { connect: { subs: Record<string, Connected> } }
        return must(connect.subs[channel])
      }
      await using before = listen({})
      await until('the connection', () => before.text.includes('"connect"'))
      const { epoch } = subscribed(before.text)
      await publish({ said: '驿站' })
      await until('a publication', () => before.text.includes('"pub"'))
      expect(before.text).toContain(`${lead}{"channel":"${channel}","pub":{"data":{"said":"驿站"},"offset":1`)
      expect(await users()).toEqual(['ann'])
      await missed('away', 'still away')
      expect(await before.ended).not.toBe(0)

      await using after = listen({ recover: true, epoch, offset: 1 })
      await until('the connection', () => after.text.includes('"connect"'))
      const { recovered, publications } = subscribed(after.text)
      expect(recovered).toBe(true)
      expect(publications?.map(({ data }) => data)).toEqual(['away', 'still away'])
    },
    30_000,
  )
}

test.skipIf(!hasCurl)(
  `curl publishes, reads and waits at the URL of a channel, before and after a crash${why(hasCurl, 'curl')}`,
  async () => {
    const url = `${line.url}/c/${channel}`
    const bearer = ['--header', `Authorization: Bearer ${token}`]
    expect(await Curl.answer(url, '--data', 'hi', '--write-out', '%{http_code}')).toEndWith('401')
    expect(await Curl.answer(url, ...bearer, '--data', 'hi')).toContain('"readers":0')
    await using reader = new Curl(url, ...bearer, '--header', 'Accept: text/event-stream')
    await until('its presence', async () => (await users()).includes('ann'))
    expect(await Curl.answer(url, ...bearer, '--data', 'ho')).toContain('"readers":1')
    await until('the event', () => reader.text.includes('data:ho'))
    const id = must(Array.from(reader.text.matchAll(/^id: ?(\S+)$/gm), ([, each]) => each).at(-1))
    await missed('away')
    expect(await Curl.answer(url, ...bearer)).toBe('["hi","ho","away"]')
    await using again = new Curl(
      url,
      ...bearer,
      '--header',
      'Accept: text/event-stream',
      '--header',
      `Last-Event-ID: ${id}`,
    )
    await until('what was missed', () => again.text.includes('data:'))
    expect(Array.from(again.text.matchAll(/^data:(.*)$/gm), ([, data]) => data)).toEqual(['away'])
    const waiting = Curl.answer(`${url}?offset=now&live=long-poll`, ...bearer)
    await until('its presence', async () => (await users()).length === 2)
    await publish('news')
    expect(await waiting).toBe('["news"]')
  },
  30_000,
)

// --- a browser ---------------------------------------------------------------------

const inBrowser = (name: string, body: (page: Page) => Promise<void>) =>
  test.skipIf(chromiumPath === undefined)(
    `${name}${why(chromiumPath !== undefined, 'Chromium')}`,
    async () => {
      await using browser = await openBrowser()
      const page = await browser.newPage()
      await page.goto(`${line.url}/health`) // any page of this origin
      await page.evaluate(() => Object.assign(window, { heard: [] }))
      await body(page)
    },
    60_000,
  )

const heard = (page: Page) => page.evaluate(() => Reflect.get(window, 'heard') as string[])

inBrowser('an EventSource of a channel comes back by itself after a crash, and misses nothing', async (page) => {
  const url = `/c/${channel}?token=${token}`
  await page.evaluate((address) => {
    new EventSource(address).addEventListener('message', ({ data }) =>
      (Reflect.get(window, 'heard') as string[]).push(data),
    )
  }, url)
  await until('its presence', async () => (await users()).includes('ann'))
  const post = (body: string) =>
    page.evaluate(async (request) => (await fetch(request.url, { method: 'POST', body: request.body })).status, {
      url,
      body,
    })
  expect(await post('one')).toBe(200)
  await until('the first', async () => (await heard(page)).length === 1)
  await missed('two', 'three')
  await until('what it missed', async () => (await heard(page)).length >= 3)
  expect(await post('four')).toBe(200)
  await until('what came then', async () => (await heard(page)).length >= 4)
  expect(await heard(page)).toEqual(['one', 'two', 'three', 'four'])
  expect(await users()).toEqual(['ann'])
  const history = await page.evaluate(async (address) => (await fetch(address)).text(), url)
  expect(history).toBe('["one","two","three","four"]')
})

inBrowser('a WebSocket speaks the protocol without a library, before and after a crash', async (page) => {
  const ask = (commands: object[]) =>
    page.evaluate(
      ({ said, count }) =>
        new Promise<string[]>((resolve, reject) => {
          const socket = new WebSocket(`ws://${location.host}/connection/websocket`)
          const replies: string[] = []
          socket.addEventListener('open', () => socket.send(said))
          socket.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code}`)))
          socket.addEventListener('message', ({ data }) => {
            for (const text of String(data).split('\n')) if (text.startsWith('{"id"')) replies.push(text)
            if (replies.length === count) resolve(replies)
          })
        }),
      { said: commands.map((each) => JSON.stringify(each)).join('\n'), count: commands.length },
    )
  const connect = { id: 1, connect: { token } }
  const [connected, subscribed, published, present, kept] = await ask([
    connect,
    { id: 2, subscribe: { channel } },
    { id: 3, publish: { channel, data: 'mine' } },
    { id: 4, presence: { channel } },
    { id: 5, history: { channel, limit: 10 } },
  ])
  const { client } = (JSON.parse(must(connected)) as { connect: { client: string } }).connect
  const { epoch } = (JSON.parse(must(subscribed)) as { subscribe: { epoch: string } }).subscribe
  expect(JSON.parse(must(published))).toEqual({ id: 3, publish: {} })
  expect(JSON.parse(must(present))).toEqual({ id: 4, presence: { presence: { [client]: { client, user: 'ann' } } } })
  expect(kept).toContain('"publications":[{"data":"mine",')
  await missed('away')
  const [, recovered] = await ask([connect, { id: 2, subscribe: { channel, recover: true, epoch, offset: 1 } }])
  expect(recovered).toContain('"recovered":true')
  expect(recovered).toContain('"publications":[{"data":"away","offset":2')
})

inBrowser('a WebSocket of a channel goes on at the offset it names, after a crash', async (page) => {
  const open = (query: string) =>
    page.evaluate(
      (address) => {
        const socket = new WebSocket(address)
        Object.assign(window, { socket })
        const opened = new Promise((resolve) => socket.addEventListener('open', resolve))
        socket.addEventListener('message', ({ data }) => (Reflect.get(window, 'heard') as string[]).push(data))
        return opened.then(() => {})
      },
      `${line.url.replace('http', 'ws')}/c/${channel}?token=${token}${query}`,
    )
  await open('')
  await until('its presence', async () => (await users()).includes('ann'))
  await page.evaluate(() => (Reflect.get(window, 'socket') as WebSocket).send('one'))
  await until('the echo', async () => (await heard(page)).length === 1)
  const offset = await page.evaluate(
    async (address) => (await fetch(address)).headers.get('stream-next-offset'),
    `/c/${channel}?token=${token}`,
  )
  await missed('two', 'three')
  await open(`&offset=${offset}`)
  await until('what it missed', async () => (await heard(page)).length >= 3)
  expect(await heard(page)).toEqual(['one', 'two', 'three'])
})
