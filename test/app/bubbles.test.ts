/** What a bubble looks like, seen in the gallery. */
import { expect, test } from 'bun:test'
import { screens } from '../../web/gallery/screens.ts'
import { chromiumPath, openBrowser } from '../chromium.ts'
import { openGallery, showScreen } from '../gallery-server.ts'

test.skipIf(chromiumPath === undefined)(
  'a sound or a file without words has its time in its own last line, and over nothing that is written there',
  async () => {
    await using gallery = await openGallery()
    await using browser = await openBrowser()
    for (const [width, language] of [
      [1200, 'en'],
      [320, 'zh'],
    ] as const) {
      const page = await browser.newPage({ viewport: { width, height: 900 } })
      await showScreen(page, gallery.address('room-voice', { language }), screens['room-voice'] ?? { path: '' })
      await page.locator('[data-bubble] input[type=range]').nth(3).waitFor()
      const bubbles = await page.locator('[data-bubble]:not(:has(.prose))').evaluateAll((all) =>
        all.map((bubble) => {
          const time = bubble.querySelector('time')?.parentElement?.getBoundingClientRect()
          const line = bubble.querySelector('div:has(> [type=range]) + span, bdi + span')
          const range = document.createRange()
          if (line) range.selectNodeContents(line)
          const words = range.getBoundingClientRect()
          return { time, words, bottom: bubble.getBoundingClientRect().bottom }
        }),
      )
      expect(bubbles).toHaveLength(4)
      for (const { time, words, bottom } of bubbles) {
        expect(words.width).toBeGreaterThan(0)
        expect(Math.abs((time?.bottom ?? 0) - words.bottom)).toBeLessThan(5)
        expect(words.right).toBeLessThan(time?.left ?? 0)
        expect(bottom - words.bottom).toBeLessThan(24)
      }
      await page.close()
    }
  },
  120_000,
)
