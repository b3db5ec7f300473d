/** What only the SQLite store promises: a file that outlives crashes, faults of the disk, and SQL beside the log. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { readdirSync, readFileSync, readlinkSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applicationId, migrate, migrations, versionOf } from '../src/stores/schema.ts'
import { openSqliteStore } from '../src/stores/sqlite.ts'
import { startChild } from './sqlite-process.ts'
import { forever, last, ManualClock, refusal, temporaryFolder, text, until } from './stores-support.ts'
import type { SqliteOptions, SqliteStore } from '../src/stores/sqlite.ts'

setDefaultTimeout(60_000) // against waiting for ever; how long a disk takes is not what is tested

async function withStore(
  scene: (store: SqliteStore, file: string, clock: ManualClock) => Promise<void>,
  options: Partial<SqliteOptions> = {},
): Promise<void> {
  using folder = temporaryFolder()
  const file = join(folder.path, 'test.db')
  const clock = new ManualClock()
  const store = await openSqliteStore({ file, clock, ...options })
  try {
    await scene(store, file, clock)
  } finally {
    await store.close()
  }
}

const count = (store: SqliteStore, table: string) => Number(store.query(`SELECT count(*) AS n FROM ${table}`)[0]?.['n'])

describe('a file', () => {
  test('keeps everything over a restart', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'test.db')
    const before = await openSqliteStore({ file })
    await before.append('c', text(1), forever, { idempotencyKey: 'k', version: 7 })
    const { top: quiet } = await before.read('quiet', forever, { limit: 0 })
    const page = await before.read('c', forever, { limit: 10 })
    await before.close()
    const after = await openSqliteStore({ file })
    expect(await after.read('c', forever, { limit: 10 })).toEqual(page)
    expect((await after.read('quiet', forever, { limit: 0 })).top).toEqual(quiet)
    expect((await after.append('c', text(1), forever, { idempotencyKey: 'k' })).outcome).toBe('repeated')
    expect((await after.append('c', text(1), forever, { version: 7 })).outcome).toBe('outdated')
    expect((await after.append('c', text(2), forever)).position).toEqual({ ...page.top, offset: 2 })
    await after.close()
  })

  test('is for its owner alone', async () => {
    await withStore(async (store, file) => {
      await store.append('c', text(1), forever)
      for (const suffix of ['', '-wal', '.lock']) expect(statSync(file + suffix).mode & 0o777).toBe(0o600)
    })
  })

  test('stands alone once it is closed, with no handle left', async () => {
    using folder = temporaryFolder()
    const store = await openSqliteStore({ file: join(folder.path, 'test.db') })
    await store.append('c', text(1), forever)
    await store.close()
    expect(readdirSync(folder.path).toSorted()).toEqual(['test.db', 'test.db.lock'])
    expect(openFiles().filter((path) => path.startsWith(folder.path))).toEqual([])
  })

  test('takes up no memory of a channel that was only read', async () => {
    await withStore(async (store) => {
      for (let at = 0; at < 50; at++) await store.read(`quiet-${at}`, forever, { limit: 10 })
      await store.remove('quiet-1')
      expect(count(store, 'channels') + count(store, 'generations')).toBe(0)
    })
  })

  test('is refused to a second store in the process, by whatever path, and free after close', async () => {
    await withStore(async (_, file) => {
      symlinkSync(file, `${file}-link`)
      for (const path of [file, `${file}-link`]) {
        const error = await refusal(openSqliteStore({ file: path }))
        expect(error.message).toContain('Another process is using')
      }
    })
  })

  test('is refused to a second process until the first is gone, even by kill -9', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'test.db')
    await using child = await startChild([file])
    expect((await refusal(openSqliteStore({ file }))).message).toContain('Another process is using')
    await child.kill()
    const store = await openSqliteStore({ file })
    await using second = await startChild([file])
    expect(second.first['error']).toContain('Another process is using')
    await store.close()
  })

  test('in a folder that does not exist is refused with its name', async () => {
    const error = await refusal(openSqliteStore({ file: join(tmpdir(), 'posthouse-nowhere', 'x.db') }))
    expect(error.message).toContain('posthouse-nowhere does not exist')
  })

  test('of another program is refused and left as it was', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'other.db')
    const other = new Database(file)
    other.run('CREATE TABLE mine (a)')
    other.close(true)
    const before = readFileSync(file)
    expect((await refusal(openSqliteStore({ file }))).message).toContain('not one of Posthouse')
    expect(readFileSync(file)).toEqual(before)
  })

  test('of a newer version is refused and left as it was', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'test.db')
    await (await openSqliteStore({ file })).close()
    const db = new Database(file)
    db.run(`PRAGMA user_version = ${migrations.length + 1}`)
    db.close(true)
    const before = readFileSync(file)
    const error = await refusal(openSqliteStore({ file }))
    expect(error.message).toContain(
      `newer Posthouse (schema ${migrations.length + 1}, this one knows ${migrations.length})`,
    )
    expect(readFileSync(file)).toEqual(before)
  })
})

describe('migration', () => {
  test('a file of version 1 is opened and keeps what is in it', async () => {
    using folder = temporaryFolder()
    const file = await firstVersion(folder.path)
    const store = await openSqliteStore({ file })
    expect((await store.append('c', text(1), forever)).position.offset).toBe(1)
    await store.close()
    const db = new Database(file)
    expect(versionOf(db)).toBe(migrations.length)
    db.close(true)
  })

  test('goes forward step by step, over what is stored', async () => {
    using folder = temporaryFolder()
    const file = await firstVersion(folder.path)
    const store = await openSqliteStore({ file })
    await store.append('c', text('kept'), forever)
    await store.close()
    const db = new Database(file)
    const steps = [...migrations, 'ALTER TABLE channels ADD COLUMN extra TEXT', 'CREATE TABLE later (a)']
    migrate(db, steps)
    migrate(db, steps) // nothing is left to do
    expect(versionOf(db)).toBe(steps.length)
    expect(db.query('SELECT p.data, c.extra FROM publications p JOIN channels c ON c.id = p.channel').all()).toEqual([
      { data: '"kept"', extra: null },
    ])
    expect(db.query('PRAGMA application_id').get()).toEqual({ application_id: applicationId })
    db.close()
  })

  test('that fails half-way leaves the file at its version', async () => {
    using folder = temporaryFolder()
    const db = new Database(await firstVersion(folder.path))
    const steps = [...migrations, 'CREATE TABLE later (a); INSERT INTO nowhere VALUES (1)']
    expect(() => migrate(db, steps)).toThrow('nowhere')
    expect(versionOf(db)).toBe(1)
    expect(db.query("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'later'").get()).toEqual({ n: 0 })
    db.close()
  })
})

describe('statements that ride along', () => {
  test('commit with their publication and know its place', async () => {
    await withNotes(async (store) => {
      const answers = await Promise.all(
        [1, 2, 3].map((at) => store.append('c', text(at), forever, { statements: [note()] })),
      )
      expect(store.query('SELECT a, b, c FROM notes')).toEqual(
        answers.map(({ position, time }) => ({ a: position.offset, b: position.epoch, c: time })),
      )
    })
  })

  test('carry every kind of value', async () => {
    await withNotes(async (store) => {
      const buffer = new Uint8Array([1, 2, 3, 4])
      const values = ['驿', 1.5, 9n, null, buffer.subarray(1, 3)]
      await store.write([{ sql: 'CREATE TABLE kinds (a, b, c, d, e)', params: [] }])
      const statements = [{ sql: 'INSERT INTO kinds VALUES (?, ?, ?, ?, ?)', params: values }]
      await store.append('c', text(1), forever, { statements })
      expect(store.query('SELECT * FROM kinds')).toEqual([
        { a: '驿', b: 1.5, c: 9, d: null, e: new Uint8Array([2, 3]) },
      ])
    })
  })

  const failing: Record<string, string[]> = {
    'break a constraint': ['INSERT INTO notes VALUES (1000, 0, 0)', 'INSERT INTO notes VALUES (1000, 0, 0)'],
    'roll everything back': [
      'INSERT OR ROLLBACK INTO notes VALUES (1, 0, 0)',
      'INSERT OR ROLLBACK INTO notes VALUES (1, 0, 0)',
    ],
    'are no SQL': ['INSERT INTO'],
    'are empty': [''],
    'commit by themselves': ['COMMIT'],
    'hide a COMMIT in a comment': ['/* INSERT */ -- x\n COMMIT'],
    'hide a second one': ["INSERT INTO notes VALUES (';', 0, 0); DELETE FROM notes"],
    'change the database': ['PRAGMA user_version = 99'],
    'break a promise that is looked at last': ['INSERT INTO children VALUES (77)'],
  }
  for (const [what, sqls] of Object.entries(failing))
    test(`that ${what} fail their own append alone, and it uses up no offset`, async () => {
      await withNotes(async (store) => {
        await store.write([
          { sql: 'CREATE TABLE children (a REFERENCES notes (a) DEFERRABLE INITIALLY DEFERRED)', params: [] },
        ])
        const statements = sqls.map((sql) => ({ sql, params: [] }))
        const asked = [
          store.append('c', text('before'), forever, { statements: [note()] }),
          store.append('new', text('bad'), forever, { statements, idempotencyKey: 'k', version: 9 }),
          store.append('c', text('bad'), forever, { statements, idempotencyKey: 'k', version: 9 }),
          store.append('c', text('after'), forever, { statements: [note()], version: 1 }),
          store.append('new', text('after'), forever, { version: 1, idempotencyKey: 'k' }),
          store.append('plain', text('plain'), forever),
        ]
        const [before, bad, alsoBad, after, fresh, plain] = await Promise.allSettled(asked)
        for (const one of [bad, alsoBad])
          expect(one).toMatchObject({ status: 'rejected', reason: { name: 'StoreError', temporary: false } })
        expect(
          [before, after, fresh, plain].map((one) => one?.status === 'fulfilled' && one.value.position.offset),
        ).toEqual([1, 2, 1, 1])
        expect(store.query('SELECT a FROM notes')).toEqual([{ a: 1 }, { a: 2 }])
        expect((await store.read('c', forever, { limit: 9 })).publications.map(({ data }) => data)).toEqual([
          '"before"',
          '"after"',
        ])
        expect(store.trouble).toBeUndefined()
      })
    })

  test('with a value that SQLite has no type for are refused', async () => {
    await withNotes(async (store) => {
      for (const value of [undefined, () => 1, Symbol('x'), 'half \ud800', 2n ** 70n]) {
        const params = JSON.parse('[0]')
        params[0] = value
        const statements = [{ sql: 'INSERT INTO notes VALUES (?, 1, 1)', params }]
        expect(await refusal(store.append('c', text(1), forever, { statements }))).toMatchObject({ temporary: false })
      }
      expect(count(store, 'notes')).toBe(0)
    })
  })

  test('do not run for what is not appended', async () => {
    await withNotes(async (store) => {
      const say = () => store.append('c', text(1), forever, { statements: [note()], idempotencyKey: 'k', version: 1 })
      expect((await Promise.all([say(), say()])).map(({ outcome }) => outcome)).toEqual(['appended', 'repeated'])
      expect((await store.append('c', text(1), forever, { statements: [note()], version: 1 })).outcome).toBe('outdated')
      expect(count(store, 'notes')).toBe(1)
    })
  })

  test('without a publication are written together or not at all', async () => {
    await withNotes(async (store) => {
      expect((await refusal(store.write([insert(1), insert(2), insert(1)]))).temporary).toBe(false)
      expect(count(store, 'notes')).toBe(0)
      await store.write([insert(1), insert(2)])
      expect(count(store, 'notes')).toBe(2)
      expect((await refusal(store.write([note()]))).message).toContain('Without a publication')
    })
  })

  test('may make a trigger, which has semicolons of its own', async () => {
    await withNotes(async (store) => {
      const sql =
        'CREATE TRIGGER twice AFTER INSERT ON notes BEGIN UPDATE notes SET b = 2; UPDATE notes SET c = 3; END;'
      await store.write([
        { sql, params: [] },
        { sql: 'INSERT INTO notes VALUES (1, 1, 1)', params: [] },
      ])
      expect(store.query('SELECT * FROM notes')).toEqual([{ a: 1, b: 2, c: 3 }])
    })
  })

  test('a query cannot write, and tells what is wrong with it', async () => {
    await withNotes(async (store) => {
      for (const sql of ['INSERT INTO notes VALUES (1, 1, 1)', 'SELECT * FROM nowhere']) {
        const error = await refusal(() => store.query(sql))
        expect(error.message.length).toBeGreaterThan(10)
      }
      expect(store.query('SELECT ? AS a', 'x')).toEqual([{ a: 'x' }])
      expect((await store.read('c', forever, { limit: 1 })).publications).toEqual([])
    })
  })
})

