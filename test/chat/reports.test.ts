/** Reports and the audit log: who sees them, and that no deed is done without its line. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { checkChat } from '../../src/chat/index.ts'
import { eventually } from '../app/support.ts'
import { connect } from './connected.ts'
import { type Caller, type ChatServer, refusalOf, startChat } from './support.ts'

setDefaultTimeout(60_000) // against waiting for ever

const appoint = (chat: ChatServer, { id }: Caller) =>
  chat.server.write({ sql: 'UPDATE chat_people SET admin = 1 WHERE id = ?', params: [id] })

async function group(chat: ChatServer) {
  const [ann, bob, eve, admin] = await Promise.all(['Ann', 'Bob', 'Eve', 'Admin'].map((name) => chat.enter(name)))
  if (ann === undefined || bob === undefined || eve === undefined || admin === undefined) throw new Error('who?')
  await appoint(chat, admin)
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id, eve.id] })
  const { offset } = await eve.call('messages.send', { room, clientId: 'the-first', text: 'something mean' })
  return { ann, bob, eve, admin, room, offset }
}

test('a reported message is shown to moderators and administrators as it was, and to nobody else', async () => {
  await using chat = await startChat()
  const { ann, bob, eve, admin, room, offset } = await group(chat)
  const stranger = await chat.enter('Stranger')
  expect(await refusalOf(stranger.call('messages.report', { room, offset }))).toBe('notFound')
  expect(await refusalOf(eve.call('messages.report', { room, offset }))).toBe('invalid')
  expect(await refusalOf(bob.call('messages.report', { room, offset: 999 }))).toBe('notFound')
  for (let n = 0; n < 2; n++) await bob.call('messages.report', { room, offset, reason: 'mean' })
  await ann.call('messages.report', { room, offset })
  await eve.call('messages.edit', { room, offset, text: 'something nice' })
  await eve.call('messages.recall', { room, offset })
  const expected = [
    { by: ann.id, reason: '', from: eve.id, text: 'something mean', gone: true, roomName: 'Tea' },
    { by: bob.id, reason: 'mean', from: eve.id, text: 'something mean', gone: true, room, offset },
  ]
  expect((await ann.call('reports.list', { room })).reports).toMatchObject(expected)
  expect((await admin.call('reports.list', {})).reports).toMatchObject(expected)
  expect((await ann.call('reports.list', { room })).reports.map(({ role }) => role)).toEqual(['member', 'member'])
  await ann.call('rooms.kick', { room, person: eve.id })
  expect((await ann.call('reports.list', { room })).reports.map(({ role }) => role)).toEqual([undefined, undefined])
  expect(await refusalOf(bob.call('reports.list', { room }))).toBe('forbidden')
  expect(await refusalOf(ann.call('reports.list', {}))).toBe('forbidden')
  expect(await refusalOf(stranger.call('reports.list', { room }))).toBe('notFound')
})

test('who moderates the room is told that there is a report, and that it is done with; nobody else is', async () => {
  const waiting: (() => void)[] = []
  await using chat = await startChat({ after: (_delay, call) => (waiting.push(call), () => undefined) })
  const { ann, bob, eve, admin, room, offset } = await group(chat)
  using hers = await connect(chat, ann)
  using his = await connect(chat, bob)
  using theirs = await connect(chat, admin)
  const reports = ({ inbox }: typeof hers) => inbox.filter(({ type }) => type === 'reports')
  const told = (count: number) =>
    eventually(
      () => reports(hers).length,
      (now) => now === count,
    )
  const pass = () => waiting.splice(0).forEach((call) => call())

  await bob.call('messages.report', { room, offset, reason: 'it is mean' })
  expect(await hers.told('reports')).toEqual({ type: 'reports', room })
  const [first] = (await ann.call('reports.list', { room })).reports
  await ann.call('reports.settle', { report: first?.id ?? 0, outcome: 'dismissed' })
  pass()
  await told(2)
  for (let more = 10; more < 30; more++) {
    const { offset: another } = await eve.call('messages.send', { room, clientId: `message-${more}`, text: 'mean' })
    await bob.call('messages.report', { room, offset: another })
  }
  pass()
  await told(3) // together, and not one by one
  for (const each of [ann, bob, admin]) await each.call('quiet.set', { until: 0 })
  for (const each of [hers, his, theirs]) await each.told('quiet')
  expect([hers, his, theirs].map((each) => reports(each).length)).toEqual([3, 0, 0])
})

test('a report is settled once, and is then among those that are', async () => {
  await using chat = await startChat()
  const { ann, bob, admin, room, offset } = await group(chat)
  const { offset: other } = await ann.call('messages.send', { room, clientId: 'the-other', text: 'another' })
  await bob.call('messages.report', { room, offset })
  await bob.call('messages.report', { room, offset: other })
  const first = await ann.call('reports.list', { room, limit: 1 })
  const second = await ann.call('reports.list', { room, limit: 1, before: first.next })
  expect([first.reports[0]?.offset, second.reports[0]?.offset, second.next]).toEqual([other, offset, undefined])
  const report = second.reports[0]?.id ?? 0
  expect(await refusalOf(bob.call('reports.settle', { report, outcome: 'acted' }))).toBe('notFound')
  const settling = [ann, admin].map((who) => who.call('reports.settle', { report, outcome: 'acted', note: 'told off' }))
  expect((await Promise.allSettled(settling)).map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect((await ann.call('reports.list', { room })).reports.map(({ id }) => id)).not.toContain(report)
  expect((await ann.call('reports.list', { room, settled: true })).reports).toMatchObject([
    { id: report, settled: { outcome: 'acted' } },
  ])
  expect((await ann.call('audit.list', { room })).entries).toMatchObject([
    { action: 'report settled', details: { report, outcome: 'acted', note: 'told off' } },
  ])
})

test('a report from a room of two goes to administrators, who see no more of that room', async () => {
  await using chat = await startChat()
  const { bob, eve, admin } = await group(chat)
  const { room } = await eve.call('rooms.direct', { person: bob.id })
  const { offset } = await eve.call('messages.send', { room, clientId: 'a-direct-one', text: 'only for you' })
  await eve.call('messages.send', { room, clientId: 'another-one', text: 'secret' })
  await bob.call('messages.report', { room, offset, reason: 'help' })
  const { reports } = await admin.call('reports.list', {})
  expect(reports).toMatchObject([{ text: 'only for you', reason: 'help' }])
  expect(await refusalOf(admin.call('rooms.open', { room }))).toBe('notFound')
  expect(await refusalOf(bob.call('reports.list', { room }))).toBe('forbidden')
  await admin.call('reports.settle', { report: reports[0]?.id ?? 0, outcome: 'dismissed' })
})

test('each deed of a moderator has one line, which says who did what to whom', async () => {
  await using chat = await startChat()
  const { ann, bob, eve, admin, room, offset } = await group(chat)
  const person = eve.id
  await ann.call('rooms.role', { room, person: bob.id, role: 'moderator' })
  await bob.call('messages.remove', { room, offset })
  await bob.call('messages.remove', { room, offset }) // it is removed already
  await bob.call('rooms.mute', { room, person, duration: 60_000, reason: 'loud' })
  await bob.call('rooms.unmute', { room, person })
  await bob.call('rooms.kick', { room, person, reason: 'louder' })
  await bob.call('rooms.ban', { room, person, reason: 'enough', addresses: true })
  await bob.call('rooms.unban', { room, person })
  expect(await refusalOf(bob.call('rooms.kick', { room, person: ann.id }))).toBe('forbidden')
  await ann.call('rooms.archive', { room })
  await ann.call('rooms.restore', { room })
  const own = await ann.call('messages.send', { room, clientId: 'my-own-one', text: 'oops' })
  await ann.call('messages.recall', { room, offset: own.offset }) // nobody's business
  const { entries } = await bob.call('audit.list', { room })
  expect(entries.map(({ action }) => action).toReversed()).toEqual([
    'role',
    'removed',
    'muted',
    'unmuted',
    'kicked',
    'banned',
    'unbanned',
    'archived',
    'restored',
  ])
  const line = (action: string) => entries.find((entry) => entry.action === action)
  expect(line('role')).toMatchObject({ by: ann.id, person: bob.id, details: { role: 'moderator' } })
  expect(line('removed')).toMatchObject({ by: bob.id, person: eve.id, details: { offset } })
  expect(line('muted')).toMatchObject({ person: eve.id, details: { reason: 'loud', until: chat.now() + 60_000 } })
  expect(line('banned')).toMatchObject({ details: { reason: 'enough', addresses: true } })
  expect(line('archived')).not.toHaveProperty('person')

  const pages: number[] = []
  for (let before: number | undefined; ;) {
    const { entries: page, next } = await ann.call('audit.list', { room, limit: 4, before })
    pages.push(...page.map(({ id }) => id))
    if (next === undefined) break
    before = next
  }
  expect(pages).toEqual(entries.map(({ id }) => id))
  expect(await refusalOf(eve.call('audit.list', { room }))).toBe('notFound')
  expect(await refusalOf(ann.call('audit.list', {}))).toBe('forbidden')
  await admin.call('admin.ban', { person })
  expect((await admin.call('audit.list', { limit: 1 })).entries).toMatchObject([{ by: admin.id, person }])
  expect(checkChat(chat.folder).differences).toEqual([])
})

test('with an account that takes along what it said, nothing of that is left in the logs', async () => {
  await using chat = await startChat()
  const { ann, eve, room } = await group(chat)
  await eve.call('people.delete', { recall: true })
  for (let n = 0; n < 500; n++) {
    if (chat.server.sql('SELECT 1 FROM chat_departures').length === 0) break
    await Bun.sleep(10)
  }
  const { publications } = await chat.server.history(`room:${room}`)
  expect(JSON.stringify(publications)).not.toMatch(/mean|Eve/)
  expect((await ann.call('rooms.open', { room })).messages.map(({ text }) => text)).toEqual([''])
  for (const table of ['chat_members', 'chat_marks', 'chat_sessions'])
    expect([table, chat.server.sql(`SELECT 1 FROM ${table} WHERE person = ?`, eve.id)]).toEqual([table, []])
  expect(checkChat(chat.folder).differences).toEqual([])
})
