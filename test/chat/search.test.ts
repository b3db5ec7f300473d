import { expect, test } from 'bun:test'
import type { MessageEvent } from '../../src/chat/events.ts'
import { enter, group, kick, say } from './deeds.ts'
import { type Caller, type Input, refusalOf, startChat } from './support.ts'

const day = 24 * 3600 * 1000

async function find(who: Caller, query: string, more: Partial<Input<'messages.search'>> = {}) {
  const { hits } = await who.call('messages.search', { query, ...more })
  return hits.map(({ message }) => message.text)
}

test('Chinese words, mixed text, words, beginnings and phrases are found, and marked', async () => {
  await using chat = await startChat()
  const ann = await chat.enter('Ann')
  const room = await group(ann)
  for (const text of [
    '我在上海工作',
    '请说明具体情况',
    '用Posthouse服务器 with Bun',
    '上面的海',
    'The quick brown fox',
  ])
    await say(ann, room, text)
  expect(await find(ann, '上海')).toEqual(['我在上海工作'])
  expect(await find(ann, '具体情况')).toEqual(['请说明具体情况'])
  expect(await find(ann, '上')).toEqual(['上面的海', '我在上海工作'])
  expect(await find(ann, 'posthouse 服务')).toEqual(['用Posthouse服务器 with Bun'])
  expect(await find(ann, 'post')).toEqual(['用Posthouse服务器 with Bun'])
  expect(await find(ann, 'QUICK fo')).toEqual(['The quick brown fox'])
  expect(await find(ann, '"quick brown"')).toEqual(['The quick brown fox'])
  expect(await find(ann, '"brown quick"')).toEqual([])
  expect(await find(ann, 'quick 上海')).toEqual([])
  const { hits } = await ann.call('messages.search', { query: '上海' })
  expect(hits[0]?.snippet).toEqual({ text: '我在上海工作', ranges: [[2, 4]] })
  expect(await refusalOf(ann.call('messages.search', { query: '😀 !' }))).toBe('invalid')
})

test('only what one may see is found, as it now reads', async () => {
  await using chat = await startChat()
  const [ann, bob, eve] = [await chat.enter('Ann'), await chat.enter('Bob'), await chat.enter('Eve')]
  const [room, other] = [await group(ann, bob), await group(eve)]
  const [first, second] = [await say(ann, room, 'apple one'), await say(ann, room, 'apple two')]
  await say(eve, other, 'apple of others')
  await ann.call('messages.edit', { room, offset: first, text: 'pear one' })
  await ann.call('messages.recall', { room, offset: second })
  expect(await find(bob, 'apple')).toEqual([])
  expect(await find(bob, 'pear')).toEqual(['pear one'])
  expect(await find(eve, 'apple')).toEqual(['apple of others'])
  expect(await find(eve, 'r1')).toEqual([]) // what the index has of its own is no word
  expect(await refusalOf(find(eve, 'apple', { room }))).toBe('notFound')
  await kick(chat, room, bob.id)
  expect(await find(bob, 'pear')).toEqual([])
})

