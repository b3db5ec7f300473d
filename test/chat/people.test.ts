import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { next } from '../sdk.ts'
import { Browser } from './browser.ts'
import { connect } from './connected.ts'
import { type Caller, type ChatServer, Refusal, refusalOf, startChat } from './support.ts'

setDefaultTimeout(60_000)

const password = 'correct horse'
const day = 24 * 3600 * 1000

/** Somebody with a password. */
async function member(chat: ChatServer, name: string): Promise<Caller> {
  const { person, token = '' } = await chat.call('people.register', { name, password, asToken: true })
  return withToken(chat, person, token)
}

function withToken(chat: ChatServer, { id, name }: { id: string; name: string }, token: string): Caller {
  return { id, name, token, call: (action, input) => chat.call(action, input, token) }
}

async function login(chat: ChatServer, name: string, word = password): Promise<Caller> {
  const { person, token = '' } = await chat.call('people.login', { name, password: word, asToken: true })
  return withToken(chat, person, token)
}

async function admin(chat: ChatServer, name = 'Boss'): Promise<Caller> {
  const boss = await member(chat, name)
  await chat.server.write({ sql: 'UPDATE chat_people SET admin = 1 WHERE id = ?', params: [boss.id] })
  return boss
}

/** Waits for what is done behind an answer. */
async function until(is: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !is(); await Bun.sleep(3))
    if (Date.now() > end) throw new Error('it did not come')
}

const isGone =
  (chat: ChatServer, { id }: Pick<Caller, 'id'>) =>
  () =>
    chat.server.sql(`SELECT 1 FROM chat_people WHERE id = ? AND kind = 'gone'`, id).length > 0 &&
    chat.server.sql('SELECT 1 FROM chat_departures').length === 0

describe('an account', () => {
  test('is what a guest becomes with a password, and all that was said stays theirs', async () => {
    await using chat = await startChat()
    const guest = await chat.enter('Ann')
    const { room } = await guest.call('rooms.create', { kind: 'public', name: 'Tea' })
    await guest.call('messages.send', { room, clientId: 'the-first', text: 'hello' })
    const { person, token = '' } = await guest.call('people.claim', { password, asToken: true })
    expect(person).toMatchObject({ id: guest.id, kind: 'member', name: 'Ann' })
    expect(await refusalOf(guest.call('people.me', {}))).toBe('notLoggedIn') // the session is another one
    expect(await refusalOf(chat.call('people.claim', { password }, token))).toBe('invalid')
    const again = await login(chat, ' aＮn ')
    expect(again.id).toBe(guest.id)
    await again.call('rooms.change', { room, name: 'Green tea' })
  })

  test('has a name that nobody else has, and a password of some length', async () => {
    await using chat = await startChat()
    await member(chat, 'Ann')
    const taken = await chat.call('people.register', { name: 'ANN', password }).catch((error: unknown) => error)
    expect(taken).toBeInstanceOf(Refusal)
    expect((taken as Refusal).details).toMatchObject({ name: 'nameTaken', suggestion: 'ANN 2' })
    expect(await refusalOf(chat.call('people.register', { name: 'Bob', password: '1234567' }))).toBe('badPassword')
    expect(await refusalOf(chat.call('people.register', { name: 'Bob', password: 'x'.repeat(1025) }))).toBe('invalid')
    expect(await refusalOf(chat.call('people.register', { name: 'a\u202eb', password }))).toBe('badName')
  })

  test('is made by administrators only where the server says so', async () => {
    await using chat = await startChat({ chat: { registration: false, guests: false } })
    expect(await refusalOf(chat.call('people.register', { name: 'Ann', password }))).toBe('forbidden')
    expect(await refusalOf(chat.call('people.enter', { name: 'Ann' }))).toBe('forbidden')
    const made = await server(chat, 'admin.create', { name: 'Ann', admin: true })
    const ann = await login(chat, 'Ann', String(made['password']))
    const other = await ann.call('admin.create', { name: 'Bob' })
    expect((await login(chat, 'Bob', other.password)).name).toBe('Bob')
  })

  test('gets another password, and whoever knew the old one is out', async () => {
    await using chat = await startChat()
    const [ann, thief] = [await member(chat, 'Ann'), await login(chat, 'Ann')]
    using stolen = await connect(chat, thief)
    const ended = next<{ code: number }>(stolen.sdk, 'disconnected')
    expect(await refusalOf(ann.call('people.password', { old: 'not this one', password: 'battery staple' }))).toBe(
      'wrongPassword',
    )
    await ann.call('people.password', { old: password, password: 'battery staple' })
    expect((await ended).code).toBe(4501)
    expect(await refusalOf(thief.call('people.me', {}))).toBe('notLoggedIn')
    await ann.call('people.me', {})
    expect(await refusalOf(login(chat, 'Ann'))).toBe('wrongPassword')
    await login(chat, 'Ann', 'battery staple')
  })

  test('changes its name, and the former one is free', async () => {
    await using chat = await startChat()
    const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
    using there = await connect(chat, ann)
    expect(await refusalOf(ann.call('people.rename', { name: 'BOB' }))).toBe('nameTaken')
    expect((await ann.call('people.rename', { name: 'ANN' })).person.name).toBe('ANN')
    await ann.call('people.rename', { name: 'Anna' })
    expect((await there.told('me')).person.id).toBe(ann.id)
    await bob.call('people.rename', { name: 'Ann' })
    expect(
      (await ann.call('people.get', { people: [ann.id, bob.id, 'nobody'] })).people.map(({ name }) => name).toSorted(),
    ).toEqual(['Ann', 'Anna'])
  })
})

