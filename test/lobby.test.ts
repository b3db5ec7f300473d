/** The first page, in a real browser, against the real server. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { chromiumPath, openBrowser, takeScreenshot } from './chromium.ts'
import { startLobbyServer, type LobbyServer } from './lobby-server.ts'

setDefaultTimeout(60_000) // a browser on a busy machine; a page that never gets there fails by playwright's own 30 seconds
const browserTest = test.skipIf(chromiumPath === undefined)
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
const desktop = { viewport: { width: 1200, height: 800 } }

/** Somebody at a browser of their own. */
class Visitor {
  readonly page: Page
  readonly troubles: string[] = [] // what the page should never say
  readonly messages: Locator
  readonly notices: Locator
  readonly people: Locator

  constructor(page: Page) {
    this.page = page
    this.messages = page.locator('.message')
    this.notices = page.locator('.notice')
    this.people = page.locator('.people li')
    page.on('pageerror', (error) => this.troubles.push(String(error)))
    page.on('dialog', (dialog) => this.troubles.push(`dialog: ${dialog.message()}`))
    page.on('console', (said) => {
      const expected = /net::ERR_|WebSocket connection to .* failed/.test(said.text()) // offline is no trouble
      if (said.type() === 'error' && !expected) this.troubles.push(said.text())
    })
  }

  async enter(name: string): Promise<void> {
    await this.page.locator('.door input').fill(name)
    await this.page.keyboard.press('Enter')
    await this.state('live')
  }

  async say(text: string): Promise<void> {
    await this.page.locator('textarea').fill(text)
    await this.page.locator('textarea').press('Enter')
  }

  async state(state: string): Promise<void> {
    await this.page.locator(`.connection[data-state="${state}"]`).waitFor()
  }

  /** Waits until this many messages stand there, none of them on its way; answers their texts. */
  async texts(count: number): Promise<string[]> {
    await this.page.waitForFunction(
      (wanted) =>
        document.querySelectorAll('.message').length === wanted && document.querySelector('.message.pending') === null,
      count,
    )
    return this.messages.locator('.said').allTextContents()
  }

  names(): Promise<string[]> {
    return this.messages.locator('b').allTextContents()
  }
}

async function visit(browser: Browser, server: LobbyServer, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ ...desktop, locale: 'en-GB', ...options })
  const visitor = new Visitor(await context.newPage())
  await visitor.page.goto(server.url)
  return visitor
}

browserTest('two people pick names and talk, each seeing who is here, who said what, and when', async () => {
  await using server = await startLobbyServer()
  await using browser = await openBrowser()
  const ann = await visit(browser, server)
  await ann.enter('  Ann ')
  const bo = await visit(browser, server, phone)
  await bo.enter('Ｂｏ')
  expect(await ann.notices.filter({ hasText: 'Bo joined' }).count()).toBe(1)

  await ann.say('hello')
  await bo.messages.filter({ hasText: 'hello' }).waitFor()
  await bo.say('hi Ann\nsecond line, see https://example.com/a.')
  for (const visitor of [ann, bo]) {
    expect(await visitor.texts(2)).toEqual(['hello', 'hi Ann\nsecond line, see https://example.com/a.'])
    expect(await visitor.names()).toEqual(['Ann', 'Bo'])
    expect(await visitor.people.locator('bdi').allTextContents()).toEqual(['Ann', 'Bo'])
    expect(await visitor.messages.locator('time').first().textContent()).toMatch(/^\d\d:\d\d$/)
  }
  expect(await ann.page.getByRole('link').getAttribute('href')).toBe('https://example.com/a')

  await bo.page.close()
  await ann.notices.filter({ hasText: 'Bo left' }).waitFor()
  expect(await ann.people.count()).toBe(1)
  expect([...ann.troubles, ...bo.troubles]).toEqual([])
})

browserTest('a newcomer sees the last 200 messages, oldest first, and is at their end', async () => {
  await using server = await startLobbyServer()
  for (let n = 1; n <= 205; n++) await server.publish({ type: 'message', text: `number ${n}`, time: Date.now() }, 'Bo')
  await using browser = await openBrowser()
  const ann = await visit(browser, server)
  await ann.enter('Ann')
  expect(await ann.texts(200)).toEqual(Array.from({ length: 200 }, (_, index) => `number ${index + 6}`))
  expect(await ann.messages.last().isVisible()).toBe(true)
  expect(await distanceToEnd(ann.page)).toBeLessThan(2)
})

