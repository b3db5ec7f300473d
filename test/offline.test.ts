/** The app without a network. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { startChat } from './chat/support.ts'
import { chromiumPath, openBrowser } from './chromium.ts'

setDefaultTimeout(60_000)

test.skipIf(chromiumPath === undefined)('a page that was there once opens without a network, at any view', async () => {
  await using running = await startChat()
  await using browser = await openBrowser()
  const { url } = running.server
  const context = await browser.newContext({ locale: 'en-GB' })
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(String(error)))
  page.on('console', (said) => said.type() === 'error' && troubles.push(said.text()))
  await page.goto(url.href)
  await page.getByRole('button', { name: 'Come in' }).waitFor()
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  expect(troubles.filter((said) => !said.includes('401'))).toEqual([]) // that nobody is logged in is no trouble
  await context.setOffline(true)
  await page.goto(new URL('/r/somewhere', url).href)
  await page.locator('#root main').waitFor()
  expect(await page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
})
