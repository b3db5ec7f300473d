/** Exports: who gets what, that it is all of it, and that what people wrote stays text. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import * as z from 'zod'
import { type Caller, type ChatServer, startChat } from './support.ts'

setDefaultTimeout(60_000) // against waiting for ever

const get = (chat: ChatServer, path: string, who?: Caller, method = 'GET') =>
  fetch(new URL(`/api/chat/export/${path}`, chat.server.url), {
    method,
    headers: who === undefined ? {} : { authorization: `Bearer ${who.token}` },
  })

const row = z.record(z.string(), z.unknown())
const roomFile = z.object({
  format: z.literal('posthouse-export'),
  title: z.string(),
  about: row,
  members: z.array(row),
  messages: z.array(row),
})
const myFile = z.object({
  about: row,
  sessions: z.array(row),
  rooms: z.array(row),
  blocks: z.array(row),
  messages: z.array(row),
  reactions: z.array(row),
})

const nasty = `<script>alert(1)</script> "quoted" & 'so' <img src=x onerror=alert(2)> </p></article></main>`

async function room(chat: ChatServer) {
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { room: id } = await ann.call('rooms.create', {
    kind: 'group',
    name: `Tea ${nasty.slice(0, 20)}`,
    members: [bob.id],
  })
  const said = await bob.call('messages.send', { room: id, clientId: 'the-first', text: nasty })
  await ann.call('messages.react', { room: id, offset: said.offset, emoji: '👍' })
  await ann.call('messages.send', { room: id, clientId: 'the-answer', text: '上海', reply: said.offset })
  const gone = await bob.call('messages.send', { room: id, clientId: 'the-third', text: 'a secret' })
  await bob.call('messages.recall', { room: id, offset: gone.offset })
  return { ann, bob, room: id, said }
}

test('a room is exported for its admins, all of it, in the order in which it was said', async () => {
  await using chat = await startChat()
  const { ann, bob, room: id, said } = await room(chat)
  await Promise.all(
    Array.from({ length: 450 }, (_, at) =>
      bob.call('messages.send', { room: id, clientId: `message-${at}`, text: `${at}` }),
    ),
  )
  await ann.call('rooms.change', { room: id, description: 'hot' })
  const response = await get(chat, `room/${id}`, ann)
  expect([response.status, response.headers.get('content-disposition')]).toEqual([
    200,
    `attachment; filename="posthouse-${id}.json"`,
  ])
  const file = roomFile.parse(await response.json())
  expect(file.about).toMatchObject({ room: id, kind: 'group', members: 2, by: ann.id })
  expect(new Set(file.members.map(({ name }) => name))).toEqual(new Set(['Ann', 'Bob']))
  expect(file.messages.map(({ offset }) => offset)).toEqual(
    chat.server
      .sql('SELECT offset FROM chat_messages WHERE room = ?1 UNION SELECT offset FROM chat_notices WHERE room = ?1', id)
      .map(({ offset }) => offset),
  )
  expect(file.messages.find(({ offset }) => offset === said.offset)).toMatchObject({
    name: 'Bob',
    text: nasty,
    reactions: [{ emoji: '👍', count: 1, people: [ann.id] }],
  })
  expect(JSON.stringify(file)).not.toContain('secret')
  for (const [who, path, status] of [
    [bob, `room/${id}`, 403],
    [undefined, `room/${id}`, 401],
    [undefined, 'me', 401],
    [await chat.enter('Eve'), `room/${id}`, 404],
    [ann, 'room/nothing', 404],
    [ann, `room/${id}?format=pdf`, 400],
  ] as const)
    expect([path, (await get(chat, path, who)).status]).toEqual([path, status])
  expect((await get(chat, 'me', ann, 'POST')).status).toBe(405)
})

test('as a page it is text and nothing else, whatever was written', async () => {
  await using chat = await startChat()
  const { ann, room: id } = await room(chat)
  const response = await get(chat, `room/${id}?format=html`, ann)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': expect.stringContaining('sandbox'),
    'x-content-type-options': 'nosniff',
  })
  const page = await response.text()
  const tags = new Set(Array.from(page.matchAll(/<\/?([a-z0-9]+)/gi), ([, name = '']) => name.toLowerCase()))
  const known =
    'html head meta title style body main h1 h2 section dl dt dd article header b time p i a blockquote ul li'
  expect([...tags].filter((tag) => !known.split(' ').includes(tag))).toEqual([])
  const attributes = Array.from(page.matchAll(/<[a-z0-9]+((?:\s+[\w-]+="[^"]*")*)\s*>/gi), ([, all = '']) => all)
  expect(attributes.filter((all) => /\son/i.test(all))).toEqual([])
  let shown = ''
  const texts = new HTMLRewriter().on('article p.text', { text: ({ text }) => void (shown += text) })
  await texts.transform(new Response(page)).text()
  expect(decoded(shown)).toContain(nasty)
  expect(page).toContain('taken back')
  expect(page).not.toContain('secret')
})

const decoded = (text: string) => text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))

test('my data are mine: the account, the sessions without their tokens, and what I said', async () => {
  await using chat = await startChat()
  const { ann, bob, room: id, said } = await room(chat)
  await ann.call('rooms.kick', { room: id, person: bob.id })
  await bob.call('people.block', { person: ann.id })
  const text = await (await get(chat, 'me', bob)).text()
  const file = myFile.parse(JSON.parse(text))
  expect(file.about).toMatchObject({ id: bob.id, name: 'Bob', kind: 'guest' })
  expect(file.sessions).toMatchObject([{ address: expect.any(String) }])
  expect(text).not.toContain(bob.token)
  expect(file.blocks).toMatchObject([{ blocked: ann.id }])
  expect(file.messages.filter(({ room: where }) => where === id)).toMatchObject([
    { offset: said.offset, text: nasty },
    { text: '', removed: {} },
  ])
  const hers = myFile.parse(await (await get(chat, 'me', ann)).json())
  expect(hers.reactions).toEqual([{ room: id, offset: said.offset, emoji: '👍' }])
  expect(hers.messages).toMatchObject([{ text: '上海', reply: { offset: said.offset } }])
  expect(JSON.stringify(hers)).not.toContain('onerror') // which is what somebody else said
  expect(await (await get(chat, 'me?format=html', ann)).text()).toContain('上海')
})

test('whoever may no longer have it gets no more of it, and can tell that it is not all', async () => {
  await using chat = await startChat({ server: { websocket: {} } })
  const { ann, bob, room: id } = await room(chat)
  await ann.call('rooms.role', { room: id, person: bob.id, role: 'admin' })
  const text = 'x'.repeat(8000)
  for (let at = 0; at < 2000; at += 100)
    await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        ann.call('messages.send', { room: id, clientId: `message-${at + n}`, text }),
      ),
    )
  const response = await get(chat, `room/${id}`, bob)
  const reader = response.body?.getReader()
  await reader?.read()
  await ann.call('rooms.role', { room: id, person: bob.id, role: 'member' })
  const rest = (async () => {
    for (;;) if ((await reader?.read())?.done !== false) return 'all of it'
  })()
  expect(await rest.catch(() => 'it broke off')).toBe('it broke off')
})

test('it is asked for a few times at most', async () => {
  await using chat = await startChat({ limitFactor: 1 })
  const ann = await chat.enter('Ann')
  const statuses = []
  for (let n = 0; n < 8; n++) statuses.push((await get(chat, 'me', ann)).status)
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429])
})
