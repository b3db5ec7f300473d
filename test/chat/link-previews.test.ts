/** What links lead to, shown below the messages that have them; the sites are on loopback, friendly and not. */
import { expect, test } from 'bun:test'
import { Centrifuge } from 'centrifuge'
import { outgoingTo, says, type Site, site } from '../sites.ts'
import { corners } from '../files-support.ts'
import { type Caller, type ChatServer, startChat } from './support.ts'

const page = (title: string, more = '') => `<html><head><title>${title}</title>${more}</head><body>`
const html = (title: string, more = '') => says('200 OK\r\ncontent-type: text/html', page(title, more))

async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await is()); tries++) {
    if (tries > 500) throw new Error('it did not come to that')
    await Bun.sleep(10)
  }
}

async function startRoom(sites: readonly Site[], options: Parameters<typeof startChat>[0] = {}) {
  const chat = await startChat({ outgoing: outgoingTo(...sites), ...options })
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
  let count = 0
  const say = async (text: string) =>
    (await ann.call('messages.send', { room, clientId: `message-${count++}`, text })).offset
  const shown = async (offset: number, who: Caller = bob) => {
    const { messages } = await who.call('messages.get', { room, offsets: [offset] })
    return messages[0]?.previews ?? []
  }
  const entries = () => entriesOf(chat, room)
  return { chat, ann, bob, room, say, shown, entries, [Symbol.asyncDispose]: () => chat[Symbol.asyncDispose]() }
}

/** The previews in the log: of which message, and the titles. */
async function entriesOf({ server }: ChatServer, room: string) {
  const { publications } = await server.history(`room:${room}`, { limit: 1000 })
  return publications.flatMap(({ data }) => {
    const { type, of, previews } = data as { type: string; of: number; previews: { title: string }[] }
    return type === 'preview' ? [[of, ...previews.map(({ title }) => title)]] : []
  })
}

test('a preview comes to who is looking, after the message, with a picture that is ours', async () => {
  const picture = await corners(1600, 400).png().bytes()
  await using pictures = await says('200 OK\r\ncontent-type: image/png', picture)
  await using there = await html(
    '驿站',
    `<meta property="og:image" content="http://pictures.test:${pictures.port}/a.png">`,
  )
  await using tea = await startRoom([there, pictures])
  const { chat, bob, room } = tea
  const client = new Centrifuge(`ws://127.0.0.1:${chat.server.port}/connection/websocket`, { token: bob.token })
  const live = client.newSubscription(`room:${room}`)
  const seen: { type: string; previews?: { title: string; image?: { id: string } }[] }[] = []
  live.on('publication', ({ data }) => seen.push(data))
  live.subscribe()
  client.connect()
  await live.ready()

  const offset = await tea.say(`look: ${there.url}`)
  await until(() => seen.length === 2)
  expect(seen.map(({ type }) => type)).toEqual(['message', 'preview'])
  expect(await tea.shown(offset)).toMatchObject([
    {
      url: there.url,
      host: `site.test:${there.port}`,
      title: '驿站',
      image: { type: 'image/webp', width: 800, height: 200, thumbnail: true },
    },
  ])
  const id = seen[1]?.previews?.[0]?.image?.id ?? ''
  const open = async (who: Caller) => {
    const headers = { authorization: `Bearer ${who.token}` }
    return (await fetch(new URL(`/files/${id}`, chat.server.url), { headers })).status
  }
  expect([await open(bob), await open(await chat.enter('Eve'))]).toEqual([200, 404])
  client.disconnect()
})

test('a slow site delays nothing: not the message, not the previews of others', async () => {
  await using slow = await site(() => undefined)
  await using quick = await html('quick')
  await using tea = await startRoom([slow, quick])
  for (let each = 0; each < 30; each++) await tea.say(`${slow.url}${each}`)
  const offset = await tea.say(quick.url)
  await until(async () => (await tea.shown(offset)).length === 1)
  expect(slow.opened()).toBe(2)
  expect(await tea.entries()).toEqual([[offset, 'quick']])
}) // and the server closes while sites keep it waiting

/** A site that answers when it is told to. */
async function held(title: string) {
  const asked: (() => void)[] = []
  const made = await site((socket) => {
    asked.push(() => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n')
      socket.end(page(title))
    })
  })
  const answer = async () => {
    await until(() => asked.length > 0)
    for (const each of asked.splice(0)) each()
  }
  return Object.assign(made, { answer })
}

test('what is taken back meanwhile gets none', async () => {
  await using there = await held('late')
  await using other = await html('other')
  await using tea = await startRoom([there, other])
  const offset = await tea.say(there.url)
  await until(() => there.opened() === 1)
  await tea.ann.call('messages.recall', { room: tea.room, offset })
  await there.answer()
  const next = await tea.say(`${there.url} ${other.url}`) // the first is known by now
  await until(async () => (await tea.shown(next)).length === 2)
  expect(await tea.entries()).toEqual([[next, 'late', 'other']])
})

