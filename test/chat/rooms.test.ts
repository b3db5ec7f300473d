import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { rankOfRole } from '../../src/chat/schema.ts'
import { memberView, roomView } from '../../src/chat/views.ts'
import { next } from '../sdk.ts'
import { connect } from './connected.ts'
import { type Caller, type ChatServer, refusalOf, startChat } from './support.ts'
import { hueOf } from '../../web/ui/avatar.tsx'

setDefaultTimeout(60_000)

const minute = 60_000

/** A server with people of these names. */
async function scene<const Names extends readonly string[]>(...names: Names) {
  const chat = await startChat()
  const people: Caller[] = []
  for (const name of names) people.push(await chat.enter(name))
  return {
    chat,
    people: people as { [At in keyof Names]: Caller },
    [Symbol.asyncDispose]: () => chat[Symbol.asyncDispose](),
  }
}

async function group(owner: Caller, ...members: Caller[]) {
  const { room } = await owner.call('rooms.create', {
    kind: 'group',
    name: 'Tea',
    members: members.map(({ id }) => id),
  })
  return room
}

let said = 0
const say = (person: Caller, room: string) =>
  person.call('messages.send', { room, clientId: `message-${++said}`, text: 'hello' })

async function log(chat: ChatServer, room: string): Promise<unknown[]> {
  const { publications } = await chat.server.history(room.includes('.') ? `dm:${room}` : `room:${room}`, {
    limit: 1000,
  })
  return publications.map(({ data }) => data)
}

const roleIn = (chat: ChatServer, room: string, { id }: Caller) =>
  chat.server.sql('SELECT role FROM chat_members WHERE room = ? AND person = ?', room, id)[0]?.['role']

describe('a direct room', () => {
  test('is one for a pair, also when both make it at once', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        at % 2 === 0 ? ann.call('rooms.direct', { person: bob.id }) : bob.call('rooms.direct', { person: ann.id }),
      ),
    )
    const [room = ''] = new Set(made.map((each) => each.room))
    expect(new Set(made.map((each) => each.room)).size).toBe(1)
    expect(await log(place.chat, room)).toMatchObject([{ type: 'room', what: 'created', kind: 'direct' }])
    await say(ann, room)
    await say(bob, room)
    expect(place.chat.server.sql('SELECT members FROM chat_rooms WHERE id = ?', room)).toEqual([{ members: 2 }])
  })

  test('is there for nobody else, and is not left', async () => {
    await using place = await scene('Ann', 'Bob', 'Cid')
    const [ann, bob, cid] = place.people
    const { room } = await ann.call('rooms.direct', { person: bob.id })
    expect(await refusalOf(say(cid, room))).toBe('notFound')
    expect(await refusalOf(cid.call('rooms.join', { room }))).toBe('notFound')
    expect(await refusalOf(bob.call('rooms.leave', { room }))).toBe('forbidden')
    expect(await refusalOf(bob.call('rooms.invite', { room, person: cid.id }))).toBe('forbidden')
    expect(await refusalOf(ann.call('rooms.direct', { person: ann.id }))).toBe('invalid')
    expect(await refusalOf(ann.call('rooms.direct', { person: 'nobody' }))).toBe('notFound')
  })

  test('has the other’s name, and tells both that it is there', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    using there = await connect(place.chat, bob)
    const { room } = await ann.call('rooms.direct', { person: bob.id })
    const told = await there.told('room')
    expect(roomView.parse(told.room)).toMatchObject({
      id: room,
      channel: `dm:${room}`,
      name: 'Ann',
      peer: { id: ann.id },
    })
  })

  test('is silent for whom the other does not want to hear from, until they do', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const { room } = await ann.call('rooms.direct', { person: bob.id })
    await bob.call('people.block', { person: ann.id })
    expect(await refusalOf(say(ann, room))).toBe('blocked')
    expect((await bob.call('people.blocks', {})).people.map(({ id }) => id)).toEqual([ann.id])
    await bob.call('people.unblock', { person: ann.id })
    await say(ann, room)
  })

  test('is not begun with somebody who does not want it; nor is a group', async () => {
    await using place = await scene('Ann', 'Bob', 'Cid')
    const [ann, bob, cid] = place.people
    await bob.call('people.block', { person: ann.id })
    expect(await refusalOf(ann.call('rooms.direct', { person: bob.id }))).toBe('blocked')
    const room = await group(ann, bob, cid)
    expect(roleIn(place.chat, room, bob)).toBeUndefined()
    expect(await refusalOf(ann.call('rooms.invite', { room, person: bob.id }))).toBe('blocked')
    await cid.call('rooms.invite', { room, person: bob.id })
    expect(roleIn(place.chat, room, bob)).toBe('member')
  })
})

