/** What a link promises, of each kind of link, against the real server. */
import { describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CallError,
  CentrifugeLink,
  type Entry,
  type Link,
  SharedLink,
  systemClock,
} from '../../src/chat-client/index.ts'
import { TestBrowser } from '../../src/chat-client/tabs/test-tabs.ts'
import { type Caller, type ChatServer, startChat } from './support.ts'

type Make = (chat: ChatServer, who: Caller) => Link & Disposable

const direct: Make = (chat, { token }) => {
  const link = new CentrifugeLink({ url: chat.server.url.href, token, sdk: patient })
  return Object.assign(link, { [Symbol.dispose]: () => link.close() })
}

/** Never tries again by itself. */
const patient = { minReconnectDelay: 600_000, maxReconnectDelay: 600_000 }

/** A tab of two: the one that has the connection, or the other. */
const shared =
  (which: 'leads' | 'follows'): Make =>
  (chat, { token }) => {
    const browser = new TestBrowser(Math.random)
    const pump = setInterval(() => {
      while (browser.step());
    }, 1)
    const make = () => new CentrifugeLink({ url: chat.server.url.href, token, sdk: patient })
    const open = (id: string) => new SharedLink(browser.open(id), systemClock, make)
    const [first, second] = [open('one'), open('other')]
    const close = () => {
      for (const tab of [second, first]) tab.close()
      clearInterval(pump)
    }
    return Object.assign(which === 'leads' ? first : second, { [Symbol.dispose]: close })
  }

const kinds: readonly (readonly [string, Make])[] = [
  ['a connection', direct],
  ['a tab that leads', shared('leads')],
  ['a tab that follows', shared('follows')],
]

describe.each(kinds)('%s', (_, make) => {
  test('reads on from a position, once and in order, and tells what is said from then on', async () => {
    await using scene = await room()
    for (let each = 0; each < 5; each++) await scene.say(`before ${each}`)
    const { position } = await scene.ann.call('rooms.open', { room: scene.room })
    for (let each = 0; each < 5; each++) await scene.say(`between ${each}`)
    using link = make(scene.chat, scene.ann)
    const got = followed(link, scene.channel, position)
    await until(() => got.length >= 5)
    for (let each = 0; each < 5; each++) await scene.say(`after ${each}`)
    await until(() => got.length >= 10)
    expect(got.map(({ offset }) => offset)).toEqual(
      Array.from({ length: 10 }, (__, each) => position.offset + 1 + each),
    )
  })

  test('answers calls, refuses with a name, and tells what comes to the inbox', async () => {
    await using scene = await room()
    using link = make(scene.chat, scene.ann)
    const told: unknown[] = []
    link.inbox((event) => told.push(event))
    await new Promise<void>((resolve) => link.connected(resolve))
    expect(await link.call('chat.people.me', {})).toMatchObject({ person: { name: 'Ann' } })
    const refused = await link.call('chat.rooms.get', { room: 'nowhere' }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(CallError)
    expect(refused).toMatchObject({ kind: 'notFound', temporary: false })
    await scene.say('to the inbox')
    await until(() => JSON.stringify(told).includes('to the inbox'))
  })

  test('says that entries are lost when the position is of another log, and goes on', async () => {
    await using scene = await room()
    await scene.say('one')
    using link = make(scene.chat, scene.ann)
    const lost: unknown[] = []
    const got = followed(link, scene.channel, { offset: 1, epoch: 'another' }, (position) => lost.push(position))
    await until(() => lost.length === 1)
    const { position } = await scene.ann.call('rooms.open', { room: scene.room })
    expect(lost).toEqual([position])
    await scene.say('two')
    await until(() => got.length === 1)
  })

  test('connects at once when it is woken, however long it would wait, and has missed nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'posthouse-links-'))
    try {
      let scene = await room({ folder })
      const { port } = scene.chat.server.url
      const { position } = await scene.ann.call('rooms.open', { room: scene.room })
      using link = make(scene.chat, scene.ann)
      const got = followed(link, scene.channel, position)
      await until(() => link.state.value === 'connected')
      await scene.say('first')
      await until(() => got.length === 1)
      await scene.chat[Symbol.asyncDispose]()
      await until(() => link.state.value !== 'connected')
      const chat = await startChat({ folder, server: { http_server: { address: '127.0.0.1', port: Number(port) } } })
      await using _again = chat
      await chat.call(
        'messages.send',
        { room: scene.room, clientId: 'meanwhile-1', text: 'meanwhile' },
        scene.bob.token,
      )
      link.wake?.()
      await until(() => got.length === 2)
      expect(link.state.value).toBe('connected')
      scene = { ...scene, chat }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 30_000)
})

function followed(
  link: Link,
  channel: string,
  position: Parameters<Link['follow']>[1],
  lost?: (position: unknown) => void,
): Entry[] {
  const got: Entry[] = []
  const receive = (entry: Entry) => void (entry.offset > 0 && got.push(entry))
  link.follow(channel, position, { receive, ...(lost && { lost }) })
  return got
}

async function room(options: { readonly folder?: string } = {}) {
  const chat = await startChat(options)
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const made = await bob.call('rooms.create', { kind: 'group', name: 'Tea', members: [ann.id] })
  const { room: view } = await ann.call('rooms.get', { room: made.room })
  let said = 0
  const say = (text: string) =>
    bob.call('messages.send', { room: made.room, clientId: `message-${++said}`.padEnd(12, 'x'), text })
  return {
    chat,
    ann,
    bob,
    room: made.room,
    channel: view.channel,
    say,
    [Symbol.asyncDispose]: () => chat[Symbol.asyncDispose](),
  }
}

async function until(is: () => boolean): Promise<void> {
  for (let tries = 0; !is(); tries++) {
    if (tries > 1500) throw new Error('it did not come to that')
    await Bun.sleep(5)
  }
}
