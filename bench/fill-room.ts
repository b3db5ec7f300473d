/**
 * Fills a room as its members would, in a fraction of the time: each message is
 * published in the room's log with the rows of the tables that follow from it,
 * and only who may say what is not asked. So the room is a true one: it can be
 * read, searched, checked and talked in like any other.
 */
import type { MessageEvent, RoomId } from '../src/chat/events.ts'
import { project } from '../src/chat/projection.ts'
import type { Posthouse } from '../src/index.ts'

export interface Filling {
  readonly room: RoomId
  readonly authors: readonly string[]
  /** Numbers of the messages: the first, and the one behind the last. */
  readonly from: number
  readonly to: number
}

const inFlight = 250
const began = Date.now() - 2e9

export async function fillRoom(server: Posthouse, { room, authors, from, to }: Filling): Promise<void> {
  for (let at = from; at < to; at += inFlight) {
    const numbers = Array.from({ length: Math.min(inFlight, to - at) }, (_, each) => at + each)
    await Promise.all(
      numbers.map((number) => {
        const event = messageOf(number, authors)
        return server.publish(`room:${room}`, event, {
          idempotencyKey: `${event.by}/${event.id}`,
          info: { user: event.by },
          statements: project(room, event),
        })
      }),
    )
  }
}

/** A second apart; people say a few in a row. */
function messageOf(number: number, authors: readonly string[]): MessageEvent {
  const by = authors[Math.floor(number / 4) % authors.length] ?? ''
  return { type: 'message', by, time: began + number * 1000, id: `number-${number}`, text: textOf(number) }
}

/** As people write: mostly a line, now and then more, sometimes with marks, an address, or in Chinese. */
function textOf(number: number): string {
  if (number % 50 === 0) return `## Number ${number}\n\n- one **bold** thing\n- and \`code\`\n\n> that was all`
  if (number % 11 === 0) return `Number ${number}: see https://example.com/page/${number} for more of it`
  if (number % 7 === 0) return `第${number}条：我在上海工作，请说明具体情况。`
  if (number % 5 === 0) return `Number ${number}. ${'It takes some more words to say what this is about. '.repeat(4)}`
  return `Number ${number}, as somebody says it in a line`
}