describe('a room', () => {
  test('that is asked for again with the same id is the same', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const input = { kind: 'group', name: 'Tea', clientId: 'tea-for-two' } as const
    const made = await Promise.all([1, 2, 3].map(() => ann.call('rooms.create', input)))
    expect(new Set(made.map(({ room }) => room)).size).toBe(1)
    expect((await bob.call('rooms.create', input)).room).not.toBe(made[0]?.room)
  })

  test('is changed by its admins, each field apart, and its members hear of it', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const room = await group(ann, bob)
    using there = await connect(place.chat, bob)
    await ann.call('rooms.change', { room, name: '  Green \u202e Tea ', slow: 5 })
    await ann.call('rooms.change', { room, retention: 3_600_000, readOnly: true })
    await ann.call('rooms.change', { room, description: 'of leaves' })
    await there.told('room')
    const [row] = place.chat.server.sql(
      'SELECT name, description, slow, retention, read_only FROM chat_rooms WHERE id = ?',
      room,
    )
    expect(row).toEqual({ name: 'Green Tea', description: 'of leaves', slow: 5, retention: 3_600_000, read_only: 1 })
    await ann.call('rooms.change', { room, retention: null })
    expect(place.chat.server.sql('SELECT retention FROM chat_rooms WHERE id = ?', room)).toEqual([{ retention: null }])
    expect(await refusalOf(bob.call('rooms.change', { room, name: 'Coffee' }))).toBe('forbidden')
    expect(await refusalOf(ann.call('rooms.change', { room }))).toBe('invalid')
    expect(await refusalOf(ann.call('rooms.change', { room, name: ' \u200b ' }))).toBe('badName')
    expect(await refusalOf(say(bob, room))).toBe('readOnly')
  })

  test('that is archived is only read, until it is restored', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const room = await group(ann, bob)
    await ann.call('rooms.archive', { room })
    await ann.call('rooms.archive', { room })
    expect(await refusalOf(say(bob, room))).toBe('archived')
    expect(await refusalOf(bob.call('rooms.restore', { room }))).toBe('forbidden')
    await ann.call('rooms.restore', { room })
    await say(bob, room)
    expect((await log(place.chat, room)).filter((event) => JSON.stringify(event).includes('archived'))).toHaveLength(1)
  })

  test('always has an owner: the last one hands it over first', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const room = await group(ann, bob)
    expect(await refusalOf(ann.call('rooms.leave', { room }))).toBe('lastOwner')
    expect(await refusalOf(ann.call('rooms.role', { room, person: ann.id, role: 'admin' }))).toBe('lastOwner')
    await ann.call('rooms.handOver', { room, person: bob.id })
    expect([roleIn(place.chat, room, ann), roleIn(place.chat, room, bob)]).toEqual(['admin', 'owner'])
    expect(await refusalOf(ann.call('rooms.handOver', { room, person: bob.id }))).toBe('forbidden')
    await ann.call('rooms.leave', { room })
    expect((await log(place.chat, room)).slice(1)).toMatchObject([
      { what: 'role', person: bob.id, role: 'owner' },
      { what: 'role', person: ann.id, role: 'admin' },
      { what: 'left', person: ann.id },
    ])
  })

  test('keeps one owner of two who leave at once', async () => {
    await using place = await scene('Ann', 'Bob', 'Cid')
    const [ann, bob, cid] = place.people
    for (let round = 0; round < 10; round++) {
      const room = await group(ann, bob, cid)
      await ann.call('rooms.role', { room, person: bob.id, role: 'owner' })
      const left = await Promise.allSettled([ann.call('rooms.leave', { room }), bob.call('rooms.leave', { room })])
      expect(left.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      const owners = place.chat.server.sql(`SELECT 1 FROM chat_members WHERE room = ? AND role = 'owner'`, room)
      expect(owners).toHaveLength(1)
    }
  })

  test('is over with the owner who was alone in it', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const { room } = await ann.call('rooms.create', { kind: 'public', name: 'Tea' })
    await ann.call('rooms.leave', { room })
    expect(place.chat.server.sql('SELECT archived, members FROM chat_rooms WHERE id = ?', room)).toEqual([
      { archived: 1, members: 0 },
    ])
    expect(await refusalOf(bob.call('rooms.join', { room }))).toBe('archived')
  })
})

