/** What is posted to the URL of a webhook is a message in its room. */
import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { corners } from '../files-support.ts'
import { outgoingTo, site } from '../sites.ts'
import { type Caller, refusalOf, startChat } from './support.ts'

async function startRoom(options: Parameters<typeof startChat>[0] = {}) {
  const chat = await startChat(options)
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Builds', members: [bob.id] })
  const { webhook, path = '' } = await ann.call('webhooks.create', { room, direction: 'in', name: '构建 bot' })
  const url = new URL(path, chat.server.url).href
  const post = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}, to = url) => {
    const response = await fetch(to, { method: 'POST', body, headers })
    const text = await response.text()
    const answer = JSON.parse(text) as { offset: number; room: string; error: { name: string; message: string } }
    return { status: response.status, headers: response.headers, ...answer }
  }
  const messages = async (who: Caller = bob) => {
    const page = await who.call('messages.page', { room })
    return page.messages.map((message) => ({
      ...message,
      sender: page.people.find(({ id }) => id === message.from),
    }))
  }
  const end = () => chat[Symbol.asyncDispose]()
  return { chat, ann, bob, room, webhook, path, url, post, messages, [Symbol.asyncDispose]: end }
}

test('curl posts into the room, as a bot, whatever it calls the body', async () => {
  await using builds = await startRoom()
  const curl = async (...args: string[]) => {
    const child = Bun.spawn(['curl', '-sS', ...args, builds.url], { stdout: 'pipe', stderr: 'inherit' })
    return JSON.parse(await new Response(child.stdout).text()) as { offset: number }
  }
  const first = await curl('-d', 'the build is 绿色')
  await curl('-d', '{"text": "in JSON"}')
  await curl('--json', '{"content": "as elsewhere", "username": "CI"}')
  await curl('-d', 'text=a+form&name=Nightly')
  const said = await builds.messages()
  expect(said[0]?.offset).toBe(first.offset)
  expect(said.map(({ text, as }) => [text, as?.name])).toEqual([
    ['the build is 绿色', undefined],
    ['in JSON', undefined],
    ['as elsewhere', 'CI'],
    ['a form', 'Nightly'],
  ])
  expect(said[0]?.sender).toMatchObject({ id: builds.webhook.bot, name: '构建 bot', kind: 'bot' })
})

test('a person is mentioned, all of them are not', async () => {
  await using builds = await startRoom()
  await builds.post('@Bob broke it, @all')
  expect((await builds.messages())[0]).toMatchObject({ mentions: [builds.bob.id], everyone: false })
})

test('with a key, it is posted once, however often it is sent', async () => {
  await using builds = await startRoom()
  const headers = { 'idempotency-key': 'build 17, 失败'.replace(/[^ -~]/g, '') }
  const answers = await Promise.all(Array.from({ length: 20 }, () => builds.post('build 17 failed', headers)))
  expect(new Set(answers.map(({ offset }) => offset)).size).toBe(1)
  const other = await builds.post('build 18 failed', { 'idempotency-key': 'build 18' })
  const { webhook, path = '' } = await builds.ann.call('webhooks.create', { room: builds.room, direction: 'in' })
  const elsewhere = await builds.post('from another', headers, new URL(path, builds.chat.server.url).href)
  expect((await builds.messages()).map(({ offset, text, from }) => [offset, text, from])).toEqual([
    [answers[0]?.offset ?? 0, 'build 17 failed', builds.webhook.bot ?? ''],
    [other.offset, 'build 18 failed', builds.webhook.bot ?? ''],
    [elsewhere.offset, 'from another', webhook.bot ?? ''],
  ])
  expect((await builds.post('x', { 'idempotency-key': 'x'.repeat(256) })).status).toBe(400)
})

