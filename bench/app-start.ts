/**
 * How soon the app can be used on a slow machine: Chromium with its processor
 * slowed down four times opens a room that was there before. Counted from the
 * navigation to the frame that shows the first message, and to the one that
 * shows a key in the composer; on a first visit, with nothing kept, and on the
 * next one.
 */
import type { Browser, BrowserContext } from 'playwright-core'
import type { BenchRoom } from './app-room.ts'
import { median, type Row } from './table.ts'

const slowness = 4
const rounds = 7
const target = 1000 // ms

interface Start {
  /** In milliseconds since the navigation. */
  readonly readable: number
  readonly writable: number
}

export async function appStart(browser: Browser, room: BenchRoom): Promise<Row[]> {
  const [first, next]: [Start[], Start[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    const context = await room.contextOf(browser, room.bob)
    first.push(await visit(context, room.address))
    next.push(await visit(context, room.address))
    await context.close()
  }
  const uses = { readable: 'a message can be read', writable: 'a key is seen in the composer' }
  return Object.entries({ 'first visit': first, 'next visit': next }).flatMap(([which, times]) => [
    row(
      `${which}, processor ${slowness} times slower: ${uses.readable}`,
      times.map(({ readable }) => readable),
    ),
    row(
      `${which}, processor ${slowness} times slower: ${uses.writable}`,
      times.map(({ writable }) => writable),
    ),
  ])
}

/** Opens the room in a new tab, and closes it when all is kept for the next time. */
async function visit(context: BrowserContext, address: string): Promise<Start> {
  const page = await context.newPage()
  await page.addInitScript(watchStart)
  await page.waitForTimeout(1000) // a tab that has just been opened has much to do of its own
  const devtools = await context.newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowness })
  // It is told on the console, for whatever asks a page costs the page time.
  const told = page.waitForEvent('console', (message) => message.text().startsWith(mark))
  await page.goto(address, { waitUntil: 'commit' })
  const start = JSON.parse((await told).text().slice(mark.length)) as Start
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
  await page.close()
  return start
}

const mark = 'started '

/** In the page, before anything of it runs. */
function watchStart(): void {
  let readable = 0
  const look = (): void => {
    const area = document.querySelector('textarea')
    if (readable === 0 && document.querySelector('[data-offset]') !== null) readable = performance.now()
    if (readable === 0 || area === null) return void requestAnimationFrame(look)
    const before = area.value
    area.focus()
    document.execCommand('insertText', false, 'a')
    // After the frame that draws it; a key that the app did not take is gone from the field by then.
    requestAnimationFrame(() =>
      setTimeout(() => {
        const writable = area.value === `${before}a` ? performance.now() : Number.NaN
        console.debug(`started ${JSON.stringify({ readable, writable })}`)
      }),
    )
  }
  requestAnimationFrame(look)
}

function row(what: string, times: readonly number[]): Row {
  const middle = median(times)
  return {
    what: `${what} (slowest of ${times.length})`,
    measured: `${Math.round(middle)} ms (${Math.round(Math.max(...times))} ms)`,
    target: `below ${target} ms`,
    isMet: middle < target,
  }
}
