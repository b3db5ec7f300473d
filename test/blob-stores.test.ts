/** The promises of `BlobStore`, each held by every store. */
import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BlobStore } from '../src/chat/files/blob-store.ts'
import { openFolderStore } from '../src/chat/files/folder-store.ts'
import { must } from '../src/core/must.ts'
import { bytesOf, dataOf } from './files-support.ts'
import { temporaryFolder } from './stores-support.ts'

interface Scene {
  readonly store: BlobStore
  readonly folder: string // for files that are to be adopted
}

const stores: Record<string, (scene: (scene: Scene) => Promise<void>) => Promise<void>> = {
  folder: async (scene) => {
    using folder = temporaryFolder()
    await scene({ store: await openFolderStore(join(folder.path, 'blobs')), folder: folder.path })
  },
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield bytesOf(text)
}

const all = async (store: BlobStore) => (await store.list('', Infinity)).map(({ id }) => id)

for (const [name, withStore] of Object.entries(stores)) {
  const promise = (sentence: string, scene: (scene: Scene) => Promise<void>) => test(sentence, () => withStore(scene))

  describe(`the ${name} store of blobs`, () => {
    promise('gives back what was put, and any part of it', async ({ store }) => {
      const id = await store.put(pieces('hello ', 'wor', 'ld'))
      const blob = await store.get(id)
      expect(blob?.size).toBe(11)
      expect(await blob?.text()).toBe('hello world')
      expect(await blob?.slice(6, 9).text()).toBe('wor')
    })

    promise('keeps nothing as well as something', async ({ store }) => {
      const blob = await store.get(await store.put(pieces()))
      expect(blob?.size).toBe(0)
      expect(await blob?.text()).toBe('')
    })

    promise('gives every blob an id of its own that nobody can guess', async ({ store }) => {
      const ids = await Promise.all(Array.from({ length: 50 }, () => store.put(pieces('same'))))
      expect(new Set(ids).size).toBe(50)
      for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
    })

    promise('shows nothing of what failed on the way', async ({ store }) => {
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield bytesOf('the beginning')
        throw new Error('the sender is gone')
      }
      expect(await store.put(failing()).catch((error: Error) => error.message)).toBe('the sender is gone')
      expect(await all(store)).toEqual([])
    })

    promise('shows nothing before it is whole', async ({ store }) => {
      const { promise: more, resolve } = Promise.withResolvers<void>()
      async function* slow(): AsyncGenerator<Uint8Array> {
        yield bytesOf('one ')
        await more
        yield bytesOf('two')
      }
      const put = store.put(slow())
      await Bun.sleep(20)
      expect(await all(store)).toEqual([])
      resolve()
      expect(await (await store.get(await put))?.text()).toBe('one two')
    })

    promise('takes over a file, which is gone afterwards', async ({ store, folder }) => {
      const path = join(folder, 'made-elsewhere')
      writeFileSync(path, 'made elsewhere')
      utimesSync(path, 1, 1)
      const id = await store.adopt(path)
      const [listed] = await store.list('', 1)
      expect(listed?.time).toBeGreaterThan(Date.now() - 60_000) // it is as old as its id
      expect(await (await store.get(id))?.text()).toBe('made elsewhere')
      expect(await Bun.file(path).exists()).toBe(false)
    })

    promise('leaves a file alone that it could not take over', async ({ store, folder }) => {
      expect(await store.adopt(join(folder, 'nowhere')).catch(() => 'refused')).toBe('refused')
      expect(await all(store)).toEqual([])
    })

    promise('removes, even twice; who reads at the time reads to the end', async ({ store }) => {
      const data = dataOf(3_000_000)
      const id = await store.put(new Blob([data]).stream())
      const reader = must(await store.get(id))
        .stream()
        .getReader()
      const first = must((await reader.read()).value)
      await store.remove(id)
      await store.remove(id)
      expect(await store.get(id)).toBeUndefined()
      const parts = [first]
      for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value)
      expect(Buffer.concat(parts).equals(data)).toBe(true)
    })

    promise('knows no id that it did not give', async ({ store }) => {
      await store.put(pieces('something'))
      for (const id of strange) {
        expect(await store.get(id)).toBeUndefined()
        await store.remove(id)
      }
      expect(await all(store)).toHaveLength(1)
    })

    promise('lists what there is in pages, with the time it was put', async ({ store }) => {
      const before = Date.now() - 2000 // a file system may count in seconds
      const ids = await Promise.all(Array.from({ length: 25 }, (_, at) => store.put(pieces(String(at)))))
      const found: string[] = []
      for (;;) {
        const page = await store.list(found.at(-1) ?? '', 4)
        expect(page.length).toBeLessThanOrEqual(4)
        for (const { time } of page) expect(time).toBeWithin(before, Date.now() + 2000)
        if (page.length === 0) break
        found.push(...page.map(({ id }) => id))
      }
      expect(found).toEqual(ids.toSorted())
    })
  })
}

const strange = [
  '',
  '.',
  '..',
  '../blobs',
  '../../etc/passwd',
  '/etc/passwd',
  'ab/../../x',
  'a\0b',
  '0'.repeat(31),
  '0'.repeat(32),
  '0'.repeat(33),
  `${'0'.repeat(32)}\n`,
  `..${'0'.repeat(30)}`,
  'A'.repeat(32),
  'x'.repeat(5000),
  '__proto__',
]

test('nobody else on the system may read what is kept', async () => {
  using folder = temporaryFolder()
  const store = await openFolderStore(join(folder.path, 'blobs'))
  const id = await store.put(pieces('private'))
  const path = join(folder.path, 'blobs', id.slice(0, 2), id.slice(2))
  expect(readFileSync(path, 'utf8')).toBe('private')
  expect(statSync(path).mode & 0o777).toBe(0o400)
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
})

test('what a killed process left half written is cleared at the next start', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'blobs')
  const kept = await (await openFolderStore(path)).put(pieces('whole'))
  writeFileSync(join(path, 'unfinished', '0'.repeat(32)), 'ha')
  const store = await openFolderStore(path)
  expect(readdirSync(join(path, 'unfinished'))).toEqual([])
  expect(await all(store)).toEqual([kept])
})
