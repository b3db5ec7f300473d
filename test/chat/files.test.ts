/** Files in the chat: they are for those who may read the room that they are in, and for nobody else. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { channelOf } from '../../src/chat/events.ts'
import { dataOf, photo } from '../files-support.ts'
import { temporaryFolder } from '../stores-support.ts'
import { type Caller, type ChatServer, refusalOf, startChat } from './support.ts'

setDefaultTimeout(60_000) // against waiting for ever

interface Sent {
  readonly id: string
  readonly [key: string]: unknown
}

async function upload(chat: ChatServer, caller: Caller, body: Uint8Array, query = 'name=a.bin'): Promise<Sent> {
  const url = new URL(`/api/chat/files?${query}`, chat.server.url)
  const headers = { authorization: `Bearer ${caller.token}` }
  const response = await fetch(url, { method: 'POST', headers, body: body.slice() })
  expect(response.status).toBe(201)
  return (await response.json()) as Sent
}

function get(chat: ChatServer, path: string, caller?: Caller): Promise<Response> {
  const headers = { ...(caller && { authorization: `Bearer ${caller.token}` }) }
  return fetch(new URL(path, chat.server.url), { headers })
}

const status = async (chat: ChatServer, id: string, caller?: Caller) => (await get(chat, `/files/${id}`, caller)).status

const say = (room: string, by: Caller, ...files: readonly string[]) =>
  by.call('messages.send', { room, clientId: crypto.randomUUID(), files: [...files] })

test('a file is its sender’s until it is sent, and then for those who may read the room', async () => {
  await using chat = await startChat()
  const [ann, bob, eve] = [await chat.enter('Ann'), await chat.enter('Bob'), await chat.enter('Eve')]
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
  const { id, ...told } = await upload(chat, ann, await photo(900, 600, 6), 'name=tea.jpg')
  expect(told).toMatchObject({ name: 'tea.jpg', type: 'image/jpeg', width: 600, height: 900, thumbnail: true })
  expect([await status(chat, id, ann), await status(chat, id, bob)]).toEqual([200, 404])

  const { offset } = await say(room, ann, id)
  expect([await status(chat, id, ann), await status(chat, id, bob)]).toEqual([200, 200])
  expect([await status(chat, id, eve), await status(chat, id)]).toEqual([404, 404])
  expect((await get(chat, `/files/${id}/thumbnail`, bob)).status).toBe(200)
  expect((await get(chat, `/files/${id}/thumbnail`, eve)).status).toBe(404)
  const { publications } = await chat.server.history(channelOf(room))
  expect(publications.at(-1)?.data).toMatchObject({ type: 'message', files: [{ id, ...told }] })

  await ann.call('rooms.kick', { room, person: bob.id })
  expect([await status(chat, id, ann), await status(chat, id, bob)]).toEqual([200, 404])
  await ann.call('messages.recall', { room, offset })
  expect(await status(chat, id, ann)).toBe(404)
})

test('a file that is passed on is for those of the other room too, and stays there', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea' })
  const { room: other } = await ann.call('rooms.create', { kind: 'group', name: 'Milk', members: [bob.id] })
  const { id } = await upload(chat, ann, dataOf(10))
  const { offset } = await say(room, ann, id)
  expect(await status(chat, id, bob)).toBe(404)
  await ann.call('messages.send', { room: other, clientId: crypto.randomUUID(), forward: { room, offset } })
  expect(await status(chat, id, bob)).toBe(200)
  await ann.call('messages.recall', { room, offset })
  expect(await status(chat, id, bob)).toBe(200)
})

test('a message takes along what its sender has whole, and nothing else', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
  const { id } = await upload(chat, ann, dataOf(10))
  const begun = await fetch(new URL('/api/chat/files', chat.server.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${ann.token}`, 'upload-complete': '?0', 'upload-length': '10' },
  })
  const half = begun.headers.get('location')?.split('/').at(-1) ?? ''
  expect(await refusalOf(say(room, bob, id))).toBe('notFound')
  for (const none of [half, '0'.repeat(32), '', '__proto__'])
    expect(await refusalOf(say(room, ann, id, none))).toBe('notFound')
  expect(await status(chat, id, bob)).toBe(404)
  await say(room, ann, id)
  await say(room, ann, id) // as often as they like
  expect(await status(chat, id, bob)).toBe(200)
})

test('a picture in a page comes with the cookie, and no page of another site sends one', async () => {
  await using chat = await startChat()
  const entered = await fetch(new URL('/api/chat/people.enter', chat.server.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ann' }),
  })
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
  const send = (origin: string) =>
    fetch(new URL('/api/chat/files', chat.server.url), { method: 'POST', headers: { cookie, origin }, body: 'hello' })
  expect((await send('https://evil.example')).status).toBe(403)
  const response = await send(chat.server.url.origin)
  expect(response.status).toBe(201)
  const { id } = (await response.json()) as Sent
  expect(await (await fetch(new URL(`/files/${id}`, chat.server.url), { headers: { cookie } })).text()).toBe('hello')
})

test('a file may be larger than other bodies, up to the limit of the chat', async () => {
  await using chat = await startChat({
    chat: { fileLimit: 3_000_000 },
    server: { http_api: { body_size_limit: 1024 } },
  })
  const ann = await chat.enter('Ann')
  const data = dataOf(3_000_000)
  const { id } = await upload(chat, ann, data)
  expect(Buffer.from(await (await get(chat, `/files/${id}`, ann)).bytes()).equals(data)).toBe(true)
  const headers = { authorization: `Bearer ${ann.token}` }
  const body = dataOf(3_000_001)
  const response = await fetch(new URL('/api/chat/files', chat.server.url), { method: 'POST', headers, body })
  expect([response.status, await response.json()]).toMatchObject([413, { error: { code: 413, name: 'tooLarge' } }])
})

test('files outlive the server', async () => {
  using folder = temporaryFolder()
  let token = ''
  let id = ''
  {
    await using chat = await startChat({ folder: folder.path })
    const ann = await chat.enter('Ann')
    token = ann.token
    id = (await upload(chat, ann, dataOf(10))).id
  }
  await using chat = await startChat({ folder: folder.path })
  const response = await fetch(new URL(`/files/${id}`, chat.server.url), {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(Buffer.from(await response.bytes()).equals(dataOf(10))).toBe(true)
})

test('a picture that somebody sent can be worn, by who sent it only, and is seen by others then', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { id } = await upload(chat, ann, await photo(300, 300, 1), 'name=me.jpg')
  const { id: text } = await upload(chat, ann, dataOf(10))
  expect(await refusalOf(bob.call('people.avatar', { file: id }))).toBe('notFound')
  expect(await refusalOf(ann.call('people.avatar', { file: text }))).toBe('notFound')
  expect(await refusalOf(ann.call('people.avatar', { file: 'nothing' }))).toBe('notFound')
  const { person } = await ann.call('people.avatar', { file: id })
  expect((await bob.call('people.get', { people: [ann.id] })).people).toEqual([person])
  expect((await get(chat, person.avatar ?? '', bob)).status).toBe(200)
  expect((await ann.call('people.avatar', { file: null })).person.avatar).toBeUndefined()
})
