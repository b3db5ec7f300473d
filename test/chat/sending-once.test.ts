import { expect, test } from 'bun:test'
import { Sdk } from '../sdk.ts'
import { group, kick, say } from './deeds.ts'
import { refusalOf, startChat } from './support.ts'

test('one send, repeated a hundred times over HTTP and two connections, is one message', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const room = await group(ann, bob)
  const url = new URL('/connection/websocket', chat.server.url).href.replace('http', 'ws')
  using tab = await new Sdk(url, { token: ann.token }).begin()
  using phone = await new Sdk(url, { token: ann.token }).begin()
  const message = { room, clientId: 'the-only-one', text: 'hello @Bob' }
  const ways: (() => Promise<unknown>)[] = [
    () => ann.call('messages.send', message),
    async () => (await tab.rpc('chat.messages.send', message)).data as unknown,
    async () => (await phone.rpc('chat.messages.send', message)).data as unknown,
  ]
  const answers = await Promise.all(Array.from({ length: 100 }, (_, each) => ways[each % 3]?.() ?? Promise.resolve()))
  const first: unknown = { offset: 2, time: chat.now(), mentions: [bob.id] }
  for (const answer of answers) expect(answer).toEqual(first)
  const { publications } = await chat.server.history(`room:${room}`)
  expect(publications.map(({ offset }) => offset)).toEqual([1, 2])
  expect(chat.server.sql('SELECT count(*) AS messages FROM chat_messages')).toEqual([{ messages: 1 }])
  expect(chat.server.sql('SELECT count(*) AS mentions FROM chat_mentions')).toEqual([{ mentions: 1 }])
})

test('who lost the right to write is told where the message stands that was sent before', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const room = await group(ann, bob)
  const message = { room, clientId: 'sent-before', text: 'hello' }
  const first = await bob.call('messages.send', message)
  await kick(chat, room, bob.id)
  chat.pass(5000)
  expect(await bob.call('messages.send', message)).toEqual(first)
  expect(await refusalOf(say(bob, room, 'another'))).toBe('notFound')
  // Nobody else's key is answered, and asking leaves nothing behind.
  expect(await refusalOf(ann.call('messages.send', { ...message, room: 'not-there' }))).toBe('notFound')
  expect(await ann.call('messages.send', message)).toMatchObject({ offset: 4 })
})
