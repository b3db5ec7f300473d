/** What the six tutorials promise, and what they add: nothing is lost, whenever the server is killed. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { chromiumPath, openBrowser, takeScreenshot } from './chromium.ts'
import { Example } from './example.ts'

setDefaultTimeout(60_000)

const inBrowser = test.skipIf(chromiumPath === undefined)
const withPython = test.skipIf(Bun.which('python3') === null)
const nodeVersion =
  Bun.which('node') === null ? '0' : Bun.spawnSync(['node', '-p', 'process.versions.node']).stdout.toString()
const withNode = test.skipIf(Number.parseInt(nodeVersion, 10) < 22) // it has no WebSocket of its own

async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 480, height: 560 } })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  await page.goto(url)
  return page
}

/** What stands in the list, when there is as much as is expected. */
async function items(page: Page, count: number): Promise<string[]> {
  await page
    .locator('li')
    .nth(count - 1)
    .waitFor()
  return page.locator('li').allInnerTexts()
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Text').fill(text)
  await page.getByLabel('Text').press('Enter')
}

const status = (page: Page, text: string | RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor()

const opened = (socket: WebSocket) => new Promise((resolve) => socket.addEventListener('open', resolve))

// --- echo --------------------------------------------------------------------------

test('echo: text and bytes come back as they were sent, large ones too', async () => {
  await using example = await Example.start('echo')
  const socket = new WebSocket(`ws://${example.host}/echo`)
  socket.binaryType = 'arraybuffer'
  await opened(socket)
  const large = crypto.getRandomValues(new Uint8Array(65_536)).toHex().repeat(30)
  for (const message of ['', 'hello, 世界', large, new Uint8Array(), Uint8Array.of(0, 255, 128)]) {
    const back = new Promise((resolve) =>
      socket.addEventListener('message', ({ data }) => resolve(data), { once: true }),
    )
    socket.send(message)
    const data = await back
    expect(data instanceof ArrayBuffer ? new Uint8Array(data) : data).toEqual(message)
  }
  socket.close()
})

inBrowser('echo: the page shows what comes back', async () => {
  await using example = await Example.start('echo')
  await using browser = await openBrowser()
  const page = await open(browser, example.url('/'))
  await say(page, 'hello, 世界')
  expect(await items(page, 2)).toEqual(['hello, 世界', 'hello, 世界'])
  await page.getByRole('button', { name: 'bytes' }).click()
  const [, , sent, came] = await items(page, 4)
  expect(sent).toMatch(/^bytes( \d+){8}$/)
  expect(came).toBe(sent ?? '')
  await takeScreenshot(page, 'example-echo')
})

// --- chat --------------------------------------------------------------------------

inBrowser('chat: everybody sees everybody; who comes later and after a crash sees what was said', async () => {
  await using example = await Example.start('chat')
  await using browser = await openBrowser()
  const [ann, bob] = await Promise.all([open(browser, example.url('/')), open(browser, example.url('/'))])
  await say(ann, 'one')
  expect(await items(bob, 1)).toEqual(['one'])
  await say(bob, '<b>two</b>')
  expect(await items(ann, 2)).toEqual(['one', '<b>two</b>'])

  await example.kill()
  await status(ann, 'connecting')
  await example.start()
  await status(ann, 'connected')
  await say(ann, 'three')
  expect(await items(bob, 3)).toEqual(['one', '<b>two</b>', 'three'])
  const late = await open(browser, example.url('/'))
  expect(await items(late, 3)).toEqual(['one', '<b>two</b>', 'three'])
  expect(await late.locator('li').evaluateAll((all) => all.map(({ id }) => id))).toEqual(['m1', 'm2', 'm3'])
  await takeScreenshot(late, 'example-chat')
})

inBrowser('chat: a page shows the last 200 messages', async () => {
  await using example = await Example.start('chat')
  const all = Array.from({ length: 205 }, (_, at) => ({
    publish: { channel: 'public:chat', data: `message ${at + 1}` },
  }))
  await example.api('batch', { commands: all })
  await using browser = await openBrowser()
  const page = await open(browser, example.url('/'))
  const shown = await items(page, 200)
  expect([shown.length, shown.at(0), shown.at(-1)]).toEqual([200, 'message 6', 'message 205'])
})

test('chat: compression is agreed upon', async () => {
  await using example = await Example.start('chat')
  const socket = new WebSocket(`ws://${example.host}/connection/websocket`)
  await opened(socket)
  expect(socket.extensions).toContain('permessage-deflate')
  socket.close()
})

// --- room --------------------------------------------------------------------------

async function enter(browser: Browser, example: Example, name: string): Promise<Page> {
  const page = await open(browser, example.url('/'))
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Enter' }).click()
  return page
}

inBrowser('room: a name is one person; who enters and leaves is told, and others see what I say', async () => {
  await using example = await Example.start('room')
  await using browser = await openBrowser()
  const ann = await enter(browser, example, 'ann')
  await status(ann, 'here: ann')
  const bob = await enter(browser, example, 'bob')
  await status(bob, 'here: ann, bob')
  await status(ann, 'here: ann, bob')
  expect((await items(ann, 2)).at(-1)).toBe('bob entered')

  const other = await enter(browser, example, 'ann')
  await other.getByText('Somebody is called ann already.').waitFor()
  await other.getByLabel('Your name').waitFor()

  await say(bob, 'hello <i>all</i>')
  await ann.getByText('hello <i>all</i>').waitFor()
  expect((await items(ann, 3)).at(-1)).toBe('bob\nhello <i>all</i>')
  await say(ann, 'hello bob')
  await bob.getByText('hello bob').waitFor()
  expect(await ann.locator('li.mine').allInnerTexts()).toEqual(['hello bob'])
  await takeScreenshot(ann, 'example-room')

  await bob.getByRole('button', { name: 'Quit' }).click()
  await ann.getByText('bob left').waitFor()
  await status(ann, /^here: ann$/)
  await enter(browser, example, 'bob') // the name is free again
  await status(ann, 'here: ann, bob')
})

inBrowser('room: a crash forgets neither who somebody is, nor what was said, nor whose a name is', async () => {
  await using example = await Example.start('room')
  await using browser = await openBrowser()
  const ann = await enter(browser, example, 'ann')
  await status(ann, 'here: ann')
  await say(ann, 'before')
  await ann.getByText('before').waitFor()
  await example.kill()
  await status(ann, 'connecting')
  await example.start()
  await status(ann, 'here: ann')
  await say(ann, 'after')
  await ann.getByText('after').waitFor()
  const other = await enter(browser, example, 'ann')
  await other.getByText('Somebody is called ann already.').waitFor()
  await ann.reload()
  await ann.getByText('after').waitFor()
  expect(await ann.locator('li.mine').allInnerTexts()).toEqual(['before', 'after'])
})

test('room: a cookie that was made up opens nothing', async () => {
  await using example = await Example.start('room')
  const headers = { cookie: 'name=YW5u.9999999999.made-up' }
  const answer = await fetch(example.url('/c/room:hall'), { headers })
  expect(answer.status).toBe(401)
})

// --- push --------------------------------------------------------------------------

const send = (example: Example, fields: Record<string, string>) =>
  fetch(example.url('/send'), { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })

inBrowser('push: one uid or all get it, in each tab, whatever happens between two polls', async () => {
  await using example = await Example.start('push')
  await using browser = await openBrowser()
  const [one, twin, two] = await Promise.all(['1', '1', '2'].map((uid) => open(browser, example.url(`/?uid=${uid}`))))
  if (!one || !twin || !two) throw new Error('there are three tabs')
  const form = await open(browser, example.url('/send'))
  await form.getByLabel('uid').fill('1')
  await say(form, 'to one')
  expect(await items(one, 1)).toEqual(['to one'])
  expect(await items(twin, 1)).toEqual(['to one'])
  await send(example, { uid: '', text: 'to all' })
  expect(await items(two, 1)).toEqual(['to all'])
  const many = Array.from({ length: 30 }, (_, at) => `number ${at}`)
  for (const text of many) await send(example, { uid: '1', text })

  await example.kill()
  await status(one, 'the server is away')
  await example.start()
  await send(example, { uid: '1', text: 'after the crash' })
  const expected = ['to one', 'to all', ...many, 'after the crash']
  expect(await items(one, 33)).toEqual(expected)
  expect(await items(twin, 33)).toEqual(expected)
  expect(await items(two, 1)).toEqual(['to all'])
  await takeScreenshot(twin, 'example-push')
  await takeScreenshot(form, 'example-push-form')
})

inBrowser('push: who was away gets it on coming', async () => {
  await using example = await Example.start('push')
  await send(example, { uid: '小明', text: '你好' })
  await using browser = await openBrowser()
  expect(await items(await open(browser, example.url('/?uid=小明')), 1)).toEqual(['你好'])
})

// --- im ----------------------------------------------------------------------------

async function write(page: Page, to: string, text: string): Promise<void> {
  await page.getByLabel('To', { exact: true }).fill(to)
  await say(page, text)
}

inBrowser('im: one person, a group, and somebody who is offline and gets it when back', async () => {
  await using example = await Example.start('im')
  await using browser = await openBrowser()
  const [ann, bob] = await Promise.all([
    open(browser, example.url('/chat/ann')),
    open(browser, example.url('/chat/bob')),
  ])
  await Promise.all([status(ann, 'online'), status(bob, 'online')])
  await write(ann, 'bob', 'hello bob')
  expect(await items(bob, 1)).toEqual([expect.stringMatching(/^ann to me · .*\nhello bob$/)])
  await write(bob, 'family', 'dinner is ready')
  await ann.getByText('dinner is ready').waitFor()
  await bob.getByText('cy is offline and will get it when back').waitFor()

  const cy = await open(browser, example.url('/chat/cy'))
  expect(await items(cy, 1)).toEqual([expect.stringMatching(/^bob to family · .*\ndinner is ready$/)])
  const tab = await open(browser, example.url('/chat/ann')) // a second one sees all that was said, by ann, too
  await tab.getByText('dinner is ready').waitFor()
  expect(await tab.locator('li.mine').allInnerTexts()).toEqual([expect.stringContaining('hello bob')])
  await takeScreenshot(bob, 'example-im')
})

inBrowser('im: a name may be in any script, and a text may be long', async () => {
  await using example = await Example.start('im')
  await using browser = await openBrowser()
  const context = await browser.newContext({ viewport: { width: 360, height: 640 }, colorScheme: 'dark' })
  const ming = await context.newPage()
  await ming.goto(example.url('/chat/小明'))
  await write(ming, '小红', '晚上一起吃饭吧，老地方见。'.repeat(6))
  await ming.getByText('小红 is offline and will get it when back').waitFor()
  const hong = await open(browser, example.url('/chat/小红'))
  await hong.getByText('老地方见').waitFor()
  await takeScreenshot(ming, 'example-im-phone-dark')
})

inBrowser('im: what is written while the server is down arrives once', async () => {
  await using example = await Example.start('im')
  await using browser = await openBrowser()
  const [ann, bob] = await Promise.all([
    open(browser, example.url('/chat/ann')),
    open(browser, example.url('/chat/bob')),
  ])
  await Promise.all([status(ann, 'online'), status(bob, 'online')])
  await write(ann, 'bob', 'one')
  await bob.getByText('one').waitFor()
  await example.kill()
  await status(ann, 'offline')
  await write(ann, 'bob', 'two')
  await example.start()
  await Promise.all([status(ann, 'online'), status(bob, 'online')])
  await write(ann, 'bob', 'three')
  await bob.getByText('three').waitFor()
  for (const page of [ann, bob])
    expect(await page.locator('li:not(.note)').allInnerTexts()).toEqual(
      ['one', 'two', 'three'].map((text) => expect.stringContaining(`\n${text}`)),
    )
})

// --- app and toy -------------------------------------------------------------------

inBrowser('toy: text and sounds go both ways, and wake the one who slept', async () => {
  await using example = await Example.start('toy')
  await using browser = await openBrowser()
  const app = await open(browser, example.url('/app/1'))
  await status(app, 'awake')
  await say(app, 'good morning')
  await app.getByText('toy1 sleeps, and gets it on waking').waitFor()
  await app.getByRole('button', { name: 'sound' }).click()
  await app.getByText('toy1 sleeps').nth(1).waitFor()

  await example.kill() // and the toy still gets it
  await status(app, 'away')
  await example.start()
  const toy = await open(browser, example.url('/toy/1'))
  await toy.getByText('good morning').waitFor()
  await toy.locator('li audio').waitFor()
  const length = await toy
    .locator('audio')
    .evaluate(
      (audio: HTMLAudioElement) =>
        audio.duration ||
        new Promise((resolve) => audio.addEventListener('loadedmetadata', () => resolve(audio.duration))),
    )
  expect(length).toBeCloseTo(0.3)
  await status(app, 'awake')
  await say(toy, 'I am awake')
  await app.getByText('I am awake').waitFor()
  await takeScreenshot(app, 'example-toy')
})

for (const [run, program] of [
  [withNode, ['node', 'toy.mjs']],
  [test, [process.execPath, 'toy.mjs']],
  [withPython, ['python3', 'toy.py']],
] as const)
  run(`toy: ${program.join(' ').replace(process.execPath, 'bun')} is a toy`, async () => {
    await using example = await Example.start('toy')
    const app = new WebSocket(`ws://${example.host}/u/app7?to=toy7&binary=1`)
    app.binaryType = 'arraybuffer'
    await opened(app)
    const heard: unknown[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    app.addEventListener('message', ({ data }) => {
      if (typeof data !== 'string') heard.push(new Uint8Array(data))
      else if ('from' in JSON.parse(data)) heard.push(JSON.parse(data).data)
      if (heard.length === 2) resolve()
    })
    const sound = crypto.getRandomValues(new Uint8Array(3000))
    app.send(JSON.stringify({ to: 'toy7', data: '早上好' })) // while it sleeps
    app.send(sound)
    const [interpreter, file] = program
    const toy = Bun.spawn([interpreter, example.file(file), '7', example.host], {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'inherit',
    })
    await promise
    toy.kill()
    expect(heard).toEqual(['早上好!', sound])
    expect(await new Response(toy.stdout).text()).toContain('app7 says 早上好')
    app.close()
  })
