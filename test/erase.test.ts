/** Erasing: what a publication said is overwritten, and whoever reads from then on gets what is there instead. */
import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Posthouse } from '../src/index.ts'
import { copyDatabase } from '../src/stores/sqlite-copy.ts'
import { openSqliteStore } from '../src/stores/sqlite.ts'
import { startLogServer } from './log-server.ts'
import { startChild } from './sqlite-process.ts'
import { forever, temporaryFolder, text } from './stores-support.ts'
import { Wire } from './wire.ts'

setDefaultTimeout(60_000) // against waiting for ever; how long a disk takes is not what is tested

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

let folders = 0
async function start(data?: { memory: true }): Promise<Posthouse> {
  const server = await startLogServer(data ?? { dir: join(folder.path, `data-${++folders}`) })
  for (const said of ['one', 'secret', 'three']) await server.publish('c', said)
  return server
}

const said = async (server: Posthouse) => (await server.history('c')).publications.map(({ data }) => data)
const erase = [{ offset: 2, data: 'erased' }] // as long as what was said: nothing but what it says tells them apart

describe('erasing', () => {
  for (const [name, data] of Object.entries({ memory: { memory: true } as const, disk: undefined }))
    test(`in ${name} overwrites what was said`, async () => {
      await using server = await start(data)
      const { time } = (await server.history('c')).publications[1] ?? {}
      expect(await server.publish('c', 'recall', { erase })).toMatchObject({ offset: 4, outcome: 'appended' })
      expect(await said(server)).toEqual(['one', 'erased', 'three', 'recall'])
      expect((await server.history('c')).publications[1]?.time).toBe(time ?? 0)
    })

  test('is seen by readers who come back, also by those who were sent patches before', async () => {
    await using server = await start()
    const { epoch } = await server.history('c')
    const comeBack = async (delta: boolean) => {
      const wire = await Wire.open(`ws://${server.url.host}/connection/websocket`)
      await wire.ask({ connect: {} })
      const asked = { channel: 'c', recover: true, offset: 0, epoch, ...(delta && { delta: 'fossil' }) }
      const { subscribe } = await wire.ask({ subscribe: asked })
      wire.close()
      return subscribe?.publications?.map((publication) => publication.data)
    }
    expect(await comeBack(false)).toEqual(['one', 'secret', 'three'])
    const patched = await comeBack(true)
    await server.publish('c', 'recall', { erase })
    expect(await comeBack(false)).toEqual(['one', 'erased', 'three', 'recall'])
    expect((await comeBack(true))?.slice(0, 2)).not.toEqual(patched?.slice(0, 2))
  })

  test('happens together with its statements, or not at all', async () => {
    await using server = await start()
    const [refused, broken] = await Promise.allSettled([
      server.publish('c', 'x', { erase, statements: [{ sql: 'SELECT 1 WHERE 0', guard: 'never' }] }),
      server.publish('c', 'x', { erase: [...erase, { offset: 9, data: '' }] }),
      server.publish('c', 'y'),
    ])
    expect(refused).toHaveProperty('reason.guard', 'never')
    expect(broken.status).toBe('rejected')
    expect(await said(server)).toEqual(['one', 'secret', 'three', 'y'])
  })

  test('is refused where nothing is kept', async () => {
    await using server = await start()
    expect(await server.publish('live:x', 1, { erase }).catch((error: unknown) => error)).toBeInstanceOf(TypeError)
    expect(await server.publish('c', 1, { erase, skipHistory: true }).catch((error: unknown) => error)).toBeInstanceOf(
      TypeError,
    )
  })

  test('leaves nothing of it in a copy, nor in the pages that it had for itself', async () => {
    const [file, copy] = [join(folder.path, 'bytes.db'), join(folder.path, 'copy.db')]
    const store = await openSqliteStore({ file })
    const words = (at: number) => `it is said ${at}: ${'the word '.repeat(at % 2 === 0 ? 10 : 1500)} and ends ${at}.`
    for (let at = 1; at <= 200; at++) await store.append('c', text(words(at)), forever)
    for (let offset = 50; offset < 150; offset++)
      await store.append('c', text('recall'), forever, { erase: [{ offset, data: '"gone"' }] })
    await store.close()
    copyDatabase(file, copy)
    const all = Array.from({ length: 200 }, (_, at) => at + 1)
    const kept = all.filter((at) => at < 50 || at >= 150)
    const copied = readFileSync(copy).toString('latin1')
    expect(all.filter((at) => copied.includes(`is said ${at}:`) || copied.includes(`and ends ${at}.`))).toEqual(kept)
    const bytes = readFileSync(file).toString('latin1')
    const long = (at: number) => at % 2 === 1 // it ends in pages of its own
    expect(all.filter((at) => long(at) && bytes.includes(`and ends ${at}.`))).toEqual(kept.filter(long))
  })

  test('that was acknowledged outlives a crash at any moment, together with its statement', async () => {
    const count = 4000
    for (let round = 0; round < 4; round++) {
      const file = join(folder.path, `crash-${round}.db`)
      const store = await openSqliteStore({ file })
      await store.write([{ sql: 'CREATE TABLE erased (at INTEGER)' }])
      await store.close()
      await using child = await startChild([file, 'erase', String(count)])
      const heard = await child.listen(1 + round * 300)
      await child.kill()

      const after = await openSqliteStore({ file })
      const noted = after.query('SELECT at FROM erased ORDER BY at').map(({ at }) => Number(at))
      const { publications } = await after.read('c', forever, { limit: count })
      const erased = publications.filter(({ data }) => data === '"gone"').map(({ offset }) => offset)
      expect(erased).toEqual(noted)
      expect(publications).toHaveLength(count)
      expect(erased.length).toBeGreaterThanOrEqual(heard.length)
      await after.close()
      const db = new Database(file, { readonly: true })
      expect(db.query('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
      db.close()
    }
  })
})
