/**
 * People at the app: each has a browser of their own with nothing in it, and
 * uses what is on the screen. `await using` closes them with their server.
 */
import { expect } from 'bun:test'
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page, WebSocketRoute } from 'playwright-core'
import { type Caller, type ChatServer, type ChatServerOptions, startChat } from '../chat/support.ts'
import { openBrowser } from '../chromium.ts'

/** Against waiting for ever, on a machine that has much to do. */
const patience = 30_000

export interface App extends AsyncDisposable {
  readonly chat: ChatServer
  /** A browser with nothing in it, at this address. */
  readonly visit: (path?: string, options?: BrowserContextOptions) => Promise<Visitor>
  /** The browser of somebody who is in already. */
  readonly as: (who: Caller, path?: string, options?: BrowserContextOptions) => Promise<Visitor>
}

export interface Visitor {
  readonly page: Page
  readonly context: BrowserContext
  /** What went wrong in the page and was not expected. */
  readonly mishaps: readonly string[]
  readonly open: (path: string) => Promise<void>
  /** Another tab of the same browser. */
  readonly tab: (path: string) => Promise<Visitor>
}

interface Surroundings {
  /** By which address browsers come, if not by the server's own. */
  readonly through?: (server: URL) => URL | Promise<URL>
  /** See `openBrowser`. */
  readonly browserArguments?: readonly string[]
}

export async function openApp(
  options: ChatServerOptions = {},
  { through = (server) => server, browserArguments = [] }: Surroundings = {},
): Promise<App> {
  const chat = await startChat(options)
  const url = await through(chat.server.url)
  let browser: Browser
  try {
    browser = await openBrowser(browserArguments)
  } catch (error) {
    await chat[Symbol.asyncDispose]()
    throw error
  }
  const visit: App['visit'] = async (path = '/', contextOptions = {}) => {
    const context = await browser.newContext({
      locale: 'en',
      viewport: { width: 1200, height: 800 },
      ...contextOptions,
    })
    return visitOf(context, url, path)
  }
  return {
    chat,
    visit,
    async as(who, path = '/', contextOptions = {}) {
      const context = await browser.newContext({
        locale: 'en',
        viewport: { width: 1200, height: 800 },
        ...contextOptions,
      })
      const [, value = ''] = /=([^;]*)/.exec(chat.server.cookies.set('posthouse_session', who.token)) ?? []
      await context.addCookies([{ name: 'posthouse_session', value, url: chat.server.url.href, httpOnly: true }])
      return visitOf(context, url, path)
    },
    async [Symbol.asyncDispose]() {
      await browser.close()
      await chat[Symbol.asyncDispose]()
    },
  }
}

/** A tab of a browser. */
export async function visitOf(context: BrowserContext, url: URL, path: string): Promise<Visitor> {
  context.setDefaultTimeout(patience)
  const page = await context.newPage()
  const mishaps: string[] = []
  page.on('pageerror', (error) => mishaps.push(error.stack ?? error.message))
  const open = async (to: string): Promise<void> => void (await page.goto(new URL(to, url).href))
  await open(path)
  return { page, context, mishaps, open, tab: (to) => visitOf(context, url, to) }
}

/** In by a name. */
export async function enterAs(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Come in' }).click()
}

export const composer = (page: Page): Locator => page.getByRole('textbox', { name: /^Message to/ })

export const messages = (page: Page): Locator => page.getByRole('list', { name: 'Messages' })

/** The messages of the log that are drawn, and no others. */
export const rows = (page: Page): Locator => page.locator('[data-offset]')

/** The messages of the log are drawn in this order, and no others. */
export async function draws(page: Page, texts: readonly string[], time = patience): Promise<void> {
  await eventually(
    () =>
      rows(page).evaluateAll((all) =>
        all.map((row) => Array.from(row.querySelectorAll('p'), ({ firstChild }) => firstChild?.textContent)),
      ),
    (drawn) => drawn.length === texts.length && drawn.every((lines, at) => lines.includes(texts[at])),
    time,
  )
}

/** The line that says how the connection is: there only while all is not well. */
export const bar = (page: Page): Locator =>
  page.locator('header').locator('[role=status], [role=alert]').filter({ hasText: /\S/ })

export async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

/** Waits until it is so. @throws with what there is instead */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  isIt: (value: T) => boolean,
  time = patience,
): Promise<T> {
  let last = await ask()
  for (const end = Date.now() + time; !isIt(last); last = await ask()) {
    if (Date.now() > end) throw new Error(`it did not come to be so: ${JSON.stringify(last)}`)
    await Bun.sleep(30)
  }
  return last
}

export async function shows(locator: Locator, count = 1, time = patience): Promise<void> {
  await eventually(
    () => locator.count(),
    (there) => there === count,
    time,
  )
}

/** So many messages say this among other things, those on their way out included. */
export async function said(page: Page, text: string, count = 1): Promise<void> {
  await shows(page.locator('[data-row]').filter({ hasText: text }), count)
}

/** A group, and so many messages in it by its owner. */
export async function roomWith(
  owner: Pick<Caller, 'call'>,
  members: readonly Pick<Caller, 'id'>[],
  texts: readonly string[],
): Promise<string> {
  const { room } = await owner.call('rooms.create', {
    kind: 'group',
    name: 'Tea',
    members: members.map(({ id }) => id),
  })
  for (const [index, text] of texts.entries())
    await owner.call('messages.send', { room, clientId: `prepared-${index}`, text })
  return room
}

/** What was said in a room, in its order. */
export async function allTexts(who: Pick<Caller, 'call'>, room: string): Promise<string[]> {
  const all: string[] = []
  for (let after = 1; ;) {
    const { messages: page, newer } = await who.call('messages.page', { room, after, limit: 100 })
    all.push(...page.map(({ text }) => text))
    if (!newer) return all
    after = page.at(-1)?.offset ?? after
  }
}

export function isCalm(...visitors: readonly Visitor[]): void {
  for (const { mishaps } of visitors) expect(mishaps).toEqual([])
}

/** The app is still served, and nothing goes over the connection: not a new one, and not the one that there is. */
export async function cuttable(context: BrowserContext): Promise<(isCut: boolean) => Promise<void>> {
  let isCut = false
  const open = new Set<WebSocketRoute>()
  await context.routeWebSocket(/connection/, (socket) => {
    if (isCut) return void socket.close()
    socket.connectToServer()
    open.add(socket)
  })
  await context.route(/\/connection\//, (route) => (isCut ? route.abort() : route.continue()))
  return async (cut) => {
    isCut = cut
    if (cut) for (const socket of open) await socket.close()
  }
}
