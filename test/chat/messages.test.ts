import { expect, test } from 'bun:test'
import { channelOf } from '../../src/chat/events.ts'
import { change, giveRole, group, kick, say } from './deeds.ts'
import { type Caller, type Refusal, refusalOf, startChat } from './support.ts'

const hour = 3600 * 1000

async function one(who: Caller, room: string, offset: number) {
  const { messages } = await who.call('messages.get', { room, offsets: [offset] })
  const [message] = messages
  if (message === undefined) throw new Error('it is not there')
  return message
}

test('who is mentioned is found by the server, among the members, the longest name first', async () => {
  await using chat = await startChat()
  const people = await Promise.all(['Ann', 'Ann Lee', '小明', 'Eve'].map((name) => chat.enter(name)))
  const [ann, lee, ming] = people
  if (ann === undefined || lee === undefined || ming === undefined) throw new Error('nobody')
  const room = await group(ann, lee, ming)
  const mentions = async (text: string) => (await one(ann, room, await say(ann, room, text))).mentions
  expect(await mentions('@Ann Lee, 请@小明看看')).toEqual([lee.id, ming.id])
  expect(await mentions('@ann and @Eve, who is not here')).toEqual([]) // oneself, and a stranger
  expect(await mentions('`@小明` a@小明.cn')).toEqual([])
  const { mentions: counted } = await ming.call('marks.delivered', { room, offset: 1 })
  expect(counted).toBe(1)
})

test('all are mentioned only by who may, and it is text otherwise', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const room = await group(ann, bob)
  expect((await one(ann, room, await say(bob, room, '@所有人 come'))).everyone).toBe(false)
  expect((await one(ann, room, await say(ann, room, '@all come'))).everyone).toBe(true)
  const unread = (await bob.call('rooms.get', { room })).room
  expect([unread.unread, unread.mentions]).toEqual([1, 1])
})

test('more mentions than anybody needs are refused', async () => {
  await using chat = await startChat()
  const people = await Promise.all(Array.from({ length: 52 }, (_, each) => chat.enter(`p${each}`)))
  const [ann, ...others] = people
  if (ann === undefined) throw new Error('nobody')
  const room = await group(ann, ...others)
  const text = others.map(({ name }) => `@${name}`).join(' ')
  expect(await refusalOf(say(ann, room, text))).toBe('invalid')
  const answer = await ann.call('messages.send', { room, clientId: 'fifty-people', text: text.slice(0, -5) })
  expect(answer.mentions).toHaveLength(50)
})

test('slow mode lets one message of a member through, and says when the next may come', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const room = await group(ann, bob)
  await change(chat, room, { slow: 10 })
  const attempts = await Promise.allSettled(Array.from({ length: 20 }, (_, each) => say(bob, room, `${each}`)))
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const refusals = attempts.flatMap((each) => (each.status === 'rejected' ? [each.reason as Refusal] : []))
  expect(new Set(refusals.map(({ kind }) => kind))).toEqual(new Set(['slow']))
  chat.pass(9999)
  expect((await say(bob, room, 'x').catch((error: Refusal) => error.details)) as unknown).toMatchObject({
    name: 'slow',
    retryAfter: 1,
  })
  chat.pass(1)
  await say(bob, room, 'now')
  for (let each = 0; each < 3; each++) await say(ann, room, 'who moderates is free of it')
})

test('a message is passed on with its author, if one may see it, and stands alone', async () => {
  await using chat = await startChat()
  const [ann, bob, eve] = [await chat.enter('Ann'), await chat.enter('Bob'), await chat.enter('Eve')]
  const [room, other] = [await group(ann, bob), await group(bob, eve)]
  const offset = await say(ann, room, 'hi @Bob')
  const passed = await one(eve, other, await say(bob, other, '', { forward: { room, offset } }))
  expect(passed).toMatchObject({
    text: 'hi @Bob',
    from: bob.id,
    mentions: [],
    forwarded: { from: ann.id, name: 'Ann' },
  })
  const again = await say(eve, other, '', { forward: { room: other, offset: passed.offset } })
  expect((await one(bob, other, again)).forwarded?.from).toBe(ann.id)
  expect(await refusalOf(say(eve, other, '', { forward: { room, offset } }))).toBe('notFound')
  expect(await refusalOf(say(bob, other, 'mine', { forward: { room, offset } }))).toBe('invalid')
  expect(await refusalOf(bob.call('messages.edit', { room: other, offset: passed.offset, text: 'x' }))).toBe(
    'forbidden',
  )
  await ann.call('messages.recall', { room, offset })
  expect(await refusalOf(say(bob, other, '', { forward: { room, offset } }))).toBe('gone')
})

