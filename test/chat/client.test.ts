/** The typed client against the real server: what it shows is what the database says. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { ChatClient, type Room } from '../../src/chat-client/index.ts'
import { type Caller, type ChatServer, startChat } from './support.ts'

setDefaultTimeout(60_000) // against waiting for ever

async function client(chat: ChatServer, { token }: Caller): Promise<ChatClient & AsyncDisposable> {
  const made = await ChatClient.connect({ url: chat.server.url.href, token, report: (error) => reported.push(error) })
  await until(() => made.rooms.loaded.value && made.link.state.value === 'connected')
  return Object.assign(made, { [Symbol.asyncDispose]: async () => made.close() })
}

const reported: unknown[] = []

async function until(is: () => boolean): Promise<void> {
  for (let tries = 0; !is(); tries++) {
    if (tries > 1000) throw new Error('it did not come to that')
    await Bun.sleep(5)
  }
}

const texts = (room: Room) => room.timeline.value.messages.map(({ text }) => text)

async function pair(chat: ChatServer) {
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
  return { ann, bob, room }
}

test('what is said stands there at once, then in the room, and on the other side', async () => {
  await using chat = await startChat()
  const { ann, bob, room: id } = await pair(chat)
  await using hers = await client(chat, ann)
  await using his = await client(chat, bob)
  const [here, there] = [hers.room(id), his.room(id)]
  await Promise.all([here.open(), there.open()])
  here.send({ text: 'hello' })
  expect(here.pending.value).toMatchObject([{ text: 'hello', state: 'sending' }])
  await until(() => texts(here).includes('hello') && texts(there).includes('hello'))
  expect(here.pending.value).toEqual([])
  await until(() => his.rooms.rooms.value.get(id)?.unread === 1)
  there.read(there.timeline.value.messages.at(-1)?.offset ?? 0)
  await until(() => his.rooms.rooms.value.get(id)?.unread === 0)
  await until(() => here.receipts.value.get(bob.id)?.read === there.timeline.value.messages.at(-1)?.offset)
  expect(reported).toEqual([])
})

test('whoever speaks has a name, known before or not', async () => {
  await using chat = await startChat()
  const { ann, bob, room: id } = await pair(chat)
  await using hers = await client(chat, ann)
  const here = hers.room(id)
  await here.open()
  await bob.call('messages.send', { room: id, clientId: crypto.randomUUID(), text: 'hello' })
  await until(() => texts(here).includes('hello') && here.people.value.get(bob.id)?.name === 'Bob')
  expect(reported).toEqual([])
})

test('who writes is seen, until they have spoken', async () => {
  await using chat = await startChat()
  const { ann, bob, room: id } = await pair(chat)
  await using hers = await client(chat, ann)
  await using his = await client(chat, bob)
  const [here, there] = [hers.room(id), his.room(id)]
  await Promise.all([here.open(), there.open()])
  await until(() => there.live.value)
  here.typing.write()
  await until(() => there.typing.people.value.includes(ann.id))
  here.send({ text: 'done' })
  await until(() => texts(there).includes('done'))
  expect(there.typing.people.value).toEqual([])
})

test('a long room is read in pages, without a hole, and goes on at its end', async () => {
  await using chat = await startChat()
  const { ann, bob, room: id } = await pair(chat)
  for (let each = 0; each < 180; each++)
    await ann.call('messages.send', { room: id, clientId: `message-${each}`, text: `${each}` })
  await using his = await client(chat, bob)
  const room = his.room(id)
  await room.open()
  while (!room.timeline.value.begin) await room.older()
  expect(texts(room)).toEqual(Array.from({ length: 180 }, (_, each) => String(each)))
  const { offset = 0 } = room.timeline.value.messages[20] ?? {}
  await room.open({ offset })
  expect(texts(room)).toContain('20')
  expect(room.timeline.value.end).toBe(false)
  await ann.call('messages.send', { room: id, clientId: 'the-last-one', text: 'last' })
  while (!room.timeline.value.end) await room.newer()
  expect(texts(room).at(-1)).toBe('last')
})

test('a page that was asked for elsewhere does not come into the place that is opened meanwhile', async () => {
  await using chat = await startChat()
  const { ann, bob, room: id } = await pair(chat)
  for (let each = 0; each < 180; each++)
    await ann.call('messages.send', { room: id, clientId: `message-${each}`, text: `${each}` })
  const slow = Promise.withResolvers<void>()
  await using his = await client(chat, bob)
  const { link } = his
  const call = link.call.bind(link)
  link.call = async (method, input) => {
    const answer = await call(method, input)
    if (method === 'chat.messages.page') await slow.promise
    return answer
  }
  const room = his.room(id)
  await room.open()
  const first = room.timeline.value.messages[0]?.offset ?? 0
  const opening = room.open({ offset: first - 100 })
  const loading = room.older() // of where one still is
  await opening
  slow.resolve()
  await loading
  const offsets = room.timeline.value.messages.map(({ offset }) => offset)
  expect(offsets).toEqual(Array.from(offsets, (_, at) => (offsets[0] ?? 0) + at))
  expect(reported).toEqual([])
})

test('what others say after the room was opened is told once, wherever one reads; what is loaded is no news', async () => {
  await using chat = await startChat()
  const { ann, bob, room: id } = await pair(chat)
  const say = (who: Caller, text: string) =>
    who.call('messages.send', { room: id, clientId: crypto.randomUUID(), text })
  for (let each = 0; each < 120; each++) await say(ann, `old ${each}`)
  await using his = await client(chat, bob)
  const room = his.room(id)
  const news: string[] = []
  room.arrivals((messages) => news.push(...messages.map(({ text }) => text)))
  await room.open()
  await until(() => room.live.value)
  await room.older()
  await say(bob, 'his own')
  await say(ann, 'one')
  await until(() => news.length === 1)
  await room.open({ offset: 5 }) // far back: what is said now stands in no page that he has
  await until(() => room.live.value)
  await say(ann, 'two')
  await until(() => news.length === 2)
  await room.open('latest')
  expect(texts(room).slice(-3)).toEqual(['his own', 'one', 'two'])
  await say(ann, 'three')
  await until(() => news.length === 3)
  expect(news).toEqual(['one', 'two', 'three'])
})

test('whoever is put out sees that it is over, and nothing of what comes behind', async () => {
  await using chat = await startChat()
  const { ann, bob, room: id } = await pair(chat)
  await using his = await client(chat, bob)
  const room = his.room(id)
  await room.open()
  await until(() => room.live.value)
  await ann.call('rooms.kick', { room: id, person: bob.id })
  await ann.call('messages.send', { room: id, clientId: 'behind-his-back', text: 'gone?' })
  await until(() => room.state.value.is === 'ended' && !his.rooms.rooms.value.has(id))
  expect(texts(room)).not.toContain('gone?')
})
