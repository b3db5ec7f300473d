/** The picture of a room: put there by who may change it, seen by who may see the room, and kept as long as it is shown. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { channelOf } from '../../src/chat/events.ts'
import { checkChat } from '../../src/chat/index.ts'
import { dataOf, photo } from '../files-support.ts'
import { type Caller, type ChatServer, refusalOf, startChat } from './support.ts'

setDefaultTimeout(60_000) // against waiting for ever

async function upload(chat: ChatServer, { token }: Caller, body: Uint8Array): Promise<string> {
  const url = new URL('/api/chat/files?name=room.jpg', chat.server.url)
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(url, { method: 'POST', headers, body: body.slice() })
  return ((await response.json()) as { id: string }).id
}

async function status(chat: ChatServer, path: string, { token }: Caller): Promise<number> {
  const response = await fetch(new URL(path, chat.server.url), { headers: { authorization: `Bearer ${token}` } })
  await response.arrayBuffer()
  return response.status
}

test('a picture that an admin gives a room stands in its log, and is for those who may see the room', async () => {
  await using chat = await startChat()
  const [ann, bob, eve] = [await chat.enter('Ann'), await chat.enter('Bob'), await chat.enter('Eve')]
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
  const [file, his, text] = [
    await upload(chat, ann, await photo(90, 60, 1)),
    await upload(chat, bob, await photo(90, 60, 1)),
    await upload(chat, ann, dataOf(10)),
  ]
  const set = (who: Caller, avatar: string | null) => refusalOf(who.call('rooms.change', { room, avatar }))
  expect([await set(bob, his), await set(ann, his), await set(ann, text), await set(ann, 'none')]).toEqual([
    'forbidden',
    'notFound',
    'notFound',
    'notFound',
  ])
  expect(await set(ann, file)).toBe('done')
  const avatar = `/files/${file}/thumbnail`
  expect((await bob.call('rooms.get', { room })).room).toMatchObject({ avatar, name: 'Tea' })
  expect([await status(chat, avatar, ann), await status(chat, avatar, bob), await status(chat, avatar, eve)]).toEqual([
    200, 200, 404,
  ])
  const { publications } = await chat.server.history(channelOf(room))
  expect(publications.at(-1)?.data).toMatchObject({ type: 'room', what: 'changed', by: ann.id, avatar: file })
  expect(await set(ann, null)).toBe('done')
  expect((await bob.call('rooms.get', { room })).room.avatar).toBeUndefined()
  expect(await status(chat, avatar, bob)).toBe(404)
})

test('who holds an invitation sees the picture of its room and no other, for as long as the link is good', async () => {
  await using chat = await startChat()
  const [ann, eve] = [await chat.enter('Ann'), await chat.enter('Eve')]
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea' })
  const file = await upload(chat, ann, await photo(90, 60, 1))
  await ann.call('rooms.change', { room, avatar: file })
  const [{ token }, other] = [
    await ann.call('invitations.create', { room }),
    await eve.call('rooms.create', { kind: 'group', name: 'Milk' }),
  ]
  const elsewhere = await eve.call('invitations.create', { room: other.room })
  const { avatar = '' } = await chat.call('invitations.look', { token })
  const stranger = async (path: string): Promise<number> => (await fetch(new URL(path, chat.server.url))).status
  expect(await stranger(avatar)).toBe(200)
  expect(await status(chat, avatar, eve)).toBe(200)
  expect([
    await stranger(`/files/${file}/thumbnail`),
    await stranger(`/files/${file}/thumbnail?invitation=${elsewhere.token}`),
    await stranger(`/files/${file}/thumbnail?invitation=`),
  ]).toEqual([404, 404, 404])
  await ann.call('invitations.revoke', { room, token })
  expect(await stranger(avatar)).toBe(404)
})

test('it stays when the messages around it go, and the tables agree with the log', async () => {
  const waiting: (() => void)[] = []
  await using chat = await startChat({
    after: (_delay, call) => {
      waiting.push(call)
      return () => undefined
    },
  })
  const ann = await chat.enter('Ann')
  const { room } = await ann.call('rooms.create', { kind: 'public', name: 'Tea' })
  const file = await upload(chat, ann, await photo(90, 60, 1))
  await ann.call('rooms.change', { room, avatar: file, retention: 60_000 })
  chat.pass(120_000)
  await ann.call('messages.send', { room, clientId: 'much-later', text: 'still here?' })
  for (let round = 0; round < 20; round++) {
    for (const call of waiting.splice(0)) call() // the sweeps, among others
    await Bun.sleep(20)
  }
  const { publications } = await chat.server.history(channelOf(room))
  expect(publications.map(({ data }) => (data as { type: string }).type)).toEqual(['message'])
  const [{ avatar = '' } = {}] = (await ann.call('rooms.public', { name: 'Tea' })).rooms
  expect(avatar).toBe(`/files/${file}/thumbnail`)
  expect(await status(chat, avatar, ann)).toBe(200)
  await chat.server.close()
  expect(checkChat(chat.folder).differences).toEqual([])
})
