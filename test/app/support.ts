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
}

export async function openApp(options: ChatServerOptions = {}): Promise<App> {
  const chat = await startChat(options)
  let browser: Browser
  try {
    browser = await openBrowser()
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
    return at(chat, context, path)
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
      return at(chat, context, path)
    },
    async [Symbol.asyncDispose]() {
      await browser.close()
      await chat[Symbol.asyncDispose]()
    },
  }
}

async function at(chat: ChatServer, context: BrowserContext, path: string): Promise<Visitor> {
  context.setDefaultTimeout(patience)
  const page = await context.newPage()
  const mishaps: string[] = []
  page.on('pageerror', (error) => mishaps.push(error.stack ?? error.message))
  const open = async (to: string): Promise<void> => void (await page.goto(new URL(to, chat.server.url).href))
  await open(path)
  return { page, context, mishaps, open }
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

export async function shows(locator: Locator, count = 1): Promise<void> {
  await eventually(
    () => locator.count(),
    (there) => there === count,
  )
}

/** So many messages say this among other things, those on their way out included. */
export async function said(page: Page, text: string, count = 1): Promise<void> {
  await shows(page.locator('[data-row]').filter({ hasText: text }), count)
}

/** A group, and so many messages in it by its owner. */
export async function roomWith(owner: Caller, members: readonly Caller[], texts: readonly string[]): Promise<string> {
  const { room } = await owner.call('rooms.create', {
    kind: 'group',
    name: 'Tea',
    members: members.map(({ id }) => id),
  })
  for (const [index, text] of texts.entries())
    await owner.call('messages.send', { room, clientId: `prepared-${index}`, text })
  return room
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