test('what is answered is shown with the answer, as it now reads', async () => {
  await using chat = await startChat()
  const ann = await chat.enter('Ann')
  const room = await group(ann)
  const first = await say(ann, room, 'one')
  const second = await say(ann, room, 'two', { reply: first })
  expect((await one(ann, room, second)).reply).toEqual({ offset: first, from: ann.id, text: 'one', removed: false })
  await ann.call('messages.recall', { room, offset: first })
  expect((await one(ann, room, second)).reply).toEqual({ offset: first, from: ann.id, text: '', removed: true })
  expect(await refusalOf(say(ann, room, 'three', { reply: 1 }))).toBe('notFound') // an entry, but no message
  expect(await refusalOf(say(ann, room, 'three', { reply: 99 }))).toBe('notFound')
})

test('an own message is edited in its time, and only moderators see what it said', async () => {
  await using chat = await startChat({ chat: { editTime: hour } })
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const room = await group(ann, bob)
  const offset = await say(bob, room, 'one @Ann')
  await bob.call('messages.edit', { room, offset, text: 'two' })
  expect(await one(ann, room, offset)).toMatchObject({ text: 'two', mentions: [], edited: chat.now(), version: 3 })
  const same = await Promise.all(
    Array.from({ length: 10 }, () => bob.call('messages.edit', { room, offset, text: 'three' })),
  )
  expect(new Set(same.map((each) => each.offset))).toEqual(new Set([4]))
  const history = await ann.call('messages.history', { room, offset })
  expect(history.former.map(({ text }) => text)).toEqual(['two', 'one @Ann'])
  expect(await refusalOf(bob.call('messages.history', { room, offset }))).toBe('forbidden')
  expect(await refusalOf(ann.call('messages.edit', { room, offset, text: 'x' }))).toBe('forbidden')
  expect(await refusalOf(bob.call('messages.edit', { room, offset, text: ' ' }))).toBe('invalid')
  chat.pass(hour)
  expect(await refusalOf(bob.call('messages.edit', { room, offset, text: 'x' }))).toBe('tooLate')
})

test('an edit that is sent again is not done again, whatever came in between', async () => {
  await using chat = await startChat()
  const ann = await chat.enter('Ann')
  const room = await group(ann)
  const offset = await say(ann, room, 'one')
  const edit = { room, offset, text: 'two', clientId: 'the-first-edit' }
  const done = await ann.call('messages.edit', edit)
  await ann.call('messages.edit', { room, offset, text: 'three' })
  expect(await ann.call('messages.edit', edit)).toEqual(done)
  expect((await one(ann, room, offset)).text).toBe('three')
})

test('a message is taken back in its time, by a moderator at any, and nothing of it is left', async () => {
  await using chat = await startChat({ chat: { recallTime: hour } })
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const room = await group(ann, bob)
  const [first, second, own] = [
    await say(bob, room, 'secret @Ann'),
    await say(bob, room, 'x'),
    await say(ann, room, 'y'),
  ]
  await bob.call('messages.edit', { room, offset: first, text: 'secret still' })
  await ann.call('messages.react', { room, offset: first, emoji: '👍' })
  expect(await refusalOf(ann.call('messages.recall', { room, offset: first }))).toBe('forbidden')
  expect(await refusalOf(bob.call('messages.remove', { room, offset: own }))).toBe('forbidden')
  const back = await bob.call('messages.recall', { room, offset: first })
  expect(await bob.call('messages.recall', { room, offset: first })).toEqual(back)
  expect(await one(ann, room, first)).toMatchObject({ text: '', removed: { by: bob.id }, reactions: [], mentions: [] })
  for (const table of ['chat_edits', 'chat_reactions', 'chat_mentions'])
    expect(chat.server.sql(`SELECT * FROM ${table}`)).toEqual([])
  expect(await refusalOf(bob.call('messages.edit', { room, offset: first, text: 'x' }))).toBe('gone')
  chat.pass(hour)
  expect(await refusalOf(bob.call('messages.recall', { room, offset: second }))).toBe('tooLate')
  await ann.call('messages.remove', { room, offset: second })
  await ann.call('messages.recall', { room, offset: own })
  expect((await one(bob, room, second)).removed?.by).toBe(ann.id)
})

