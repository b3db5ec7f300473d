/** What is published in a room arrives at the URLs of its webhooks: all of it, in order, signed. */
import { expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { outgoingTo, site } from '../sites.ts'
import { CrashingServer } from '../crashing-server.ts'
import { refusalOf, startChat } from './support.ts'

interface Received {
  readonly id: string
  readonly headers: Headers
  readonly body: string
  readonly said: {
    readonly type: string
    readonly room: string
    readonly offset: number
    readonly data: Readonly<Record<string, unknown>>
    readonly person?: { readonly name: string; readonly kind: string }
  }
}

/** Notes what it gets. @param answer a status, or what to wait for */
function receiver(answer: (received: Received) => number | Promise<number> = () => 204) {
  const got: Received[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request: Request) {
      const body = await request.text()
      const said = JSON.parse(body) as Received['said']
      const received = { id: request.headers.get('webhook-id') ?? '', headers: request.headers, body, said }
      const status = await answer(received)
      if (status < 300) got.push(received)
      return new Response(null, { status })
    },
  })
  const port = server.port ?? 0
  const offsets = () => got.map(({ said }) => said.offset)
  return { got, port, offsets, url: `http://bot.test:${port}/in`, [Symbol.asyncDispose]: () => server.stop(true) }
}

async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await is()); tries++) {
    if (tries > 1500) throw new Error('it did not come to that')
    await Bun.sleep(10)
  }
}

/** As a receiver checks it, written from the specification. */
function isSigned({ headers, body }: Received, secret: string): boolean {
  const content = `${headers.get('webhook-id')}.${headers.get('webhook-timestamp')}.${body}`
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const expected = `v1,${createHmac('sha256', key).update(content).digest('base64')}`
  return (headers.get('webhook-signature') ?? '').split(' ').includes(expected)
}

const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at)

async function startRoom(
  there: { readonly port: number; readonly url: string },
  options: Parameters<typeof startChat>[0] = {},
) {
  const chat = await startChat({ outgoing: outgoingTo(there), ...options })
  const ann = await chat.enter('Ann')
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea' })
  const { webhook, secret = '' } = await ann.call('webhooks.create', { room, direction: 'out', url: there.url })
  let count = 0
  const say = async (text: string) =>
    (await ann.call('messages.send', { room, clientId: `message-${count++}`, text })).offset
  const hook = async () => (await ann.call('webhooks.list', { room })).webhooks[0]
  const end = () => chat[Symbol.asyncDispose]()
  return { chat, ann, room, webhook, secret, say, hook, [Symbol.asyncDispose]: end }
}

test('everything that happens from then on arrives, in order, signed, with who did it', async () => {
  await using there = receiver()
  await using tea = await startRoom(there)
  const { ann, room, secret } = tea
  const offset = await tea.say('好 "quoted"')
  await ann.call('messages.edit', { room, offset, text: 'better' })
  await ann.call('messages.react', { room, offset, emoji: '👍' })
  await ann.call('messages.recall', { room, offset })
  await until(() => there.got.length === 4)
  expect(there.offsets()).toEqual(upTo(offset, offset + 3))
  expect(there.got.map(({ said }) => [said.type, said.room, said.data['type']])).toEqual(
    ['message', 'edit', 'reaction', 'recall'].map((type) => [type, room, type]),
  )
  expect(there.got[0]?.said).toMatchObject({
    person: { id: ann.id, name: 'Ann', kind: 'guest' },
    data: { by: ann.id, text: '好 "quoted"', id: 'message-0' },
  })
  expect(there.got.every((each) => isSigned(each, secret))).toBeTrue()
  expect(new Set(there.got.map(({ id }) => id)).size).toBe(4)
  await until(async () => (await tea.hook())?.behind === 0)
})

