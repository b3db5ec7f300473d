/** Tabs of one real browser, in the app, logged in. */
import type { BrowserContext, Page } from 'playwright-core'
import { openBrowser } from '../chromium.ts'
import { type Caller, type ChatServer, startChat } from './support.ts'

interface Tab {
  readonly page: Page
  /** WebSockets that are open. */
  readonly sockets: () => number
  readonly errors: readonly string[]
}

export interface TabScene extends AsyncDisposable {
  readonly chat: ChatServer
  readonly context: BrowserContext
  /** Somebody else, who is in the room. */
  readonly bob: Caller
  readonly room: string
  readonly ann: { readonly id: string; readonly call: Caller['call'] }
  readonly open: (path?: string) => Promise<Tab>
}

/** Ann is logged in in the browser; Bob is in a room with her. */
export async function openTabs(options: { readonly serviceWorkers?: boolean } = {}): Promise<TabScene> {
  const chat = await startChat()
  const browser = await openBrowser()
  const context = await browser.newContext({
    locale: 'en',
    baseURL: chat.server.url.href,
    serviceWorkers: options.serviceWorkers === true ? 'allow' : 'block',
  })
  const ann = await enter(context, chat, 'Ann')
  const bob = await chat.enter('Bob')
  const { room } = await bob.call('rooms.create', { kind: 'group', name: 'Tea', members: [ann.id] })
  return {
    chat,
    context,
    bob,
    room,
    ann,
    open: (path = `/r/${room}`) => openTab(context, path),
    async [Symbol.asyncDispose]() {
      await browser.close()
      await chat[Symbol.asyncDispose]()
    },
  }
}

async function enter(context: BrowserContext, chat: ChatServer, name: string) {
  const call: Caller['call'] = async (action, input) => {
    const answer = await context.request.post(`/api/chat/${action}`, {
      data: input,
      headers: { origin: chat.server.url.origin },
    })
    if (!answer.ok()) throw new Error(await answer.text())
    return (await answer.json()) as Awaited<ReturnType<typeof call<typeof action>>>
  }
  const { person } = await call('people.enter', { name })
  return { id: person.id, call }
}

async function openTab(context: BrowserContext, path: string): Promise<Tab> {
  const page = await context.newPage()
  let open = 0
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error.stack)))
  page.on('websocket', (socket) => {
    open++
    socket.on('close', () => open--)
  })
  await page.goto(path)
  return { page, sockets: () => open, errors }
}

let names = 0
export const say = ({ bob, room }: TabScene, text: string) =>
  bob.call('messages.send', { room, clientId: `from-the-test-${++names}`, text })

/** How often a text stands among the messages. */
export const count = (page: Page, text: string) =>
  page.evaluate(
    (wanted) =>
      [...document.querySelectorAll('main li p')].filter(({ firstChild }) => firstChild?.textContent === wanted).length,
    text,
  )

export async function until(is: () => boolean | Promise<boolean>, what = 'that', time = 60_000): Promise<void> {
  for (const end = Date.now() + time; !(await is()); await Bun.sleep(20))
    if (Date.now() > end) throw new Error(`it did not come to ${what}`)
}
