/** Trimming a channel: what lies before an offset is forgotten, and readers are told. */
import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { type Posthouse, Refused } from '../src/index.ts'
import { openSqliteStore } from '../src/stores/sqlite.ts'
import { startLogServer } from './log-server.ts'
import { startChild } from './sqlite-process.ts'
import { forever, temporaryFolder, text, until } from './stores-support.ts'
import { Wire } from './wire.ts'

setDefaultTimeout(60_000) // against waiting for ever; how long a disk takes is not what is tested

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

let folders = 0
async function start(data?: { memory: true }): Promise<Posthouse> {
  const server = await startLogServer(data ?? { dir: join(folder.path, `data-${++folders}`) })
  await Promise.all(Array.from({ length: 10 }, (_, at) => server.publish('c', at + 1)))
  return server
}

const offsets = async (server: Posthouse) => (await server.history('c')).publications.map(({ offset }) => offset)

describe('trimming', () => {
  for (const [name, data] of Object.entries({ memory: { memory: true } as const, disk: undefined }))
    test(`in ${name} forgets what lies before, and keeps where the log ends`, async () => {
      await using server = await start(data)
      const { offset, epoch } = await server.history('c')
      await server.trim('c', { before: 8 })
      expect(await offsets(server)).toEqual([8, 9, 10])
      expect(server.position('c')).toEqual({ offset, epoch })
      expect((await server.publish('c', 'next')).offset).toBe(11)
    })

  test('is told to readers who were further back, and to no others', async () => {
    await using server = await start()
    const { epoch } = await server.history('c')
    await server.trim('c', { before: 8 })
    const comeBack = async (offset: number) => {
      const wire = await Wire.open(`ws://${server.url.host}/connection/websocket`)
      await wire.ask({ connect: {} })
      const { subscribe } = await wire.ask({ subscribe: { channel: 'c', recover: true, offset, epoch } })
      wire.close()
      return [subscribe?.recovered ?? false, subscribe?.publications?.map((publication) => publication.offset) ?? []]
    }
    expect(await comeBack(3)).toEqual([false, []])
    expect(await comeBack(6)).toEqual([false, []])
    expect(await comeBack(7)).toEqual([true, [8, 9, 10]])
    expect(await comeBack(10)).toEqual([true, []])
    await server.trim('c', { before: 11 })
    expect(await comeBack(9)).toEqual([false, []])
    expect(await comeBack(10)).toEqual([true, []])
  })

  test('happens together with its statements, or not at all', async () => {
    await using server = await start()
    await server.write({ sql: 'CREATE TABLE notes (at INTEGER PRIMARY KEY) STRICT' })
    const note = { sql: 'INSERT INTO notes VALUES (?) RETURNING at', params: [5] }
    await server.trim('c', { before: 5, statements: [note] })
    const [guarded, broken, said] = await Promise.allSettled([
      server.trim('c', { before: 8, statements: [{ sql: 'SELECT 1 WHERE 0', guard: 'never' }] }),
      server.trim('c', { before: 9, statements: [note] }),
      server.publish('c', 'with them'),
    ])
    expect(guarded).toHaveProperty('reason.guard', 'never')
    expect(guarded.status === 'rejected' && guarded.reason).toBeInstanceOf(Refused)
    expect(broken).toMatchObject({ reason: { name: 'StoreError', constraint: true } })
    expect(said).toMatchObject({ value: { offset: 11 } })
    expect(await offsets(server)).toEqual([5, 6, 7, 8, 9, 10, 11])
    expect(server.sql('SELECT at FROM notes')).toEqual([{ at: 5 }])
  })

  test('is refused where nothing is kept, and for what is no offset', async () => {
    await using server = await start({ memory: true })
    const failed = (channel: string, before: number) =>
      server.trim(channel, { before }).catch((error: unknown) => error)
    expect(await failed('live:x', 1)).toMatchObject({ code: 108 })
    for (const before of [-1, 1.5, Number.NaN, Infinity]) expect(await failed('c', before)).toBeInstanceOf(RangeError)
    expect(await offsets(server)).toHaveLength(10)
  })

  test('gives its space free in the background', async () => {
    const file = join(folder.path, 'large.db')
    const store = await openSqliteStore({ file })
    await Promise.all(Array.from({ length: 6000 }, (_, at) => store.append('c', text(at), forever)))
    await store.remove('c', { before: 5991 })
    const rows = () => Number(store.query('SELECT count(*) AS n FROM publications')[0]?.['n'])
    await until(() => rows() === 10, 'the publications to go')
    expect((await store.read('c', forever, { limit: 99 })).publications.map(({ offset }) => offset)).toEqual(
      Array.from({ length: 10 }, (_, at) => 5991 + at),
    )
    await store.close()
  })

  test('that was acknowledged outlives a crash at any moment, together with its statement', async () => {
    const count = 8000
    for (let round = 0; round < 5; round++) {
      const file = join(folder.path, `crash-${round}.db`)
      const store = await openSqliteStore({ file })
      await store.write([{ sql: 'CREATE TABLE begins (at INTEGER)' }, { sql: 'INSERT INTO begins VALUES (1)' }])
      await store.close()
      await using child = await startChild([file, 'trim', String(count)])
      const heard = await child.listen(1 + round * 4)
      await child.kill()
      const acknowledged = Math.max(...heard.map(({ before }) => Number(before)))

      const after = await openSqliteStore({ file })
      const begins = Number(after.query('SELECT at FROM begins')[0]?.['at'])
      expect(begins).toBeGreaterThanOrEqual(acknowledged)
      const { publications, top } = await after.read('c', forever, { limit: Infinity })
      expect([publications[0]?.offset, publications.length, top.offset]).toEqual([begins, count - begins + 1, count])
      const rows = () => Number(after.query('SELECT count(*) AS n FROM publications')[0]?.['n'])
      await until(() => rows() === count - begins + 1, 'the publications to go')
      await after.close()
      const db = new Database(file, { readonly: true })
      expect(db.query('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
      db.close()
    }
  })
})
