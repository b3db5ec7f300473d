/**
 * A room of a hundred thousand messages: somebody who is new comes in by an
 * invitation and scrolls through it as fast as the page goes; then types, while
 * fifty messages a second arrive.
 */
import type { Browser, Page } from 'playwright-core'
import type { BenchRoom } from './app-room.ts'
import type { Row } from './table.ts'

const scrolling = 20_000 // ms
const typing = 10_000
const rate = 50 // messages a second
const slowest = 50 // ms a frame, at the 95th percentile
const drawnLimit = 450
const heapLimit = 64 // MB

export async function appScrolling(browser: Browser, room: BenchRoom): Promise<Row[]> {
  const eve = await room.enter('Eve')
  const context = await room.contextOf(browser, eve)
  const page = await context.newPage()
  await join(page, room)
  const scrolled = await page.evaluate(scrollFast, scrolling)
  await page.getByRole('button', { name: /^To the latest/ }).click()
  const keys = await typeWhileOthersTalk(page, room)
  const heap = await heapOf(page)
  await context.close()
  const times = ({ p95, p50 }: Times) => `${p95.toFixed(1)} ms (${p50.toFixed(1)} ms)`
  return [
    {
      what: `p95 between frames while scrolling fast (p50); ${scrolled.passed.toLocaleString('en')} messages passed`,
      measured: times(scrolled),
      target: `at most ${slowest} ms`,
      isMet: scrolled.p95 <= slowest,
    },
    atMost('messages that are drawn then, at the most', scrolled.drawn, drawnLimit, ''),
    {
      what: `p95 from a key to the frame that shows it, while ${rate} messages a second arrive (p50)`,
      measured: times(keys),
      target: `at most ${slowest} ms`,
      isMet: keys.p95 <= slowest,
    },
    atMost('JavaScript heap in use after all that', heap, heapLimit, ' MB'),
  ]
}

interface Times {
  readonly p50: number
  readonly p95: number
}

/** In by an invitation, as one who is logged in already. */
async function join(page: Page, room: BenchRoom): Promise<void> {
  const { token } = (await room.ann.call('invitations.create', { room: room.id })) as { token: string }
  await page.goto(new URL(`/i/${token}`, room.url).href)
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.locator('[data-offset]').first().waitFor()
}

/** Two heights of the view with each frame, up from where a newcomer begins, and down again when there is no more. */
async function scrollFast(time: number): Promise<Times & { passed: number; drawn: number }> {
  const list = document.querySelector('ol[aria-label="Messages"]')
  if (list === null) throw new Error('no list')
  const offsets = () =>
    Array.from(list.querySelectorAll<HTMLElement>('[data-offset]'), (row) => Number(row.dataset['offset']))
  const times: number[] = []
  const seen = new Set<number>()
  let drawn = 0
  let last = performance.now()
  for (const end = last + time; last < end;) {
    list.scrollTop -= list.clientHeight * 2
    const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
    times.push(now - last)
    last = now
    if (times.length % 10 !== 0) continue
    const there = offsets()
    drawn = Math.max(drawn, there.length)
    for (const offset of there) seen.add(offset)
  }
  times.sort((one, other) => one - other)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
  return { p50: at(0.5), p95: at(0.95), passed: seen.size, drawn }
}

async function typeWhileOthersTalk(page: Page, { ann, id: room }: BenchRoom): Promise<Times> {
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
    void ann.call('messages.send', { room, clientId: `while-typing-${++count}`, text: `while you type ${count}` })
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

function atMost(what: string, value: number, limit: number, unit: string): Row {
  const measured = `${value.toFixed(unit === '' ? 0 : 1)}${unit}`
  return { what, measured, target: `at most ${limit}${unit}`, isMet: value <= limit }
}