describe('a session', () => {
  test('is listed, and ended one by one or all at once, with its connections in that instant', async () => {
    await using chat = await startChat()
    const here = await member(chat, 'Ann')
    const [phone, tablet] = [await login(chat, 'Ann'), await login(chat, 'Ann')]
    using onPhone = await connect(chat, phone)
    using onTablet = await connect(chat, tablet)
    using onDesk = await connect(chat, here)
    const { sessions } = await phone.call('sessions.list', {})
    expect(sessions.map(({ current }) => current).filter(Boolean)).toHaveLength(1)
    expect(sessions).toHaveLength(3)
    const ended = next<{ code: number }>(onPhone.sdk, 'disconnected')
    await here.call('sessions.revoke', { session: sessions.find(({ current }) => current)?.id ?? '' })
    expect(chat.server.clients(here.id)).toHaveLength(2)
    expect((await ended).code).toBe(4501)
    expect(await refusalOf(phone.call('people.me', {}))).toBe('notLoggedIn')
    const gone = next(onTablet.sdk, 'disconnected')
    await here.call('sessions.revokeAll', { others: true })
    expect(chat.server.clients(here.id)).toHaveLength(1)
    await gone
    expect(await refusalOf(tablet.call('people.me', {}))).toBe('notLoggedIn')
    await here.call('people.me', {})
    await here.call('sessions.revokeAll', {})
    expect(chat.server.clients(here.id)).toHaveLength(0)
    expect(await refusalOf(here.call('people.me', {}))).toBe('notLoggedIn')
    expect(onDesk.inbox).toBeDefined()
  })

  test('takes with it what reads at any door, and leaves the others of the same person', async () => {
    await using chat = await startChat()
    const here = await member(chat, 'Ann')
    const there = await login(chat, 'Ann')
    const { room } = await here.call('rooms.create', { kind: 'group', name: 'Tea' })
    const { offset } = await here.call('messages.send', { room, clientId: 'the-first', text: 'hello' })
    expect(offset).toBe(2)
    const url = new URL(`/c/room:${room}`, chat.server.url)
    const read = ({ token }: Caller, query: string, accept = '*/*') =>
      fetch(`${url.href}${query}`, { headers: { authorization: `Bearer ${token}`, accept } })
    const page = await read(there, '?offset=-1')
    const end = page.headers.get('stream-next-offset') ?? ''
    const polling = read(there, `?offset=${end}&live=long-poll`).then(async (answer) => [
      answer.status,
      await answer.text(),
    ])
    const stream = await read(there, '', 'text/event-stream')
    const mine = await read(here, '', 'text/event-stream')
    await Bun.sleep(50) // until the long poll waits
    await here.call('sessions.revokeAll', { others: true })
    await here.call('messages.send', { room, clientId: 'the-second', text: 'secret' })
    expect(await stream.text()).not.toContain('secret')
    expect(await polling).toEqual([403, expect.stringContaining('session ended')])
    const decoder = new TextDecoder()
    let text = ''
    for await (const bytes of mine.body ?? []) if ((text += decoder.decode(bytes)).includes('secret')) break
    expect(text).toContain('secret')
  })

  test('cannot be ended by others', async () => {
    await using chat = await startChat()
    const [ann, eve] = [await member(chat, 'Ann'), await member(chat, 'Eve')]
    const { sessions } = await ann.call('sessions.list', {})
    await eve.call('sessions.revoke', { session: sessions[0]?.id ?? '' })
    await ann.call('people.me', {})
  })

  test('lasts as long as it is used, and not longer', async () => {
    await using chat = await startChat()
    const [ann, bob] = [await member(chat, 'Ann'), await member(chat, 'Bob')]
    for (let week = 0; week < 6; week++) {
      chat.pass(7 * day)
      await ann.call('people.me', {})
      const seen = () =>
        Number(chat.server.sql('SELECT max(seen) AS seen FROM chat_sessions WHERE person = ?', ann.id)[0]?.['seen'])
      await until(() => seen() === chat.now())
    }
    expect(await refusalOf(bob.call('people.me', {}))).toBe('notLoggedIn')
  })

  test('is one of a hundred at most: the one that was not used for longest ends', async () => {
    await using chat = await startChat()
    const first = await member(chat, 'Ann')
    await chat.server.write({
      sql: `INSERT INTO chat_sessions (id, token, person, created, seen, expires, address, network, agent)
        SELECT 's' || value, randomblob(32), ?1, ?2, ?2, ?2 + 1000000, '', '', '' FROM generate_series(1, 99)`.replace(
        'generate_series(1, 99)',
        `json_each('[${Array.from({ length: 99 }, (_, at) => at).join(',')}]')`,
      ),
      params: [first.id, chat.now() + 1],
    })
    await first.call('people.me', {})
    chat.pass(10)
    await login(chat, 'Ann')
    expect(await refusalOf(first.call('people.me', {}))).toBe('notLoggedIn')
    expect(chat.server.sql('SELECT 1 FROM chat_sessions WHERE person = ?', first.id)).toHaveLength(100)
  })
})

