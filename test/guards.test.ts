/** Statements with a guard: all of a publication happens, or nothing, by what is true in its own transaction. */
import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { createServer, of, Refused, type Posthouse, type ServerOptions } from '../src/index.ts'
import { openSqliteStore, type SqliteStore } from '../src/stores/sqlite.ts'
import type { Statement } from '../src/core/store.ts'
import { forever, randomFrom, temporaryFolder, text } from './stores-support.ts'
import { Wire } from './wire.ts'

setDefaultTimeout(60_000) // against waiting for ever; how long a disk takes is not what is tested

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

let files = 0
async function withAccounts(scene: (store: SqliteStore) => Promise<void>): Promise<void> {
  const store = await openSqliteStore({ file: join(folder.path, `${++files}.db`) })
  try {
    await store.write([
      { sql: 'CREATE TABLE accounts (name TEXT PRIMARY KEY, left INTEGER NOT NULL CHECK (left > -2)) STRICT' },
      { sql: 'CREATE TABLE notes (at INTEGER, name TEXT) STRICT' },
      { sql: "INSERT INTO accounts VALUES ('a', 5), ('b', 5)" },
    ])
    await scene(store)
  } finally {
    await store.close()
  }
}

const hasSome = (name: string): Statement => ({
  sql: 'SELECT 1 FROM accounts WHERE name = ? AND left > 0',
  params: [name],
  guard: `${name} has some`,
})
const take = (name: string): Statement => ({
  sql: 'UPDATE accounts SET left = left - 1 WHERE name = ? AND left > 0 RETURNING left',
  params: [name],
  guard: `${name} gives one`,
})
const note = (name: string): Statement => ({ sql: 'INSERT INTO notes VALUES (?, ?)', params: [of.offset, name] })
const outcomeOf = (work: Promise<unknown>) => work.then(() => 'done').catch((error: Error) => error)

describe('a statement with a guard', () => {
  test('lets the publication happen if it gives a row', async () => {
    await withAccounts(async (store) => {
      const statements = [hasSome('a'), note('a'), take('a')]
      expect((await store.append('c', text(1), forever, { statements })).outcome).toBe('appended')
      expect(store.query("SELECT left FROM accounts WHERE name = 'a'")).toEqual([{ left: 4 }])
      expect(store.query('SELECT * FROM notes')).toEqual([{ at: 1, name: 'a' }])
    })
  })

  test('that gives none undoes all of it, names itself, and is the first that did not hold', async () => {
    await withAccounts(async (store) => {
      const statements = [note('a'), take('a'), hasSome('nobody'), hasSome('nobody else')]
      const outcome = await outcomeOf(store.append('new', text(1), forever, { statements, idempotencyKey: 'k' }))
      expect(outcome).toBeInstanceOf(Refused)
      expect(outcome).toMatchObject({ name: 'Refused', guard: 'nobody has some', message: 'refused: nobody has some' })
      expect(store.query("SELECT left FROM accounts WHERE name = 'a'")).toEqual([{ left: 5 }])
      expect(store.query('SELECT * FROM notes')).toEqual([])
      expect((await store.read('new', forever, { limit: 1 })).top.offset).toBe(0)
      expect((await store.append('new', text(2), forever, { idempotencyKey: 'k' })).position.offset).toBe(1)
    })
  })

  test('changes every row it is about, though one is enough to know', async () => {
    await withAccounts(async (store) => {
      await store.write([{ sql: 'UPDATE accounts SET left = 9 RETURNING name', guard: 'somebody' }])
      expect(store.query('SELECT left FROM accounts')).toEqual([{ left: 9 }, { left: 9 }])
    })
  })

  test('guards a write without a publication, too', async () => {
    await withAccounts(async (store) => {
      const outcome = await outcomeOf(store.write([take('a'), take('nobody')]))
      expect(outcome).toMatchObject({ name: 'Refused', guard: 'nobody gives one' })
      expect(store.query("SELECT left FROM accounts WHERE name = 'a'")).toEqual([{ left: 5 }])
    })
  })

  test('is not looked at for a key that is known', async () => {
    await withAccounts(async (store) => {
      await store.write([{ sql: "UPDATE accounts SET left = 1 WHERE name = 'a'" }])
      const send = () => store.append('c', text(1), forever, { statements: [take('a')], idempotencyKey: 'k' })
      const answers = [...(await Promise.all([send(), send()])), await send()]
      expect(answers.map(({ outcome, position }) => [outcome, position.offset])).toEqual([
        ['appended', 1],
        ['repeated', 1],
        ['repeated', 1],
      ])
    })
  })

  test('that cannot give rows never holds', async () => {
    await withAccounts(async (store) => {
      expect(await outcomeOf(store.write([{ sql: 'DELETE FROM accounts', guard: 'g' }]))).toBeInstanceOf(Refused)
      expect(store.query('SELECT count(*) AS n FROM accounts')).toEqual([{ n: 2 }])
    })
  })

  test('refused beside what only the commit finds wrong is asked again without it', async () => {
    await withAccounts(async (store) => {
      await store.write([
        { sql: 'CREATE TABLE debts (name TEXT REFERENCES accounts (name) DEFERRABLE INITIALLY DEFERRED) STRICT' },
      ])
      const [broken, guarded] = await Promise.all([
        outcomeOf(store.write([{ sql: "INSERT INTO debts VALUES ('nobody')" }])),
        outcomeOf(
          store.write([{ sql: 'SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM debts)', guard: 'no debts' }, take('a')]),
        ),
      ])
      expect(broken).toMatchObject({ name: 'StoreError', constraint: true })
      expect(guarded).toBe('done')
    })
  })
})

