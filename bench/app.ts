/**
 * How the app feels in a room of a hundred thousand messages, in Chromium: the
 * times between frames while one scrolls fast, how long a key takes to be seen
 * while fifty messages a second arrive, and the memory that is left in use.
 */
import type { Page } from 'playwright-core'
import { surroundings } from '../src/chat/chat.ts'
import { chat } from '../src/chat/index.ts'
import { createServer } from '../src/index.ts'
import { chromiumPath, openBrowser } from '../test/chromium.ts'
import { enter, fill, makeRoom } from './long-room.ts'
import { newFolder } from './servers.ts'
import type { Row } from './table.ts'

const size = 100_000
const scrolling = 20_000 // ms
const typing = 10_000
const rate = 50 // messages a second
const slowest = 50 // ms a frame, at the 95th percentile

export async function app(): Promise<Row[]> {
  if (chromiumPath === undefined) return [{ what: 'the app: there is no Chromium here', measured: '-' }]
  await using server = {
    posthouse: await createServer({
      http_server: { address: '127.0.0.1', port: 0 },
      data: { dir: newFolder() },
      log: { level: 'error' },
      application: chat({}, { ...surroundings, limitFactor: 1e6 }),
    }),
    async [Symbol.asyncDispose]() {
      await this.posthouse.close()
    },
  }
  const { posthouse } = server
  const ann = await enter(posthouse, 'Ann')
  const bob = await enter(posthouse, 'Bob')
  const rooms = [await makeRoom(ann.call, bob.id), await makeRoom(ann.call, bob.id)]
  await fill(posthouse, rooms, ann.id, 0, size)
  await using browser = await openBrowser()
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, locale: 'en' })
  const page = await context.newPage()
  const { token } = (await ann.call('invitations.create', { room: rooms[0] })) as { token: string }
  await page.goto(new URL(`/i/${token}`, posthouse.url).href)
  await page.getByLabel('Name', { exact: true }).fill('Eve')
  await page.getByRole('button', { name: 'Come in' }).click()
  await page.locator('[data-offset]').first().waitFor()
  const scrolled = await page.evaluate(scrollFast, scrolling)
  const drawn = await page.locator('[data-offset]').count()
  const talk = await makeRoom(ann.call, bob.id) // the rows of the other were made by SQL: its log does not go on from them
  const next = (await ann.call('invitations.create', { room: talk })) as { token: string }
  await page.goto(new URL(`/i/${next.token}`, posthouse.url).href)
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  const keys = await typeWhileOthersTalk(page, ann.call, talk)
  const heap = await heapOf(page)
  return [
    {
      what: `p95 between frames while scrolling fast (p50; messages passed)`,
      measured: `${scrolled.p95.toFixed(1)} ms (${scrolled.p50.toFixed(1)} ms; ${scrolled.passed})`,
      target: `at most ${slowest} ms`,
      isMet: scrolled.p95 <= slowest,
    },
    { what: 'messages that are drawn then', measured: String(drawn), target: 'at most 450', isMet: drawn <= 450 },
    {
      what: `p95 from a key to the frame that shows it, while ${rate} messages a second arrive (p50)`,
      measured: `${keys.p95.toFixed(1)} ms (${keys.p50.toFixed(1)} ms)`,
      target: `at most ${slowest} ms`,
      isMet: keys.p95 <= slowest,
    },
    {
      what: 'JavaScript heap in use after all that',
      measured: `${heap.toFixed(1)} MB`,
      target: 'at most 64 MB',
      isMet: heap <= 64,
    },
  ]
}

/** Two heights of the view with each frame, down from where a newcomer begins. */
async function scrollFast(time: number): Promise<{ p50: number; p95: number; passed: number }> {
  const list = document.querySelector('ol[aria-label="Messages"]')
  if (list === null) throw new Error('no list')
  const first = () => Number(list.querySelector<HTMLElement>('[data-offset]')?.dataset['offset'])
  const begin = first()
  const times: number[] = []
  let last = performance.now()
  for (const end = last + time; last < end;) {
    list.scrollTop += list.clientHeight * 2
    const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
    times.push(now - last)
    last = now
  }
  times.sort((one, other) => one - other)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
  return { p50: at(0.5), p95: at(0.95), passed: first() - begin }
}

async function typeWhileOthersTalk(page: Page, call: Awaited<ReturnType<typeof enter>>['call'], room: string) {
  const area = page.getByRole('textbox', { name: /^Message to/ })
  await area.click()
  await area.evaluate((element) => {
    const times: number[] = []
    Object.assign(globalThis, { keyTimes: times })
    element.addEventListener('keydown', ({ timeStamp }) => {
      requestAnimationFrame(() => setTimeout(() => times.push(performance.now() - timeStamp))) // after that frame
    })
  })
  let count = 0
  const talking = setInterval(() => {
    void call('messages.send', { room, clientId: `while-typing-${++count}`, text: `while you type ${count}` })
  }, 1000 / rate)
  for (const end = Date.now() + typing; Date.now() < end;) await page.keyboard.type('a', { delay: 60 })
  clearInterval(talking)
  const times = await page.evaluate(() => (globalThis as unknown as { keyTimes: number[] }).keyTimes)
  times.sort((one, other) => one - other)
  return { p50: times[Math.floor(times.length / 2)] ?? 0, p95: times[Math.floor(times.length * 0.95)] ?? 0 }
}

async function heapOf(page: Page): Promise<number> {
  const protocol = await page.context().newCDPSession(page)
  await protocol.send('HeapProfiler.collectGarbage')
  const { usedSize } = await protocol.send('Runtime.getHeapUsage')
  return usedSize / 2 ** 20
}