describe('a guest', () => {
  test('is gone with the last session: out of all rooms, and the name is free', async () => {
    await using chat = await startChat()
    const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
    const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
    await ann.call('messages.send', { room, clientId: 'the-first', text: 'hello' })
    await ann.call('people.logout', {})
    await until(isGone(chat, ann))
    expect((await chat.enter('Ann')).id).not.toBe(ann.id)
    const { members } = await bob.call('rooms.members', { room })
    expect(members).toMatchObject([{ person: { id: bob.id }, role: 'owner' }]) // the heir
    expect((await bob.call('people.get', { people: [ann.id] })).people).toEqual([
      { id: ann.id, name: 'Ann', kind: 'gone' },
    ])
  })

  test('whose time is over is gone, too', async () => {
    const ticks: (() => void)[] = []
    const after = (delay: number, call: () => void) => {
      if (delay >= 60_000) ticks.push(call)
      return () => undefined
    }
    await using chat = await startChat({ after })
    const [ann, bob] = [await chat.enter('Ann'), await member(chat, 'Bob')]
    chat.pass(31 * day)
    ticks.pop()?.()
    await until(isGone(chat, ann))
    expect(await refusalOf(login(chat, 'Bob'))).toBe('done')
    expect(bob.id).not.toBe(ann.id)
    expect(chat.server.sql(`SELECT members FROM chat_rooms WHERE id = 'lobby'`)).toEqual([{ members: 1 }])
  })
})

