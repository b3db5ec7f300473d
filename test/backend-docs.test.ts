/** The page about backends: its configuration and its backend run, and its questions and answers are what is sent. */
import { expect, test } from 'bun:test'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { createServer } from '../src/index.ts'
import { loadConfig } from '../src/load-config.ts'
import { inSeconds, temporaryFolder } from './server.ts'
import { Wire } from './wire.ts'

const page = await Bun.file(join(import.meta.dir, '../docs/reference/backend.md')).text()
const blocks = (language: string, text = page) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block)

/** The question and the answer below the heading of an event. */
function pair(event: string) {
  const [, after = ''] = page.split(`\n## ${event}\n`)
  const [question = '', answer = ''] = blocks('json', after)
  return { question: JSON.parse(question) as Record<string, unknown>, answer }
}

/** A server with the configuration of the page, and the backend elsewhere. */
async function startServer(port: number, change: (config: Record<string, unknown>) => void = () => {}) {
  const folder = temporaryFolder()
  const [yaml = ''] = blocks('yaml')
  const written = parseYaml(yaml.replaceAll('localhost:3000', `127.0.0.1:${port}`)) as Record<string, unknown>
  change(written)
  const file = join(folder, 'posthouse.json')
  writeFileSync(file, JSON.stringify(written))
  const flags = { 'http_server.port': '0', 'http_server.address': '127.0.0.1', 'data.dir': join(folder, 'data') }
  mkdirSync(join(folder, 'data'))
  const { config, warnings } = loadConfig({ file, flags })
  const faults: unknown[] = []
  const nothing = () => {}
  const log = { debug: nothing, info: nothing, warn: nothing, error: (...fault: unknown[]) => faults.push(fault) }
  const server = await createServer({ config, log })
  return {
    warnings,
    faults,
    open: (headers: Record<string, string> = {}) =>
      Wire.open(`ws://127.0.0.1:${server.url.port}/connection/websocket`, { headers }),
    async [Symbol.asyncDispose]() {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

test('the backend of the page serves the configuration of the page', async () => {
  const probe = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const port = Number(probe.port)
  await probe.stop(true)
  const folder = temporaryFolder()
  const [script = ''] = blocks('js')
  const file = join(folder, 'backend.mjs')
  writeFileSync(file, script.replace('listen(3000)', `listen(${port}, '127.0.0.1', () => console.log('ready'))`))
  const child = Bun.spawn([process.execPath, file], { stdout: 'pipe', stderr: 'inherit' })
  try {
    await child.stdout.getReader().read()
    await using server = await startServer(port)
    expect(server.warnings).toEqual([])
    using stranger = await server.open()
    stranger.send({ id: 1, connect: {} })
    expect(await stranger.closed).toEqual({ code: 4501, reason: 'sign in first' })
    using wire = await server.open({ cookie: 'session=ann' })
    expect((await wire.ask({ connect: {} })).connect?.client).toBeString()
    expect((await wire.ask({ subscribe: { channel: 'room:ann' } })).error).toBeUndefined()
    expect((await wire.ask({ subscribe: { channel: 'room:bob' } })).error).toEqual({
      code: 403,
      message: 'not your room',
    })
    await wire.ask({ publish: { channel: 'room:ann', data: { text: 'hi' } } })
    expect(await wire.publications(1)).toEqual([{ text: 'hi', checked: true }])
    expect((await wire.ask({ rpc: { method: 'add', data: { a: 1, b: 2 } } }))['rpc']).toEqual({ data: 3 })
    expect(server.faults).toEqual([])
  } finally {
    child.kill()
    await child.exited
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the questions of the page are asked, and its answers are taken', async () => {
  const asked = new Map<string, unknown>()
  using backend = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const event = new URL(request.url).pathname.slice(1)
      const isNew = !asked.has(event)
      asked.set(event, await request.json())
      const { answer } = pair(event)
      // So that renewals come within the test: what is told first is over in a moment.
      const soon = isNew && ['connect', 'subscribe'].includes(event)
      return new Response(soon ? answer.replace('4102444800', String(inSeconds(1))) : answer)
    },
  })
  await using server = await startServer(Number(backend.port))
  using wire = await server.open()
  const [connect, subscribe, publish, rpc] = ['connect', 'subscribe', 'publish', 'rpc'].map(
    (event) => pair(event).question,
  )
  const { data, name, version, channels } = connect ?? {}
  const subs = Object.fromEntries((channels as string[]).map((channel) => [channel, {}]))
  const reply = await wire.ask({ connect: { data, name, version, subs } })
  expect(reply.connect?.['data']).toEqual({ hello: 'Ann' })
  expect(Object.keys(reply.connect?.subs ?? {}).toSorted()).toEqual(['room:ann', 'room:lobby', 'room:news'])
  await wire.ask({ unsubscribe: { channel: 'room:ann' } })
  asked.delete('subscribe')
  const subscribed = await wire.ask({ subscribe: { channel: subscribe?.['channel'], data: subscribe?.['data'] } })
  expect(subscribed.subscribe).toMatchObject({ data: { topic: 'tea' }, recoverable: true })
  await wire.ask({ publish: { channel: publish?.['channel'], data: publish?.['data'] } })
  expect(await wire.publications(1)).toEqual([{ text: 'hi', checked: true }])
  expect((await wire.ask({ rpc: { method: rpc?.['method'], data: rpc?.['data'] } }))['rpc']).toEqual({ data: 3 })
  while (!asked.has('refresh') || !asked.has('sub_refresh')) await Bun.sleep(5)

  const client = reply.connect?.client
  for (const event of ['connect', 'refresh', 'subscribe', 'publish', 'sub_refresh', 'rpc'])
    expect({ event, question: asked.get(event) }).toEqual({ event, question: { ...pair(event).question, client } })
  expect(server.faults).toEqual([])
})
