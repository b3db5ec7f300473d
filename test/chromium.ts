/**
 * A real browser for tests: the system's Chromium, driven by playwright-core.
 *
 *   test.skipIf(chromiumPath === undefined)('…', async () => {
 *     await using browser = await openBrowser()
 *     const page = await browser.newPage()
 *     …
 *     await takeScreenshot(page, 'lobby-dark')
 *   })
 *
 * Where there is no Chromium, such a test is reported as skipped.
 */
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { findChromium } from './find-chromium.ts'

export const chromiumPath = findChromium()

/**
 * Starts a browser of its own, with an empty profile that is thrown away when it closes.
 * @param more arguments for it, such as for a microphone that is none
 */
export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  // Once in some hundred starts the pipe to a browser is closed in the moment it has started: that is no test's matter.
  return launch(more).catch(() => launch(more))
}

function launch(more: readonly string[]): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('No Chromium on this system: skip the test, see chromiumPath')
  return chromium.launch({
    executablePath: chromiumPath,
    headless: true,
    chromiumSandbox: process.getuid?.() !== 0, // Chromium refuses to start with its sandbox as root
    args: [...quiet, ...more],
  })
}

/** Writes what the page shows to `screenshots/<name>.png`, for people to look at; answers the path. */
export async function takeScreenshot(page: Page, name: string): Promise<string> {
  const path = join(import.meta.dir, '..', 'screenshots', `${name}.png`)
  await page.screenshot({ path, animations: 'disabled' })
  return path
}

// A test talks to its own server and to nobody else: without these, Chromium looks for updates, models and accounts on its own.
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
