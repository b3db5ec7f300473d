/**
 * The tutorials say what is so. Programs are shown as they stand in the
 * examples; what is to be tried is run against the example, in the reader's
 * order, and prints the `text` that follows (`…` is anything in one line).
 * `<!-- restart -->` kills the example with -9 and starts it again.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { countLines, table, withTable } from '../scripts/count-lines.ts'
import { isShown } from './doc-blocks.ts'
import { blocksOf } from './documentation.ts'
import { Example, examples } from './example.ts'

setDefaultTimeout(60_000)

const root = join(import.meta.dir, '..')
const folder = join(root, 'docs/tutorial')
const read = (path: string) => Bun.file(join(root, path)).text()
const pageOf = (language: string, name: string) => read(`docs/tutorial/${language}/${name}.md`)

/** Without indentation, for an excerpt may stand further to the left than what it is from. */
const flat = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim()

async function sourcesOf(name: string): Promise<string[]> {
  const files = readdirSync(join(root, 'examples', name))
  return Promise.all(files.map(async (file) => flat(await read(`examples/${name}/${file}`))))
}

/** What a page tells to do, in order. */
function stepsOf(page: string) {
  const restarts = [...page.matchAll(/^<!-- restart -->$/gm)].map(
    ({ index }) => page.slice(0, index).split('\n').length,
  )
  const blocks = blocksOf(page).filter(({ kind, skip }) => kind !== 'text' && skip === undefined)
  return [
    ...restarts.map((line) => ({ line, block: undefined })),
    ...blocks.map((block) => ({ line: block.line, block })),
  ].toSorted((one, other) => one.line - other.line)
}

for (const name of examples)
  describe(`the tutorial of ${name}`, async () => {
    const page = await pageOf('en', name)
    const sources = await sourcesOf(name)
    const steps = stepsOf(page)
    const isExcerpt = (text: string) => sources.some((source) => source.includes(flat(text)))
    const tried = steps.filter(({ block }) => block === undefined || !isExcerpt(block.text))
    const example = new Example(name)
    beforeAll(() => example.start())
    afterAll(() => example[Symbol.asyncDispose]())

    test('shows the whole server, and something to try', () => {
      const [server = ''] = steps.flatMap(({ block }) => (block?.kind === 'ts' ? [flat(block.text)] : []))
      expect(sources).toContain(server)
      expect(tried.length).toBeGreaterThan(0)
    })

    for (const { line, block } of tried)
      if (block === undefined)
        test(`line ${line}: it is killed and started again`, async () => {
          await example.kill()
          await example.start()
        })
      else
        test(`the ${block.kind} of line ${line} is run and does what the page says`, async () => {
          expect(['sh', 'js']).toContain(block.kind)
          const code = block.text.replaceAll('localhost:8000', example.host).replaceAll('curl ', 'curl -sS ')
          const command = block.kind === 'sh' ? ['sh', '-ec', code] : [process.execPath, '-e', code]
          const child = Bun.spawn(command, { cwd: dirname(example.file('server.ts')), stdout: 'pipe', stderr: 'pipe' })
          const [out, said] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
          expect([await child.exited, said]).toEqual([0, ''])
          const here = out.replaceAll(example.host, 'localhost:8000').trim()
          if (!isShown(here, block.prints ?? '')) expect(here).toBe(block.prints ?? '')
        })

    test('in Chinese it has the same programs', async () => {
      const code = (text: string) => blocksOf(text).map(({ kind, text: program }) => [kind, program])
      const chinese = await pageOf('zh', name)
      expect(code(chinese)).toEqual(code(page))
      expect(stepsOf(chinese).length).toBe(steps.length)
    })
  })

test('every example has its place in the tutorial, in both languages', async () => {
  const readme = await read('docs/tutorial/README.md')
  for (const language of ['en', 'zh']) {
    expect(readdirSync(join(folder, language)).toSorted()).toEqual(examples.map((name) => `${name}.md`).toSorted())
    for (const name of examples) expect(readme).toContain(`(${language}/${name}.md)`)
  }
})

test('every link of the tutorial leads to something', async () => {
  const pages = ['README.md', ...['en', 'zh'].flatMap((language) => examples.map((name) => `${language}/${name}.md`))]
  for (const page of pages) {
    const links = [...(await read(`docs/tutorial/${page}`)).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
      ([, link = '']) => link,
    )
    const dead = links.filter((link) => !existsSync(join(folder, dirname(page), link)))
    expect([page, dead]).toEqual([page, []])
  }
})

test('the table of lines of code is the one that is counted', async () => {
  const readme = await read('docs/tutorial/README.md')
  expect(withTable(readme, await table())).toBe(readme)
  expect(countLines('/** Why.\n * More. */\nconst a = 1 // one\n\n// two\nconst b = 2\n')).toBe(2)
})
