/** The check: tables made anew from the logs, and compared; and what it says and mends when somebody wrote to them. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkChat } from '../../src/chat/index.ts'
import { type Caller, type ChatServer, startChat } from './support.ts'

setDefaultTimeout(60_000) // against waiting for ever

/** A room in which all kinds of things happened. */
async function live(chat: ChatServer): Promise<{ room: string; ann: Caller; bob: Caller }> {
  const [ann, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
  const offsets: number[] = []
  for (let at = 0; at < 12; at++) {
    const who = at % 2 === 0 ? ann : bob
    const text = `number ${at} 上海人 @${at % 2 === 0 ? 'Bob' : 'Ann'} https://example.org/${at}`
    offsets.push((await who.call('messages.send', { room, clientId: `message-${at}`, text })).offset)
  }
  const [one = 0, two = 0, three = 0, four = 0, five = 0] = offsets
  await ann.call('messages.edit', { room, offset: one, text: 'edited, 北京 now' })
  await ann.call('messages.edit', { room, offset: one, text: 'edited again' })
  await bob.call('messages.react', { room, offset: one, emoji: '👍' })
  await ann.call('messages.react', { room, offset: one, emoji: '👍' })
  await bob.call('messages.react', { room, offset: one, emoji: '👍', on: false })
  await ann.call('messages.pin', { room, offset: two })
  await ann.call('messages.edit', { room, offset: three, text: 'a secret, edited' })
  await bob.call('messages.react', { room, offset: three, emoji: '🎉' })
  await ann.call('messages.recall', { room, offset: three })
  await ann.call('messages.remove', { room, offset: four })
  await ann.call('rooms.mute', { room, person: bob.id, duration: 1000 })
  await ann.call('rooms.change', { room, name: 'Coffee', slow: 5 })
  await ann.call('messages.send', { room, clientId: 'a-reply-to-it', text: 'yes', reply: five })
  return { room, ann, bob }
}

const folder = () => {
  const path = mkdtempSync(join(tmpdir(), 'posthouse-check-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** `posthouse check`: its status, and what it prints. */
async function command(path: string, ...args: string[]): Promise<[status: number, said: string]> {
  const main = join(import.meta.dir, '../../src/cli/main.ts')
  const child = Bun.spawn([process.execPath, main, 'check', '--data', path, ...args], {
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return [await child.exited, (out + err).trim()]
}

/** Writes to the tables of a stopped server, as nobody should. */
function meddle(path: string, ...sql: string[]): void {
  using db = new Database(join(path, 'posthouse.db'), { readwrite: true, create: true })
  for (const each of sql) db.run(each)
}

describe('the check', () => {
  test('finds no difference while the server runs, nor after', async () => {
    using data = folder()
    {
      await using chat = await startChat({ folder: data.path })
      await live(chat)
      expect(checkChat(data.path)).toMatchObject({ trimmed: 0, differences: [], more: false })
      await live({ ...chat, enter: (name) => chat.enter(`${name} 2`) })
      const { rooms, entries, differences } = checkChat(data.path)
      expect({ rooms, differences }).toEqual({ rooms: 3, differences: [] })
      expect(entries).toBeGreaterThan(50)
    }
    expect(checkChat(data.path, { repair: true })).toMatchObject({ rooms: 3, differences: [] })
  })

  const damages: Record<string, [sql: string, sentence: RegExp]> = {
    'a message that was changed': [
      `UPDATE chat_messages SET text = 'x', kinds = 4 WHERE offset = 5`,
      /^Room \w+: message 5 reads otherwise in the tables than in the log \((kinds|text), (kinds|text)\)\.$/,
    ],
    'a message that is gone': [
      'DELETE FROM chat_messages WHERE offset = 6',
      /message 6 is in the log, and not in the tables/,
    ],
    'a message that was never sent': [
      `INSERT INTO chat_messages (room, offset, version, author, client_id, time, text) SELECT id, 999, 1, '', '', 0, 'boo' FROM chat_rooms`,
      /message 999 is in the tables, and the log says nothing of it/,
    ],
    'a reaction that is gone': ['DELETE FROM chat_reactions', /the reaction 👍 of u\w+ to message \d+ is in the log/],
    'a mention that is gone': ['DELETE FROM chat_mentions WHERE offset = 7', /the mention of u\w+ in message 7/],
    'a role that was taken': [
      `UPDATE chat_members SET role = 'owner'`,
      /the membership of u\w+ reads otherwise .* \(role\)/,
    ],
    'a member too many': [
      `INSERT INTO chat_members (room, person, role, joined, since, version) SELECT id, 'eve', 'owner', 0, 1, 1 FROM chat_rooms`,
      /the membership of eve is in the tables/,
    ],
    'a count of members': ['UPDATE chat_rooms SET members = 77', /the room itself reads otherwise .*\(members\)/],
    'a former text': [
      `UPDATE chat_edits SET text = 'never'`,
      /the edit at \d+ of message 2 reads otherwise .*\(text\)/,
    ],
    'a notice that is gone': ['DELETE FROM chat_notices WHERE offset = 1', /the notice at 1 is in the log/],
    'a room that is gone': ['DELETE FROM chat_rooms', /the room itself is in the log, and not/],
    'words that cannot be found': [
      'DELETE FROM chat_search WHERE rowid IN (SELECT key FROM chat_messages WHERE offset = 7)',
      /message 7 is found by other words than it says/,
    ],
    'words of nobody': [
      `INSERT INTO chat_search (rowid, scope, body) VALUES (5000, 'r1', 'boo')`,
      /The search index has row 5000, which is no message/,
    ],
    'other words': [
      `INSERT OR REPLACE INTO chat_search (rowid, scope, body) SELECT key, 'r1', 'number words' FROM chat_messages WHERE offset = 7`,
      /message 7 is found by other words than it says/,
    ],
  }
  test('names what differs, and mends it', async () => {
    using data = folder()
    {
      await using chat = await startChat({ folder: data.path, chat: { lobby: '' } })
      await live(chat)
    }
    for (const [what, [sql, sentence]] of Object.entries(damages)) {
      meddle(data.path, sql)
      const { differences } = checkChat(data.path)
      const sentences = differences.map((difference) => difference.sentence)
      expect([what, sentences.find((each) => sentence.test(each)) ?? sentences]).toEqual([
        what,
        expect.stringMatching(sentence),
      ])
      expect(checkChat(data.path, { repair: true }).differences).toEqual(differences)
      expect([what, checkChat(data.path).differences]).toEqual([what, []])
    }
    await using chat = await startChat({ folder: data.path, chat: { lobby: '' } })
    const [{ room } = {}] = chat.server.sql('SELECT room FROM chat_messages LIMIT 1')
    expect(chat.server.sql('SELECT text FROM chat_messages WHERE room = ? AND offset = 5', String(room))).toEqual([
      { text: '' },
    ])
    expect(
      chat.server.sql(`SELECT count(*) AS found FROM chat_search WHERE chat_search MATCH 'body : "上海"'`),
    ).toEqual([{ found: 9 }])
  })

  test('as a command tells what differs, and ends with 1 until it is mended', async () => {
    using data = folder()
    {
      await using chat = await startChat({ folder: data.path })
      await live(chat)
      expect(await command(data.path)).toEqual([
        0,
        expect.stringMatching(/^2 rooms with \d+ entries in .* s: no difference$/),
      ])
      expect(await command(data.path, '--repair')).toEqual([1, expect.stringContaining('Another process is using')])
    }
    meddle(data.path, `UPDATE chat_messages SET text = 'x'`)
    expect(await command(data.path, '--limit', '2')).toEqual([
      1,
      expect.stringMatching(/^(Room .* reads otherwise .*\n){2}… and more\.\n2 rooms .* differences; --repair writes/),
    ])
    expect(await command(data.path, '--repair')).toEqual([1, expect.stringContaining('mended as the log says')])
    expect(await command(data.path)).toEqual([0, expect.stringContaining('no difference')])
    expect((await command(join(data.path, 'nothing')))[0]).toBe(1)
  })

  test('mends nothing while a server runs', async () => {
    await using chat = await startChat()
    expect(() => checkChat(chat.folder, { repair: true })).toThrow('Another process is using')
  })

  test('of a folder without data, and of data without a chat, says so', async () => {
    using data = folder()
    expect(() => checkChat(data.path)).toThrow('There is no database')
    meddle(data.path, 'CREATE TABLE others (a)')
    expect(() => checkChat(data.path)).toThrow('is no database of Posthouse')
  })
})

test('a message that is taken back is in the log no more, and the tables made anew are the same', async () => {
  await using chat = await startChat()
  const ann = await chat.enter('Ann')
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea' })
  const { offset } = await ann.call('messages.send', { room, clientId: 'the-first', text: 'hush, a secret' })
  await ann.call('messages.edit', { room, offset, text: 'hush, another secret' })
  await ann.call('messages.recall', { room, offset })
  const { publications } = await chat.server.history(`room:${room}`)
  expect(JSON.stringify(publications)).not.toContain('secret')
  expect(publications.map(({ data }) => data)).toMatchObject([
    { type: 'room' },
    { type: 'message', by: ann.id, id: 'the-first', text: '', erased: true },
    { type: 'edit', of: offset, text: '', erased: true },
    { type: 'recall', of: offset },
  ])
  expect(checkChat(chat.folder).differences).toEqual([])
})
