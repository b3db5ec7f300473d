/**
 * Who is sent away hears nothing more, at whichever door, from that very instant;
 * and whoever tries again is asked about anew.
 */
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createServer, type Posthouse } from '../src/index.ts'
import { must } from '../src/core/must.ts'
import { Events } from './channel-url-support.ts'
import { BunWebSocket } from './wire.ts'
import { guestDoors, listenerDoors } from './visitors.ts'

setDefaultTimeout(30_000)

/** Somebody who reads, and comes back by itself. */
interface Reader {
  readonly heard: readonly unknown[]
  leave(): void
}
interface Door {
  readonly name: string
  open(url: string, user: string): Reader
  /** Told to stay away from a channel, it does so by itself, and does not ask. */
  readonly obeys?: boolean
}

/** Plain HTTP and bare sockets: reads until the end, and goes on where it was, again and again. */
class Bare implements Reader {
  readonly heard: unknown[] = []
  readonly #read: (reader: Bare, signal: AbortSignal) => Promise<void>
  readonly #stop = new AbortController()
  readonly #user: string
  readonly #url: string
  place = '-1'

  constructor(url: string, user: string, read: (reader: Bare, signal: AbortSignal) => Promise<void>) {
    this.#url = url
    this.#user = user
    this.#read = read
    void this.#stay()
  }

  at(path: string): string {
    return `${this.#url}${path}${path.includes('?') ? '&' : '?'}offset=${this.place}&token=${this.#user}`
  }

  hear(data: unknown, place = this.place): void {
    this.heard.push(data)
    this.place = place
  }

  leave(): void {
    this.#stop.abort()
  }

  async #stay(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#read(this, this.#stop.signal).catch(() => {}) // refused, or cut off
      await Bun.sleep(10)
    }
  }
}

const bare = (name: string, read: (reader: Bare, signal: AbortSignal) => Promise<void>): Door => ({
  name,
  open: (url, user) => new Bare(url, user, read),
})

const eventStream = (path: string, event: 'message' | 'data') => async (reader: Bare, signal: AbortSignal) => {
  await using events = await Events.open(reader.at(path))
  signal.addEventListener('abort', () => void events[Symbol.asyncDispose]())
  for (let next = await events.next(); next !== undefined; next = await events.next()) {
    if (next.event === 'control')
      reader.place = (JSON.parse(next.data) as { streamNextOffset: string }).streamNextOffset
    if (next.event !== event) continue
    const told: unknown = JSON.parse(next.data)
    for (const one of Array.isArray(told) ? told : [told]) reader.hear(one, next.id || reader.place)
  }
}

const socket = (path: string) => (reader: Bare, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const ws = new BunWebSocket(reader.at(path).replace('http', 'ws'), { protocols: [], headers: {} })
    ws.addEventListener('message', ({ data }) => reader.hear(JSON.parse(String(data)), 'now'))
    ws.addEventListener('close', () => resolve())
    signal.addEventListener('abort', () => ws.terminate())
  })

const channelDoors: readonly Door[] = [
  bare('/c/, EventSource', eventStream('/c/room', 'message')),
  bare('/c/, live=sse', eventStream('/c/room?live=sse', 'data')),
  bare('/c/, WebSocket', socket('/c/room')),
  bare('/c/, long poll', async (reader, signal) => {
    const response = await fetch(reader.at('/c/room?live=long-poll'), { signal })
    if (!response.ok) return
    reader.place = response.headers.get('stream-next-offset') ?? reader.place
    if (response.status === 200) for (const data of (await response.json()) as unknown[]) reader.hear(data)
  }),
]
const mailboxDoors: readonly Door[] = [
  bare('/u/, EventSource', eventStream('/u/ann', 'message')),
  bare('/u/, WebSocket', socket('/u/ann')),
  bare('/u/, poll', async (reader, signal) => {
    const response = await fetch(reader.at('/u/ann'), { signal })
    if (!response.ok) return
    const { messages, offset } = (await response.json()) as { messages: unknown[]; offset: string }
    for (const message of messages) reader.hear(message)
    reader.place = offset
  }),
]
const centrifuge: readonly Door[] = [...guestDoors, ...listenerDoors].map((door) => ({
  name: door.name,
  open: (url, user) => door.open(url, 'room', user),
  obeys: true,
}))
const doors = [...centrifuge, ...channelDoors]
const named = (list: readonly Door[]) => list.map((door) => [door.name, door] as const)

