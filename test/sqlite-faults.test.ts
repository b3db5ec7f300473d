/** What the SQLite store promises when the process is killed, the file is damaged or the disk fails. */
import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteStore } from '../src/stores/sqlite.ts'
import { mayMount, mountSmallDisk } from './small-disk.ts'
import { startChild } from './sqlite-process.ts'
import { forever, randomFrom, refusal, temporaryFolder, text, until } from './stores-support.ts'
import type { SqliteStore } from '../src/stores/sqlite.ts'

setDefaultTimeout(60_000) // against waiting for ever; how long a disk takes is not what is tested

describe('kill -9', () => {
  test('loses nothing that was acknowledged, leaves no hole and gives no offset twice', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'test.db')
    const first = await openSqliteStore({ file })
    await first.write([{ sql: 'CREATE TABLE notes (channel, offset)', params: [] }])
    await first.close()
    const acknowledged = new Map<string, string>()
    for (let life = 0; life < 6; life++) {
      await using child = await startChild([file, 'flood', '40'])
      const enough = 300 + life * 311
      const heard = await child.listen(enough)
      await child.kill()
      for (const { channel, epoch, offset, data } of heard) {
        const place = `${String(channel)} ${String(epoch)} ${String(offset)}`
        expect(acknowledged.has(place)).toBe(false)
        acknowledged.set(place, JSON.stringify(data))
      }
    }
    const store = await openSqliteStore({ file })
    const stored = new Map<string, unknown>()
    for (let at = 0; at < 5; at++) {
      const { publications, top } = await store.read(`c${at}`, forever, { limit: Infinity })
      expect(publications.map(({ offset }) => offset)).toEqual(
        Array.from({ length: top.offset }, (_, index) => index + 1),
      )
      for (const { epoch, offset, data } of publications) stored.set(`c${at} ${epoch} ${offset}`, data)
      expect(new Set(publications.map(({ data }) => data)).size).toBe(top.offset)
      // What rode along is there exactly for what was appended.
      const notes = store.query('SELECT offset FROM notes WHERE channel = ? ORDER BY offset', `c${at}`)
      expect(notes.map(({ offset }) => offset)).toEqual(publications.map(({ offset }) => offset))
    }
    expect(acknowledged.size).toBeGreaterThan(6 * 300)
    for (const [place, data] of acknowledged) expect([place, stored.get(place)]).toEqual([place, data])
    await store.close()
  })
})

test('a copy of the file and its -wal, taken after kill -9, has everything', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'test.db')
  const copy = join(folder.path, 'copy.db')
  await using child = await startChild([file])
  for (const data of ['a', 'b', 'c']) await child.ask({ append: data })
  await child.kill()
  for (const suffix of ['', '-wal']) copyFileSync(file + suffix, copy + suffix)
  const [original, copied] = [await openSqliteStore({ file }), await openSqliteStore({ file: copy })]
  const page = await copied.read('c', forever, { limit: 9 })
  expect(page.top.offset).toBe(3)
  expect(page).toEqual(await original.read('c', forever, { limit: 9 }))
  await original.close()
  await copied.close()
})