test('the secret is told once; a new one is good at once, and the old one for a day', async () => {
  await using there = receiver()
  await using tea = await startRoom(there)
  const { ann, secret: old, webhook, chat } = tea
  await tea.say('one')
  await until(() => there.got.length === 1)
  const { secret: fresh = '' } = await ann.call('webhooks.rotate', { id: webhook.id })
  await tea.say('two')
  await until(() => there.got.length === 2)
  chat.pass(24 * 3600 * 1000)
  await ann.call('webhooks.change', { id: webhook.id, name: 'Other' }) // its row is read anew, as by a restart
  await tea.say('three')
  await until(() => there.got.length === 3)
  const good = (secret: string) => there.got.map((each) => isSigned(each, secret))
  expect([good(old), good(fresh)]).toEqual([
    [true, true, false],
    [false, true, true],
  ])
  const listed = JSON.stringify(await ann.call('webhooks.list', { room: tea.room }))
  expect([listed.includes(old), listed.includes(fresh), listed.includes('Other')]).toEqual([false, false, true])
})

test('a receiver that fails gets the same again; what went wrong and when it is tried again is told', async () => {
  let status = 500
  await using there = receiver(() => status)
  await using tea = await startRoom(there)
  const offset = await tea.say('one')
  await tea.say('two')
  await until(async () => (await tea.hook())?.failing !== undefined)
  expect(await tea.hook()).toMatchObject({
    position: offset - 1,
    behind: 2,
    failing: { because: 'the receiver answered 500' },
  })
  status = 200
  await tea.ann.call('webhooks.retry', { id: tea.webhook.id })
  await until(() => there.got.length === 2)
  await until(async () => (await tea.hook())?.behind === 0)
  expect((await tea.hook())?.failing).toBeUndefined()
  expect(there.offsets()).toEqual([offset, offset + 1])
})

test('one that is gone for good is switched off, says why, and goes on where it was when it is switched on again', async () => {
  let status = 410
  await using there = receiver(() => status)
  await using tea = await startRoom(there)
  const first = await tea.say('one')
  await until(async () => (await tea.hook())?.off !== undefined)
  expect((await tea.hook())?.off).toContain('410')
  await tea.say('two')
  status = 200
  const { webhook } = await tea.ann.call('webhooks.retry', { id: tea.webhook.id })
  expect(webhook.off).toBeUndefined()
  await until(() => there.got.length === 2)
  expect(there.offsets()).toEqual([first, first + 1])
})

test('another URL gets what the old one did not take', async () => {
  await using dead = receiver(() => 500)
  await using there = receiver()
  await using tea = await startRoom(dead, { outgoing: outgoingTo(dead, there) })
  const offset = await tea.say('one')
  await until(async () => (await tea.hook())?.failing !== undefined)
  await tea.ann.call('webhooks.change', { id: tea.webhook.id, url: there.url })
  await until(() => there.got.length === 1)
  expect(there.offsets()).toEqual([offset])
})

test('one that is removed gets nothing more, not even what is under way', async () => {
  let asked = 0
  await using there = await site(() => void asked++)
  await using tea = await startRoom(there)
  await tea.say('one')
  await until(() => asked === 1)
  await tea.ann.call('webhooks.remove', { id: tea.webhook.id })
  await tea.say('two')
  expect([await tea.hook(), asked]).toEqual([undefined, 1])
})

test('a test is posted once, signed, and is no publication', async () => {
  let status = 200
  await using there = receiver(() => status)
  await using tea = await startRoom(there)
  const { ann, webhook, secret } = tea
  expect(await ann.call('webhooks.test', { id: webhook.id })).toMatchObject({ delivered: true })
  status = 403
  expect(await ann.call('webhooks.test', { id: webhook.id })).toMatchObject({
    delivered: false,
    because: 'the receiver answered 403',
  })
  expect(there.got.map(({ said }) => said.type)).toEqual(['test'])
  expect(there.got.every((each) => isSigned(each, secret))).toBeTrue()
  expect((await tea.hook())?.failing).toBeUndefined()
})