test('over the realtime connection it is the same, with the same errors', async () => {
  await using place = await scene('Ann', 'Bob')
  const [ann, bob] = place.people
  const room = await group(ann, bob)
  using there = await connect(place.chat, bob)
  const call = (name: string, input: unknown) =>
    there.sdk.rpc(`chat.${name}`, input).then(
      ({ data }) => data as unknown,
      (error: unknown) => error,
    )
  expect(await call('rooms.kick', { room, person: ann.id })).toMatchObject({ code: 403 })
  expect(await call('rooms.kick', { room })).toMatchObject({ code: 400 })
  expect(await call('people.login', { name: 'Ann', password: 'x' })).toMatchObject({ code: 104 }) // no cookies here
  expect(await call('rooms.leave', { room })).toEqual({})
  expect(await call('sessions.list', {})).toMatchObject({ sessions: [{ current: true }] })
})

describe('coming and going', () => {
  test('whoever joins is in it once, and what was said before is not unread', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const { room } = await ann.call('rooms.create', { kind: 'public', name: 'Tea' })
    for (let n = 0; n < 5; n++) await say(ann, room)
    using there = await connect(place.chat, bob)
    await Promise.all(Array.from({ length: 10 }, () => bob.call('rooms.join', { room })))
    expect((await there.told('room')).room).toMatchObject({ id: room, unread: 0, members: 2, role: 'member' })
    expect((await log(place.chat, room)).filter((event) => JSON.stringify(event).includes('"joined"'))).toHaveLength(1)
    await bob.call('rooms.leave', { room })
    expect(await there.told('left')).toEqual({ type: 'left', room, why: 'left' })
    expect(await refusalOf(say(bob, room))).toBe('notMember')
  })

  test('everybody who comes in is in the lobby', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann] = place.people
    const { members } = await ann.call('rooms.members', { room: 'lobby' })
    expect(members.map(({ person }) => person.name)).toEqual(['Ann', 'Bob'])
    await say(ann, 'lobby')
    await ann.call('rooms.leave', { room: 'lobby' })
    expect(await refusalOf(say(ann, 'lobby'))).toBe('notMember')
    expect(place.chat.server.sql(`SELECT archived FROM chat_rooms WHERE id = 'lobby'`)).toEqual([{ archived: 0 }])
  })

  test('a server without a lobby has none', async () => {
    await using chat = await startChat({ chat: { lobby: '' } })
    const ann = await chat.enter('Ann')
    expect((await ann.call('rooms.public', {})).rooms).toEqual([])
  })

  test('somebody who is put out reads nothing that comes behind, and is told', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const room = await group(ann, bob)
    using there = await connect(place.chat, bob)
    const reading = await there.sdk.subscribe(`room:${room}`)
    const ended = next(reading.subscription, 'unsubscribed')
    await say(ann, room)
    await reading.until(1)
    await Promise.all([
      ann.call('rooms.kick', { room, person: bob.id, reason: 'noise' }),
      say(ann, room),
      say(ann, room),
    ])
    await ended
    expect(await there.told('left')).toEqual({ type: 'left', room, why: 'kicked', reason: 'noise' })
    const after = (await log(place.chat, room)).findIndex((event) => JSON.stringify(event).includes('kicked'))
    expect(Math.max(...reading.offsets.map((offset) => offset ?? 0))).toBeLessThanOrEqual(after)
    const again = there.sdk.getSubscription(`room:${room}`)
    const told = next<{ code: number }>(reading.subscription, 'unsubscribed')
    again?.subscribe()
    expect((await told).code).toBe(404)
    expect(await refusalOf(say(bob, room))).toBe('notFound')
  })

  test('somebody who is put out is so on every door', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const room = await group(ann, bob)
    const url = new URL(`/c/room:${room}`, place.chat.server.url)
    const headers = { authorization: `Bearer ${bob.token}` }
    const stream = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' } })
    const socket = new WebSocket(`ws://${url.host}${url.pathname}?offset=now`, { headers } as never)
    const heard: string[] = []
    socket.addEventListener('message', ({ data }) => heard.push(String(data)))
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    await say(ann, room)
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve))
    await Promise.all([ann.call('rooms.kick', { room, person: bob.id }), say(ann, room)])
    const text = await stream.text() // which ends
    await closed
    expect(text).toContain('hello')
    expect(text).not.toContain('kicked')
    expect(heard.join('')).not.toContain('kicked')
    expect((await fetch(url, { headers })).status).toBe(403)
  })

  test('somebody who is banned stays out, until it ends or is lifted', async () => {
    await using place = await scene('Ann', 'Bob', 'Cid')
    const [ann, bob, cid] = place.people
    const { room } = await ann.call('rooms.create', { kind: 'public', name: 'Tea' })
    await bob.call('rooms.join', { room })
    await ann.call('rooms.ban', { room, person: bob.id, duration: minute, reason: 'noise' })
    await ann.call('rooms.ban', { room, person: cid.id })
    expect(await refusalOf(bob.call('rooms.join', { room }))).toBe('banned')
    expect(await refusalOf(ann.call('rooms.invite', { room, person: bob.id }))).toBe('banned')
    const { bans } = await ann.call('rooms.bans', { room })
    expect(new Map(bans.map(({ person, until, reason }) => [person.name, { until, reason }]))).toEqual(
      new Map([
        ['Bob', { until: place.chat.now() + minute, reason: 'noise' }],
        ['Cid', { until: null, reason: '' }],
      ]),
    )
    const why = { reason: 'noise', until: place.chat.now() + minute }
    expect(await bob.call('rooms.whyBanned', { room })).toEqual(why)
    expect(await cid.call('rooms.whyBanned', { room })).toEqual({ reason: '' })
    expect(await refusalOf(ann.call('rooms.whyBanned', { room }))).toBe('notFound')
    expect(await refusalOf(bob.call('rooms.whyBanned', { room: 'elsewhere' }))).toBe('notFound')
    place.chat.pass(minute)
    expect(await refusalOf(bob.call('rooms.whyBanned', { room }))).toBe('notFound')
    await bob.call('rooms.join', { room })
    expect(await refusalOf(cid.call('rooms.join', { room }))).toBe('banned')
    await ann.call('rooms.unban', { room, person: cid.id })
    await ann.call('rooms.unban', { room, person: cid.id })
    await cid.call('rooms.join', { room })
  })

  test('with the address of somebody who is banned, no new guest comes into the room', async () => {
    await using place = await scene('Ann', 'Bob', 'Cid')
    const [ann, bob, cid] = place.people
    const { room } = await ann.call('rooms.create', { kind: 'public', name: 'Tea' })
    await cid.call('rooms.join', { room })
    await ann.call('rooms.ban', { room, person: bob.id, addresses: true })
    const dan = await place.chat.enter('Dan')
    expect(await refusalOf(dan.call('rooms.join', { room }))).toBe('banned')
    expect(await refusalOf(dan.call('rooms.whyBanned', { room }))).toBe('notFound') // it was not Dan
    await say(cid, room) // who was there stays
    await ann.call('rooms.unban', { room, person: bob.id })
    await dan.call('rooms.join', { room })
  })

  test('somebody who is muted stays so who leaves and comes back', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const { room } = await ann.call('rooms.create', { kind: 'public', name: 'Tea' })
    await bob.call('rooms.join', { room })
    await ann.call('rooms.mute', { room, person: bob.id, duration: minute })
    expect(await refusalOf(say(bob, room))).toBe('muted')
    await bob.call('rooms.leave', { room })
    await bob.call('rooms.join', { room })
    expect(await refusalOf(say(bob, room))).toBe('muted')
    place.chat.pass(minute)
    await say(bob, room)
    await ann.call('rooms.mute', { room, person: bob.id })
    await ann.call('rooms.unmute', { room, person: bob.id })
    await say(bob, room)
    await bob.call('rooms.leave', { room })
    await bob.call('rooms.join', { room })
    await say(bob, room)
  })

  test('whoever is put out while they write has either written before or not at all', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    for (let round = 0; round < 10; round++) {
      const room = await group(ann, bob)
      const sends = Array.from({ length: 10 }, () =>
        say(bob, room).then(
          ({ offset }) => offset,
          () => 0,
        ),
      )
      await ann.call('rooms.kick', { room, person: bob.id })
      const events = await log(place.chat, room)
      const end = events.findIndex((event) => JSON.stringify(event).includes('kicked')) + 1
      for (const offset of await Promise.all(sends)) expect(offset).toBeLessThan(end)
    }
  })
})

