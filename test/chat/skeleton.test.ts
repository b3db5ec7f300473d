import { expect, test } from 'bun:test'
import { of } from '../../src/index.ts'
import { refusalOf, startChat } from './support.ts'

test('a message stands in the log and in the tables, once, however often it is sent', async () => {
  await using chat = await startChat()
  const ann = await chat.enter('Ann')
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea' })
  const sent = await Promise.all(
    Array.from({ length: 20 }, () => ann.call('messages.send', { room, clientId: 'the-first', text: 'hello 上海' })),
  )
  expect(new Set(sent.map(({ offset }) => offset))).toEqual(new Set([2]))
  const { publications } = await chat.server.history(`room:${room}`)
  expect(publications.map(({ data }) => data)).toMatchObject([
    { type: 'room' },
    { type: 'message', text: 'hello 上海' },
  ])
  expect(chat.server.sql('SELECT offset, text FROM chat_messages')).toEqual([{ offset: 2, text: 'hello 上海' }])
  expect(chat.server.sql(`SELECT rowid FROM chat_search WHERE chat_search MATCH 'body : "上海"'`)).toHaveLength(1)
  expect(of.offset).toEqual({ of: 'offset' })
})

test('who is no member neither reads nor writes, and is not told that there is a room', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea' })
  expect(await refusalOf(bob.call('messages.send', { room, clientId: 'the-first', text: 'hi' }))).toBe('notFound')
  expect(await refusalOf(chat.call('rooms.create', { kind: 'group', name: 'Tea' }))).toBe('notLoggedIn')
  expect(await refusalOf(chat.enter('ＡＮＮ'))).toBe('nameTaken')
})
