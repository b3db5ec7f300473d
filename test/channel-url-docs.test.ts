/** The examples of `docs/reference/channel-url.md`, in their order, against one real server: by curl, in Chromium, and with the published client. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { firstMinute } from '../src/first-minute.ts'
import { chromiumPath, openBrowser } from './chromium.ts'
import { blocksOf, isShown } from './doc-blocks.ts'
import { apiKey, sign, startTestServer, type TestServer } from './server.ts'

const root = join(import.meta.dirname, '..')
const page = await Bun.file(join(root, 'docs', 'reference', 'channel-url.md')).text()
const namespaces = Object.fromEntries(firstMinute.channel.namespaces.map(({ name, ...rules }) => [name, rules]))

let server: TestServer
let browser: Browser | undefined
let tab: Page | undefined

beforeAll(async () => {
  server = await startTestServer({ namespaces })
  if (chromiumPath === undefined) return
  browser = await openBrowser()
  tab = await browser.newPage()
  await tab.goto(new URL('/health', server.url).href)
})

afterAll(async () => {
  await browser?.close()
  await server.close()
})

const run: Record<string, (code: string) => Promise<string>> = {
  sh: (code) => output(['bash', '-c', code.replaceAll('curl ', 'curl -sS ')]),
  ts: (code) => output([process.execPath, '-e', code]),
  async js(code) {
    const told = await tab?.evaluate(async (text) => {
      const heard: unknown[][] = []
      // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the example as it stands in the page
      await new Function('console', `return (async () => {${text}\n})()`)({ log: (...v: unknown[]) => heard.push(v) })
      return heard
    }, code)
    const written = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
    return (told ?? []).map((values) => values.map(written).join(' ')).join('\n')
  },
}

async function output(command: string[]): Promise<string> {
  const env = { ...process.env, KEY: apiKey, TOKEN: await sign({ sub: 'ann' }) }
  const child = Bun.spawn(command, { cwd: root, env, stderr: 'pipe' })
  const [out, complaint] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  if ((await child.exited) !== 0) throw new Error(`${out}\n${complaint}`)
  return out
}

describe('the examples of docs/reference/channel-url.md', () => {
  for (const { language, code, output: shown, line } of blocksOf(page)) {
    test.skipIf(language === 'js' && chromiumPath === undefined)(
      `line ${line} (${language})`,
      async () => {
        expect(shown).toBeDefined()
        const told = (await run[language]?.(code.replaceAll('localhost:8000', server.url.host))) ?? ''
        if (!isShown(told, shown ?? '')) expect(told).toBe(shown ?? '')
      },
      30_000,
    )
  }
})
