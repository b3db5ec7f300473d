/**
 * What it costs to open a room and to search it, as it grows from a thousand
 * messages to a million: over HTTP, one call at a time, as a person waits for
 * it. The rows are made by SQL, for a million sends would take their time; a
 * tenth of them belong to another room, which is to make no difference.
 */
import { surroundings } from '../src/chat/chat.ts'
import { chat } from '../src/chat/index.ts'
import { searchBody } from '../src/chat/reading/search-text.ts'
import { scopeInSql } from '../src/chat/reading/search-scope.ts'
import { createServer, type Posthouse } from '../src/index.ts'
import { newFolder } from './servers.ts'
import type { Row } from './table.ts'

const sizes = [1000, 10_000, 100_000, 1_000_000]
const calls = 200
const batch = 5000
const most = 3 // so many times what it costs in the smallest room

type Call = (action: string, input: unknown) => Promise<unknown>

export async function longRoom(): Promise<Row[]> {
  const server = await createServer({
    http_server: { address: '127.0.0.1', port: 0 },
    data: { dir: newFolder() },
    log: { level: 'error' },
    application: chat({}, { ...surroundings, limitFactor: 1e6 }),
  })
  try {
    const ann = await enter(server, 'Ann')
    const bob = await enter(server, 'Bob')
    const rooms = [await makeRoom(ann.call, bob.id), await makeRoom(ann.call, bob.id)]
    const times = new Map<string, { p50: number; p99: number }[]>()
    let filled = 0
    for (const size of sizes) {
      await fill(server, rooms, ann.id, filled, size)
      filled = size
      for (const [what, once] of Object.entries(deeds(bob.call, rooms[0] ?? '', size)))
        times.set(what, [...(times.get(what) ?? []), await measure(once)])
    }
    return Array.from(times, ([what, list]) => toRow(what, list))
  } finally {
    await server.close()
  }
}

/** What is measured. Each takes a number that is never the same twice. */
function deeds(call: Call, room: string, size: number): Readonly<Record<string, (turn: number) => Promise<unknown>>> {
  const place = (turn: number) => 2 + ((turn * 7919) % size)
  return {
    'opens the room': () => call('rooms.open', { room }),
    'opens it at the first unread': () => call('rooms.open', { room, at: 'unread' }),
    'opens it anywhere': (turn) => call('rooms.open', { room, at: { offset: place(turn) } }),
    'jumps to a time': (turn) => call('messages.around', { room, at: { time: began + place(turn) * 1000 } }),
    'loads an older page': (turn) => call('messages.page', { room, before: place(turn) }),
    'lists the rooms': () => call('rooms.list', {}),
    'searches it for a word of every tenth message': () => call('messages.search', { room, query: 'apple' }),
    'searches it for 上海, in every fifth': () => call('messages.search', { room, query: '上海' }),
    'searches it for one message': (turn) => call('messages.search', { room, query: `number${place(turn) - 2}` }),
    'searches it for the beginning of a word': () => call('messages.search', { room, query: 'appl' }),
    'searches all rooms': () => call('messages.search', { query: '具体情况 apple' }),
    'searches for two that never meet': () => call('messages.search', { room, query: 'even odd' }),
  }
}

const began = Date.now() - 2e9

/** Messages of the room from one number to another, a second apart. */
async function fill(server: Posthouse, rooms: readonly string[], author: string, from: number, to: number) {
  for (let at = from; at < to; at += batch) {
    const rows = Array.from({ length: Math.min(batch, to - at) }, (_, each) => {
      const number = at + each
      const text = textOf(number)
      return [
        rooms[number % 10 === 9 ? 1 : 0],
        number + 2,
        author,
        `number-${number}`,
        began + number * 1000,
        text,
        searchBody(text),
      ]
    })
    const param = JSON.stringify(rows)
    const columns = Array.from({ length: 7 }, (_, each) => `value ->> ${each} AS c${each}`).join(', ')
    await server.write(
      {
        sql: `INSERT INTO chat_messages (room, offset, version, author, client_id, time, text)
          SELECT c0, c1, c1, c2, c3, c4, c5 FROM (SELECT ${columns} FROM json_each(?))`,
        params: [param],
      },
      {
        sql: `INSERT INTO chat_search (rowid, scope, body) SELECT m.key, ${scopeInSql}, c6
          FROM (SELECT ${columns} FROM json_each(?))
          CROSS JOIN chat_messages m ON m.room = c0 AND m.offset = c1 JOIN chat_rooms r ON r.id = m.room`,
        params: [param],
      },
    )
  }
  for (const room of rooms)
    await server.write({
      sql: `UPDATE chat_rooms SET (last, last_time) =
        (SELECT offset, time FROM chat_messages WHERE room = ?1 ORDER BY offset DESC LIMIT 1) WHERE id = ?1`,
      params: [room],
    })
}

function textOf(number: number): string {
  const words = [`number${number}`, number % 2 === 0 ? 'even' : 'odd', `word${number % 997}`, '请说明具体情况']
  if (number % 10 === 0) words.push('apple')
  if (number % 5 === 0) words.push('我在上海工作')
  return words.join(' ')
}

async function measure(once: (turn: number) => Promise<unknown>): Promise<{ p50: number; p99: number }> {
  const times: number[] = []
  for (let turn = 0; turn < calls + 20; turn++) {
    const begin = performance.now()
    await once(turn)
    if (turn >= 20) times.push(performance.now() - begin) // the first ones are for warming up
  }
  times.sort((one, other) => one - other)
  return { p50: times[Math.floor(calls / 2)] ?? 0, p99: times[Math.floor(calls * 0.99)] ?? 0 }
}

function toRow(what: string, list: readonly { readonly p50: number; readonly p99: number }[]): Row {
  const [first, last] = [list[0]?.p50 ?? 0, list.at(-1)?.p50 ?? 0]
  const shown = list.map(({ p50, p99 }) => `${p50.toFixed(1)} (${p99.toFixed(1)})`).join(', ')
  const isBounded = what.includes('never') // walks through the index, by blocks, up to four million messages
  return {
    what: `${what}: p50 (p99) with ${sizes.map((size) => size.toLocaleString('en')).join(', ')} messages`,
    measured: `${shown} ms`,
    ...(!isBounded && { target: `at most ${most} times`, isMet: last <= most * Math.max(first, 1) }),
  }
}

async function enter(server: Posthouse, name: string) {
  const { person, token } = (await post(server, 'people.enter', { name, asToken: true }, '')) as {
    person: { id: string }
    token: string
  }
  const call: Call = (action, input) => post(server, action, input, token)
  return { id: person.id, call }
}

async function makeRoom(call: Call, member: string): Promise<string> {
  const { room } = (await call('rooms.create', { kind: 'group', name: 'Tea', members: [member] })) as { room: string }
  return room
}

async function post(server: Posthouse, action: string, input: unknown, token: string): Promise<unknown> {
  const response = await fetch(new URL(`/api/chat/${action}`, server.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(input),
  })
  if (!response.ok) throw new Error(`${action}: ${await response.text()}`)
  return await response.json()
}
