/** The app over a line that the test has in its hands: what people have between them and the server. */
import { must } from '../../src/core/must.ts'
import type { ChatServerOptions } from '../chat/support.ts'
import { Line } from '../line.ts'
import { type App, openApp, type Visitor } from './support.ts'

export interface FarApp extends App {
  readonly line: Line
}

export async function openFarApp(options: ChatServerOptions = {}): Promise<FarApp> {
  let made: Line | undefined
  const through = async (server: URL): Promise<URL> => {
    made = await Line.to(server)
    return new URL(made.url)
  }
  const app = await openApp(options, { through })
  const line = must(made)
  return {
    ...app,
    line,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await line[Symbol.asyncDispose]()
    },
  }
}

/** The service worker has the app, and from now on answers this page. */
export async function isInstalled({ page }: Visitor): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
  await page.reload() // the first load of all is not its yet
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
}

/** The browser keeps the end of these rooms as it now is. */
export async function areKept({ page }: Visitor, person: string, rooms: readonly string[]): Promise<void> {
  const isKept = ([of, room]: readonly [string, string]) =>
    new Promise<boolean>((resolve) => {
      const request = indexedDB.open(`posthouse ${of} kept`)
      request.addEventListener('success', () => {
        const found = request.result.transaction('kept').objectStore('kept').getKey(`room ${room}`)
        found.addEventListener('success', () => {
          request.result.close()
          resolve(found.result !== undefined)
        })
      })
    })
  for (const room of rooms) while (!(await page.evaluate(isKept, [person, room] as const))) await Bun.sleep(50)
}
