/** The doors as a real browser sees them: from a page of another origin, which is listed or is not. */
import { expect, test } from 'bun:test'
import { chromiumPath, openBrowser } from './chromium.ts'
import { logged, startTestServer } from './server.ts'

const entry = `
import { Centrifuge } from 'centrifuge'
import { Centrifuge as Protobuf } from 'centrifuge/build/protobuf'
Object.assign(window, { Centrifuge, Protobuf })`

/** A page with the official client in it, on a port of its own. */
async function servePage() {
  const built = await Bun.build({
    entrypoints: ['/entry.ts'],
    files: { '/entry.ts': entry },
    target: 'browser',
    root: import.meta.dir,
    plugins: [
      {
        name: 'packages of the entry',
        setup: (build) =>
          void build.onResolve({ filter: /^centrifuge/ }, ({ path }) => ({
            path: Bun.resolveSync(path, import.meta.dir),
          })),
      },
    ],
  })
  const script = (await built.outputs[0]?.text()) ?? ''
  return Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/': new Response('<!doctype html><script src="/page.js"></script>', {
        headers: { 'content-type': 'text/html' },
      }),
      '/page.js': new Response(script, { headers: { 'content-type': 'text/javascript' } }),
    },
  })
}

/** Runs in the page: comes in, subscribes, says something and answers what it heard. */
async function visit({
  url,
  transport,
  library,
}: {
  url: string
  transport: string
  library: string
}): Promise<string> {
  interface Sdk {
    newSubscription(channel: string): {
      on(event: string, heard: (context: { data: unknown }) => void): void
      subscribe(): void
      publish(data: unknown): Promise<unknown>
    }
    on(event: string, heard: (context: { code: number; transport: string }) => void): void
    connect(): void
    disconnect(): void
  }
  const Sdk = Reflect.get(window, library) as new (endpoints: unknown, options: unknown) => Sdk
  const endpoint = `${transport === 'websocket' ? url.replace('http', 'ws') : url}/connection/${transport}`
  const sdk = new Sdk([{ transport, endpoint }], { emulationEndpoint: `${url}/emulation` })
  const subscription = sdk.newSubscription('news')
  const heard = new Promise<string>((resolve) => {
    subscription.on('publication', ({ data }) =>
      resolve(data instanceof Uint8Array ? new TextDecoder().decode(data) : JSON.stringify(data)),
    )
    setTimeout(() => resolve('nothing'), 3000)
  })
  subscription.subscribe()
  sdk.connect()
  const said = library === 'Protobuf' ? new TextEncoder().encode('{"said":"好"}') : { said: '好' }
  void subscription.publish(said).catch(() => {})
  const answer = await heard
  sdk.disconnect()
  return answer
}

const combinations = [
  ['websocket', 'Centrifuge'],
  ['websocket', 'Protobuf'],
  ['http_stream', 'Centrifuge'],
  ['http_stream', 'Protobuf'],
  ['sse', 'Centrifuge'],
] as const

test.skipIf(chromiumPath === undefined)(
  'a page of a listed origin comes in by every door, and one of another by none',
  async () => {
    using page = await servePage()
    const origin = page.url.origin
    await using listed = await startTestServer({ namespaces: { '': logged }, client: { allowed_origins: [origin] } })
    await using closed = await startTestServer({ namespaces: { '': logged } })
    await using browser = await openBrowser()
    const tab = await browser.newPage()
    await tab.goto(page.url.href)
    for (const [transport, library] of combinations) {
      expect([transport, library, await tab.evaluate(visit, { url: listed.url.origin, transport, library })]).toEqual([
        transport,
        library,
        '{"said":"好"}',
      ])
    }
    const refused = combinations.map(([transport, library]) =>
      tab.evaluate(visit, { url: closed.url.origin, transport, library }),
    )
    expect(await Promise.all(refused)).toEqual(combinations.map(() => 'nothing'))
    const { body } = await closed.api('history', { channel: 'news', limit: 10 })
    expect(JSON.stringify(body)).toContain('"publications":[]')
  },
  60_000,
)

test.skipIf(chromiumPath === undefined)(
  'a bare EventSource of the browser listens at uni_sse',
  async () => {
    using page = await servePage()
    await using server = await startTestServer({
      namespaces: { '': logged },
      client: { allowed_origins: [page.url.origin] },
    })
    await using browser = await openBrowser()
    const tab = await browser.newPage()
    await tab.goto(page.url.href)
    const request = encodeURIComponent('{"subs":{"news":{}}}')
    const heard = tab.evaluate(
      (url) =>
        new Promise<string[]>((resolve) => {
          const texts: string[] = []
          const source = new EventSource(url)
          source.addEventListener('message', ({ data }) => {
            if (texts.push(String(data)) === 2) resolve(texts)
            document.title = 'connected'
          })
        }),
      `${server.url.origin}/connection/uni_sse?cf_connect=${request}`,
    )
    await tab.waitForFunction(() => document.title === 'connected')
    await server.publish('news', { data: '"hi"' })
    const [first, second] = await heard
    expect(first).toStartWith('{"connect":{')
    expect(second).toStartWith('{"channel":"news","pub":{"data":"hi","offset":1')
  },
  60_000,
)