test('what reads otherwise meanwhile gets what the new text leads to, and each of it once', async () => {
  await using there = await held('first')
  await using other = await html('second')
  await using tea = await startRoom([there, other])
  const { ann, room } = tea
  const offset = await tea.say(there.url)
  await until(() => there.opened() === 1)
  await ann.call('messages.edit', { room, offset, text: `rather ${other.url}` })
  await until(async () => (await tea.entries()).length === 1)
  await there.answer()
  await ann.call('messages.edit', { room, offset, text: `${other.url} or ${there.url}` })
  await until(async () => (await tea.entries()).length === 2)
  expect(await tea.entries()).toEqual([
    [offset, 'second'],
    [offset, 'second', 'first'],
  ])
  expect([there.opened(), other.opened()]).toEqual([1, 1])
})

test('an edit that leaves the links alone changes nothing; one that takes them away takes the preview along', async () => {
  const picture = await corners(40, 40).png().bytes()
  await using pictures = await says('200 OK\r\ncontent-type: image/png', picture)
  await using tea = await startRoom([pictures])
  const { ann, room, chat } = tea
  const offset = await tea.say(pictures.url)
  await until(async () => (await tea.entries()).length === 1)
  const uses = () => chat.server.sql('SELECT * FROM chat_file_uses WHERE room = ?', room).length
  expect(uses()).toBe(1)
  await ann.call('messages.edit', { room, offset, text: `this: ${pictures.url}` })
  await ann.call('messages.edit', { room, offset, text: 'nothing' })
  await until(async () => (await tea.entries()).length === 2)
  expect((await tea.entries())[1]).toEqual([offset])
  expect(await tea.shown(offset)).toEqual([])
  expect(uses()).toBe(0)
  expect(pictures.opened()).toBe(1)
})

test('a message that is sent again is looked at once', async () => {
  await using there = await html('once')
  await using tea = await startRoom([there])
  const draft = { room: tea.room, clientId: 'the-same-one', text: there.url }
  await Promise.all(Array.from({ length: 20 }, () => tea.ann.call('messages.send', draft)))
  await until(async () => (await tea.entries()).length === 1)
  await tea.ann.call('messages.send', draft)
  await tea.say('and then')
  expect([(await tea.entries()).length, there.opened()]).toEqual([1, 1])
})

test('what cannot be drawn, or unfolds without end, is left out; the rest is shown', async () => {
  const bomb = Buffer.from(await corners(8, 8).png().bytes())
  bomb.writeUInt32BE(60_000, 16) // the width that the head of the PNG claims
  bomb.writeUInt32BE(60_000, 20)
  await using large = await says('200 OK\r\ncontent-type: image/png', bomb)
  await using wrong = await says('200 OK\r\ncontent-type: image/png', '<svg onload="alert(1)">')
  const linking = ({ port }: Site, title: string) =>
    html(title, `<meta property="og:image" content="http://pictures.test:${port}/">`)
  await using one = await linking(large, 'large')
  await using other = await linking(wrong, 'wrong')
  await using tea = await startRoom([large, wrong, one, other])
  const offset = await tea.say(`${one.url} ${other.url}`)
  await until(async () => (await tea.shown(offset)).length === 2)
  expect(await tea.shown(offset)).toEqual([
    { url: one.url, host: `site.test:${one.port}`, title: 'large' },
    { url: other.url, host: `site.test:${other.port}`, title: 'wrong' },
  ])
  expect([large.opened(), wrong.opened()]).toEqual([1, 1])
})

test('nothing inside is reached as the server comes, and nothing at all where it is switched off', async () => {
  await using inside = await html('secret')
  await using quick = await html('quick')
  const resolve = () => Promise.resolve(['127.0.0.1'])
  await using usual = await startRoom([], { outgoing: { resolve } })
  await usual.say(`${inside.url} http://127.0.0.1:${inside.port}/ http://[::1]:${inside.port}/`)
  await using off = await startRoom([inside, quick], { chat: { previews: false } })
  await off.say(inside.url)
  await using on = await startRoom([quick])
  await on.say(quick.url)
  await until(async () => (await on.entries()).length === 1)
  expect([await usual.entries(), await off.entries(), inside.opened()]).toEqual([[], [], 0])
})

test('nobody makes the server look at more than so many links', async () => {
  await using there = await html('page')
  await using tea = await startRoom([there], { limitFactor: 0.1 }) // 6 a minute
  for (let each = 0; each < 4; each++) await tea.say(`${there.url}${each}a ${there.url}${each}b`)
  await until(async () => (await tea.entries()).length === 3)
  tea.chat.pass(60_000)
  const offset = await tea.say(`${there.url}more`)
  await until(async () => (await tea.shown(offset)).length === 1)
  expect(there.opened()).toBe(7)
})