browserTest('what is markup elsewhere is text here, in names, messages and notices', async () => {
  await using server = await startLobbyServer()
  const evil = '<img src=x onerror=alert(1)>'
  const text = `<script>alert(1)</script> javascript:alert(1) "><svg onload=alert(1)> https://x/"onmouseover=alert(1)`
  await server.publish({ type: 'message', text, name: 'Mallory', time: '<b>' }, evil)
  await server.publish({ type: 'message', text: 'from a backend' })
  await server.publish({ type: '__proto__', text: { toString: 'x' } }, evil)
  await using browser = await openBrowser()
  const ann = await visit(browser, server)
  await ann.enter('Ann')
  const eve = await visit(browser, server)
  await eve.enter(evil)
  await ann.notices.filter({ hasText: `${evil} joined` }).waitFor()
  await eve.say(text)
  expect(await ann.texts(3)).toEqual([text, 'from a backend', text])
  expect(await ann.names()).toEqual([evil, 'server', evil])
  expect(await ann.page.locator('.messages img, .messages script, .people img, .messages [onmouseover]').count()).toBe(
    0,
  )
  expect(await ann.page.locator('a:not([href^="http"])').count()).toBe(0)
  expect([...ann.troubles, ...eve.troubles]).toEqual([])

  // Should markup ever get in, the policy of the page still keeps it from running.
  const ran = await ann.page.evaluate(() => {
    const attempts = [
      () => document.head.append(Object.assign(document.createElement('script'), { text: 'window.ran = true' })),
      () => document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.ran = true">'),
      () => {
        const link = document.createElement('a')
        link.setAttribute('onclick', 'window.ran = true')
        document.body.append(link)
        link.click()
      },
    ]
    const refused = attempts.filter((attempt) => {
      try {
        attempt()
        return false
      } catch {
        return true
      }
    })
    return { refused: refused.length, ran: 'ran' in globalThis }
  })
  expect(ran).toEqual({ refused: 3, ran: false })
})

browserTest('what is written offline is sent on return, in order and exactly once, even over a reload', async () => {
  await using server = await startLobbyServer()
  await using browser = await openBrowser()
  const [ann, bo] = [await visit(browser, server), await visit(browser, server)]
  await ann.enter('Ann')
  await bo.enter('Bo')
  await ann.page.context().setOffline(true)
  await ann.state('offline')
  for (const text of ['one', 'two', 'three']) await ann.say(text)
  await bo.say('where are you?')
  await bo.texts(1)
  expect(await ann.page.locator('.pending').allTextContents()).toEqual([
    expect.stringMatching(/^one.*Waiting/),
    expect.stringMatching(/^two.*Waiting/),
    expect.stringMatching(/^three.*Waiting/),
  ])
  await ann.page.context().setOffline(false)
  await ann.state('live')
  for (const visitor of [ann, bo]) expect(await visitor.texts(4)).toEqual(['where are you?', 'one', 'two', 'three'])

  await server.stop()
  await ann.state('offline')
  await ann.say('four')
  const kept = await ann.page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('outbox')).length)
  expect(kept).toBe(1)
  await server.start()
  await ann.page.reload()
  await ann.state('live')
  expect(await ann.texts(5)).toEqual(['where are you?', 'one', 'two', 'three', 'four'])
  expect((await server.messages()).map(({ text }) => text)).toEqual(['where are you?', 'one', 'two', 'three', 'four'])
})

browserTest('messages sent while the connection breaks again and again are there once each', async () => {
  await using server = await startLobbyServer()
  await using browser = await openBrowser()
  const ann = await visit(browser, server)
  await ann.enter('Ann')
  const said = Array.from({ length: 24 }, (_, index) => `message ${index + 1}`)
  for (const [index, text] of said.entries()) {
    await ann.say(text)
    if (index % 6 === 3) await ann.page.context().setOffline(true)
    if (index % 6 === 5) await ann.page.context().setOffline(false)
  }
  expect(await ann.texts(said.length)).toEqual(said)
  expect((await server.messages()).map(({ text }) => text)).toEqual(said)
})

