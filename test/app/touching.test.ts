/** The app under a finger: what is there for a mouse and a keyboard stays away, and comes with them. */
import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../chromium.ts'
import { enterAs, eventually, isCalm, openApp, roomWith, rows, type App, type Visitor } from './support.ts'

const scene = (name: string, run: (app: App) => Promise<void>): void =>
  test.skipIf(chromiumPath === undefined)(
    name,
    async () => {
      await using app = await openApp()
      await run(app)
    },
    120_000,
  )

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

scene('a finger gets no words for a sign, a mouse that rests and the keyboard do', async (app) => {
  const lin = await app.visit('/', phone)
  const { page } = lin
  await enterAs(page, 'Lin')
  const start = page.getByRole('button', { name: 'New' })
  const field = page.getByRole('searchbox', { name: 'Search chats' })
  await start.waitFor()
  const tips = await recordTips(page)

  await start.tap()
  await page.getByRole('menu').waitFor()
  await page.touchscreen.tap(200, 700)
  await page.getByRole('menu').waitFor({ state: 'detached' })
  await field.tap()
  await page.keyboard.type('q')
  await start.focus() // as what floats gives the focus back when somebody has written in it
  expect(await start.evaluate((button) => button.matches(':focus-visible'))).toBe(true)
  await rested(page)
  expect(await tips()).toEqual([])

  await field.tap()
  await page.keyboard.press('Shift+Tab')
  await eventually(tips, (all) => all.join() === 'New')

  await page.touchscreen.tap(200, 600)
  await page.mouse.move(200, 500)
  await start.hover()
  await eventually(tips, (all) => all.join() === 'New,New')
  isCalm(lin)
})

scene('the menu of a message shows the keys that do the same, and none to a finger', async (app) => {
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], ['tea?'])
  const [desk, hand] = [await app.as(ann, `/r/${room}`), await app.as(ann, `/r/${room}`, phone)]
  const item = ({ page }: Visitor, name: string) => page.getByRole('menuitem', { name, exact: true })
  await rows(desk.page).click({ button: 'right' })
  await item(desk, 'Reply').waitFor()
  for (const [name, shown, spoken] of [
    ['Reply', 'R', 'R'],
    ['Edit', 'E', 'E'],
    ['Copy text', 'Ctrl+C', 'Control+C'],
    ['Forward', 'F', 'F'],
    ['Pin', 'P', 'P'],
    ['Recall', 'Delete', 'Delete Backspace'],
  ] as const) {
    expect(await item(desk, name).locator('kbd:visible').textContent()).toBe(shown)
    expect(await item(desk, name).getAttribute('aria-keyshortcuts')).toBe(spoken)
  }
  expect(await item(desk, 'Copy link').locator('kbd').count()).toBe(0)
  await rows(hand.page).click({ button: 'right' }) // as a long press does
  await item(hand, 'Reply').waitFor()
  expect(await hand.page.locator('[role="menu"] kbd:visible').count()).toBe(0)
  isCalm(desk, hand)
})

/** All that there have been since. */
async function recordTips(page: Page): Promise<() => Promise<string[]>> {
  const tips = await page.evaluateHandle(() => {
    const seen: string[] = []
    const look = (): void => {
      const tip = document.querySelector('[data-tip-words]')?.textContent ?? ''
      if (tip !== (seen.at(-1) ?? '')) seen.push(tip)
    }
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true })
    return seen
  })
  return async () => (await tips.jsonValue()).filter((tip) => tip !== '')
}

/** So long that whatever was waiting for a rest has come: the page's timers come in their order. */
async function rested(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1000)))
}