describe('who deletes the account', () => {
  test('is nobody at once, and what was said stays, of somebody who is gone', async () => {
    await using chat = await startChat()
    const [ann, bob] = [await member(chat, 'Ann'), await chat.enter('Bob')]
    const { room } = await ann.call('rooms.direct', { person: bob.id })
    await ann.call('messages.send', { room, clientId: 'the-first', text: 'hello' })
    using there = await connect(chat, ann)
    const ended = next(there.sdk, 'disconnected')
    expect(await refusalOf(ann.call('people.delete', { password: 'not this one' }))).toBe('wrongPassword')
    await ann.call('people.delete', { password })
    await ended
    expect(await refusalOf(ann.call('people.me', {}))).toBe('notLoggedIn')
    expect(await refusalOf(login(chat, 'Ann'))).toBe('wrongPassword')
    await chat.enter('Ann')
    await until(isGone(chat, ann))
    expect((await bob.call('people.get', { people: [ann.id] })).people).toEqual([
      { id: ann.id, name: '', kind: 'gone' },
    ])
    expect(chat.server.sql('SELECT text FROM chat_messages WHERE room = ?', room)).toEqual([{ text: 'hello' }])
    expect(await refusalOf(bob.call('messages.send', { room, clientId: 'the-second', text: 'hi' }))).toBe('gone')
    expect(chat.server.sql('SELECT password, avatar FROM chat_people WHERE id = ?', ann.id)).toEqual([
      { password: null, avatar: null },
    ])
  })

  test('takes back all messages if asked, however many', async () => {
    await using chat = await startChat()
    const [ann, bob] = [await member(chat, 'Ann'), await chat.enter('Bob')]
    const rooms: string[] = []
    for (let n = 0; n < 3; n++)
      rooms.push((await bob.call('rooms.create', { kind: 'group', name: 'Tea', members: [ann.id] })).room)
    for (const room of rooms)
      await Promise.all(
        Array.from({ length: 120 }, (_, n) =>
          ann.call('messages.send', { room, clientId: `message-${n}`, text: 'hello' }),
        ),
      )
    await bob.call('messages.send', { room: rooms[0] ?? '', clientId: 'message-of-bob', text: 'mine' })
    await ann.call('people.delete', { password, recall: true })
    await until(isGone(chat, ann))
    expect(chat.server.sql(`SELECT text FROM chat_messages WHERE text <> ''`)).toEqual([{ text: 'mine' }])
    expect(chat.server.sql('SELECT members FROM chat_rooms WHERE id = ?', rooms[0] ?? '')).toEqual([{ members: 1 }])
  })

  test('leaves a hundred rooms, none without an owner but those where nobody else is', async () => {
    await using chat = await startChat()
    const [ann, bob, cid] = [await member(chat, 'Ann'), await chat.enter('Bob'), await chat.enter('Cid')]
    const rooms: string[] = []
    for (let n = 0; n < 100; n++) {
      const members = n % 2 === 0 ? [bob.id, cid.id] : []
      const { room } = await ann.call('rooms.create', { kind: 'group', name: `Room ${n}`, members })
      if (n % 4 === 0) await ann.call('rooms.role', { room, person: cid.id, role: 'admin' })
      rooms.push(room)
    }
    await ann.call('people.delete', { password })
    await until(isGone(chat, ann))
    for (const [n, room] of rooms.entries()) {
      const owners = chat.server.sql(`SELECT person FROM chat_members WHERE room = ? AND role = 'owner'`, room)
      const [row] = chat.server.sql('SELECT archived, members FROM chat_rooms WHERE id = ?', room)
      const heirs = n % 2 === 1 ? [] : n % 4 === 0 ? [cid.id] : [bob.id, cid.id]
      expect(owners).toHaveLength(Math.min(1, heirs.length))
      for (const { person } of owners) expect(heirs).toContain(String(person))
      expect(row).toEqual(n % 2 === 1 ? { archived: 1, members: 0 } : { archived: 0, members: 2 })
    }
  })

  test('goes on to go after a restart', async () => {
    const folder = `${process.env['TMPDIR'] ?? '/tmp'}/posthouse-departure-${crypto.randomUUID()}`
    try {
      let ann: Caller
      {
        await using chat = await startChat({ folder })
        ann = await member(chat, 'Ann')
        for (let n = 0; n < 60; n++) await ann.call('rooms.create', { kind: 'group', name: `Room ${n}` })
        await ann.call('people.delete', { password })
      }
      await using chat = await startChat({ folder })
      await until(isGone(chat, ann))
      expect(chat.server.sql('SELECT 1 FROM chat_members WHERE person = ?', ann.id)).toEqual([])
    } finally {
      await Bun.$`rm -rf ${folder}`.quiet()
    }
  })
})

describe('what somebody sets', () => {
  test('is theirs, and kept within limits', async () => {
    await using chat = await startChat()
    const ann = await chat.enter('Ann')
    expect(await ann.call('people.me', {})).toEqual({
      person: { id: ann.id, name: 'Ann', kind: 'guest' },
      admin: false,
      hideSeen: false,
      hideTyping: false,
      hideRead: false,
      quietUntil: 0,
      settings: {},
    })
    await ann.call('people.privacy', { hideSeen: true })
    await ann.call('people.privacy', { hideTyping: true })
    await ann.call('people.settings', { settings: { language: 'zh', theme: 'dark' } })
    await ann.call('people.settings', { settings: { theme: null, size: 14 } })
    const { hideSeen, hideTyping, settings } = await ann.call('people.me', {})
    expect({ hideSeen, hideTyping, settings }).toEqual({
      hideSeen: true,
      hideTyping: true,
      settings: { language: 'zh', size: 14 },
    })
    expect(await refusalOf(ann.call('people.settings', { settings: { big: 'x'.repeat(20_000) } }))).toBe('tooLarge')
    expect(await refusalOf(ann.call('people.avatar', { file: 'of-somebody-else' }))).toBe('notFound')
    await ann.call('people.avatar', { file: null })
  })

  test('people are found among those one shares a room with', async () => {
    await using chat = await startChat({ chat: { lobby: '' } })
    const [ann, bob, ben] = [await chat.enter('Ann'), await chat.enter('Bob'), await chat.enter('Ben')]
    await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
    expect((await ann.call('people.search', { prefix: 'B' })).people.map(({ name }) => name)).toEqual(['Bob'])
    expect((await ben.call('people.search', { prefix: '' })).people).toEqual([])
  })
})

