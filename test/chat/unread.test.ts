import { expect, test } from 'bun:test'
import { CentrifugeLink } from '../../src/chat-client/centrifuge-link.ts'
import { Dice } from '../dice.ts'
import { enter, giveRole, group, kick, say } from './deeds.ts'
import { type Caller, type ChatServer, startChat } from './support.ts'

const seeds = 40
const steps = 60

/** Counts in the plainest way: over everything there is in the log. */
async function counted(chat: ChatServer, room: string, me: string, { read, since }: { read: number; since: number }) {
  const { publications } = await chat.server.history(`room:${room}`, { limit: 10_000 })
  const open = new Map<number, { mentioned: boolean }>()
  for (const { offset, data } of publications) {
    const event = data as { type: string; by: string; of: number; mentions?: string[]; everyone?: boolean }
    const mentioned = event.mentions?.includes(me) === true || event.everyone === true
    if (event.type === 'message' && event.by !== me) open.set(offset, { mentioned })
    if (event.type === 'edit' && open.has(event.of)) open.set(event.of, { mentioned })
    if (event.type === 'recall') open.delete(event.of)
  }
  const unread = [...open].filter(([offset]) => offset > Math.max(read, since))
  return { unread: unread.length, mentions: unread.filter(([, { mentioned }]) => mentioned).length }
}

/** A device that knows only what its inbox told last. */
async function device(chat: ChatServer, { token }: Caller) {
  const link = new CentrifugeLink({ url: chat.server.url.href, token })
  const marks = new Map<string, Record<string, unknown>>()
  link.inbox((event) => {
    const { type, room, ...rest } = event as Record<string, unknown>
    if (type === 'marks') marks.set(String(room), rest)
  })
  await new Promise<void>((resolve) => link.connected(resolve))
  return { link, marks }
}

test(`what is unread is what a plain count says, and two devices agree on it (${seeds} seeds)`, async () => {
  await using chat = await startChat({ limitFactor: 100_000 })
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const devices = [await device(chat, bob), await device(chat, bob)]
  for (let seed = 1; seed <= seeds; seed++) {
    const dice = new Dice(seed)
    const room = await group(ann, bob)
    await giveRole(chat, room, bob.id, 'moderator')
    const doing: Promise<unknown>[] = []
    const model = { read: 0, since: 1, marked: false }
    const offsets: number[] = []
    const marking = { last: Promise.resolve<unknown>(undefined) } // what sets the flag is done in order: else nobody knows the end
    for (let step = 0; step < steps; step++) {
      const some = offsets[dice.roll(Math.max(offsets.length, 1))]
      const ignore = () => undefined
      switch (dice.roll(8)) {
        case 0:
          await marking.last
          marking.last = say(bob, room, 'mine').then((offset) => {
            model.read = Math.max(model.read, offset)
            model.marked = false
          })
          doing.push(marking.last)
          break
        case 1:
          if (some === undefined) break
          await marking.last
          model.read = Math.max(model.read, some)
          model.marked = false
          marking.last = bob.call('marks.read', { room, offset: some })
          doing.push(marking.last)
          break
        case 2:
          if (some !== undefined) doing.push(ann.call('messages.recall', { room, offset: some }).catch(ignore))
          break
        case 3: {
          await marking.last
          model.marked = dice.roll(2) === 0
          marking.last = bob.call('marks.unread', { room, on: model.marked })
          doing.push(marking.last)
          break
        }
        case 4:
          if (some !== undefined)
            doing.push(ann.call('messages.edit', { room, offset: some, text: `now @Bob ${step}` }).catch(ignore))
          break
        default:
          doing.push(
            say(ann, room, dice.pick(['x', 'hi @Bob', '@all hi @Bob', '@all'])).then((offset) => offsets.push(offset)),
          )
      }
      if (dice.roll(4) === 0) await doing.at(-1)
    }
    await Promise.all(doing)
    const expected = { ...(await counted(chat, room, bob.id, model)), read: Math.max(model.read, 1) }
    const { room: view } = await bob.call('rooms.get', { room })
    const shown = { unread: view.unread, mentions: view.mentions, read: view.read }
    expect([seed, shown, view.markedUnread]).toEqual([seed, expected, model.marked])
    const last = await bob.call('marks.delivered', { room, offset: 0 })
    for (const { marks } of devices) {
      await until(() => Bun.deepEquals({ room, ...marks.get(room) }, last), `seed ${seed}`)
    }
  }
  for (const { link } of devices) link.close()
}, 60_000)

test('a thousand stands for a thousand or more', async () => {
  await using chat = await startChat({ limitFactor: 100_000 })
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const room = await group(ann, bob)
  for (let batch = 0; batch < 12; batch++)
    await Promise.all(Array.from({ length: 100 }, () => say(ann, room, batch % 2 === 0 ? '@Bob' : '@all')))
  const { unread, mentions } = (await bob.call('rooms.get', { room })).room
  expect([unread, mentions]).toEqual([1000, 1000])
  await bob.call('marks.read', { room, offset: 201 })
  expect((await bob.call('rooms.get', { room })).room).toMatchObject({ unread: 1000, mentions: 1000 })
  await bob.call('marks.read', { room, offset: 202 })
  expect((await bob.call('rooms.get', { room })).room).toMatchObject({ unread: 999, mentions: 999 })
}, 30_000)

test('who comes back has nothing to read from before', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
  await say(ann, room, 'before')
  await kick(chat, room, bob.id)
  await say(ann, room, 'while away')
  await enter(chat, room, { type: 'member', what: 'joined', by: bob.id, time: chat.now(), person: bob.id })
  expect((await bob.call('rooms.get', { room })).room).toMatchObject({ unread: 0, read: 5 })
  await say(ann, room, 'since')
  expect((await bob.call('rooms.get', { room })).room).toMatchObject({ unread: 1, read: 5 })
})

async function until(is: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !is(); tries++) {
    if (tries > 500) throw new Error(`it did not come to that: ${what}`)
    await Bun.sleep(5)
  }
}
