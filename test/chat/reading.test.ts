import { expect, test } from 'bun:test'
import { CentrifugeLink } from '../../src/chat-client/centrifuge-link.ts'
import { change, enter, group, kick, say } from './deeds.ts'
import { type Caller, type ChatServer, refusalOf, startChat } from './support.ts'

/** A room with `count` messages of both, from offset 2 on, a minute apart. */
async function roomOf(chat: ChatServer, ann: Caller, bob: Caller, count: number): Promise<string> {
  const room = await group(ann, bob)
  for (let each = 0; each < count; each++) {
    await say(each % 2 === 0 ? ann : bob, room, `line ${each}`)
    chat.pass(60_000)
  }
  return room
}

const offsetsOf = ({ messages }: { readonly messages: readonly { readonly offset: number }[] }) =>
  messages.map(({ offset }) => offset)
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, each) => from + each)

test('a room is opened at the latest, the first unread, around a message, and at a time', async () => {
  await using chat = await startChat()
  const [ann, bob, eve] = [await chat.enter('Ann'), await chat.enter('Bob'), await chat.enter('Eve')]
  const began = chat.now()
  const room = await roomOf(chat, ann, bob, 40)
  const latest = await ann.call('rooms.open', { room, limit: 10 })
  expect(offsetsOf(latest)).toEqual(range(32, 41))
  expect(latest).toMatchObject({ older: true, newer: false, position: { offset: 41 } })
  expect(latest.room).toMatchObject({ id: room, role: 'owner', members: 2, unread: 1, read: 40, last: { offset: 41 } })
  expect(latest.people.map(({ name }) => name).toSorted()).toEqual(['Ann', 'Bob'])
  await enter(chat, room, { type: 'member', what: 'joined', by: eve.id, time: chat.now(), person: eve.id })
  for (let each = 0; each < 30; each++) await say(ann, room, `more ${each}`)
  const unread = await eve.call('rooms.open', { room, at: 'unread', limit: 20 })
  expect(unread).toMatchObject({ firstUnread: 43, room: { unread: 30, read: 42 }, older: true, newer: true })
  expect(offsetsOf(unread)).toEqual([...range(37, 41), ...range(43, 57)])
  expect(unread.notices.map(({ offset }) => offset)).toEqual([42])
  const around = await eve.call('rooms.open', { room, at: { offset: 20 }, limit: 10 })
  expect(offsetsOf(around)).toEqual(range(15, 24))
  const early = await eve.call('rooms.open', { room, at: { offset: 1 }, limit: 10 })
  expect(offsetsOf(early)).toEqual(range(2, 11))
  expect(early).toMatchObject({ older: false, newer: true, notices: [{ offset: 1, event: { type: 'room' } }] })
  const then = await eve.call('rooms.open', { room, at: { time: began + 10 * 60_000 }, limit: 10 })
  expect(offsetsOf(then)).toEqual(range(7, 16)) // the eleventh stands in the middle
  const beyond = await eve.call('messages.around', { room, at: { time: chat.now() + 1e9 }, limit: 5 })
  expect(offsetsOf(beyond)).toEqual(range(68, 72))
})

test('pages follow each other without a hole, and say where they end', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const room = await roomOf(chat, ann, bob, 23)
  const back: number[][] = []
  let page = await ann.call('messages.page', { room, limit: 10 })
  for (;;) {
    back.unshift(offsetsOf(page))
    if (!page.older) break
    page = await ann.call('messages.page', { room, before: back[0]?.[0], limit: 10 })
    expect(page.newer).toBe(true)
  }
  expect(back).toEqual([range(2, 4), range(5, 14), range(15, 24)])
  page = await ann.call('messages.page', { room, after: 4, limit: 10 })
  expect([offsetsOf(page), page.older, page.newer]).toEqual([range(5, 14), true, true])
  page = await ann.call('messages.page', { room, after: 14, limit: 10 })
  expect([offsetsOf(page), page.older, page.newer]).toEqual([range(15, 24), true, false])
})