describe('an invitation', () => {
  test('lets in whoever has it, and tells before where it leads', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const room = await group(ann)
    const { token } = await ann.call('invitations.create', { room })
    expect(await place.chat.call('invitations.look', { token })).toEqual({
      name: 'Tea',
      kind: 'group',
      description: '',
      members: 1,
      hue: hueOf(room),
      by: 'Ann',
    })
    expect(await bob.call('invitations.accept', { token })).toEqual({ room })
    expect(await bob.call('invitations.accept', { token })).toEqual({ room })
    await say(bob, room)
    expect(await bob.call('invitations.look', { token })).toMatchObject({ room, members: 2 })
    const { invitations } = await ann.call('invitations.list', { room })
    expect(invitations).toMatchObject([{ token, used: 1, usesLeft: null }])
    expect((await bob.call('invitations.list', { room })).invitations).toEqual([])
  })

  test('with one use left lets in one of a hundred', async () => {
    await using place = await scene('Ann')
    const [ann] = place.people
    const room = await group(ann)
    const { token } = await ann.call('invitations.create', { room, uses: 1 })
    const guests = await Promise.all(Array.from({ length: 100 }, (_, at) => place.chat.enter(`Guest ${at}`)))
    const came = await Promise.allSettled(guests.map((guest) => guest.call('invitations.accept', { token })))
    expect(came.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const each of came) if (each.status === 'rejected') expect(String(each.reason)).toContain('invitationOver')
    expect(place.chat.server.sql('SELECT members FROM chat_rooms WHERE id = ?', room)).toEqual([{ members: 2 }])
  })

  test('ends with its time, when it is taken back, and when the room is archived', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const room = await group(ann)
    const short = await ann.call('invitations.create', { room, duration: minute })
    const taken = await ann.call('invitations.create', { room })
    const good = await ann.call('invitations.create', { room })
    place.chat.pass(minute)
    await ann.call('invitations.revoke', { room, token: taken.token })
    expect(await refusalOf(place.chat.call('invitations.look', { token: short.token }))).toBe('invitationOver')
    expect(await refusalOf(bob.call('invitations.accept', { token: taken.token }))).toBe('invitationOver')
    expect(await refusalOf(bob.call('invitations.accept', { token: 'never-was' }))).toBe('invitationOver')
    expect((await ann.call('invitations.list', { room })).invitations.map(({ token }) => token)).toEqual([good.token])
    await ann.call('rooms.archive', { room })
    expect(await refusalOf(bob.call('invitations.accept', { token: good.token }))).toBe('archived')
  })

  test('of somebody who was put out lets nobody in any more', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const room = await group(ann, bob)
    const { token } = await bob.call('invitations.create', { room })
    await ann.call('rooms.kick', { room, person: bob.id })
    expect(await refusalOf(bob.call('invitations.accept', { token }))).toBe('invitationOver')
  })

  test('is taken back by its maker and by admins, and has a limit', async () => {
    await using place = await scene('Ann', 'Bob', 'Cid')
    const [ann, bob, cid] = place.people
    const room = await group(ann, bob, cid)
    const { token } = await bob.call('invitations.create', { room })
    expect(await refusalOf(cid.call('invitations.revoke', { room, token }))).toBe('forbidden')
    await bob.call('invitations.revoke', { room, token })
    for (let n = 0; n < 100; n++) await cid.call('invitations.create', { room })
    expect(await refusalOf(cid.call('invitations.create', { room }))).toBe('full')
    const { invitations } = await ann.call('invitations.list', { room })
    await ann.call('invitations.revoke', { room, token: invitations[0]?.token ?? '' })
    await cid.call('invitations.create', { room })
  })
})