describe('a damaged file', () => {
  const damages: Record<string, (file: string) => void> = {
    'cut short': (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
    'without a header': (file) => overwrite(file, 0, new Uint8Array(100).fill(65)),
    'with pages of noise': (file) => {
      for (let page = 2; page < 40; page++) overwrite(file, page * 4096, new Uint8Array(4096).fill(page))
    },
    'that is something else': (file) => writeFileSync(file, 'Dear diary, '.repeat(1000)),
  }
  for (const [what, damage] of Object.entries(damages))
    test(`${what} is refused with what to do, and nothing is deleted`, async () => {
      using folder = temporaryFolder()
      const file = await written(folder.path)
      damage(file)
      const before = readFileSync(file)
      const error = await refusal(openSqliteStore({ file }))
      expect(error.message).toContain('is damaged')
      expect(error.message).toContain('restore a backup')
      expect(error.temporary).toBe(false)
      expect(readFileSync(file)).toEqual(before)
      // The lock was let go, and a good file is taken again.
      rmSync(file)
      await (await openSqliteStore({ file })).close()
    })

  test('never gives wrong data: whatever bytes flipped, a read is right or an error', async () => {
    using folder = temporaryFolder()
    const good = await written(folder.path)
    const store = await openSqliteStore({ file: good })
    const right = await pages(store)
    await store.close()
    const base = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
    let errors = 0
    for (let seed = base; seed < base + 25; seed++) {
      const file = join(folder.path, `${seed}.db`)
      copyFileSync(good, file)
      const random = randomFrom(seed)
      for (let flips = 0; flips < 20; flips++)
        overwrite(file, random(statSync(file).size), new Uint8Array([random(256)]))
      // Not read through when opened, as a large file is not.
      const damaged = await openSqliteStore({ file, checkBytes: 0 }).catch(asError)
      if (damaged instanceof Error) errors++
      else {
        for (const [at, page] of (await pages(damaged)).entries()) {
          if (page instanceof Error) errors++
          else isSame({ seed, page }, { seed, page: right[at] })
        }
        // Writing on must not spread it either.
        await Promise.all(
          Array.from({ length: 70 }, (_, at) => damaged.append(`c${at % 7}`, text('more'), forever).catch(asError)),
        )
        for (const [at, page] of (await pages(damaged)).entries()) {
          const before = right[at]
          if (page instanceof Error || before === undefined || before instanceof Error) continue
          const old = page.publications.slice(0, before.publications.length)
          isSame({ seed, old }, { seed, old: before.publications })
          expect({ seed, top: page.top.offset }).toEqual({ seed, top: page.publications.length })
        }
        await damaged.close()
      }
      rmSync(file)
    }
    expect(errors).toBeGreaterThan(0)
  })

  test('that is found while writing stops the writing, and says so; what is sound is still read', async () => {
    using folder = temporaryFolder()
    const file = await written(folder.path)
    const db = new Database(file)
    const found = db.query<{ rootpage: number }, []>("SELECT rootpage FROM sqlite_schema WHERE name = 'keys'").get()
    db.close()
    overwrite(file, ((found?.rootpage ?? 1) - 1) * 4096, new Uint8Array(4096).fill(3))
    const store = await openSqliteStore({ file, checkBytes: 0 })
    const { position } = await store.append('c0', text('no key'), forever)
    const error = await refusal(store.append('c0', text('keyed'), forever, { idempotencyKey: 'k' }))
    expect(error).toMatchObject({ temporary: false })
    expect(error.message).toContain('is damaged')
    expect(store.trouble).toContain('is damaged')
    expect(await refusal(store.append('c0', text('no key'), forever))).toMatchObject({ temporary: false })
    expect((await store.read('c0', forever, { limit: 0 })).top).toEqual(position)
    await store.close()
  })
})

const shim = buildShim()
const noShim = shim === undefined ? ' (skipped: no C compiler to build a failing disk with)' : ''

describe('a failing disk', () => {
  const faults: Record<string, RegExp> = {
    write: /Reading or writing/,
    full: /is full/,
    readonly: /failed|read-only/,
  }
  for (const [fault, words] of Object.entries(faults))
    test.skipIf(shim === undefined)(
      `(${fault}) refuses appends for now, uses up no offset, reads on, and recovers by itself${noShim}`,
      async () => {
        using folder = temporaryFolder()
        await using child = await startChild([join(folder.path, 'test.db')], shim, join(folder.path, 'fault'))
        expect(await child.ask({ append: 'before' })).toMatchObject({ position: { offset: 1 } })
        child.fail(fault)
        for (let tries = 0; tries < 3; tries++) {
          const refused = await child.ask({ append: 'refused' })
          expect(refused).toMatchObject({ temporary: true })
          expect(refused['error']).toMatch(words)
        }
        const during = await child.ask({ read: 'c' })
        expect(during).toMatchObject({ data: ['"before"'], top: 1 })
        expect(during['trouble']).toMatch(words)
        child.fail('nothing')
        // Nobody appends; a tick finds out.
        await until(async () => (await child.ask({ read: 'c' }))['trouble'] === undefined, 'the trouble to pass')
        expect(await child.ask({ append: 'after' })).toMatchObject({ position: { offset: 2 } })
        child.fail(fault)
        expect(await child.ask({ append: 'refused' })).toMatchObject({ temporary: true })
        child.fail('nothing')
        expect(await child.ask({ append: 'at once' })).toMatchObject({ position: { offset: 3 } })
        await child.kill()
        const store = await openSqliteStore({ file: join(folder.path, 'test.db') })
        const { publications } = await store.read('c', forever, { limit: 9 })
        expect(publications.map(({ data }) => data)).toEqual(['"before"', '"after"', '"at once"'])
        await store.close()
      },
    )

  for (const end of ['kill', 'close'] as const)
    test.skipIf(shim === undefined)(
      `that cannot flush is trusted no more until a restart, by ${end}${noShim}`,
      async () => {
        using folder = temporaryFolder()
        const file = join(folder.path, 'test.db')
        await using child = await startChild([file], shim, join(folder.path, 'fault'))
        await child.ask({ append: 'before' })
        child.fail('sync')
        const refused = await child.ask({ append: 'refused' })
        expect(refused).toMatchObject({ temporary: false })
        expect(refused['error']).toContain('until a restart')
        child.fail('nothing')
        await Bun.sleep(1200) // long enough for what would try again by itself
        expect(await child.ask({ append: 'still refused' })).toMatchObject({ temporary: false })
        const read = await child.ask({ read: 'c' })
        expect(read).toMatchObject({ data: ['"before"'], top: 1 })
        expect(read['trouble']).toContain('until a restart')
        if (end === 'kill') await child.kill()
        else expect(await child.ask({ close: true })).toEqual({ closed: true })
        const store = await openSqliteStore({ file })
        const { publications, top } = await store.read('c', forever, { limit: 9 })
        expect([publications.map(({ data }) => data), top.offset]).toEqual([['"before"'], 1])
        expect((await store.append('c', text('after'), forever)).position.offset).toBe(2)
        await store.close()
      },
    )

  const noDisk = !mayMount()
  test.skipIf(noDisk)(
    `that is really full refuses appends for now, and goes on when there is space${noDisk ? ' (skipped: may not mount)' : ''}`,
    async () => {
      using disk = mountSmallDisk()
      if (disk === undefined) throw new Error('The disk could be mounted a moment ago')
      const store = await openSqliteStore({ file: join(disk.path, 'test.db') })
      const large = { data: JSON.stringify('x'.repeat(20_000)) }
      let kept = 0
      const filler = join(disk.path, 'filler')
      writeFileSync(filler, new Uint8Array(1_500_000))
      const fillUp = async () => {
        for (;;) kept = (await store.append('c', large, forever)).position.offset
      }
      const error = await refusal(fillUp())
      expect(error).toMatchObject({ temporary: true })
      expect(String(error)).toMatch(/full|failed/)
      expect(store.trouble).toMatch(/full|failed/)
      expect((await store.read('c', forever, { limit: Infinity })).publications).toHaveLength(kept)
      rmSync(filler)
      expect((await store.append('c', large, forever)).position.offset).toBe(kept + 1)
      expect(store.trouble).toBeUndefined()
      expect((await store.read('c', forever, { limit: Infinity })).publications).toHaveLength(kept + 1)
      await store.close()
    },
  )
})

/** A file with seven channels in it, closed. */
async function written(folder: string): Promise<string> {
  const file = join(folder, 'test.db')
  const store = await openSqliteStore({ file })
  await Promise.all(
    Array.from({ length: 2000 }, (_, at) => store.append(`c${at % 7}`, text(`${at}${'x'.repeat(300)}`), forever)),
  )
  await store.close()
  return file
}

function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const content = readFileSync(file)
  content.set(bytes, at)
  writeFileSync(file, content)
}

const pages = async (store: SqliteStore) =>
  Promise.all(Array.from({ length: 7 }, (_, at) => store.read(`c${at}`, forever, { limit: Infinity }).catch(asError)))

const isSame = (actual: unknown, expected: unknown) => expect(actual).toEqual(expected)

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

/** A library that makes a disk fail on demand, if this machine can build it. */
function buildShim(): string | undefined {
  if (process.platform !== 'linux') return undefined
  const folder = temporaryFolder()
  afterAll(() => folder[Symbol.dispose]())
  const library = join(folder.path, 'failing-disk.so')
  const source = join(import.meta.dir, 'failing-disk.c')
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'])
  return built.status === 0 && existsSync(library) ? library : undefined
}