class Club implements AsyncDisposable {
  readonly members = new Set(['ann', 'bob'])
  readonly banned = new Set<string>()
  /** Who was asked about, and what came of it. */
  readonly asked: string[] = []
  /** What an answer waits for. */
  delay: (() => Promise<void>) | undefined
  readonly #faults: unknown[] = []
  readonly #readers: Reader[] = []
  #server: Posthouse | undefined

  static async open(): Promise<Club> {
    const club = new Club()
    const nothing = () => {}
    const error = (_: string, fields?: Readonly<Record<string, unknown>>) => club.#faults.push(fields?.['error'])
    const kept = {
      history_size: 100,
      history_ttl: '1h',
      presence: true,
      force_recovery: true,
    } as const
    club.#server = await createServer({
      http_server: { address: '127.0.0.1', port: 0 },
      shutdown: { timeout: '2s' },
      data: { memory: true },
      log: { debug: nothing, info: nothing, warn: nothing, error },
      channel: {
        without_namespace: kept,
        namespaces: [{ name: 'user', ...kept, allow_user_limited_channels: true }],
      },
      onConnect: ({ token }) => (club.banned.has(token) ? undefined : { user: token }),
      onSubscribe({ user }, { channel }) {
        const answer = channel !== 'room' || club.members.has(user)
        club.asked.push(`${user}: ${answer ? 'yes' : 'no'}`)
        return club.delay === undefined ? answer : club.delay().then(() => answer)
      },
    })
    return club
  }

  get server(): Posthouse {
    return must(this.#server)
  }

  enter(door: Door, user: string): Reader {
    const reader = door.open(this.server.url.origin, user)
    this.#readers.push(reader)
    return reader
  }

  /** Resolves when these have heard it. */
  async say(data: string, ...readers: Reader[]): Promise<void> {
    await this.server.publish('room', { data })
    for (const { heard } of readers) await until(`${data} at all`, () => wordsOf({ heard }).includes(data))
  }

  count(what: string): number {
    return this.asked.filter((each) => each === what).length
  }

  async present(count: number): Promise<void> {
    await until(`${count} in the room`, async () => (await this.server.presence('room')).length === count)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const reader of this.#readers) reader.leave()
    await this.server.close()
    expect(this.#faults).toEqual([])
  }
}

/** What was said, in a channel or a letter. */
const wordsOf = ({ heard }: Pick<Reader, 'heard'>) => heard.map((each) => (each as { data: unknown }).data)

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 8000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited for ${what}`)
    await Bun.sleep(5)
  }
}

describe.each(named(doors))('%s', (_, door) => {
  test('whoever is unsubscribed hears nothing that comes after, and is asked about when it tries again', async () => {
    await using club = await Club.open()
    const [ann, bob] = [club.enter(door, 'ann'), club.enter(door, 'bob')]
    await club.present(2)
    await club.say('before', ann, bob)
    club.asked.length = 0
    club.members.delete('ann')
    club.server.unsubscribe('ann', 'room')
    await club.say('at once', bob) // in the same turn
    if (door.obeys !== true) await until('a new attempt', () => club.count('ann: no') > 1)
    await club.present(1)
    await club.say('later', bob)
    expect([wordsOf(ann), club.count('ann: yes')]).toEqual([['before'], 0])
    if (door.obeys === true) expect(club.count('ann: no')).toBe(0)
    if (!door.name.endsWith('poll')) expect(club.count('bob: yes')).toBe(0) // it was never disturbed
  })

  test('whoever is to come back does, and is let in if it may', async () => {
    await using club = await Club.open()
    const ann = club.enter(door, 'ann')
    await club.present(1)
    await club.say('before', ann)
    club.asked.length = 0
    club.server.unsubscribe('ann', 'room', { code: 2500, reason: 'ask again' })
    if (!door.name.startsWith('uni_')) {
      // Those who only listen cannot ask again before they come again.
      await until('a new attempt', () => club.count('ann: yes') > 0)
      await club.present(1)
      await club.say('after', ann)
      expect(wordsOf(ann)).toEqual(['before', 'after'])
    }
  })

  test('whoever is disconnected hears nothing that comes after, and does not come in again', async () => {
    await using club = await Club.open()
    const [ann, bob] = [club.enter(door, 'ann'), club.enter(door, 'bob')]
    await club.present(2)
    await club.say('before', ann, bob)
    club.banned.add('ann')
    club.server.disconnect('ann')
    await club.say('at once', bob)
    await club.present(1)
    await Bun.sleep(30) // time in which some come again
    await club.say('later', bob)
    expect([wordsOf(ann), club.server.clients('ann').length]).toEqual([['before'], 0])
  })

  test('an answer that was given before is worth nothing after', async () => {
    await using club = await Club.open()
    const bob = club.enter(door, 'bob')
    await club.present(1)
    const question = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    club.delay = () => {
      question.resolve()
      return answer.promise
    }
    const ann = club.enter(door, 'ann')
    await question.promise // and it will be answered with yes
    club.members.delete('ann')
    club.server.unsubscribe('ann', 'room')
    club.delay = undefined
    answer.resolve()
    if (!door.name.startsWith('uni_')) await until('a new attempt', () => club.count('ann: no') > 0)
    await club.say('a secret', bob)
    expect([wordsOf(ann), club.count('ann: yes')]).toEqual([[], 1])
    await club.present(1)
  })

  test('in whatever instant it happens on the way in', async () => {
    for (let turns = 0; turns < 8; turns++) {
      await using club = await Club.open()
      const bob = club.enter(door, 'bob')
      await club.present(1)
      const left = Promise.withResolvers<void>()
      const expel = async () => {
        for (let n = 0; n < turns; n++) await new Promise<void>((resolve) => setImmediate(resolve))
        club.members.delete('ann')
        club.server.unsubscribe('ann', 'room')
        left.resolve()
      }
      club.delay = () => {
        club.delay = undefined
        void expel()
        return Promise.resolve()
      }
      const ann = club.enter(door, 'ann')
      await left.promise
      await club.say('a secret', bob)
      await Bun.sleep(20)
      await club.say('another', bob)
      expect([turns, wordsOf(ann)]).toEqual([turns, []])
    }
  })
})

describe.each(named(mailboxDoors))('%s', (_, door) => {
  const from = { info: { user: 'bob' } }

  test('whoever is disconnected gets nothing that comes after, and does not come in again', async () => {
    await using club = await Club.open()
    const ann = club.enter(door, 'ann')
    await until('the reader', () => club.server.clients('ann').length > 0)
    await club.server.publish('user:#ann', 'before', from)
    await until('the first', () => ann.heard.length === 1)
    await until('the reader again', () => club.server.clients('ann').length > 0)
    club.banned.add('ann')
    club.server.disconnect('ann')
    await club.server.publish('user:#ann', 'after', from)
    await Bun.sleep(50)
    expect([wordsOf(ann), club.server.clients('ann').length]).toEqual([['before'], 0])
  })

  test('whoever is unsubscribed from its mailbox comes anew, and misses nothing', async () => {
    await using club = await Club.open()
    const ann = club.enter(door, 'ann')
    await until('the reader', () => club.server.clients('ann').length > 0)
    const [before] = club.server.clients('ann')
    club.server.unsubscribe('ann', 'user:#ann')
    expect([before?.isClosed, club.server.clients('ann').length]).toEqual([true, 0])
    await club.server.publish('user:#ann', 'one', from)
    await until('the reader again', () => ann.heard.length > 0)
    expect(wordsOf(ann)).toEqual(['one'])
  })
})

test('a code that is none is refused, and so is a channel that cannot be', async () => {
  await using club = await Club.open()
  expect(() => club.server.unsubscribe('ann', 'room', { code: 3000 })).toThrow(RangeError)
  expect(() => club.server.unsubscribe('ann', 'room', { code: 1999 })).toThrow(RangeError)
  expect(() => club.server.unsubscribe('ann', '')).toThrow('bad request')
})

test('of the connections of one user, one can be unsubscribed alone', async () => {
  await using club = await Club.open()
  const door = must(doors[0])
  const readers = [club.enter(door, 'ann'), club.enter(door, 'ann')]
  await club.present(2)
  club.server.clients('ann')[0]?.unsubscribe('room')
  await club.present(1)
  await club.say('after')
  await until('it at one of them', () => readers.some(({ heard }) => heard.length > 0))
  expect(readers.filter(({ heard }) => heard.length > 0)).toHaveLength(1)
})

test('a page that is asked for before and read after has nothing in it that was said between', async () => {
  await using club = await Club.open()
  await club.say('before')
  const question = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  club.delay = () => {
    question.resolve()
    return answer.promise
  }
  const reading = fetch(new URL('/c/room?token=ann', club.server.url))
  await question.promise
  club.members.delete('ann')
  club.server.unsubscribe('ann', 'room')
  await club.say('a secret')
  answer.resolve()
  const { status, headers } = await reading
  expect([status, headers.get('retry-after')]).toEqual([503, '1'])
})
