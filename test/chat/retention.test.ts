/** Retention: what is older than a room keeps goes, from the log and the tables alike, and all else stays. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { checkChat } from '../../src/chat/index.ts'
import { surroundings } from '../../src/chat/chat.ts'
import { Wire } from '../wire.ts'
import { until } from '../stores-support.ts'
import { type ChatServer, type ChatServerOptions, refusalOf, startChat } from './support.ts'

setDefaultTimeout(60_000) // against waiting for ever

const hour = 3_600_000

/** A chat of which the rounds begin when the test says so. */
async function startWithRounds(options: ChatServerOptions = {}) {
  let begin: (() => void) | undefined
  const chat = await startChat({
    ...options,
    after(delay, call) {
      if (delay !== 300_000) return surroundings.after(delay, call)
      begin = call
      return () => undefined
    },
  })
  /** Resolves when a round is over: the next one waits then. */
  const round = async () => {
    const now = begin
    begin = undefined
    now?.()
    await until(() => begin !== undefined, 'the round to end')
  }
  return Object.assign(chat, { round })
}

const textsIn = (chat: ChatServer, room: string) =>
  chat.server.sql('SELECT text FROM chat_messages WHERE room = ? ORDER BY offset', room).map(({ text }) => text)

test('what is older than its room keeps it goes, from the log, the tables and the search', async () => {
  await using chat = await startWithRounds()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
  const { room: other } = await ann.call('rooms.create', { kind: 'group', name: 'Coffee', members: [bob.id] })
  const send = (text: string, more: { reply?: number; room?: string } = {}) =>
    ann.call('messages.send', { room, clientId: `c-${text.replaceAll(/\W/g, '-')}-${more.room ?? ''}`, text, ...more })
  await send('stays elsewhere', { room: other })
  const first = await send('the first @Bob 上海')
  await bob.call('messages.react', { room, offset: first.offset, emoji: '👍' })
  await ann.call('messages.edit', { room, offset: first.offset, text: 'the first, edited @Bob 上海' })
  await ann.call('messages.pin', { room, offset: first.offset })
  await send('the second @Bob')
  await ann.call('rooms.role', { room, person: bob.id, role: 'moderator' })
  await ann.call('rooms.change', { room, retention: 2 * hour, description: 'hot' })
  chat.pass(hour)
  const third = await send('the third @Bob', { reply: first.offset })
  await bob.call('messages.react', { room, offset: third.offset, emoji: '🎉' })
  await chat.round()
  expect(textsIn(chat, room)).toHaveLength(3)
  chat.pass(1.5 * hour)
  await bob.call('messages.react', { room, offset: first.offset, emoji: '🎉' }) // late, of what goes now
  await chat.round()

  expect(textsIn(chat, room)).toEqual(['the third @Bob'])
  expect(textsIn(chat, other)).toEqual(['stays elsewhere'])
  const { publications, offset } = await chat.server.history(`room:${room}`)
  expect(publications[0]).toMatchObject({ offset: third.offset, data: { text: 'the third @Bob' } })
  expect(offset).toBe(chat.server.position(`room:${room}`).offset)
  for (const table of ['chat_edits', 'chat_notices', 'chat_mentions', 'chat_reactions'])
    expect([table, chat.server.sql(`SELECT * FROM ${table} WHERE room = ?`, room).length]).toEqual([
      table,
      table === 'chat_mentions' || table === 'chat_reactions' ? 1 : 0,
    ])
  const opened = await bob.call('rooms.open', { room })
  expect(opened.room).toMatchObject({ role: 'moderator', description: 'hot', unread: 1, mentions: 1, members: 2 })
  expect(opened.room.last?.offset).toBe(third.offset)
  expect(opened.messages.map(({ text }) => text)).toEqual(['the third @Bob'])
  expect(opened.messages[0]?.reply).toEqual({ offset: first.offset, from: '', text: '', removed: true })
  expect((await bob.call('messages.pins', { room })).messages).toEqual([])
  expect((await bob.call('messages.search', { query: '上海' })).hits).toEqual([])
  expect(await refusalOf(bob.call('messages.react', { room, offset: first.offset, emoji: '👍' }))).toBe('notFound')
  expect(checkChat(chat.folder)).toMatchObject({ trimmed: 1, differences: [] })
})

test('readers who were further back are told, and take a new page', async () => {
  await using chat = await startWithRounds({ chat: { retention: hour } })
  const ann = await chat.enter('Ann')
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea' })
  const { position: early } = await ann.call('rooms.open', { room })
  const send = (text: string) => ann.call('messages.send', { room, clientId: `client-${text}`, text })
  for (const text of ['one', 'two']) await send(text)
  const { position: late } = await ann.call('rooms.open', { room })
  chat.pass(hour)
  await chat.round()
  await send('three')
  const comeBack = async ({ offset, epoch }: typeof early) => {
    using wire = await Wire.open(`ws://${chat.server.url.host}/connection/websocket`)
    await wire.ask({ connect: { token: ann.token } })
    const { subscribe } = await wire.ask({ subscribe: { channel: `room:${room}`, recover: true, offset, epoch } })
    return [subscribe?.recovered ?? false, subscribe?.publications?.length ?? 0]
  }
  expect(await comeBack(early)).toEqual([false, 0])
  expect(await comeBack(late)).toEqual([true, 1])
  expect(await ann.call('messages.changes', { room, since: early })).toEqual({ reset: true })
  expect((await ann.call('rooms.open', { room })).messages.map(({ text }) => text)).toEqual(['three'])
})

test('a room of which all is gone goes on where it was', async () => {
  await using chat = await startWithRounds({ chat: { retention: hour } })
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { room } = await ann.call('rooms.create', { kind: 'public', name: 'Tea' })
  for (let at = 0; at < 1200; at++)
    await ann.call('messages.send', { room, clientId: `message-${at}`, text: `number ${at}` })
  const { offset, epoch } = chat.server.position(`room:${room}`)
  chat.pass(hour)
  await chat.round()
  expect(textsIn(chat, room)).toEqual([])
  expect((await chat.server.history(`room:${room}`)).publications).toEqual([])
  expect(chat.server.position(`room:${room}`)).toEqual({ offset, epoch })
  const opened = await ann.call('rooms.open', { room })
  expect([opened.room.last, opened.room.unread, opened.messages]).toEqual([undefined, 0, []])
  await bob.call('rooms.join', { room })
  const next = await ann.call('messages.send', { room, clientId: 'after-it-all', text: 'on we go' })
  expect(next.offset).toBe(offset + 2)
  expect((await bob.call('rooms.open', { room })).room).toMatchObject({ unread: 1, members: 2 })
  expect(checkChat(chat.folder).differences).toEqual([])
  await bob.call('rooms.leave', { room })
  await ann.call('rooms.change', { room, retention: 100 * hour }) // its own counts
  chat.pass(50 * hour)
  await chat.round()
  expect(textsIn(chat, room)).toEqual(['on we go'])
  const { differences, trimmed } = checkChat(chat.folder)
  expect([differences, trimmed > 0]).toEqual([[], true])
})

test('without a limit nothing goes', async () => {
  await using chat = await startWithRounds()
  const ann = await chat.enter('Ann')
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea' })
  await ann.call('messages.send', { room, clientId: 'for-good', text: 'for good' })
  chat.pass(1e6 * hour)
  await chat.round()
  expect(textsIn(chat, room)).toEqual(['for good'])
  expect(checkChat(chat.folder)).toMatchObject({ trimmed: 0, differences: [] })
})