describe('a bot', () => {
  test('is a person with tokens, which its owner makes and takes back', async () => {
    await using chat = await startChat()
    const ann = await member(chat, 'Ann')
    const { person, token } = await ann.call('bots.create', { name: 'Helper' })
    expect(token).toStartWith('phb_')
    const bot = withToken(chat, person, token)
    const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bot.id] })
    chat.pass(400 * day) // a program that slept
    const again = await login(chat, 'Ann')
    await bot.call('messages.send', { room, clientId: 'the-first', text: 'beep' })
    const second = await again.call('bots.token', { bot: bot.id, label: 'spare' })
    using there = await connect(chat, { token: second.token })
    const ended = next(there.sdk, 'disconnected')
    await again.call('bots.revoke', { bot: bot.id, id: second.id })
    await ended
    expect(await refusalOf(chat.call('people.me', {}, second.token))).toBe('notLoggedIn')
    await bot.call('people.me', {})
    const { bots } = await again.call('bots.list', {})
    expect(bots).toMatchObject([{ person: { name: 'Helper', kind: 'bot' }, tokens: [{ label: 'first' }] }])
    await again.call('bots.rename', { bot: bot.id, name: 'Servant' })
    await again.call('bots.remove', { bot: bot.id })
    expect(await refusalOf(bot.call('people.me', {}))).toBe('notLoggedIn')
    await chat.enter('Servant')
  })

  test('does not do what is for people, nor is anybody else’s', async () => {
    await using chat = await startChat()
    const [ann, eve, guest] = [await member(chat, 'Ann'), await member(chat, 'Eve'), await chat.enter('Guest')]
    const { person, token } = await ann.call('bots.create', { name: 'Helper' })
    const bot = withToken(chat, person, token)
    expect(await refusalOf(bot.call('bots.create', { name: 'Mini' }))).toBe('forbidden')
    expect(await refusalOf(bot.call('people.claim', { password }))).toBe('invalid')
    expect(await refusalOf(bot.call('people.delete', {}))).toBe('forbidden')
    expect(await refusalOf(bot.call('sessions.revokeAll', {}))).toBe('forbidden')
    expect(await refusalOf(guest.call('bots.create', { name: 'Mini' }))).toBe('forbidden')
    expect(await refusalOf(eve.call('bots.token', { bot: bot.id, label: 'mine' }))).toBe('notFound')
    expect(await refusalOf(eve.call('bots.remove', { bot: bot.id }))).toBe('notFound')
    expect(await refusalOf(login(chat, 'Helper', ''))).toBe('wrongPassword')
  })

  test('goes with its owner', async () => {
    await using chat = await startChat()
    const ann = await member(chat, 'Ann')
    const { person, token } = await ann.call('bots.create', { name: 'Helper' })
    await ann.call('people.delete', { password })
    await until(isGone(chat, ann))
    await until(isGone(chat, person))
    expect(await refusalOf(chat.call('people.me', {}, token))).toBe('notLoggedIn')
  })
})

