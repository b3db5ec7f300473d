/**
 * `bun scripts/screenshots.ts [name…]`: takes pictures of all screens of the
 * chat, or of those whose names begin so, into `screenshots/chat`, which git
 * ignores: on a phone and a desktop, in both lights and both languages.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../test/chromium.ts'
import { openGallery, showScreen, type Gallery } from '../test/gallery-server.ts'
import { now } from '../web/gallery/people.ts'
import { screens } from '../web/gallery/screens.ts'

const folder = join(import.meta.dir, '..', 'screenshots', 'chat')
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1.5, isMobile: true, hasTouch: true }
const desktop = { viewport: { width: 1440, height: 900 } }

/** Language and light go in pairs, so that each is seen with each size once. */
const sizes = [
  { name: 'desktop', options: desktop, theme: 'light', language: 'en' },
  { name: 'desktop', options: desktop, theme: 'dark', language: 'zh' },
  { name: 'phone', options: phone, theme: 'light', language: 'zh' },
  { name: 'phone', options: phone, theme: 'dark', language: 'en' },
] as const

type Size = (typeof sizes)[number]

const wanted = process.argv.slice(2)
const chosen = Object.entries(screens).filter(
  ([name]) => wanted.length === 0 || wanted.some((each) => name.startsWith(each)),
)

await mkdir(folder, { recursive: true })
await using gallery = await openGallery()
await using browser = await openBrowser()
const troubles: string[] = []
for (const size of sizes) troubles.push(...(await series(browser, gallery, size)))
console.log(`${chosen.length * sizes.length} pictures in ${folder}`)
for (const trouble of troubles) console.log(trouble)
process.exitCode = troubles.length > 0 ? 1 : 0

async function series(
  from: Browser,
  shown: Gallery,
  { name: device, options, theme, language }: Size,
): Promise<string[]> {
  const said: string[] = []
  const context = await from.newContext({
    ...options,
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    reducedMotion: 'reduce',
  })
  for (const [name, screen] of chosen) {
    const page = await context.newPage()
    page.on('pageerror', (error) => said.push(`${name}: ${error}`))
    page.on('console', (line) => line.type() === 'error' && said.push(`${name}: ${line.text()}`))
    await page.clock.setFixedTime(now)
    await showScreen(page, shown.address(name, { theme, language }), screen)
    await page.screenshot({ path: join(folder, `${name}-${device}-${theme}-${language}.png`) })
    await page.close()
  }
  await context.close()
  return said
}