test('what cannot be a message is refused with what to do', async () => {
  await using builds = await startRoom({ chat: { messageLimit: 100 } })
  const refused = async (body: string | Uint8Array<ArrayBuffer>, type = 'application/json') => {
    const { status, error } = await builds.post(body, { 'content-type': type })
    return [status, error.name, error.message]
  }
  expect(await refused('{')).toEqual([400, 'invalid', expect.stringContaining('JSON object')])
  expect(await refused('')).toEqual([400, 'invalid', expect.any(String)])
  expect(await refused('{"text": ""}')).toEqual([400, 'invalid', expect.stringContaining('There is no text')])
  expect(await refused('{"__proto__": {"text": "x"}}')).toEqual([400, 'invalid', expect.stringContaining('no text')])
  expect(await refused('x'.repeat(101), 'text/plain')).toEqual([400, 'invalid', expect.stringContaining('100 fit')])
  expect(await refused(new Uint8Array([0xff]), 'text/plain')).toEqual([
    400,
    'invalid',
    expect.stringContaining('UTF-8'),
  ])
  expect((await refused('x'.repeat(300_000), 'text/plain')).slice(0, 2)).toEqual([413, 'tooLarge'])
  expect((await fetch(builds.url)).status).toBe(405)
  expect(await builds.messages()).toEqual([])
})

test('a webhook that is removed or given another URL is no longer there; so is one that never was', async () => {
  await using builds = await startRoom()
  const { chat, ann, webhook } = builds
  const { path: next = '' } = await ann.call('webhooks.rotate', { id: webhook.id })
  const fresh = new URL(next, chat.server.url).href
  const [before, never] = [
    await builds.post('old'),
    await builds.post('x', {}, new URL('/hooks/phh_x', chat.server.url).href),
  ]
  expect([before.status, never.status]).toEqual([404, 404])
  expect(before.error).toEqual(never.error)
  expect((await builds.post('new', {}, fresh)).status).toBe(200)
  await ann.call('webhooks.remove', { id: webhook.id })
  expect((await builds.post('gone', {}, fresh)).status).toBe(404)
  expect((await builds.messages()).map(({ text, sender }) => [text, sender?.name])).toEqual([['new', '构建 bot']])
  expect((await ann.call('webhooks.list', { room: builds.room })).webhooks).toEqual([])
})

test('its bot is nobody’s: it counts for nobody, and nobody makes a token for it', async () => {
  await using builds = await startRoom()
  const { chat } = builds
  const eve = { name: 'Eve', password: 'a long password', asToken: true }
  const { token = '' } = await chat.call('people.register', eve)
  const { room } = await chat.call('rooms.create', { kind: 'group', name: 'Hers' }, token)
  const { webhook } = await chat.call('webhooks.create', { room, direction: 'in', name: 'Eve’s' }, token)
  expect(await chat.call('bots.list', {}, token)).toEqual({ bots: [] })
  const made = chat.call('bots.token', { bot: webhook.bot ?? '', label: 'mine' }, token)
  expect(await refusalOf(made)).toBe('notFound')
})

test('the URL is told once, and is not in the database', async () => {
  await using builds = await startRoom()
  const token = builds.path.slice('/hooks/'.length)
  const { webhooks } = await builds.ann.call('webhooks.list', { room: builds.room })
  expect(webhooks).toEqual([builds.webhook])
  expect(JSON.stringify(webhooks)).not.toContain(token)
  const rows = builds.chat.server.sql('SELECT * FROM chat_webhooks')
  expect(JSON.stringify(rows)).not.toContain(token)
})

test('too much at once is put off, for as long as it says', async () => {
  await using builds = await startRoom({ limitFactor: 0.1 }) // 12 a minute
  const statuses = []
  for (let each = 0; each < 14; each++) statuses.push((await builds.post(`${each}`)).status)
  expect(statuses).toEqual([...Array.from({ length: 12 }, () => 200), 429, 429])
  const { headers } = await builds.post('more')
  builds.chat.pass(Number(headers.get('retry-after')) * 1000)
  expect((await builds.post('more')).status).toBe(200)
})