browserTest('a restart of the server loses nothing and makes nobody leave', async () => {
  await using server = await startLobbyServer()
  await using browser = await openBrowser()
  const [ann, bo] = [await visit(browser, server), await visit(browser, server)]
  await ann.enter('Ann')
  await bo.enter('Bo')
  await ann.say('before')
  await bo.texts(1)
  await server.stop()
  await server.start()
  await ann.say('after')
  for (const visitor of [ann, bo]) {
    await visitor.state('live')
    expect(await visitor.texts(2)).toEqual(['before', 'after'])
    expect(await visitor.people.locator('bdi').allTextContents()).toEqual(['Ann', 'Bo'])
    expect(await visitor.notices.filter({ hasText: 'left' }).count()).toBe(0)
  }
})

browserTest('who was away for longer than the history reaches is told so', async () => {
  await using server = await startLobbyServer()
  await using browser = await openBrowser()
  const ann = await visit(browser, server)
  await ann.enter('Ann')
  await ann.say('before')
  await ann.texts(1)
  await ann.page.context().setOffline(true)
  await ann.state('offline')
  for (let n = 1; n <= 201; n++) await server.publish({ type: 'message', text: `number ${n}`, time: Date.now() }, 'Bo')
  await ann.page.context().setOffline(false)
  await ann.state('live')
  expect((await ann.texts(200))[0]).toBe('number 2')
  expect(await ann.notices.allTextContents()).toEqual(['Older messages are no longer kept.'])
})

browserTest('a reload keeps who one is, and two tabs are one person', async () => {
  await using server = await startLobbyServer()
  await using browser = await openBrowser()
  const [ann, bo] = [await visit(browser, server), await visit(browser, server)]
  await ann.enter('Ann')
  await bo.enter('Bo')
  await ann.say('mine')
  await bo.texts(1)
  await ann.page.reload()
  await ann.state('live')
  await ann.texts(1)
  expect(await ann.page.locator('.message.mine').count()).toBe(1)
  const tab = new Visitor(await ann.page.context().newPage())
  await tab.page.goto(server.url)
  await tab.state('live')
  await bo.say('still two of us?')
  await tab.texts(2)
  for (const visitor of [ann, bo, tab]) expect(await visitor.people.count()).toBe(2)
  expect(await bo.notices.allTextContents()).toEqual([])
})

browserTest('a name that cannot be is asked for again, a taken-on name can be changed', async () => {
  await using server = await startLobbyServer()
  await using browser = await openBrowser()
  const ann = await visit(browser, server)
  await ann.page.locator('.door input').fill('An\u200Bn')
  await ann.page.keyboard.press('Enter')
  await ann.page.getByRole('alert').waitFor()
  expect(await ann.page.getByRole('alert').textContent()).toContain('will not do')
  await ann.enter('Ann')
  await ann.say('as Ann')
  await ann.texts(1)
  await ann.page.locator('.me').click()
  await ann.enter('Anna')
  await ann.say('as Anna')
  await ann.texts(2)
  expect(await ann.names()).toEqual(['Ann', 'Anna'])
  expect(await ann.people.locator('bdi').allTextContents()).toEqual(['Anna'])
})

browserTest('a text that is too long stays in the composer until it is shortened', async () => {
  await using server = await startLobbyServer()
  await using browser = await openBrowser()
  const ann = await visit(browser, server, { ...phone, viewport: { width: 360, height: 640 } })
  await ann.enter('Ann')
  const field = ann.page.locator('textarea')
  await ann.say('🙂'.repeat(4001))
  expect(await ann.page.locator('.composer small').textContent()).toStartWith('1 characters too many')
  expect(await field.inputValue()).toBe('🙂'.repeat(4001))
  expect(await ann.page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true)
  await ann.say('🙂'.repeat(4000))
  expect(await ann.texts(1)).toEqual(['🙂'.repeat(4000)])
  expect(await field.inputValue()).toBe('')
})

