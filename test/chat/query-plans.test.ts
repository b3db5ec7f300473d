import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Statement } from '../../src/index.ts'
import { change, group, say } from './deeds.ts'
import { startChat } from './support.ts'

/**
 * Everything that the chat asks the database while all of its messages and
 * readings are used once is explained by the database itself: nothing walks
 * through a table. What is walked through are lists that were handed in (those
 * are virtual tables), and rows that an index has found.
 */
test('no query walks through a table', async () => {
  await using chat = await startChat()
  const texts = new Set<string>()
  const { server } = chat
  const [sql, publish, write] = [server.sql.bind(server), server.publish.bind(server), server.write.bind(server)]
  const note = (statements: readonly Statement[] = []) => statements.forEach((each) => texts.add(each.sql))
  server.sql = (query, ...params) => (texts.add(query), sql(query, ...params))
  server.publish = (channel, data, options) => (note(options?.statements), publish(channel, data, options))
  server.write = (...statements) => (note(statements), write(...statements))

  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const room = await group(ann, bob)
  await change(chat, room, { slow: 1 })
  const offset = await say(bob, room, 'hello @Ann https://example.org')
  const second = await say(ann, room, '@all', { reply: offset })
  await say(ann, room, '', { forward: { room, offset } })
  await bob.call('messages.edit', { room, offset, text: 'hello again' })
  await bob.call('messages.react', { room, offset, emoji: '👍' })
  await bob.call('messages.react', { room, offset, emoji: '👍', on: false })
  await ann.call('messages.pin', { room, offset })
  await ann.call('messages.pins', { room })
  await ann.call('messages.history', { room, offset })
  for (const at of ['latest', 'unread', { offset }, { time: chat.now() }] as const)
    await bob.call('rooms.open', { room, at })
  await bob.call('messages.page', { room, before: second })
  await bob.call('messages.page', { room, after: offset })
  await bob.call('messages.get', { room, offsets: [offset] })
  const { position } = await bob.call('rooms.open', { room })
  await bob.call('messages.changes', { room, since: { ...position, offset: 1 } })
  await bob.call('rooms.list', {})
  await bob.call('rooms.level', { room, level: 'none' })
  await bob.call('marks.read', { room, offset })
  await bob.call('marks.delivered', { room, offset })
  await bob.call('marks.unread', { room })
  await bob.call('marks.get', { room })
  await bob.call('drafts.save', { room, text: 'x' })
  await bob.call('quiet.set', { until: 0 })
  await bob.call('messages.search', { query: 'hello ag 上 "x y" from:Bob in:Tea after:2020-01-01 has:link' })
  await bob.call('messages.search', { query: 'hello', room })
  await bob.call('messages.report', { room, offset: second })
  await ann.call('messages.recall', { room, offset: second })

  using db = new Database(join(chat.folder, 'posthouse.db'), { readonly: true })
  const walks = Array.from(texts).flatMap((text) => {
    using plan = db.prepare<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${text}`)
    const steps = plan.all().map(({ detail }) => detail)
    return steps.filter((step) => step.startsWith('SCAN') && !allowed.test(step)).map((step) => `${step}: ${text}`)
  })
  expect(walks).toEqual([])
  expect(texts.size).toBeGreaterThan(60)
})

/** Lists that were handed in, the search index, results of inner queries, and the kinds of a message's reactions. */
const allowed = /VIRTUAL TABLE|CONSTANT ROW|\(subquery|\(join|^SCAN (?:mine|kinds|\d+)/
