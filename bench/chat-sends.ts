/**
 * Messages a second that one server takes, each on the disk, in the tables and
 * in the search index before it is acknowledged, while a thousand members are
 * online and get them: in a hundred rooms of ten, and in one of a thousand. And
 * how long a sender waits when there is less to do than it can.
 */
import { Child } from './child.ts'
import { newFolder } from './servers.ts'
import type { Row } from './table.ts'

const people = 1000
const sending = 3000 // ms that are counted
const inFlight = 32

export async function chatSends(): Promise<Row[]> {
  const server = new Child('chat-server.ts', newFolder())
  const { url } = (await server.started) as { url: string }
  const members = await crowd(url)
  const small = await rooms(url, members, 10)
  const large = await rooms(url, members, people)
  return [await measure('in 100 rooms of 10', members, small), await measure('in one room of 1,000', members, large)]
}

/** Somebody with a connection of their own. */
class Member {
  readonly id: string
  readonly token: string
  received = 0
  #socket: WebSocket | undefined
  #next = 2
  readonly #waiting = new Map<number, () => void>()

  constructor(id: string, token: string) {
    this.id = id
    this.token = token
  }

  async connect(url: string): Promise<void> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}connection/websocket`)
    this.#socket = socket
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    socket.addEventListener('message', ({ data }) => this.#read(String(data)))
    await this.#ask({ connect: { token: this.token } })
  }

  async follow(channel: string): Promise<void> {
    await this.#ask({ subscribe: { channel } })
  }

  async send(room: string): Promise<void> {
    await this.#ask({ rpc: { method: 'chat.messages.send', data: { room, clientId: crypto.randomUUID(), text } } })
  }

  close(): void {
    this.#socket?.close()
  }

  #ask(command: object): Promise<void> {
    const id = this.#next++
    this.#socket?.send(JSON.stringify({ id, ...command }))
    return new Promise((resolve) => this.#waiting.set(id, resolve))
  }

  #read(data: string): void {
    for (const line of data.split('\n')) {
      if (line === '{}') this.#socket?.send('{}')
      else if (line.startsWith('{"push"')) this.received++
      else this.#answered(JSON.parse(line) as { id: number; error?: unknown })
    }
  }

  #answered({ id, error }: { readonly id: number; readonly error?: unknown }): void {
    if (error !== undefined) throw new Error(JSON.stringify(error))
    this.#waiting.get(id)?.()
    this.#waiting.delete(id)
  }
}

const text = 'A message of about a hundred characters, as people write them when they have something to say.'

async function crowd(url: string): Promise<Member[]> {
  const members: Member[] = []
  for (let at = 0; at < people; at += 50) {
    const some = await Promise.all(
      Array.from({ length: 50 }, async (_, each) => {
        const answer = await post(url, 'people.enter', { name: `member ${at + each}`, asToken: true }, '')
        const { person, token } = answer as { person: { id: string }; token: string }
        const member = new Member(person.id, token)
        await member.connect(url)
        return member
      }),
    )
    members.push(...some)
  }
  return members
}

/** Rooms of so many members, each of whom looks at it. By member. */
async function rooms(url: string, members: readonly Member[], size: number): Promise<readonly string[]> {
  const list: string[] = []
  for (let at = 0; at < members.length; at += size) {
    const group = members.slice(at, at + size)
    const [owner] = group
    if (owner === undefined) throw new Error('a room of nobody')
    const made = await post(url, 'rooms.create', { kind: 'public', name: `room ${at} of ${size}` }, owner.token)
    const { room } = made as { room: string }
    for (const member of group) {
      if (member !== owner) await post(url, 'rooms.join', { room }, member.token)
      await member.follow(`room:${room}`)
      list.push(room)
    }
  }
  return list
}

async function measure(what: string, members: readonly Member[], inRooms: readonly string[]): Promise<Row> {
  const times: number[] = []
  const from = members.reduce((sum, { received }) => sum + received, 0)
  const begin = performance.now()
  let turn = 0
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (performance.now() - begin < sending) {
        const at = (turn++ * 7919) % members.length
        const start = performance.now()
        await members[at]?.send(inRooms[at] ?? '')
        times.push(performance.now() - start)
      }
    }),
  )
  const seconds = (performance.now() - begin) / 1000
  await Bun.sleep(500) // what is on its way
  const delivered = members.reduce((sum, { received }) => sum + received, 0) - from
  times.sort((one, other) => one - other)
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1)
  return {
    what: `sends a second, 1,000 members online, ${what}, ${inFlight} in flight`,
    measured: `${Math.round(times.length / seconds).toLocaleString('en')}/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ${Math.round(delivered / seconds).toLocaleString('en')} pushes/s`,
  }
}

async function post(url: string, action: string, input: unknown, token: string): Promise<unknown> {
  const response = await fetch(new URL(`/api/chat/${action}`, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(input),
  })
  if (!response.ok) throw new Error(`${action}: ${await response.text()}`)
  return await response.json()
}
