/** The picture viewer, by fingers and by keys. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { CDPSession, Page } from 'playwright-core'
import { chromiumPath } from '../chromium.ts'
import type { Caller, ChatServer } from '../chat/support.ts'
import { photo } from '../files-support.ts'
import { eventually, isCalm, openApp, roomWith, shows } from './support.ts'

setDefaultTimeout(180_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)
const phone = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true }

async function send(chat: ChatServer, { token, call }: Caller, room: string, count: number): Promise<void> {
  const files: string[] = []
  for (let at = 0; at < count; at++) {
    const url = new URL(`/api/chat/files?name=picture-${at + 1}.jpg`, chat.server.url)
    const body = (await photo(1600, 1200, 1)).slice()
    const response = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body })
    files.push(((await response.json()) as { id: string }).id)
  }
  await call('messages.send', { room, clientId: 'some-pictures', files })
}

interface Point {
  readonly x: number
  readonly y: number
}

/** Fingers that go from here to there in some steps. */
async function fingers(protocol: CDPSession, ...ways: readonly (readonly [from: Point, to: Point])[]): Promise<void> {
  const steps = 6
  const at = (step: number) =>
    ways.map(([from, to], id) => ({
      x: from.x + ((to.x - from.x) * step) / steps,
      y: from.y + ((to.y - from.y) * step) / steps,
      id,
    }))
  await protocol.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) })
  for (let step = 1; step <= steps; step++)
    await protocol.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(step) })
  await protocol.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}

/** In quick succession by the clock of the events, however long the machine takes over them. */
async function pressTwice(protocol: CDPSession, point: Point): Promise<void> {
  const now = Date.now() / 1000
  for (const after of [0, 0.1]) {
    const touchPoints = [{ ...point, id: 0 }]
    await protocol.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints, timestamp: now + after })
    await protocol.send('Input.dispatchTouchEvent', {
      type: 'touchEnd',
      touchPoints: [],
      timestamp: now + after + 0.03,
    })
  }
}

const viewer = (page: Page) => page.getByRole('dialog')
const place = (page: Page) => viewer(page).getByRole('status')

async function looksAt(page: Page, at: number, count = 3): Promise<void> {
  await viewer(page).getByText(`${at} of ${count}`, { exact: true }).waitFor()
  const image = viewer(page).getByRole('img', { name: `picture-${at}.jpg` })
  await eventually(
    () => image.evaluate((element: HTMLImageElement) => element.naturalWidth),
    (width) => width > 0,
  )
  await eventually(
    async () => (await image.boundingBox()) ?? { x: NaN, width: 0 },
    ({ x, width }) => Math.abs(x + width / 2 - (page.viewportSize()?.width ?? 0) / 2) < 2,
  )
}

/** How much larger than it fits. */
const scale = (page: Page): Promise<number> =>
  viewer(page)
    .locator('[data-page="0"] img')
    .evaluate((image) => Number(/scale\(([\d.]+)\)/.exec((image as HTMLElement).style.transform)?.[1] ?? 1))

scene('with fingers: a stroke turns the page, two zoom, two presses too, a stroke down puts it away', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['look'])
  await send(app.chat, ann, room, 3)
  const visitor = await app.as(bob, `/r/${room}`, phone)
  const { page } = visitor
  const protocol = await visitor.context.newCDPSession(page)
  await page.getByRole('button', { name: 'Open the picture picture-1.jpg' }).tap()
  await looksAt(page, 1)
  const [left, middle, right] = [60, 195, 330].map((x) => ({ x, y: 420 })) as [Point, Point, Point]

  await fingers(protocol, [right, left])
  await looksAt(page, 2)
  await fingers(protocol, [right, left])
  await looksAt(page, 3)
  await fingers(protocol, [right, left]) // there is no more: it springs back
  await looksAt(page, 3)
  await fingers(protocol, [left, right])
  await looksAt(page, 2)

  await fingers(protocol, [{ x: 180, y: 420 }, left], [{ x: 210, y: 420 }, right])
  await eventually(
    () => scale(page),
    (now) => now > 2,
  )
  const before = await viewer(page).locator('[data-page="0"] img').boundingBox()
  await fingers(protocol, [middle, { x: middle.x + 60, y: middle.y }]) // moves it, and turns no page
  const after = await viewer(page).locator('[data-page="0"] img').boundingBox()
  expect((after?.x ?? 0) - (before?.x ?? 0)).toBeGreaterThan(20)
  expect(await place(page).innerText()).toBe('2 of 3')

  await viewer(page).getByRole('button', { name: 'Fit to the window' }).click()
  await eventually(
    () => scale(page),
    (now) => now === 1,
  )
  await pressTwice(protocol, middle)
  await eventually(
    () => scale(page),
    (now) => now > 2,
  )
  await pressTwice(protocol, middle)
  await eventually(
    () => scale(page),
    (now) => now === 1,
  )

  await fingers(protocol, [middle, { x: middle.x, y: middle.y + 260 }])
  await shows(viewer(page), 0)
  isCalm(visitor)
})

scene('with keys and the mouse: next, previous, zoom, save, and the focus comes back', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], [])
  await send(app.chat, ann, room, 2)
  const visitor = await app.as(ann, `/r/${room}`)
  const { page } = visitor
  const first = page.getByRole('button', { name: 'Open the picture picture-1.jpg' })
  await first.focus()
  await page.keyboard.press('Enter')
  await looksAt(page, 1, 2)
  await shows(viewer(page).getByRole('button', { name: 'Previous picture' }), 0)
  await page.keyboard.press('ArrowRight')
  await looksAt(page, 2, 2)
  await page.keyboard.press('ArrowRight')
  await looksAt(page, 2, 2)
  await viewer(page).getByRole('button', { name: 'Previous picture' }).click()
  await looksAt(page, 1, 2)
  await page.keyboard.press('+')
  await eventually(
    () => scale(page),
    (now) => now === 1.5,
  )
  await page.keyboard.press('-')
  await eventually(
    () => scale(page),
    (now) => now === 1,
  )
  await viewer(page).getByRole('img', { name: 'picture-1.jpg' }).click()
  await eventually(
    () => scale(page),
    (now) => now > 1.5,
  )
  await page.keyboard.press('ArrowRight') // the next one fits again
  await looksAt(page, 2, 2)
  expect(await scale(page)).toBe(1)
  const download = page.waitForEvent('download')
  await viewer(page).getByRole('link', { name: 'Download' }).click()
  expect((await download).suggestedFilename()).toBe('picture-2.jpg')
  await page.keyboard.press('Escape')
  await shows(viewer(page), 0)
  expect(await first.evaluate((element) => element === document.activeElement)).toBe(true)
  isCalm(visitor)
})
