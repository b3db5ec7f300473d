/** Every block of `docs/reference/mailbox.md` is run, in order, against one server; what a block prints is the block after it. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { chromiumPath, openBrowser } from './chromium.ts'
import { apiKey, sign, startTestServer, type TestServer } from './server.ts'

const page = await Bun.file(join(import.meta.dir, '../docs/reference/mailbox.md')).text()
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)\n```$/gms)].map(([, kind = '', text = '']) => ({ kind, text }))
const examples = blocks.flatMap(({ kind, text }, at) =>
  kind === 'text' ? [] : [{ kind, text, prints: blocks[at + 1]?.kind === 'text' ? blocks[at + 1]?.text : undefined }],
)

let server: TestServer
beforeAll(async () => {
  const inbox = { history_size: 1000, history_ttl: '720h', force_recovery: true, allow_user_limited_channels: true }
  server = await startTestServer({ namespaces: { user: inbox }, mailbox: { open: true } })
})
afterAll(() => server.close())

const programs: Record<string, (text: string) => string[]> = {
  sh: (text) => ['sh', '-c', text.replaceAll('curl ', 'curl -sS ')],
  js: (text) => [process.execPath, '-e', text],
  python: (text) => ['python3', '-c', text],
}

describe('the page about mailboxes', () => {
  test('has examples in each language', () => {
    expect(new Set(examples.map(({ kind }) => kind))).toEqual(new Set(['sh', 'js', 'python', 'html']))
  })

  for (const [at, { kind, text, prints }] of examples.entries()) {
    const isMissing = kind === 'html' ? chromiumPath === undefined : Bun.which(programs[kind]?.('')[0] ?? '') === null
    test.skipIf(isMissing)(`example ${at + 1} (${kind}) does what the page says`, async () => {
      const here = text.replaceAll('localhost:8000', server.url.host)
      expect(prints).toBeDefined()
      if (kind === 'html') await show(here, prints ?? '')
      else expect(await run(programs[kind]?.(here) ?? [])).toMatch(patternOf(prints ?? ''))
    })
  }
})

async function run(command: string[]): Promise<string> {
  const env = { ...process.env, ALICE: await sign({ sub: 'alice' }), API_KEY: apiKey }
  const child = Bun.spawn(command, { env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  expect([await child.exited, err]).toEqual([0, ''])
  return out.trimEnd()
}

async function show(html: string, text: string): Promise<void> {
  await using browser = await openBrowser()
  const tab = await browser.newPage()
  const address = new URL('/example.html', server.url).href
  await tab.route(address, (route) => route.fulfill({ contentType: 'text/html', body: html }))
  await tab.goto(address)
  await tab.getByText(text).waitFor()
}

/** `…` stands for anything in one line. */
function patternOf(text: string): RegExp {
  return new RegExp(
    `^${text
      .split('…')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+')}$`,
  )
}