describe('lists', () => {
  test('of members come in pages, owners first, each once, also by the beginning of a name', async () => {
    await using place = await scene('Ann', 'Bob', 'Benny', 'bea', 'Zoe', '王小明', '王芳')
    const [ann, ...others] = place.people
    const room = await group(ann, ...others)
    await ann.call('rooms.role', { room, person: others[3].id, role: 'moderator' })
    const names: string[] = []
    let after: string | undefined
    do {
      const page = await others[0].call('rooms.members', { room, limit: 2, after })
      names.push(...page.members.map((member) => memberView.parse(member).person.name))
      after = page.next
    } while (after !== undefined)
    expect(names.slice(0, 2)).toEqual(['Ann', 'Zoe'])
    expect(names.toSorted()).toEqual(['Ann', 'Bob', 'Benny', 'bea', 'Zoe', '王小明', '王芳'].toSorted())
    const begin = async (prefix: string, options = {}) => {
      const found = await ann.call('rooms.members', { room, prefix, ...options })
      return found.members.map(({ person }) => person.name)
    }
    expect(await begin('B')).toEqual(['bea', 'Benny', 'Bob'])
    expect(await begin('王')).toHaveLength(2)
    expect(await begin('%')).toEqual([])
    const first = await ann.call('rooms.members', { room, prefix: 'b', limit: 2 })
    expect(await begin('b', { after: first.next })).toEqual(['Bob'])
    expect(await refusalOf(begin('b', { after: 'bm9uc2Vuc2U' }))).toBe('invalid')
  })

  test('of public rooms come in pages, the largest first, and by their names', async () => {
    await using place = await scene('Ann', 'Bob')
    const [ann, bob] = place.people
    const rooms: string[] = []
    for (const name of ['Tea', 'Green tea', 'Coffee', 'ÄPFEL', '上海茶'])
      rooms.push((await ann.call('rooms.create', { kind: 'public', name })).room)
    await group(ann, bob)
    await bob.call('rooms.join', { room: rooms[2] ?? '' })
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await bob.call('rooms.public', { limit: 2, after })
      seen.push(...page.rooms.map(({ name }) => name))
      after = page.next
    } while (after !== undefined)
    expect(seen.slice(0, 2).toSorted()).toEqual(['Coffee', 'Lobby'])
    expect(seen.toSorted()).toEqual(['Lobby', 'Tea', 'Green tea', 'Coffee', 'ÄPFEL', '上海茶'].toSorted())
    const named = async (name: string) =>
      (await bob.call('rooms.public', { name })).rooms.map((room) => room.name).toSorted()
    expect(await named('TEA')).toEqual(['Green tea', 'Tea'])
    expect(await named('äpf')).toEqual(['ÄPFEL'])
    expect(await named('海')).toEqual(['上海茶'])
    expect(await named('%')).toEqual([])
    expect((await bob.call('rooms.public', { name: 'coff' })).rooms).toMatchObject([{ joined: true, members: 2 }])
  })

  test('are read by an index, and cost no more in a large room', async () => {
    await using place = await scene('Ann')
    const plan = (sql: string) =>
      place.chat.server
        .sql(`EXPLAIN QUERY PLAN ${sql}`)
        .map((row) => String(row['detail']))
        .join('\n')
    const byRank = plan(
      `SELECT person FROM chat_members m WHERE room = 'x' AND (${rankOfRole}, m.since, m.person) > (0, 0, '') ORDER BY ${rankOfRole}, m.since, m.person LIMIT 5`,
    )
    expect(byRank).toContain('chat_members_rank')
    expect(byRank).not.toContain('TEMP B-TREE')
    expect(plan(`SELECT 1 FROM chat_members WHERE room = 'x' AND ${rankOfRole} = 0 AND person <> 'y'`)).toContain(
      'chat_members_rank (room=? AND <expr>=?)',
    )
    const publicPlan = plan(
      `SELECT id FROM chat_rooms WHERE kind = 'public' AND archived = 0 AND members <= 5 AND (members < 5 OR id > 'x') ORDER BY members DESC, id LIMIT 5`,
    )
    expect(publicPlan).toContain('chat_rooms_public (members<?)')
    expect(publicPlan).not.toContain('TEMP B-TREE')
  })
})
