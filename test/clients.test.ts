/**
 * Clients that others wrote, in their languages, against `posthouse serve` as it
 * is started by people: one list of promises for all. Where a language is not on
 * this machine its tests are skipped, and their names say why.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Driver, type Place } from './clients/driver.ts'
import { go, java, javascript, python, type Language } from './clients/toolchains.ts'
import { CrashingServer } from './crashing-server.ts'
import { Line } from './line.ts'
import { logged, secret, sign } from './server.ts'

const [ofJavascript, ofPython, ofGo, ofJava] = await Promise.all([javascript(), python(), go(), java()])

interface Client {
  readonly name: string
  readonly language: Language
  readonly program: string
  readonly encoding: Place['encoding']
  readonly door: string
}

const client = (
  name: string,
  language: Language,
  program: string,
  encoding: Place['encoding'],
  door = 'websocket',
): Client => ({
  name: `${name}, ${door}, ${encoding}`,
  language,
  program: join(import.meta.dir, 'clients', language.name, program),
  encoding,
  door,
})

const clients = [
  client('centrifuge (npm)', ofJavascript, 'driver.ts', 'json', 'websocket'),
  client('centrifuge (npm)', ofJavascript, 'driver.ts', 'protobuf', 'websocket'),
  client('centrifuge (npm)', ofJavascript, 'driver.ts', 'json', 'http_stream'),
  client('centrifuge (npm)', ofJavascript, 'driver.ts', 'protobuf', 'http_stream'),
  client('centrifuge (npm)', ofJavascript, 'driver.ts', 'json', 'sse'),
  client('centrifuge-python', ofPython, 'driver.py', 'json'),
  client('centrifuge-python', ofPython, 'driver.py', 'protobuf'),
  client('centrifuge-go', ofGo, 'main.go', 'json'),
  client('centrifuge-go', ofGo, 'main.go', 'protobuf'),
  client('centrifuge-java', ofJava, 'Driver.java', 'protobuf'),
]

/** Nobody gets in without a token. */
const rules = { name: 'kept', ...logged, allow_subscribe_for_anonymous: false, join_leave: true }
const flags = [['--channel.namespaces', JSON.stringify([rules])], ['--http_stream.enabled'], ['--sse.enabled']].flat()

const awkward = { text: '"驿站" \u{1F40E} \\ \n \u2028', numbers: [0, -1.5, 1e21], nested: [[], {}, null, true] }

describe.each(clients)('$name', ({ language, program, encoding, door }) => {
  const skipped = language.missing === undefined ? '' : ` (skipped: ${language.missing})`
  let server: CrashingServer
  let line: Line

  beforeAll(async () => {
    if (language.missing !== undefined) return
    await language.build(program)
    server = new CrashingServer(...flags)
    server.environment = { POSTHOUSE_CLIENT_TOKEN_HMAC_SECRET_KEY: secret }
    await server.start()
    expect(server.faults).toEqual([])
    line = await Line.to(new URL(`http://${server.url}`))
  }, 90_000)

  afterAll(async () => {
    await line?.[Symbol.asyncDispose]()
    await server?.end()
    expect(server?.faults ?? []).toEqual([])
  })

  const come = async (user: string, channel: string) => {
    const url = `${door === 'websocket' ? line.url.replace('http', 'ws') : line.url}/connection/${door}`
    const driver = await Driver.start(language, program, { encoding, url, token: await sign({ sub: user }), channel })
    await driver.until('its subscription', () => driver.subscriptions.length === 1)
    return driver
  }

  const publish = async (channel: string, data: unknown) => {
    const answer = await server.api('publish', JSON.stringify({ channel, data }))
    expect(answer).toStartWith('{"result":{"offset":')
  }

  test.skipIf(skipped !== '')(
    `says and hears, sees who is there, and reads what was said${skipped}`,
    async () => {
      await using ann = await come('ann', 'kept:news')
      await using bob = await come('bob', 'kept:news')
      await ann.publish(awkward)
      await publish('kept:news', { from: 'a backend' })
      await bob.publish('hello')
      const said = [awkward, { from: 'a backend' }, 'hello'].map((data, at) => ({ offset: at + 1, data }))
      for (const each of [ann, bob]) {
        await each.until('three publications', () => each.heard.length >= 3)
        expect(each.heard).toEqual(said)
        expect(await each.history()).toEqual(said)
        expect(await each.presence()).toEqual({ [ann.clients[0] ?? '']: 'ann', [bob.clients[0] ?? '']: 'bob' })
      }
      await ann.until('who came', () => ann.joined.includes('bob'))
      await bob[Symbol.asyncDispose]()
      await ann.until('who left', () => ann.left.includes('bob'))
      expect(await ann.presence()).toEqual({ [ann.clients[0] ?? '']: 'ann' })
    },
    30_000,
  )

  test.skipIf(skipped !== '')(
    `gets what it missed, once and in order, from a server that was killed${skipped}`,
    async () => {
      await using ann = await come('ann', 'kept:log')
      const said: unknown[] = ['before']
      await publish('kept:log', 'before')
      await ann.until('the first publication', () => ann.heard.length === 1)
      for (const round of [1, 2]) {
        await publish('kept:log', `the last words ${round}`)
        await server.kill()
        line.cut() // so that what is published now is missed for certain
        await server.start()
        await publish('kept:log', `away ${round}`)
        await publish('kept:log', { still: 'away', round })
        line.mend()
        said.push(`the last words ${round}`, `away ${round}`, { still: 'away', round })
        await ann.until('what it missed', () => ann.heard.length >= said.length)
        await publish('kept:log', `back ${round}`)
        said.push(`back ${round}`)
        await ann.until('what came then', () => ann.heard.length >= said.length)
      }
      await ann.publish('mine')
      said.push('mine')
      await ann.until('its own', () => ann.heard.length >= said.length)
      expect(ann.heard).toEqual(said.map((data, at) => ({ offset: at + 1, data })))
      const back = { recovering: true, recovered: true }
      expect(ann.subscriptions).toEqual([{ recovering: false, recovered: false }, back, back])
      expect(await ann.presence()).toEqual({ [ann.clients.at(-1) ?? '']: 'ann' })
    },
    60_000,
  )
})
