/** What one looks at stays where it is, and one gets to wherever one wants. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { say } from '../chat/deeds.ts'
import { chromiumPath } from '../chromium.ts'
import { eventually, isCalm, messages, openApp, roomWith, rows, said, shows } from './support.ts'

setDefaultTimeout(400_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)
const texts = (count: number) =>
  Array.from({ length: count }, (_, at) => `message ${at}. ${'有的长，有的短。'.repeat((at * 7) % 23)}`)

scene('loading earlier pages moves what one looks at by no pixel, whatever grows above', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], texts(260))
  const { page, mishaps } = await app.as(ann, `/r/${room}`)
  await said(page, 'message 259.')
  await offer(page).waitFor() // it moves the list, which the frames would take for a move of what is read
  let there = await rows(page).count()
  for (let turn = 0; there < 260; turn++) {
    expect(turn).toBeLessThan(20)
    const moved = await page.evaluate(watchOnePage)
    expect(moved).toEqual({ most: 0, frames: expect.any(Number) })
    there = await rows(page).count()
  }
  expect(mishaps).toEqual([])
})

scene('a bar that comes or goes above the list moves what one reads by no pixel', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], texts(60))
  const { page, mishaps } = await app.as(ann, `/r/${room}`)
  await said(page, 'message 59.')
  await offer(page).waitFor()
  await page.locator('ol[aria-label="Messages"]').evaluate((list) => list.scrollBy(0, -1500))
  const place = () =>
    rows(page)
      .filter({ hasText: 'message 30.' })
      .evaluate((row) => row.getBoundingClientRect().top)
  const before = await eventually(place, (top) => top > 0)
  await page.getByRole('button', { name: 'Do not ask again' }).click()
  await shows(offer(page), 0)
  await eventually(place, (top) => Math.abs(top - before) < 0.5)
  expect(mishaps).toEqual([])
})

const offer = (page: Page) => page.getByText('Notify you of mentions and direct messages?')

/** Goes up a stretch, and watches for a while how far the messages in view move; rows above grow meanwhile. In pixels. */
async function watchOnePage(): Promise<{ most: number; frames: number }> {
  const list = document.querySelector('ol[aria-label="Messages"]')
  if (!(list instanceof HTMLElement)) throw new Error('no list')
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  list.scrollTop = Math.max(0, list.scrollTop - 2500)
  await frame()
  await frame()
  const { top, bottom } = list.getBoundingClientRect()
  const seen = [...list.querySelectorAll<HTMLElement>('[data-row]')].filter((row) => {
    const at = row.getBoundingClientRect()
    return at.top >= top && at.bottom <= bottom
  })
  const begin = seen.map((row) => row.getBoundingClientRect().top)
  let [most, frames] = [0, 0]
  for (const end = performance.now() + 700; performance.now() < end; frames++) {
    await frame() // what stands now is what was painted last
    for (const [index, row] of seen.entries())
      most = Math.max(most, Math.abs(row.getBoundingClientRect().top - (begin[index] ?? 0)))
    const above = [...list.querySelectorAll<HTMLElement>('[data-row]')].filter(
      (row) => row.getBoundingClientRect().bottom < top,
    )
    const grown = above[(frames * 13) % Math.max(1, above.length)]
    if (frames % 9 === 4 && grown) grown.style.paddingBottom = `${(frames % 5) * 37}px` // as of an image whose size nobody knew
  }
  return { most: most < 0.5 ? 0 : most, frames } // the browser keeps fractions of a pixel
}

scene('a room opens at the first message one has not read, with a line above it', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], texts(150))
  const middle = await offsetOf(ann, room, 'message 60.')
  await bob.call('marks.read', { room, offset: middle })
  const { page, mishaps } = await app.as(bob, `/r/${room}`)
  await page.getByText('New messages', { exact: true }).waitFor()
  await eventually(
    () => isInView(page, middle + 1),
    (is) => is,
  )
  expect(await isInView(page, await offsetOf(ann, room, 'message 149.'))).toBe(false)
  await page.getByRole('button', { name: /To the latest/ }).click()
  await eventually(
    () => isTextInView(page, 'message 149.'),
    (is) => is,
  )
  expect(mishaps).toEqual([])
})

