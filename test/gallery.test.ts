/**
 * Every screen of the chat, with made-up data in a real browser: it is drawn
 * without a complaint, under the headers that the app has, and axe finds nothing
 * that keeps anybody out. Sizes, lights and languages take turns.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { screens } from '../web/gallery/screens.ts'
import { chromiumPath, openBrowser } from './chromium.ts'
import { openGallery, showScreen, type Gallery } from './gallery-server.ts'

setDefaultTimeout(60_000)

const axe = await Bun.file(Bun.fileURLToPath(import.meta.resolve('axe-core/axe.min.js'))).text()
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
const desktop = { viewport: { width: 1440, height: 900 } }
const looks = [
  { size: desktop, theme: 'light', language: 'en' },
  { size: phone, theme: 'dark', language: 'zh' },
  { size: desktop, theme: 'dark', language: 'zh' },
  { size: phone, theme: 'light', language: 'en' },
] as const

let gallery: Gallery
let browser: Browser

const browserTest = test.skipIf(chromiumPath === undefined)

beforeAll(async () => {
  if (chromiumPath === undefined) return
  gallery = await openGallery()
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  await gallery?.[Symbol.asyncDispose]()
})

const shown = Object.entries(screens).map(([name, screen], index) => [name, screen, index] as const)

browserTest.each(shown)('%s is drawn, and anybody can use it', async (name, screen, index) => {
  const { size, theme, language } = looks[index % looks.length] ?? looks[0]
  const context = await browser.newContext({ ...size, locale: language, reducedMotion: 'reduce' })
  try {
    const page = await context.newPage()
    const troubles: string[] = []
    page.on('pageerror', (error) => troubles.push(String(error)))
    page.on('console', (said) => said.type() === 'error' && troubles.push(said.text()))
    await showScreen(page, gallery.address(name, { theme, language }), screen)
    await page.evaluate(axe)
    const found = await page.evaluate(findViolations)
    expect({ troubles, found }).toEqual({ troubles: [], found: [] })
  } finally {
    await context.close()
  }
})

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

interface Axe {
  run(what: object, how: object): Promise<{ readonly violations: readonly Violation[] }>
}

/**
 * Runs in the page. Left out are the guards of the component base, which pass
 * the focus on at once, and the rule that all stands in a landmark: what floats
 * does not.
 */
async function findViolations(): Promise<string[]> {
  const { axe: judge } = globalThis as unknown as { axe: Axe }
  const what = { exclude: ['[data-base-ui-focus-guard]'] }
  const { violations } = await judge.run(what, { rules: { region: { enabled: false } } })
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html} ${failureSummary}`),
  )
}