describe('sweeping', () => {
  test('takes what size leaves over off the disk', async () => {
    await withStore(async (store) => {
      await Promise.all(Array.from({ length: 5000 }, (_, at) => store.append('c', text(at), last(10))))
      await until(() => count(store, 'publications') < 10 + 32)
      const { publications } = await store.read('c', last(10), { limit: 99 })
      expect(publications.map(({ offset }) => offset)).toEqual(Array.from({ length: 10 }, (_, at) => 4991 + at))
    })
  })

  test('takes what is too old off the disk, at last the channel itself', async () => {
    await withStore(async (store, _, clock) => {
      const brief = { size: Infinity, age: 60_000, metaAge: 120_000 }
      const append = (channel: string) => store.append(channel, text(1), brief, { idempotencyKey: crypto.randomUUID() })
      await Promise.all(Array.from({ length: 3000 }, (_unused, at) => append(at % 2 === 0 ? 'big' : `small-${at}`)))
      clock.advance(70_000)
      await until(() => count(store, 'publications') === 0, 'the publications to go')
      expect(count(store, 'channels')).toBe(1501)
      const tables = () => count(store, 'channels') + count(store, 'keys')
      await until(() => {
        clock.advance(10_000)
        return tables() === 0
      }, 'the channels to go')
    })
  })

  test('takes what was removed off the disk, also after a restart', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'test.db')
    const before = await openSqliteStore({ file })
    await Promise.all(Array.from({ length: 8000 }, (_, at) => before.append('c', text(at), forever)))
    const removed = before.remove('c')
    await before.close()
    await removed
    const after = await openSqliteStore({ file })
    await until(() => count(after, 'publications') === 0)
    expect((await after.append('c', text(1), forever)).position.offset).toBe(8001)
    await after.close()
  })

  test('keeps the log file from growing with what goes through it', async () => {
    await withStore(async (store, file) => {
      const large = { data: JSON.stringify('x'.repeat(10_000)) }
      for (let round = 0; round < 10; round++)
        await Promise.all(Array.from({ length: 500 }, () => store.append('c', large, last(1))))
      expect(statSync(`${file}-wal`).size).toBeLessThan(20_000_000) // 50 MB went through
    })
  })
})

