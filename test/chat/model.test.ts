/**
 * Many people say, edit, take back and react while the server is killed again
 * and again. In the end what each of them sees is what the database has, every
 * message stands there once, and in the order in which its sender wrote it; and
 * the tables are what the log makes of them.
 */
import { expect, test } from 'bun:test'
import { callOverHttp, ChatClient, type Room } from '../../src/chat-client/index.ts'
import { checkChat } from '../../src/chat/index.ts'
import type { MessageView } from '../../src/chat-client/index.ts'
import { CrashingServer } from '../crashing-server.ts'
import { Dice } from '../dice.ts'

const people = 12
const turns = 25 // of each
const lives = 5

/** Somebody with a program of their own. */
class Talker {
  readonly client: ChatClient
  readonly room: Room
  readonly said: string[] = []
  readonly #dice: Dice
  readonly #name: string

  constructor(client: ChatClient, room: string, name: string, dice: Dice) {
    this.client = client
    this.room = client.room(room)
    this.#name = name
    this.#dice = dice
  }

  async talk(): Promise<void> {
    await this.open()
    for (let turn = 0; turn < turns; turn++) {
      await Bun.sleep(this.#dice.roll(60))
      if (this.#dice.roll(10) < 6) this.#say()
      else await this.#change()
    }
  }

  async open(): Promise<void> {
    while (this.room.state.value.is !== 'open') {
      await this.room.open()
      await Bun.sleep(20)
    }
  }

  #say(): void {
    const text = `${this.#name} ${this.said.length}`
    this.said.push(text)
    this.room.send({ text })
  }

  /** Whether it was done nobody knows when the server dies over it: both is right, as long as all see the same. */
  async #change(): Promise<void> {
    const { messages } = this.room.timeline.value
    const message = messages[this.#dice.roll(messages.length)]
    if (message === undefined || message.removed !== undefined) return
    const at = { room: this.room.id, offset: message.offset }
    const isMine = message.from === this.client.me.id
    try {
      if (isMine && this.#dice.roll(4) === 0) await this.client.call('messages.recall', at)
      else if (isMine) await this.client.call('messages.edit', { ...at, text: `${message.text}!` })
      else
        await this.client.call('messages.react', {
          ...at,
          emoji: this.#dice.pick(['🍵', '👍', '❤️']),
          on: this.#dice.roll(3) > 0,
        })
    } catch {
      // Refused because somebody was faster, or never answered.
    }
  }
}

const until = async (what: string, is: () => boolean) => {
  for (let tries = 0; !is(); tries++) {
    if (tries > 6000) throw new Error(`it did not come to ${what}`)
    await Bun.sleep(10)
  }
}

async function truth(client: ChatClient, room: string): Promise<MessageView[]> {
  const all: MessageView[] = []
  for (let before: number | undefined; ;) {
    const page = await client.call('messages.page', { room, limit: 100, ...(before !== undefined && { before }) })
    all.unshift(...page.messages)
    before = page.messages[0]?.offset
    if (!page.older || before === undefined) return all
  }
}

/** In which order people reacted is told to nobody, and of many, not who they all are. */
const comparable = ({ reactions, ...message }: MessageView) => ({
  ...message,
  reactions: reactions
    .map((reaction) => ({ ...reaction, people: reaction.count > 8 ? [] : reaction.people.toSorted() }))
    .toSorted((one, other) => (one.emoji < other.emoji ? -1 : 1)),
})

test('whatever the server dies over, everybody sees what it has, all of it, once and in order', async () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  try {
    await play(new Dice(seed))
  } catch (error) {
    throw new Error(`with SEED=${seed}`, { cause: error })
  }
}, 120_000)

async function play(dice: Dice): Promise<void> {
  await using server = new CrashingServer()
  await server.start()
  const url = `http://${server.url}`
  const tokens: string[] = []
  for (let each = 0; each < people; each++) {
    const { token = '' } = await callOverHttp('people.enter', { name: `person ${each}`, asToken: true }, { url })
    tokens.push(token)
  }
  const clients = await Promise.all(tokens.map((token) => ChatClient.connect({ url, token, report: () => {} })))
  const [first, ...others] = clients
  if (first === undefined) throw new Error('nobody is there')
  const { room } = await callOverHttp(
    'rooms.create',
    { kind: 'group', name: 'Tea', members: others.map(({ me }) => me.id) },
    { url, token: tokens[0] },
  )
  const talkers = clients.map(
    (client, each) => new Talker(client, room, `person ${each}`, new Dice(dice.roll(2 ** 31))),
  )
  const all = Promise.all(talkers.map((talker) => talker.talk()))
  for (let life = 0; life < lives; life++) {
    await Bun.sleep(150 + dice.roll(400))
    await server.kill()
    await Bun.sleep(dice.roll(100))
    await server.start()
  }
  await all
  for (const { client, room: seen } of talkers) {
    await until('everything being sent', () => client.outbox.pending.value.every(({ state }) => state === 'sent'))
    if (seen.state.value.is !== 'open') await seen.open()
  }
  const stored = await truth(first, room)
  const last = stored.at(-1)?.offset ?? 0
  for (const { client, room: seen } of talkers) {
    await until('being there again', () => seen.live.value && seen.timeline.value.position >= last)
    while (!seen.timeline.value.begin) await seen.older()
    const mine = await truth(client, room)
    await until(
      'the last change',
      () => seen.timeline.value.position >= Math.max(...mine.map(({ version }) => version)),
    )
    expect(seen.timeline.value.messages.map(comparable)).toEqual(mine.map(comparable))
    expect(seen.pending.value).toEqual([])
  }
  expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length)
  for (const { client, said } of talkers)
    expect(stored.filter(({ from }) => from === client.me.id)).toHaveLength(said.length)
  for (const [each, { client }] of talkers.entries()) {
    const numbers = stored
      .filter(({ from, removed }) => from === client.me.id && removed === undefined)
      .map(({ text }) => Number(text.slice(`person ${each} `.length).replaceAll('!', '')))
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
  }
  for (const client of clients) client.close()
  expect(server.faults).toEqual([])
  expect(checkChat(server.folder).differences).toEqual([])
}