test('who was away gets what happened, entry by entry, and who was away too long begins anew', async () => {
  await using chat = await startChat()
  const [ann, bob, eve] = [await chat.enter('Ann'), await chat.enter('Bob'), await chat.enter('Eve')]
  const room = await group(ann, bob)
  const { position } = await bob.call('rooms.open', { room })
  const offset = await say(ann, room, 'one @Bob')
  await ann.call('messages.edit', { room, offset, text: 'two' })
  await ann.call('messages.react', { room, offset, emoji: '👍' })
  await ann.call('messages.recall', { room, offset })
  const all = await bob.call('messages.changes', { room, since: position })
  if (all.reset) throw new Error('it was not that much')
  expect(all.entries.map(({ event }) => event.type)).toEqual(['message', 'edit', 'reaction', 'recall'])
  // What was said and taken back meanwhile is not told.
  expect(all.entries.slice(0, 2).map(({ event }) => [event['text'], event['mentions']])).toEqual([
    ['', undefined],
    ['', undefined],
  ])
  expect(all).toMatchObject({ more: false, position: { offset: 5 } })
  const some = await bob.call('messages.changes', { room, since: position, limit: 2 })
  expect(some).toMatchObject({ more: true, position: { offset: 3 } })
  const nothing = await bob.call('messages.changes', { room, since: all.position })
  expect(nothing).toMatchObject({ reset: false, entries: [], position: all.position })
  const otherLog = { offset: 1, epoch: 'another' }
  expect(await bob.call('messages.changes', { room, since: otherLog })).toEqual({ reset: true })
  const future = { ...position, offset: 1000 }
  expect(await bob.call('messages.changes', { room, since: future })).toEqual({ reset: true })
  expect(await refusalOf(eve.call('messages.changes', { room, since: position }))).toBe('notFound')
  await Promise.all(Array.from({ length: 1000 }, (_, each) => say(ann, room, `${each}`)))
  expect(await bob.call('messages.changes', { room, since: position })).toEqual({ reset: true })
  const near = await bob.call('messages.changes', { room, since: { ...position, offset: 5 } })
  expect(near).toMatchObject({ reset: false, more: true, position: { offset: 505 } })
})

test('the rooms of a person come page by page, those first where something was said last', async () => {
  await using chat = await startChat({ chat: { lobby: '' } })
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const rooms: string[] = []
  for (let each = 0; each < 25; each++) rooms.push(await group(ann, bob))
  await group(bob)
  for (const room of rooms.toReversed()) {
    chat.pass(1000)
    await say(bob, room, 'hello')
  }
  const found: string[] = []
  let after: string | undefined
  for (let pages = 1; ; pages++) {
    const page = await ann.call('rooms.list', { limit: 10, after })
    found.push(...page.rooms.map(({ id }) => id))
    expect(page.people.map(({ id }) => id)).toEqual([bob.id])
    after = page.next
    if (after === undefined) {
      expect(pages).toBe(3)
      break
    }
  }
  expect(found).toEqual(rooms)
  const [first] = (await ann.call('rooms.list', { limit: 1 })).rooms
  expect(first).toMatchObject({ unread: 1, last: { text: 'hello', from: bob.id, files: 0, removed: false } })
})