describe('a queue that the disk cannot keep up with', () => {
  test('is bounded in number, and goes on when there is room', async () => {
    await withStore(
      async (store) => {
        const asked = Array.from({ length: 15 }, () => store.append('c', text(1), forever))
        const refused = await Promise.all(asked.slice(10).map((one) => refusal(one)))
        expect(refused.map(({ temporary }) => temporary)).toEqual([true, true, true, true, true])
        expect((await Promise.all(asked.slice(0, 10))).at(-1)?.position.offset).toBe(10)
        expect((await store.append('c', text(1), forever)).position.offset).toBe(11)
      },
      { maxWaiting: 10 },
    )
  })

  test('is bounded in bytes', async () => {
    await withStore(
      async (store) => {
        const large = { data: new Uint8Array(60_000) }
        const first = store.append('c', large, forever)
        expect((await refusal(store.append('c', large, forever))).temporary).toBe(true)
        await first
        expect((await store.append('c', large, forever)).position.offset).toBe(2)
      },
      { maxWaitingBytes: 100_000 },
    )
  })
})

/** A file as the first version left it. */
async function firstVersion(folder: string): Promise<string> {
  const file = join(folder, 'test.db')
  const db = new Database(file)
  migrate(db, migrations.slice(0, 1))
  db.close(true)
  return file
}

const note = () => ({
  sql: 'INSERT INTO notes VALUES (?, ?, ?)',
  params: [{ of: 'offset' }, { of: 'epoch' }, { of: 'time' }] as const,
})
const withNotes = (scene: (store: SqliteStore, file: string) => Promise<void>) =>
  withStore(async (store, file) => {
    await store.write([{ sql: 'CREATE TABLE notes (a INTEGER PRIMARY KEY, b, c)', params: [] }])
    await scene(store, file)
  })

const insert = (value: number) => ({ sql: 'INSERT INTO notes VALUES (?, 0, 0)', params: [value] })

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return [] // the one that was open for listing
    }
  })
}