test('what was forgotten before it was delivered is said, in its place', async () => {
  let status = 500
  await using there = receiver(() => status)
  await using tea = await startRoom(there)
  const { chat, room, webhook } = tea
  const first = await tea.say('one')
  await until(async () => (await tea.hook())?.failing !== undefined)
  for (let each = 0; each < 9; each++) await tea.say('more')
  await chat.server.trim(`room:${room}`, { before: first + 6 })
  status = 200
  await chat.server.close() // it read ahead; the next life does not know of that
  await using again = await startChat({ outgoing: outgoingTo(there), folder: chat.folder })
  void again
  await until(() => there.got.length === 5)
  expect(there.got[0]?.said).toMatchObject({
    type: 'trimmed',
    offset: first + 5,
    data: { type: 'trimmed', from: first, to: first + 5 },
  })
  expect(there.offsets()).toEqual(upTo(first + 5, first + 9))
  expect(there.got[0]?.id).toBe(`msg_${webhook.id}_${first + 5}`)
})

test('a URL that cannot be reached is refused when it is set up, the own network among them', async () => {
  await using there = receiver()
  const resolve = () => Promise.resolve(['127.0.0.1'])
  await using chat = await startChat({ outgoing: { resolve } })
  const ann = await chat.enter('Ann')
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea' })
  const urls = [
    there.url,
    `http://127.0.0.1:${there.port}/`,
    `http://[::ffff:127.0.0.1]:${there.port}/`,
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.5/',
    'ftp://bot.test/',
    'http://user:secret@bot.test/',
    'nonsense',
    undefined,
  ]
  for (const url of urls)
    expect([url, await refusalOf(ann.call('webhooks.create', { room, direction: 'out', url }))]).toEqual([
      url,
      'invalid',
    ])
  await using allowing = await startChat({
    outgoing: { resolve },
    chat: { webhookNetworks: [`bot.test:${there.port}`] },
  })
  const bob = await allowing.enter('Bob')
  const his = await bob.call('rooms.create', { kind: 'group', name: 'Tea' })
  await bob.call('webhooks.create', { room: his.room, direction: 'out', url: there.url })
  await bob.call('messages.send', { room: his.room, clientId: 'message-1', text: 'hi' })
  await until(() => there.got.length === 1)
})

test('a network that cannot be read is said when the server starts', async () => {
  const start = startChat({ chat: { webhookNetworks: ['10.0.0.0/8', 'ten/8'] } })
  expect(await start.then(() => 'it started', String)).toContain('chat.webhook_networks: ten/8')
})

test('whatever the server dies over, the receiver gets everything, in order', async () => {
  await using there = receiver()
  await using server = new CrashingServer('--chat.webhook_networks', `127.0.0.1:${there.port}`)
  await server.start()
  let token = ''
  const call = async (name: string, input: unknown): Promise<Record<string, string> | undefined> => {
    const headers = { 'content-type': 'application/json', ...(token !== '' && { authorization: `Bearer ${token}` }) }
    try {
      const response = await fetch(`http://${server.url}/api/chat/${name}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(input),
      })
      return response.ok ? ((await response.json()) as Record<string, string>) : undefined
    } catch {
      return undefined // it died over it
    }
  }
  token = (await call('people.enter', { name: 'Ann', asToken: true }))?.['token'] ?? ''
  const { room } = (await call('rooms.create', { kind: 'group', name: 'Tea' })) ?? {}
  const url = `http://127.0.0.1:${there.port}/in`
  expect(await call('webhooks.create', { room, direction: 'out', url })).toBeDefined()
  const messages = 60
  for (let each = 0, deaths = 0; each < messages;) {
    const sent = call('messages.send', { room, clientId: `message-${each}`, text: `line ${each}` })
    if (each % 15 === 7 && deaths === Math.floor(each / 15)) {
      deaths++
      await server.kill() // in the midst of a message, and of deliveries
      await server.start()
    }
    if ((await sent) !== undefined) each++
  }
  await server.kill() // with what is left to deliver
  await server.start()
  await until(() => new Set(there.offsets()).size === messages)
  const [first = 0] = there.offsets()
  expect([...new Set(there.offsets())]).toEqual(upTo(first, first + messages - 1))
  const texts = new Map(there.got.map(({ said }) => [said.offset, said.data['text']]))
  expect([...texts.values()]).toEqual(Array.from({ length: messages }, (_, each) => `line ${each}`))
  // What was under way when it died comes again, under the id that it had.
  expect(new Set(there.got.map(({ id }) => id)).size).toBe(messages)
  expect(server.faults).toEqual([])
}, 60_000)
