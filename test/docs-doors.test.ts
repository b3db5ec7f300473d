/** The examples of `docs/reference/doors.md`, in their order, against one real server, each in its own language. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { firstMinute } from '../src/first-minute.ts'
import { chromiumPath, openBrowser } from './chromium.ts'
import { go, java, type Language, python } from './clients/toolchains.ts'
import { blocksOf, isShown } from './doc-blocks.ts'
import { apiKey, sign, startTestServer, type TestServer } from './server.ts'

const root = join(import.meta.dir, '..')
const page = await Bun.file(join(root, 'docs', 'reference', 'doors.md')).text()
const namespaces = Object.fromEntries(firstMinute.channel.namespaces.map(({ name, ...rules }) => [name, rules]))
const [ofPython, ofGo, ofJava] = await Promise.all([python(), go(), java()])

let server: TestServer
let folder: string

beforeAll(async () => {
  server = await startTestServer({ namespaces })
  folder = mkdtempSync(join(tmpdir(), 'posthouse-docs-'))
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Runner {
  readonly missing: string | undefined
  run(code: string): Promise<string>
}

const runners: Record<string, Runner> = {
  sh: {
    missing: Bun.which('curl') === null ? 'no curl on this machine' : undefined,
    run: (code) => output(['bash', '-o', 'pipefail', '-c', code.replaceAll('curl ', 'curl -sS ')]),
  },
  js: { missing: undefined, run: (code) => output([process.execPath, '-e', code]) },
  python: program(ofPython, () => 'example.py'),
  go: program(ofGo, () => 'example.go'),
  java: program(ofJava, (code) => `${/public class (\w+)/.exec(code)?.[1]}.java`),
  html: { missing: chromiumPath === undefined ? 'no Chromium on this machine' : undefined, run: show },
}

function program(language: Language, nameOf: (code: string) => string): Runner {
  return {
    missing: language.missing,
    async run(code) {
      const file = join(folder, nameOf(code))
      await Bun.write(file, code)
      return output(await language.build(file), language.environment)
    },
  }
}

async function output(command: string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const TOKEN = await sign({ sub: 'ann' })
  const env = { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1', KEY: apiKey, TOKEN, ...environment }
  const child = Bun.spawn(command, { cwd: root, env, stdin: 'ignore', stderr: 'pipe', timeout: 60_000 })
  const [out, complaint] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  if ((await child.exited) !== 0) throw new Error(`${out}\n${complaint}`)
  return out
}

/** What a page shows at last. */
async function show(html: string): Promise<string> {
  await using browser = await openBrowser()
  const tab = await browser.newPage()
  const address = new URL('/example.html', server.url).href
  await tab.route(address, (route) => route.fulfill({ contentType: 'text/html', body: html }))
  await tab.goto(address)
  const text = tab.locator('p')
  await text.filter({ hasText: /./ }).waitFor({ timeout: 10_000 })
  return (await text.textContent()) ?? ''
}

describe('the examples of docs/reference/doors.md', () => {
  const blocks = blocksOf(page)

  test('are there in each language', () => {
    expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(Object.keys(runners)))
  })

  for (const { language, code, output: shown, line } of blocks) {
    const missing = runners[language]?.missing
    const why = missing === undefined ? '' : ` (skipped: ${missing})`
    test.skipIf(missing !== undefined)(
      `line ${line} (${language}) does what the page says${why}`,
      async () => {
        expect(shown).toBeDefined()
        const told = (await runners[language]?.run(code.replaceAll('localhost:8000', server.url.host))) ?? ''
        if (!isShown(told, shown ?? '')) expect(told).toBe(shown ?? '')
      },
      90_000,
    )
  }
})