test('whatever is asked together ends as if it had been asked one by one', async () => {
  const base = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
  for (let seed = base; seed < base + 10; seed++)
    try {
      await compare(seed)
    } catch (error) {
      throw new Error(`It does not with SEED=${seed}`, { cause: error })
    }
})

/** Some publish, some write, some break a constraint or end the whole transaction, some are told that there is no more. */
async function compare(seed: number): Promise<void> {
  const random = randomFrom(seed)
  await withAccounts(async (store) => {
    const left: Record<string, number> = { a: 5, b: 5 }
    const tops: Record<string, number> = { x: 0, y: 0 }
    const [real, expected]: [unknown[], unknown[]] = [[], []]
    for (let round = 0; round < 6; round++) {
      const asked: Promise<unknown>[] = []
      for (let count = random(80); count > 0; count--) {
        const name = random(2) === 0 ? 'a' : 'b'
        const channel = random(2) === 0 ? 'x' : 'y'
        const kind = random(12)
        const some = left[name] ?? 0
        if (kind === 0) {
          asked.push(
            outcomeOf(store.write([{ sql: 'UPDATE accounts SET left = left + 3 WHERE name = ?', params: [name] }])),
          )
          left[name] = some + 3
          expected.push('done')
        } else if (kind === 1) {
          const bad = { sql: 'INSERT OR ROLLBACK INTO accounts VALUES (?, 0)', params: [name] }
          asked.push(outcomeOf(store.append(channel, text(1), forever, { statements: [take(name), bad] })))
          expected.push(some > 0 ? 'constraint' : `${name} gives one`)
        } else if (kind === 2) {
          const bad = { sql: 'UPDATE accounts SET left = -5 WHERE name = ?', params: [name] }
          asked.push(outcomeOf(store.append(channel, text(1), forever, { statements: [note(name), bad] })))
          expected.push('constraint')
        } else if (kind === 3) {
          asked.push(outcomeOf(store.append(channel, text(1), forever)))
          tops[channel] = (tops[channel] ?? 0) + 1
          expected.push('done')
        } else {
          const statements = kind < 8 ? [note(name), take(name)] : [take(name), note(name)]
          asked.push(outcomeOf(store.append(channel, text(1), forever, { statements })))
          if (some > 0) {
            left[name] = some - 1
            tops[channel] = (tops[channel] ?? 0) + 1
          }
          expected.push(some > 0 ? 'done' : `${name} gives one`)
        }
      }
      for (const outcome of await Promise.all(asked)) real.push(wordFor(outcome))
      expect(real).toEqual(expected)
      expect(store.query('SELECT name, left FROM accounts ORDER BY name')).toEqual([
        { name: 'a', left: left['a'] ?? 0 },
        { name: 'b', left: left['b'] ?? 0 },
      ])
      for (const channel of ['x', 'y']) {
        const { publications, top } = await store.read(channel, forever, { limit: Infinity })
        expect([top.offset, publications.length]).toEqual([tops[channel] ?? 0, tops[channel] ?? 0])
      }
    }
  })
}

