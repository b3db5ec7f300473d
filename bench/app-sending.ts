/**
 * A thousand lines, each sent by a key as soon as the page takes the next one:
 * whether the page stays smooth meanwhile, and how soon the server has all of
 * them, each once and in order.
 */
import type { Browser, Page } from 'playwright-core'
import type { BenchRoom } from './app-room.ts'
import type { Row } from './table.ts'

const lines = 1000
const bareLines = 200
const longest = 100 // ms a task
const patience = 180_000

interface Pressed {
  /** In milliseconds: until the page had taken the last key, and the longest that it did nothing else. */
  readonly taken: number
  readonly longest: number
}

export async function appSending(browser: Browser, room: BenchRoom): Promise<Row[]> {
  const context = await room.contextOf(browser, room.ann)
  const page = await context.newPage()
  await page.goto(room.address)
  await page.locator('[data-offset]').first().waitFor()
  await page.waitForTimeout(3000) // what is for later is there
  const begin = performance.now()
  const busy = await watched(page, async () => {
    const pressed = await page.evaluate(press, lines)
    await arrived(room)
    return pressed
  })
  const seconds = (performance.now() - begin) / 1000
  await context.close()
  const bare = await sendBare(room)
  return [
    {
      what: `${lines.toLocaleString('en')} lines sent in a row: the longest task of the page (to take the keys)`,
      measured: `${busy.longest.toFixed(0)} ms (${(busy.taken / 1000).toFixed(1)} s)`,
      target: `at most ${longest} ms`,
      isMet: busy.longest <= longest,
    },
    {
      what: 'until the server has all of them, in order and once (a second)',
      measured: `${seconds.toFixed(1)} s (${(lines / seconds).toFixed(0)}; a bare client ${bare.toFixed(0)})`,
    },
  ]
}

/** A second, by one who sends each when the one before is there, and does nothing else. */
async function sendBare({ ann, id: room }: BenchRoom): Promise<number> {
  const begin = performance.now()
  for (let at = 0; at < bareLines; at++)
    await ann.call('messages.send', { room, clientId: `bare-line-${at}`, text: `line ${at}.` })
  return (bareLines / (performance.now() - begin)) * 1000
}

/** The longest task while something is done. */
async function watched(page: Page, work: () => Promise<{ readonly taken: number }>): Promise<Pressed> {
  await page.evaluate(() => {
    const durations: number[] = []
    Object.assign(globalThis, { durations })
    new PerformanceObserver((list) => durations.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    })
  })
  const { taken } = await work()
  const durations = await page.evaluate(() => (globalThis as unknown as { durations: number[] }).durations)
  return { taken, longest: Math.max(0, ...durations) }
}

/** Each key in a task of its own, as keys come. */
async function press(count: number): Promise<{ taken: number }> {
  const area = document.querySelector('textarea')
  if (area === null) throw new Error('no composer')
  area.focus()
  const begin = performance.now()
  for (let at = 0; at < count; at++) {
    document.execCommand('insertText', false, `line ${at}.`)
    area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
    await new Promise((resolve) => setTimeout(resolve))
  }
  return { taken: performance.now() - begin }
}

async function arrived(room: BenchRoom): Promise<void> {
  for (const end = Date.now() + patience; Date.now() < end; await Bun.sleep(100)) {
    const { messages } = (await room.ann.call('messages.page', { room: room.id, limit: 1 })) as {
      messages: { text: string }[]
    }
    if (messages.at(-1)?.text === `line ${lines - 1}.`) return await check(room)
  }
  throw new Error('they did not arrive')
}

async function check(room: BenchRoom): Promise<void> {
  const texts: string[] = []
  for (let before: number | undefined; texts.length < lines;) {
    const { messages } = (await room.ann.call('messages.page', { room: room.id, before, limit: 100 })) as {
      messages: { text: string; offset: number }[]
    }
    texts.unshift(...messages.map(({ text }) => text))
    before = messages[0]?.offset
  }
  const right = Array.from({ length: lines }, (_, at) => `line ${at}.`)
  if (!Bun.deepEquals(texts.slice(-lines), right)) throw new Error('they are not in order, or not there once')
}
