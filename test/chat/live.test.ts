import { expect, test } from 'bun:test'
import { CentrifugeLink } from '../../src/chat-client/centrifuge-link.ts'
import { type Caller, type ChatServer, refusalOf, startChat } from './support.ts'

/** A device of somebody, with what its inbox told so far. */
async function device(chat: ChatServer, { token }: Caller) {
  const link = new CentrifugeLink({ url: chat.server.url.href, token })
  const told: Record<string, unknown>[] = []
  link.inbox((event) => told.push(event as Record<string, unknown>))
  await new Promise<void>((resolve) => link.connected(resolve))
  return { link, told, until: (is: () => boolean) => until(is) }
}

async function until(is: () => boolean): Promise<void> {
  for (let tries = 0; !is(); tries++) {
    if (tries > 500) throw new Error('it did not come to that')
    await Bun.sleep(10)
  }
}

test('members who are there hear of new messages, and of those that are taken back, wherever they are', async () => {
  await using chat = await startChat()
  const [ann, bob, eve] = await Promise.all(['Ann', 'Bob', 'Eve'].map((name) => chat.enter(name)))
  if (!ann || !bob || !eve) throw new Error('nobody')
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
  const [hers, his, other] = [await device(chat, ann), await device(chat, bob), await device(chat, eve)]
  for (let each = 0; each < 120; each++)
    await ann.call('messages.send', { room, clientId: `message-${each}`, text: `line ${each}` })
  const offsets = () =>
    his.told.flatMap(({ messages = [] }) => (messages as { offset: number }[]).map(({ offset }) => offset))
  await until(() => offsets().length === 120)
  expect(offsets()).toEqual(Array.from({ length: 120 }, (_, each) => each + 2))
  expect(his.told.length).toBeLessThan(60) // told together
  expect(his.told[0]).toMatchObject({
    type: 'activity',
    room,
    messages: [{ from: ann.id, name: 'Ann', text: 'line 0' }],
  })
  expect(other.told).toEqual([])
  for (const { link } of [hers, his, other]) link.close()
})

test('whom somebody blocks, or no longer, is told to all of their devices, and to nobody else', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const [phone, desk, his] = [await device(chat, ann), await device(chat, ann), await device(chat, bob)]
  await ann.call('people.block', { person: bob.id })
  await ann.call('people.unblock', { person: bob.id })
  const blocks = ({ told }: typeof phone) => told.filter(({ type }) => type === 'block')
  for (const each of [phone, desk]) {
    await until(() => blocks(each).length === 2)
    const person = { id: bob.id, name: 'Bob', kind: 'guest' }
    expect(blocks(each)).toEqual([
      { type: 'block', person, blocked: true },
      { type: 'block', person, blocked: false },
    ])
  }
  await bob.call('quiet.set', { until: 0 })
  await until(() => his.told.some(({ type }) => type === 'quiet'))
  expect(blocks(his)).toEqual([])
  for (const { link } of [phone, desk, his]) link.close()
})

test('who is there is known of those one shares a room with, and a moment after they left, no longer', async () => {
  await using chat = await startChat({ chat: { lobby: '' } })
  const [ann, bob, eve] = await Promise.all(['Ann', 'Bob', 'Eve'].map((name) => chat.enter(name)))
  if (!ann || !bob || !eve) throw new Error('nobody')
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
  const his = await device(chat, bob)
  await until(() => chat.server.clients(bob.id).length === 1)
  expect(await ann.call('presence.of', { people: [bob.id, eve.id] })).toEqual({
    people: [{ person: bob.id, online: true }],
  })
  expect(await ann.call('presence.room', { room })).toMatchObject({
    members: 2,
    online: 1,
    people: [{ person: bob.id }],
  })
  expect(await eve.call('presence.of', { people: [bob.id] })).toEqual({ people: [] })
  expect(await refusalOf(eve.call('presence.room', { room }))).toBe('notFound')
  his.link.close()
})

test('who writes is told to those who look at the room', async () => {
  await using chat = await startChat()
  const [ann, bob] = await Promise.all(['Ann', 'Bob'].map((name) => chat.enter(name)))
  if (!ann || !bob) throw new Error('nobody')
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
  const his = await device(chat, bob)
  const { offset, epoch } = await chat.server.history(`room:${room}`, { limit: 0 })
  const seen: unknown[] = []
  let live = false
  his.link.follow(
    `room:${room}`,
    { offset, epoch },
    { receive: ({ data }) => seen.push(data), live: (is) => (live = is) },
  )
  await until(() => live)
  await ann.call('typing.set', { room })
  await until(() => seen.length > 0)
  expect(seen).toEqual([{ type: 'typing', by: ann.id, on: true }])
  expect(await refusalOf(chat.call('typing.set', { room }))).toBe('notLoggedIn')
  his.link.close()
})
