/** The app of a server that is a process of its own, and can be killed; and people at it, each in a browser of their own. */
import { openBrowser } from '../chromium.ts'
import { CrashingServer } from '../crashing-server.ts'
import type { Caller } from '../chat/support.ts'
import { type Visitor, visitOf } from './support.ts'

export interface MortalApp extends AsyncDisposable {
  readonly server: CrashingServer
  /** Somebody comes in by a name. What they call goes beside their page. */
  readonly enter: (
    name: string,
  ) => Promise<Omit<Caller, 'token'> & { readonly visit: (path: string) => Promise<Visitor> }>
}

export async function openMortalApp(...flags: readonly string[]): Promise<MortalApp> {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(new CrashingServer(...flags))
  await server.start()
  const browser = await openBrowser()
  stack.defer(() => browser.close())
  const kept = stack.move()
  return {
    server,
    async enter(name) {
      const url = new URL(`http://${server.url}`)
      const context = await browser.newContext({ locale: 'en', viewport: { width: 1200, height: 800 } })
      const call: Caller['call'] = async (action, data) => {
        const answer = await context.request.post(`${url.href}api/chat/${action}`, {
          data,
          headers: { origin: url.origin },
        })
        if (!answer.ok()) throw new Error(await answer.text())
        return (await answer.json()) as Awaited<ReturnType<typeof call<typeof action>>>
      }
      const { person } = await call('people.enter', { name })
      return { id: person.id, name, call, visit: (path) => visitOf(context, url, path) }
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