describe('an administrator of the server', () => {
  test('keeps somebody out, with their bots and connections, until it is over', async () => {
    await using chat = await startChat()
    const [boss, eve] = [await admin(chat), await member(chat, 'Eve')]
    const { token } = await eve.call('bots.create', { name: 'Helper' })
    using there = await connect(chat, eve)
    const ended = next<{ code: number }>(there.sdk, 'disconnected')
    await boss.call('admin.ban', { person: eve.id, duration: day, reason: 'spam' })
    expect((await ended).code).toBe(4501)
    expect(await refusalOf(eve.call('people.me', {}))).toBe('notLoggedIn')
    expect(await refusalOf(chat.call('people.me', {}, token))).toBe('notLoggedIn')
    const why = await login(chat, 'Eve').catch((error: unknown) => (error instanceof Refusal ? error.message : ''))
    expect(why).toContain('spam')
    expect((await boss.call('admin.people', { prefix: 'e' })).people).toMatchObject([
      { person: { name: 'Eve' }, banned: { reason: 'spam' } },
    ])
    chat.pass(day + 1)
    await login(chat, 'Eve')
    await boss.call('admin.ban', { person: eve.id })
    await boss.call('admin.unban', { person: eve.id })
    await login(chat, 'Eve')
  })

  test('lets no new guest in from an address, and members all the same', async () => {
    await using chat = await startChat()
    const [boss, eve] = [await admin(chat), await chat.enter('Eve')]
    await boss.call('admin.ban', { person: eve.id, addresses: true })
    expect(await refusalOf(chat.enter('Eva'))).toBe('banned')
    expect(await refusalOf(chat.call('people.register', { name: 'Eva', password }))).toBe('banned')
    await login(chat, 'Boss')
    expect((await boss.call('admin.addresses', {})).addresses).toMatchObject([{ network: '127.0.0.1', person: eve.id }])
    await boss.call('admin.unban', { person: eve.id })
    await chat.enter('Eva')
    expect(await boss.call('admin.banAddress', { address: '2001:db8::1' })).toEqual({ network: '2001:db8:0:0::/64' })
    await boss.call('admin.banAddress', { address: '127.0.0.1' })
    expect(await refusalOf(chat.enter('Evi'))).toBe('banned')
    await boss.call('admin.unbanAddress', { network: '127.0.0.1' })
    await chat.enter('Evi')
  })

  test('has no power over another one; the key of the server has', async () => {
    await using chat = await startChat()
    const [boss, other, ann] = [await admin(chat), await admin(chat, 'Other'), await member(chat, 'Ann')]
    for (const action of ['admin.ban', 'admin.password', 'admin.delete'] as const)
      expect(await refusalOf(boss.call(action, { person: other.id }))).toBe('forbidden')
    expect(await refusalOf(ann.call('admin.people', {}))).toBe('forbidden')
    await boss.call('admin.appoint', { name: 'Ann' })
    await ann.call('admin.people', {})
    await server(chat, 'admin.appoint', { name: 'Other', admin: false })
    const { password: made } = await boss.call('admin.password', { person: other.id })
    expect(await refusalOf(other.call('people.me', {}))).toBe('notLoggedIn')
    expect(await refusalOf(login(chat, 'Other'))).toBe('wrongPassword')
    await login(chat, 'Other', made)
    await boss.call('admin.delete', { person: other.id })
    await until(isGone(chat, other))
    const guest = await chat.enter('Guest')
    expect(await refusalOf(boss.call('admin.appoint', { name: guest.name }))).toBe('invalid')
    expect(chat.server.sql('SELECT count(*) AS n FROM chat_audit')[0]?.['n']).toBeGreaterThan(3)
  })

  test('sees all people, in pages', async () => {
    await using chat = await startChat()
    const boss = await admin(chat)
    for (let n = 0; n < 7; n++) await chat.enter(`Guest ${n}`)
    const names: string[] = []
    let after: string | undefined
    do {
      const page = await boss.call('admin.people', { limit: 3, after })
      names.push(...page.people.map(({ person }) => person.name))
      after = page.next
    } while (after !== undefined)
    expect(names).toEqual(['Boss', ...Array.from({ length: 7 }, (_, n) => `Guest ${n}`)])
  })

  test('is not whoever says so with a wrong key', async () => {
    await using chat = await startChat()
    const browser = new Browser(chat)
    for (const headers of [{ 'x-api-key': 'wrong' }, { 'x-api-key': '' }, { authorization: 'apikey wrong' }])
      expect((await browser.post('admin.people', {}, headers)).status).toBe(401)
    const right = await browser.post('admin.people', {}, { authorization: `apikey ${chat.server.secrets.apiKey}` })
    expect(right.status).toBe(200)
    expect((await browser.post('people.me', {}, { 'x-api-key': chat.server.secrets.apiKey })).status).toBe(401)
  })
})

/** By the key of the server API. */
async function server(chat: ChatServer, action: string, input: unknown): Promise<Record<string, unknown>> {
  const response = await new Browser(chat).post(action, input, { 'x-api-key': chat.server.secrets.apiKey })
  expect(response.status).toBe(200)
  return (await response.json()) as Record<string, unknown>
}