function wordFor(outcome: unknown): unknown {
  if (outcome instanceof Refused) return outcome.guard
  return outcome instanceof Error && 'constraint' in outcome && outcome.constraint === true ? 'constraint' : outcome
}

describe('a program', () => {
  async function start(options: ServerOptions = {}): Promise<Posthouse> {
    const server = await createServer({
      http_server: { address: '127.0.0.1', port: 0 },
      data: { dir: join(folder.path, `data-${++files}`) },
      channel: {
        without_namespace: { history_size: 100, history_ttl: '1h', allow_publish_for_client: true },
      },
      log: { level: 'none' },
      ...options,
    })
    await server.write(
      { sql: 'CREATE TABLE members (name TEXT PRIMARY KEY) STRICT' },
      { sql: "INSERT INTO members VALUES ('ann')" },
    )
    return server
  }
  const member = (name: string): Statement => ({
    sql: 'SELECT 1 FROM members WHERE name = ?',
    params: [name],
    guard: 'member',
  })

  test('is told which guard refused its publication, its write, its broadcast', async () => {
    await using server = await start()
    const refused = { name: 'Refused', guard: 'member' }
    const statements = [member('bo')]
    expect(await outcomeOf(server.publish('news', 1, { statements }))).toMatchObject(refused)
    expect(await outcomeOf(server.write(member('bo')))).toMatchObject(refused)
    expect(await server.broadcast(['news', 'other'], 1, { statements })).toMatchObject([
      { channel: 'news', error: refused },
      { channel: 'other', error: refused },
    ])
    expect((await server.history('news')).offset).toBe(0)
    expect((await server.publish('news', 1, { statements: [member('ann')] })).offset).toBe(1)
  })

  test('can tell a broken constraint from other failures', async () => {
    await using server = await start()
    const [taken, nonsense] = ["INSERT INTO members VALUES ('ann')", 'INSERT INTO nowhere VALUES (1)']
    const publish = (sql: string) => outcomeOf(server.publish('news', 1, { statements: [{ sql }] }))
    expect(await outcomeOf(server.write({ sql: taken }))).toMatchObject({ name: 'StoreError', constraint: true })
    expect(await outcomeOf(server.write({ sql: nonsense }))).toMatchObject({ name: 'StoreError', constraint: false })
    expect(await publish(taken)).toMatchObject({
      name: 'StoreError',
      constraint: true,
      message: 'UNIQUE constraint failed: members.name',
    })
    expect(await publish(nonsense)).toMatchObject({ name: 'ClientError', code: 100 })
  })

  test('that guards what clients publish refuses them with 103', async () => {
    await using server = await start({
      onConnect: ({ query }) => ({ user: query.get('name') ?? '' }),
      onPublish: ({ user }) => ({ statements: [member(user)] }),
    })
    const say = async (name: string) => {
      const wire = await Wire.open(`ws://${server.url.host}/connection/websocket?name=${name}`)
      await wire.ask({ connect: {} })
      const answer = await wire.ask({ publish: { channel: 'news', data: 1 } })
      wire.close()
      return answer
    }
    expect(await say('ann')).toHaveProperty('publish')
    expect(await say('bo')).toMatchObject({ error: { code: 103 } })
    expect((await server.history('news')).offset).toBe(1)
  })
})

test('what a guard refuses is not on the disk either', async () => {
  const file = join(folder.path, 'refused.db')
  const store = await openSqliteStore({ file })
  await outcomeOf(store.append('c', text(1), forever, { statements: [{ sql: 'SELECT 1 WHERE 0', guard: 'never' }] }))
  await store.close()
  const db = new Database(file, { readonly: true })
  expect(db.query('SELECT count(*) AS n FROM publications').get()).toEqual({ n: 0 })
  expect(db.query('SELECT count(*) AS n FROM channels').get()).toEqual({ n: 0 })
  db.close()
})