scene('who reads further up is told how many came, and gets to them with one press', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], texts(120))
  const { page, mishaps } = await app.as(ann, `/r/${room}`)
  await said(page, 'message 119.')
  await messages(page).evaluate((list) => (list.scrollTop -= 1500))
  const top = await topOf(page, 'message 100.')
  for (const text of ['news one', 'news two', 'news three']) await say(bob, room, text)
  const latest = page.getByRole('button', { name: 'To the latest, 3 new' })
  await latest.waitFor()
  expect(await topOf(page, 'message 100.')).toBe(top)
  await latest.click()
  await eventually(
    () => isTextInView(page, 'news three'),
    (is) => is,
  )
  await say(bob, room, 'and one more')
  await eventually(
    () => isTextInView(page, 'and one more'),
    (is) => is,
  )
  expect(mishaps).toEqual([])
})

scene('a quote leads to its message far back, and the browser’s back returns to where one was', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], texts(700))
  const old = await offsetOf(ann, room, 'message 5.')
  await say(ann, room, 'see there', { reply: old })
  const visitor = await app.as(ann, `/r/${room}`)
  const { page } = visitor
  await page.getByRole('link', { name: /Go to the message/ }).click()
  await eventually(
    () => isInView(page, old),
    (is) => is,
  )
  expect(await rows(page).count()).toBeLessThan(450)
  await page.goBack()
  await eventually(
    () => isTextInView(page, 'see there'),
    (is) => is,
  )
  // An address of a message opens there at once.
  await visitor.open(`/r/${room}/${old}`)
  await eventually(
    () => isInView(page, old),
    (is) => is,
  )
  await page.getByRole('button', { name: /To the latest/ }).click()
  await eventually(
    () => isTextInView(page, 'see there'),
    (is) => is,
  )
  isCalm(visitor)
})

scene('of a long room only what is near is in the page, however far one goes', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], texts(900))
  const { page, mishaps } = await app.as(ann, `/r/${room}`)
  await said(page, 'message 899.')
  await eventually(
    async () => {
      expect(await rows(page).count()).toBeLessThanOrEqual(450)
      await messages(page).evaluate((list) => (list.scrollTop = 0))
      return isTextInView(page, 'message 0.')
    },
    (is) => is,
  )
  await eventually(
    async () => {
      await messages(page).evaluate((list) => (list.scrollTop = list.scrollHeight))
      return isTextInView(page, 'message 899.')
    },
    (is) => is,
  )
  expect(mishaps).toEqual([])
})

async function offsetOf(who: Parameters<typeof say>[0], room: string, text: string): Promise<number> {
  for (let before: number | undefined; ;) {
    const page = await who.call('messages.page', { room, limit: 100, before: before ?? Number.MAX_SAFE_INTEGER })
    const found = page.messages.find((message) => message.text.startsWith(text))
    if (found !== undefined) return found.offset
    before = page.messages[0]?.offset
    if (before === undefined) throw new Error(`nobody said ${text}`)
  }
}

const isInView = (page: Page, offset: number) => page.locator(`[data-offset="${offset}"]`).evaluateAll(areSeen)
const isTextInView = (page: Page, text: string) =>
  page.locator('[data-row]').filter({ hasText: text }).evaluateAll(areSeen)

function areSeen(found: Element[]): boolean {
  const list = document.querySelector('ol[aria-label="Messages"]')?.getBoundingClientRect()
  return found.some((row) => {
    const { top, bottom } = row.getBoundingClientRect()
    return list !== undefined && top < list.bottom && bottom > list.top
  })
}

const topOf = (page: Page, text: string) =>
  page
    .locator('[data-row]')
    .filter({ hasText: text })
    .evaluate((row) => row.getBoundingClientRect().top)
