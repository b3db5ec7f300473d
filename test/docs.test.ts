/** The code blocks of the documentation do what the pages say. How: test/documentation.ts. */
import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import * as library from '../src/index.ts'
import { isShown } from './doc-blocks.ts'
import { blocksOf, isServer, Page, typeErrors } from './documentation.ts'

setDefaultTimeout(60_000)

const root = join(import.meta.dir, '..')
const read = (path: string) => Bun.file(join(root, path)).text()
/** Of the pages that have no test of their own. */
const pages = {
  'README.md': 2,
  'docs/reference/library.md': 12,
  'docs/reference/chat.md': 7,
  'docs/reference/chat-client.md': 2,
  'docs/how-to/backup.md': 4,
}

for (const [path, least] of Object.entries(pages)) {
  const blocks = blocksOf(await read(path))
  const examples = blocks.filter(({ kind }) => kind !== 'text')
  describe(path, () => {
    const page = new Page()
    afterAll(() => page[Symbol.asyncDispose]())

    test('has its examples', () => {
      expect(examples.filter(({ skip }) => skip === undefined).length).toBeGreaterThanOrEqual(least)
    })

    for (const block of examples) {
      const name = `${block.kind === 'serve' ? 'the server' : `the ${block.kind}`} of line ${block.line}`
      if (block.skip !== undefined) test.skip(`${name}: ${block.skip}`, () => {})
      else
        test(`${name} ${isServer(block) ? 'starts' : 'does what the page says'}`, async () => {
          const out = await page.run(block)
          if (block.prints !== undefined && !isShown(out, block.prints)) expect(out).toBe(block.prints)
        })
    }
  })
}

test('the programs about the library have the types that they need', async () => {
  const programs = blocksOf(await read('docs/reference/library.md')).filter(({ kind }) => kind === 'ts')
  expect(await typeErrors(programs)).toBe('')
})

test('the page about the library names everything that it exports', async () => {
  const page = await read('docs/reference/library.md')
  const index = await read('src/index.ts')
  const exported = [...index.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.replace('type ', '').trim()),
  )
  expect(exported).toEqual(expect.arrayContaining(Object.keys(library)))
  expect(
    exported.filter(
      (name) =>
        name !== '' && !page.includes(`\`${name}`) && !page.includes(` ${name},`) && !page.includes(` ${name} `),
    ),
  ).toEqual([])
})
