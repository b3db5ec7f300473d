/** What others are told of somebody is what that person wants them to be told, from the moment on that it is said. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { CentrifugeLink } from '../../src/chat-client/centrifuge-link.ts'
import { eventually } from '../app/support.ts'
import { type Caller, type ChatServer, startChat } from './support.ts'

setDefaultTimeout(60_000) // against waiting for ever

/** A reader of a room, with what it was told so far. */
async function reader(chat: ChatServer, { token, call }: Caller, room: string) {
  const link = new CentrifugeLink({ url: chat.server.url.href, token })
  const told: Record<string, unknown>[] = []
  const { room: view, position } = await call('rooms.open', { room })
  await new Promise<void>((resolve) => {
    link.follow(view.channel, position, {
      receive: ({ data }) => told.push(data as Record<string, unknown>),
      live: (live) => live && resolve(),
    })
  })
  return { link, told }
}

test('who does not tell what is read has got the messages, and no more', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
  const { offset } = await ann.call('messages.send', { room, clientId: 'the-first', text: 'hello' })
  const hers = await reader(chat, ann, room)
  await bob.call('people.privacy', { hideRead: true })
  expect(await bob.call('people.me', {})).toMatchObject({ hideRead: true, hideTyping: false })
  await bob.call('marks.read', { room, offset })
  const receipts = () => hers.told.filter(({ type }) => type === 'receipt')
  await eventually(receipts, (all) => all.length > 0)
  expect(receipts()).toEqual([{ type: 'receipt', by: bob.id, read: 0, delivered: offset }])
  const marks = async () => (await ann.call('marks.get', { room })).marks
  expect(await marks()).toEqual([{ person: bob.id, read: 0, delivered: offset }])
  expect((await bob.call('rooms.get', { room })).room).toMatchObject({ read: offset, unread: 0 }) // himself he tells
  await bob.call('people.privacy', { hideRead: false })
  expect(await marks()).toEqual([{ person: bob.id, read: offset, delivered: offset }])
  hers.link.close()
})

test('who hides is no longer seen to be there, at once, and seen again as soon as it is wanted', async () => {
  await using chat = await startChat()
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
  const [hers, his] = [await reader(chat, ann, room), await reader(chat, bob, room)]
  const last = () =>
    hers.told
      .flatMap(({ changes }) => (changes ?? []) as { person: string; online: boolean }[])
      .findLast(({ person }) => person === bob.id)
  await eventually(last, (known) => known?.online === true)
  await bob.call('people.privacy', { hideSeen: true })
  expect(await eventually(last, (known) => known?.online === false)).toEqual({ person: bob.id, online: false })
  expect(await ann.call('presence.of', { people: [bob.id] })).toEqual({ people: [{ person: bob.id, online: false }] })
  await bob.call('people.privacy', { hideSeen: false })
  await eventually(last, (known) => known?.online === true)
  for (const { link } of [hers, his]) link.close()
})