test('operators narrow it: by whom, where, when, and what is in it', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann Lee'), await chat.enter('小明')]
  const room = await group(ann, bob)
  const { room: other } = await bob.call('rooms.create', { kind: 'group', name: '茶 Room', members: [ann.id] })
  const began = chat.now()
  const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)
  await say(ann, room, 'tea today')
  chat.pass(2 * day)
  await say(bob, room, 'tea https://example.org')
  await say(bob, other, 'tea there')
  chat.pass(2 * day)
  await say(ann, other, 'tea at the end')
  expect(await find(ann, 'from:小明 tea')).toEqual(['tea there', 'tea https://example.org'])
  expect(await find(ann, 'from:"Ann  LEE"')).toEqual(['tea at the end', 'tea today'])
  expect(await find(bob, 'from:me')).toEqual(['tea there', 'tea https://example.org'])
  expect(await find(ann, 'in:"茶 room" tea')).toEqual(['tea at the end', 'tea there'])
  expect(await find(ann, 'tea', { room })).toEqual(['tea https://example.org', 'tea today'])
  expect(await find(ann, 'has:link')).toEqual(['tea https://example.org'])
  expect(await find(ann, `tea before:${dayOf(began + 2 * day)}`)).toEqual(['tea today'])
  expect(await find(ann, `after:${dayOf(began + day)} before:${dayOf(began + 3 * day)}`)).toEqual([
    'tea there',
    'tea https://example.org',
  ])
  expect(await find(ann, `after:${dayOf(began + 3 * day)}`, { room })).toEqual([])
  expect(await refusalOf(find(ann, 'from:Nobody x'))).toBe('notFound')
  expect(await refusalOf(find(ann, 'in:Nowhere x'))).toBe('notFound')
  expect(await refusalOf(find(ann, 'has:money'))).toBe('invalid')
})

test('files are found by kind and name, and still after the text was edited', async () => {
  await using chat = await startChat()
  const ann = await chat.enter('Ann')
  const room = await group(ann)
  const message = (id: string, name: string, type: string, voice?: true): MessageEvent => ({
    type: 'message',
    by: ann.id,
    time: chat.now(),
    id,
    text: `text ${id}`,
    files: [{ id: `file-${id}`, name, type, size: 1, ...(voice && { voice }) }],
  })
  const picture = await enter(chat, room, message('a', '上海地图.png', 'image/png'))
  await enter(chat, room, message('b', 'report.pdf', 'application/pdf'))
  await enter(chat, room, message('c', 'clip.ogg', 'audio/ogg', true))
  expect(await find(ann, 'has:image')).toEqual(['text a'])
  expect(await find(ann, 'has:file')).toEqual(['text b'])
  expect(await find(ann, 'has:voice')).toEqual(['text c'])
  expect(await find(ann, 'report')).toEqual(['text b'])
  await ann.call('messages.edit', { room, offset: picture, text: 'edited' })
  expect(await find(ann, '地图')).toEqual(['edited'])
  expect(await find(ann, 'has:image edited')).toEqual(['edited'])
  expect(await find(ann, 'text')).toEqual(['text c', 'text b'])
})

test('what is found comes page by page, each once, the newest first', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const rooms = [await group(ann, bob), await group(ann)]
  const expected: string[] = []
  for (let each = 0; each < 55; each++) {
    await say(ann, rooms[each % 2] ?? '', `line ${each}`)
    expected.unshift(`line ${each}`)
  }
  const found: string[] = []
  let before: string | undefined
  do {
    const page = await ann.call('messages.search', { query: 'line', limit: 10, before })
    found.push(...page.hits.map(({ message }) => message.text))
    before = page.next
  } while (before !== undefined)
  expect(found).toEqual(expected)
})

test('a search over many blocks of the index finds the same', async () => {
  await using chat = await startChat()
  const ann = await chat.enter('Ann')
  const room = await group(ann)
  // Rows far apart, as if others had said a quarter of a million things in between.
  for (const [at, key] of [1, 70_000, 140_000, 210_000, 280_000].entries()) {
    const offset = await say(ann, room, `needle ${at}`)
    if (at === 0) continue
    await chat.server.write(
      {
        sql: 'DELETE FROM chat_search WHERE rowid = (SELECT key FROM chat_messages WHERE offset = ?)',
        params: [offset],
      },
      { sql: 'UPDATE chat_messages SET key = ? WHERE offset = ?', params: [key, offset] },
    )
    await ann.call('messages.edit', { room, offset, text: `needle  ${at}` })
  }
  expect(await find(ann, 'needle')).toEqual(['needle  4', 'needle  3', 'needle  2', 'needle  1', 'needle 0'])
  expect(await find(ann, 'needle', { room, limit: 2 })).toEqual(['needle  4', 'needle  3'])
  expect(await find(ann, 'nothing')).toEqual([])
})
