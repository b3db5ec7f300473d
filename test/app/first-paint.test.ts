/** What is there before the app is, and what is not fetched before somebody wants it. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../chromium.ts'
import { composer, eventually, isCalm, openApp, roomWith, said } from './support.ts'

setDefaultTimeout(180_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)

/** Of a page whose scripts never come. */
const ground = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)

/** What the browser draws around the page in. */
const around = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => {
    const metas = [...document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')]
    return metas.find(({ media }) => matchMedia(media).matches)?.content
  })

scene('the light that somebody chose is there before any script of the app', async () => {
  await using app = await openApp()
  const visitor = await app.visit('/', { colorScheme: 'light', serviceWorkers: 'block' })
  const { page } = visitor
  const refused: string[] = []
  page.on('console', (said_) => said_.text().includes('Content Security Policy') && refused.push(said_.text()))
  await page.getByRole('button', { name: 'Come in' }).waitFor()
  await page.route('**/assets/*.js', (route) => route.abort())
  const light = await ground(page)
  const lightAround = await around(page)
  for (const [theme, isLight] of [
    ['dark', false],
    ['light', true],
    ['nonsense', true],
    ['system', true],
  ] as const) {
    await page.evaluate(
      (chosen) => localStorage.setItem('posthouse.preferences', JSON.stringify({ theme: chosen })),
      theme,
    )
    await page.reload({ waitUntil: 'domcontentloaded' })
    await eventually(
      () => ground(page),
      (now) => (now === light) === isLight,
    )
    expect((await around(page)) === lightAround).toBe(isLight)
    expect(await page.locator('#root').innerHTML()).toBe('') // nothing of the app has run
  }
  await page.evaluate(() => localStorage.setItem('posthouse.preferences', 'null'))
  await page.reload({ waitUntil: 'domcontentloaded' })
  await eventually(
    () => ground(page),
    (now) => now === light,
  )
  expect(refused).toEqual([])
  isCalm(visitor)
})

const keptNames = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith('posthouse-app-'))
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return requests.flat().map(({ url }) => new URL(url).pathname)
  })

scene('the names of all emoji are kept from their first use on, and everything else from the beginning', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], ['hello'])
  const visitor = await app.as(ann, `/r/${room}`)
  const { page } = visitor
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.reload() // it comes through the service worker from now on
  await said(page, 'hello')
  const isEmoji = (path: string): boolean => path.startsWith('/assets/data-')
  const before = await eventually(
    () => keptNames(page),
    (names) => names.length > 20,
  )
  expect(before.filter(isEmoji)).toEqual([])
  await page.getByRole('button', { name: 'Emoji' }).click()
  await page.getByRole('gridcell').first().waitFor()
  await eventually(
    () => keptNames(page),
    (names) => names.filter(isEmoji).length === 1,
  )
  await page.keyboard.press('Escape')
  await visitor.context.setOffline(true)
  await page.reload()
  await said(page, 'hello')
  await composer(page).waitFor()
  await page.getByRole('button', { name: 'Emoji' }).click()
  await page.getByRole('gridcell').first().waitFor()
  isCalm(visitor)
})
