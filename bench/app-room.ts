/** The room that the app is measured in: a server of its own, two members, and as many messages as are wanted. */
import type { Browser, BrowserContext } from 'playwright-core'
import { Child } from './child.ts'
import { newFolder } from './servers.ts'

/** What is asked of the server at once, so that it answers in time. */
const portion = 5000

interface BenchMember {
  readonly id: string
  readonly cookie: string
  readonly call: (action: string, input: unknown) => Promise<unknown>
}

export interface BenchRoom {
  readonly url: string
  readonly id: string
  /** Where a browser finds it. */
  readonly address: string
  readonly ann: BenchMember
  readonly bob: BenchMember
  readonly enter: (name: string) => Promise<BenchMember>
  /** A browser with nothing in it but who it is of. */
  readonly contextOf: (browser: Browser, member: BenchMember) => Promise<BrowserContext>
  readonly close: () => Promise<void>
}

export async function openBenchRoom(size: number): Promise<BenchRoom> {
  const server = new Child('chat-server.ts', newFolder())
  const { url } = (await server.started) as { url: string }
  const enter = (name: string) => enterAs(url, name)
  const [ann, bob] = [await enter('Ann'), await enter('Bob')]
  const { room: id } = (await ann.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })) as {
    room: string
  }
  for (let from = 0; from < size; from += portion)
    await server.ask({ fill: { room: id, authors: [ann.id, bob.id], from, to: Math.min(size, from + portion) } })
  await bob.call('marks.read', { room: id, offset: size + 1 })
  const address = new URL(`/r/${id}`, url).href
  return { url, id, address, ann, bob, enter, contextOf: (...of) => contextOf(url, ...of), close: () => server.kill() }
}

/** With a session's cookie, as a browser has it. */
async function enterAs(url: string, name: string): Promise<BenchMember> {
  const response = await ask(url, 'people.enter', { name })
  const [cookie = ''] = (response.headers.get('set-cookie') ?? '').split(';')
  const { person } = (await response.json()) as { person: { id: string } }
  return { id: person.id, cookie, call: async (action, input) => (await ask(url, action, input, cookie)).json() }
}

async function contextOf(url: string, browser: Browser, { cookie }: BenchMember): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, locale: 'en' })
  const [name = '', value = ''] = cookie.split('=')
  await context.addCookies([{ name, value, url, httpOnly: true }])
  return context
}

async function ask(url: string, action: string, input: unknown, cookie = ''): Promise<Response> {
  const response = await fetch(new URL(`/api/chat/${action}`, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify(input),
  })
  if (!response.ok) throw new Error(`${action}: ${await response.text()}`)
  return response
}