test('reactions are single emoji, once each, twenty kinds at most', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const room = await group(ann, bob)
  const offset = await say(ann, room, 'x')
  const react = (who: Caller, emoji: string, on = true) => who.call('messages.react', { room, offset, emoji, on })
  await Promise.all(Array.from({ length: 20 }, () => react(bob, '👍')))
  await react(ann, '👍')
  await react(ann, '❤')
  expect((await one(ann, room, offset)).reactions).toEqual([
    { emoji: '👍', count: 2, mine: true, people: [ann.id, bob.id].toSorted() },
    { emoji: '❤️', count: 1, mine: true, people: [ann.id] },
  ])
  expect((await chat.server.history(channelOf(room))).offset).toBe(offset + 3)
  await Promise.all([react(ann, '👍', false), react(ann, '👍', false), react(ann, '🎉', false)])
  expect((await one(ann, room, offset)).reactions[0]).toMatchObject({ count: 1, mine: false })
  expect((await chat.server.history(channelOf(room))).offset).toBe(offset + 4)
  expect(await refusalOf(react(ann, 'ok'))).toBe('invalid')
  const many = Array.from({ length: 30 }, (_, each) => String.fromCodePoint(0x1f600 + each))
  const results = await Promise.all(many.map((emoji) => refusalOf(react(bob, emoji))))
  expect(results.filter((each) => each === 'full')).toHaveLength(12)
  expect((await one(ann, room, offset)).reactions).toHaveLength(20)
  await react(ann, '👍') // one of those that are there
})

test('pins are set by moderators, listed, and limited', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const room = await group(ann, bob)
  const offsets: number[] = []
  for (let each = 0; each < 102; each++) offsets.push(await say(ann, room, `${each}`))
  const pin = (who: Caller, offset: number, on = true) => who.call('messages.pin', { room, offset, on })
  expect(await refusalOf(pin(bob, 2))).toBe('forbidden')
  const results = await Promise.all(offsets.map((offset) => refusalOf(pin(ann, offset))))
  expect(results.filter((each) => each === 'full')).toHaveLength(2)
  const before = (await chat.server.history(channelOf(room))).offset
  await pin(ann, 2)
  expect((await chat.server.history(channelOf(room))).offset).toBe(before)
  const { messages } = await bob.call('messages.pins', { room })
  expect(messages).toHaveLength(100)
  expect(messages.every(({ pinned }) => pinned)).toBe(true)
  await ann.call('messages.recall', { room, offset: 2 })
  await pin(ann, 3, false)
  expect((await bob.call('messages.pins', { room })).messages).toHaveLength(98)
})

test('what is decided on is what holds when it is written', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const room = await group(ann, bob)
  const offset = await say(bob, room, 'x')
  const [, , reaction] = await Promise.all([
    giveRole(chat, room, bob.id, 'moderator'),
    kick(chat, room, bob.id),
    refusalOf(bob.call('messages.react', { room, offset, emoji: '👍' })),
    refusalOf(bob.call('messages.edit', { room, offset, text: '@all' })),
  ])
  expect(['notFound', 'it was not refused']).toContain(reaction)
  const { publications } = await chat.server.history(channelOf(room))
  const kicked = publications.findIndex(({ data }) => (data as { what?: string }).what === 'kicked')
  expect(publications.slice(kicked + 1)).toEqual([]) // nothing of the one who was put out comes behind it
})
