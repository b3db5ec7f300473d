import { expect, test } from 'bun:test'
import { CentrifugeLink } from '../../src/chat-client/centrifuge-link.ts'
import { startChat } from './support.ts'

/** Whoever follows a room from an old position gets all that was done since, in order, or is told to take a new page. */
test.each([1, 10_000])(
  'after an absence of %p changes a reader has everything, or is told that it has not',
  async (changes) => {
    await using chat = await startChat({ limitFactor: 1_000_000 })
    const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
    const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
    const { position } = await bob.call('rooms.open', { room })
    for (let at = 0; at < changes; at += 200)
      await Promise.all(
        Array.from({ length: Math.min(200, changes - at) }, (_, each) =>
          ann.call('messages.send', { room, clientId: `message-${at + each}`, text: `${at + each}` }),
        ),
      )
    const link = new CentrifugeLink({ url: chat.server.url.href, token: bob.token })
    const offsets: number[] = []
    const { promise: isLost, resolve } = Promise.withResolvers<boolean>()
    const stop = link.follow(`room:${room}`, position, {
      receive: ({ offset }) => {
        if (offset > 0) offsets.push(offset)
        if (offset === position.offset + changes) resolve(false)
      },
      lost: () => resolve(true),
    })
    if (!(await isLost))
      expect(offsets).toEqual(Array.from({ length: changes }, (_, each) => position.offset + each + 1))
    else expect(changes).toBeGreaterThan(1000)
    stop()
    link.close()
    const page = await bob.call('rooms.open', { room })
    expect(page.position.offset).toBe(position.offset + changes)
    expect(page.messages.at(-1)?.offset).toBe(page.position.offset)
    expect(page.room.unread).toBe(Math.min(changes, 1000))
  },
  120_000,
)