test('only those who look after a room have webhooks there; nobody has any in a room of two', async () => {
  await using builds = await startRoom()
  const { bob, room, webhook, chat } = builds
  const eve = await chat.enter('Eve')
  expect(await refusalOf(bob.call('webhooks.create', { room, direction: 'in' }))).toBe('forbidden')
  expect(await refusalOf(bob.call('webhooks.remove', { id: webhook.id }))).toBe('forbidden')
  expect(await refusalOf(bob.call('webhooks.list', { room }))).toBe('forbidden')
  expect(await refusalOf(eve.call('webhooks.list', { room }))).toBe('notFound')
  expect(await refusalOf(eve.call('webhooks.rotate', { id: webhook.id }))).toBe('notFound')
  expect(await refusalOf(eve.call('webhooks.rotate', { id: 'nothing' }))).toBe('notFound')
})

test('of twenty more at once, a room takes as many as it has space for', async () => {
  await using builds = await startRoom()
  const made = await Promise.allSettled(
    Array.from({ length: 25 }, () => builds.ann.call('webhooks.create', { room: builds.room, direction: 'in' })),
  )
  expect(made.filter(({ status }) => status === 'fulfilled').length).toBe(19)
  expect(made.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []))[0]).toContain('at most 20')
})

const openssl = Bun.which('openssl')

/** A site of pictures that speaks TLS, with what vouches for it. */
async function pictureSite(picture: Uint8Array<ArrayBuffer>) {
  const folder = mkdtempSync(join(tmpdir(), 'posthouse-pictures-'))
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')]
  const names = ['-subj', '/CN=pictures.test', '-addext', 'subjectAltName=DNS:pictures.test']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  Bun.spawnSync([openssl ?? '', 'req', '-x509', ...kind, ...names, '-keyout', key, '-out', cert])
  const tls = { key: await Bun.file(key).text(), cert: await Bun.file(cert).text() }
  rmSync(folder, { recursive: true })
  const asked: string[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    tls,
    fetch({ url }) {
      asked.push(url)
      return new Response(picture, { headers: { 'content-type': 'image/png' } })
    },
  })
  const port = server.port ?? 0
  const url = `https://pictures.test:${port}/ci.png`
  return {
    url,
    asked,
    outgoing: { ...outgoingTo({ port }), ca: tls.cert },
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

test.skipIf(openssl === null)('a picture is fetched by the server, once, and is then ours', async () => {
  await using pictures = await pictureSite(new Uint8Array(await corners(600, 300).png().bytes()))
  await using builds = await startRoom({ outgoing: pictures.outgoing })
  const { chat, bob } = builds
  for (const text of ['one', 'two']) await builds.post(JSON.stringify({ text, avatar: pictures.url }))
  const said = await builds.messages()
  const { as } = said[0] ?? {}
  expect(as).toEqual({ name: '构建 bot', avatar: expect.stringMatching(/^\/files\/\w+\/thumbnail$/) })
  expect([said[1]?.as, pictures.asked.length]).toEqual([as, 1])
  const open = async ({ token }: Caller) => {
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(new URL(as?.avatar ?? '', chat.server.url), { headers })
    return [response.status, response.headers.get('content-type')]
  }
  expect(await open(bob)).toEqual([200, 'image/webp'])
  expect((await open(await chat.enter('Eve')))[0]).toBe(404)
  for (const { offset } of said) await builds.ann.call('messages.remove', { room: builds.room, offset })
  expect((await open(bob))[0]).toBe(404) // it went with the last message that had it
})

test('a site that does not answer does not keep the message', async () => {
  await using silent = await site(() => undefined)
  await using builds = await startRoom({ outgoing: outgoingTo(silent) })
  const { status } = await builds.post(
    JSON.stringify({ text: 'now', name: 'CI', avatar: `https://pictures.test:${silent.port}/` }),
  )
  expect([status, (await builds.messages())[0]?.as]).toEqual([200, { name: 'CI' }])
})