browserTest('Enter sends, but not while an input method is composing, and not with Shift', async () => {
  await using server = await startLobbyServer()
  await using browser = await openBrowser()
  const ann = await visit(browser, server)
  await ann.enter('Ann')
  const field = ann.page.locator('textarea')
  await field.fill('ni')
  await field.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true })
  await field.dispatchEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true })
  await field.press('Shift+Enter')
  await field.pressSequentially('hao')
  await field.press('Enter')
  expect(await ann.texts(1)).toEqual(['ni\nhao'])
})

browserTest('who reads further up stays there and is told of new messages', async () => {
  await using server = await startLobbyServer()
  for (let n = 1; n <= 60; n++) await server.publish({ type: 'message', text: `number ${n}`, time: Date.now() }, 'Bo')
  await using browser = await openBrowser()
  const ann = await visit(browser, server)
  await ann.enter('Ann')
  await ann.texts(60)
  const list = ann.page.getByRole('log')
  await list.evaluate((element) => (element.scrollTop = 300))
  const toLatest = ann.page.locator('.latest')
  await toLatest.waitFor()
  for (const text of ['new one', 'new two']) await server.publish({ type: 'message', text, time: Date.now() }, 'Bo')
  await toLatest.filter({ hasText: '2 new messages' }).waitFor()
  expect(await list.evaluate((element) => element.scrollTop)).toBe(300)
  await toLatest.click()
  await toLatest.waitFor({ state: 'detached' })
  expect(await distanceToEnd(ann.page)).toBeLessThan(2)
})

browserTest('the page is at home on a phone and a desktop, in English and Chinese, by day and by night', async () => {
  await using server = await startLobbyServer()
  await using browser = await openBrowser()
  const hour = 3_600_000
  const say = (name: string, text: string, ago: number) =>
    server.publish({ type: 'message', text, time: Date.now() - ago * hour }, name)
  await say('Marta', 'Has anyone tried restarting the server mid-sentence?', 50)
  await say('王小明', '试过了，kill -9 之后什么都没丢。', 50)
  await say('王小明', '连我正在写的那句也在。', 49.99)
  await say(
    'Jürgen 🚂',
    'Boarding now. Five minutes of tunnel, see you on the other side: https://example.com/recovery.',
    1,
  )
  await say('Jürgen 🚂', 'Back. Read all of it, in order.\n\nNothing missing.', 0.5)
  await say('أمل', 'مرحبا، كيف الحال؟', 0.4)
  await server.publish({ type: 'message', text: 'hello from curl' })
  const looks = [
    ['phone', phone, 'en-GB', 'light', 'Ann', 'Live', 'Who is here'],
    ['phone', phone, 'zh-CN', 'dark', '李雷', '已连接', '谁在这里'],
    ['desktop', desktop, 'en-GB', 'dark', 'Bo', 'Live', 'Who is here'],
    ['desktop', desktop, 'zh-CN', 'light', '韩梅梅', '已连接', '谁在这里'],
  ] as const
  for (const [size, screen, locale, colorScheme, name, live, here] of looks) {
    const visitor = await visit(browser, server, { ...screen, locale, colorScheme })
    const { page } = visitor
    const look = `${size}-${locale.slice(0, 2)}-${colorScheme}`
    await takeScreenshot(page, `door-${look}`)
    await visitor.enter(name)
    await visitor.say(locale === 'zh-CN' ? '大家好！' : 'Hello everyone 👋')
    await visitor.page.locator('.pending').waitFor({ state: 'detached' })
    expect(await page.locator('.connection').textContent()).toBe(live)
    expect(await page.locator('html').getAttribute('lang')).toBe(locale === 'zh-CN' ? 'zh-Hans' : 'en')
    if (size === 'phone') await page.locator('.people-button').click()
    expect(await page.getByRole('complementary', { name: here }).isVisible()).toBe(true)
    if (size === 'phone') await page.keyboard.press('Escape')
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(paper).toBe(colorScheme === 'dark' ? 'rgb(23, 21, 18)' : 'rgb(248, 245, 239)')
    await takeScreenshot(page, `lobby-${look}`)
    await page.getByRole('button', { name: locale === 'zh-CN' ? 'English' : '中文' }).click()
    expect(await page.locator('.connection').textContent()).toBe(locale === 'zh-CN' ? 'Live' : '已连接')
    expect(visitor.troubles).toEqual([])
  }
})

function distanceToEnd(page: Page): Promise<number> {
  return page.getByRole('log').evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight)
}