test('marks only rise, cannot lie in the future, and are told to the own devices and to the others', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const room = await group(ann, bob)
  for (let each = 0; each < 5; each++) await say(ann, room, `${each}`)
  const phone = new CentrifugeLink({ url: chat.server.url.href, token: bob.token })
  const watching = new CentrifugeLink({ url: chat.server.url.href, token: ann.token })
  const told: Record<string, unknown>[] = []
  phone.inbox((event) => told.push(event as Record<string, unknown>))
  await new Promise<void>((resolve) => phone.connected(resolve))
  const receipts: unknown[] = []
  const { position } = await ann.call('rooms.open', { room })
  await new Promise<void>((resolve) =>
    watching.follow(`room:${room}`, position, {
      receive({ data }) {
        if ((data as { type: string }).type === 'receipt') receipts.push(data)
      },
      live: (is) => is && resolve(),
    }),
  )
  expect(await bob.call('marks.read', { room, offset: 4 })).toMatchObject({ read: 4, delivered: 4, unread: 2 })
  expect(await bob.call('marks.read', { room, offset: 3 })).toMatchObject({ read: 4, unread: 2 })
  expect(await bob.call('marks.delivered', { room, offset: 5 })).toMatchObject({ read: 4, delivered: 5 })
  expect(await bob.call('marks.unread', { room })).toMatchObject({ markedUnread: true, read: 4 })
  expect(await bob.call('marks.read', { room, offset: 1e9 })).toMatchObject({ read: 6, unread: 0, markedUnread: false })
  expect(await ann.call('marks.get', { room })).toEqual({
    shown: true,
    marks: [{ person: bob.id, read: 6, delivered: 6 }],
  })
  await bob.call('rooms.level', { room, level: 'mentions' })
  await bob.call('drafts.save', { room, text: 'I wanted to ' })
  await bob.call('quiet.set', { until: chat.now() + 1000 })
  await until(() => told.some(({ type }) => type === 'quiet') && receipts.length === 2)
  expect(told.filter(({ type }) => type === 'marks').map(({ read }) => read)).toEqual([4, 4, 4, 4, 6])
  expect(told.filter(({ type }) => type !== 'marks' && type !== 'activity')).toEqual([
    { type: 'level', room, level: 'mentions' },
    { type: 'draft', room, text: 'I wanted to ' },
    { type: 'quiet', until: chat.now() + 1000 },
  ])
  // The first at once, and how it was a second later: not one for each.
  expect(receipts).toEqual([
    { type: 'receipt', by: bob.id, read: 4, delivered: 4 },
    { type: 'receipt', by: bob.id, read: 6, delivered: 6 },
  ])
  expect((await bob.call('rooms.get', { room })).room).toMatchObject({ level: 'mentions', draft: 'I wanted to ' })
  await say(bob, room, 'written before, and long on its way')
  expect((await bob.call('rooms.get', { room })).room.draft).toBe('I wanted to ')
  expect(await bob.call('quiet.get', {})).toEqual({ until: chat.now() + 1000 })
  chat.pass(1000)
  expect(await bob.call('quiet.get', {})).toEqual({ until: 0 })
  for (const link of [phone, watching]) link.close()
})

test('who is no member reads nothing of a group, and has no marks in a public room', async () => {
  await using chat = await startChat()
  const [ann, bob, eve] = [await chat.enter('Ann'), await chat.enter('Bob'), await chat.enter('Eve')]
  const room = await group(ann, bob)
  const { room: open } = await ann.call('rooms.create', { kind: 'public', name: 'Square' })
  await say(ann, open, 'hello')
  await say(ann, room, 'hello')
  const asks = [
    eve.call('rooms.open', { room }),
    eve.call('rooms.get', { room }),
    eve.call('rooms.level', { room, level: 'none' }),
    eve.call('messages.page', { room }),
    eve.call('messages.around', { room, at: { offset: 2 } }),
    eve.call('messages.get', { room, offsets: [2] }),
    eve.call('messages.pins', { room }),
    eve.call('messages.history', { room, offset: 2 }),
    eve.call('messages.search', { room, query: 'hello' }),
    eve.call('messages.edit', { room, offset: 2, text: 'x' }),
    eve.call('messages.recall', { room, offset: 2 }),
    eve.call('messages.remove', { room, offset: 2 }),
    eve.call('messages.react', { room, offset: 2, emoji: '👍' }),
    eve.call('messages.pin', { room, offset: 2 }),
    eve.call('marks.read', { room, offset: 2 }),
    eve.call('marks.unread', { room }),
    eve.call('marks.get', { room }),
    eve.call('drafts.save', { room, text: 'x' }),
  ]
  expect(new Set(await Promise.all(asks.map(refusalOf)))).toEqual(new Set(['notFound']))
  const opened = await eve.call('rooms.open', { room: open })
  expect(opened.room).toMatchObject({ unread: 0, mentions: 0, members: 1 })
  expect(opened.room.role).toBeUndefined()
  expect(await refusalOf(eve.call('marks.read', { room: open, offset: 2 }))).toBe('notMember')
  expect(await refusalOf(say(eve, open, 'hi'))).toBe('notMember')
  await kick(chat, room, bob.id)
  expect(await refusalOf(bob.call('messages.page', { room }))).toBe('notFound')
  await change(chat, room, { readOnly: true })
  await say(ann, room, 'an owner still writes')
})

async function until(is: () => boolean): Promise<void> {
  for (let tries = 0; !is(); tries++) {
    if (tries > 500) throw new Error('it did not come to that')
    await Bun.sleep(10)
  }
}
