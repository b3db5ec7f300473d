/**
 * How the app feels, in Chromium: how soon it can be used, how it scrolls and
 * takes keys in a room of a hundred thousand messages, and what it makes of a
 * thousand lines sent in a row. A section at a time, each with a browser of its
 * own and a room that is fresh where the last one left its marks.
 */
import { chromiumPath, openBrowser } from '../test/chromium.ts'
import { openBenchRoom, type BenchRoom } from './app-room.ts'
import { appScrolling } from './app-scrolling.ts'
import { appSending } from './app-sending.ts'
import { appStart } from './app-start.ts'
import type { Row } from './table.ts'

const long = 100_000 // messages
const short = 500

export async function app(): Promise<Row[]> {
  if (chromiumPath === undefined) return [{ what: 'the app: there is no Chromium here', measured: '-' }]
  return [
    ...(await inRoom(short, appStart)),
    ...(await inRoom(long, appScrolling)),
    ...(await inRoom(short, appSending)),
  ]
}

async function inRoom(
  size: number,
  measure: (browser: Awaited<ReturnType<typeof openBrowser>>, room: BenchRoom) => Promise<Row[]>,
): Promise<Row[]> {
  const room = await openBenchRoom(size)
  const browser = await openBrowser()
  try {
    const page = await browser.newPage()
    await page.waitForTimeout(3000) // a browser that has just started has much to do of its own
    await page.close()
    return await measure(browser, room)
  } finally {
    await browser.close()
    await room.close()
  }
}
