import { expect, test } from 'bun:test'
import { CentrifugeLink } from '../../src/chat-client/centrifuge-link.ts'
import { Dice } from '../dice.ts'
import { group, say } from './deeds.ts'
import { type Caller, startChat } from './support.ts'

const rounds = 60

/**
 * Others write, edit, react and take back while somebody opens the room again
 * and again and follows it from the position of the page. What the page and the
 * entries behind it say together must be what the room says in the end.
 */
test(`between a page and what follows it nothing is lost, and nothing comes twice (${rounds} seeds)`, async () => {
  await using chat = await startChat({ limitFactor: 100_000 })
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const link = new CentrifugeLink({ url: chat.server.url.href, token: bob.token })
  await new Promise<void>((resolve) => link.connected(resolve))
  for (let seed = 1; seed <= rounds; seed++) {
    const dice = new Dice(seed)
    const room = await group(ann, bob)
    const writing = write(ann, room, dice)
    for (let pause = dice.roll(20); pause > 0; pause--) await Promise.resolve()
    if (dice.roll(2) === 0) await Bun.sleep(dice.roll(4))
    const page = await bob.call('rooms.open', { room, limit: 100 })
    const offsets: number[] = []
    const stop = link.follow(`room:${room}`, page.position, {
      receive: ({ offset }) => void (offset > 0 && offsets.push(offset)),
      live: () => {},
    })
    await writing
    const end = await bob.call('rooms.open', { room, limit: 100 })
    await until(() => (offsets.at(-1) ?? page.position.offset) >= end.position.offset)
    stop()
    const expected = Array.from(
      { length: end.position.offset - page.position.offset },
      (_, each) => page.position.offset + each + 1,
    )
    expect([seed, offsets]).toEqual([seed, expected])
    // The page is of its position: nothing newer is in it, and nothing older is missing.
    const { publications } = await chat.server.history(`room:${room}`, { limit: 1000 })
    const upTo = publications.filter(({ offset }) => offset <= page.position.offset)
    // What was taken back after the page has left the log: that it was there is all that can be compared.
    const gone = new Set(publications.filter(({ offset }) => offset > page.position.offset).flatMap(recalled))
    const texts = new Map<number, string>()
    for (const { offset, data } of upTo) {
      const event = data as { type: string; of: number; text: string }
      if (event.type === 'message') texts.set(offset, event.text)
      if (event.type === 'edit') texts.set(event.of, event.text)
      if (event.type === 'recall') texts.set(event.of, '')
    }
    const seen = ([offset, text]: readonly [number, string]) => [offset, gone.has(offset) ? '?' : text]
    const shown = page.messages.map(({ offset, text }) => seen([offset, text]))
    expect([seed, shown]).toEqual([seed, [...texts].map(seen)])
  }
  link.close()
}, 60_000)

function recalled({ data }: { readonly data: unknown }): number[] {
  const { type, of } = data as { type: string; of: number }
  return type === 'recall' ? [of] : []
}

async function write(ann: Caller, room: string, dice: Dice): Promise<void> {
  const doing: Promise<unknown>[] = []
  const mine: number[] = []
  for (let each = 0; each < 25; each++) {
    const offset = mine[dice.roll(Math.max(mine.length, 1))]
    const ignore = () => undefined // what was taken back meanwhile cannot be changed
    const what = offset === undefined ? 'say' : dice.pick(['say', 'say', 'edit', 'react', 'recall'])
    if (offset === undefined || what === 'say')
      doing.push(say(ann, room, `line ${each}`).then((made) => mine.push(made)))
    else if (what === 'edit')
      doing.push(ann.call('messages.edit', { room, offset, text: `edit ${each}` }).catch(ignore))
    else if (what === 'react') doing.push(ann.call('messages.react', { room, offset, emoji: '👍' }).catch(ignore))
    else doing.push(ann.call('messages.recall', { room, offset }).catch(ignore))
    if (dice.roll(3) === 0) await doing.at(-1)
  }
  await Promise.all(doing)
}

async function until(is: () => boolean): Promise<void> {
  for (let tries = 0; !is(); tries++) {
    if (tries > 1000) throw new Error('it did not come to that')
    await Bun.sleep(5)
  }
}
