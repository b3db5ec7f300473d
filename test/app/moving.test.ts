/** Getting about in a room: by keys, by dates, by quotes; and hearing what is said. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { shortcuts } from '../../web/lib/shortcuts.ts'
import { say } from '../chat/deeds.ts'
import type { Caller } from '../chat/support.ts'
import { chromiumPath } from '../chromium.ts'
import {
  composer,
  cuttable,
  eventually,
  isCalm,
  openApp,
  roomWith,
  rows,
  said,
  write,
  type App,
  type Visitor,
} from './support.ts'

setDefaultTimeout(180_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)
const day = 24 * 60 * 60 * 1000
const texts = (count: number) => Array.from({ length: count }, (_, at) => `message ${at}.`)

scene('what others say is announced once: not what is loaded, not one’s own, not over a lost network', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], texts(120))
  const other = await roomWith(ann, [bob], ['elsewhere'])
  await bob.call('marks.read', { room, offset: await lastOf(bob, room) })
  const [hers, his] = [await app.as(ann, `/r/${room}`), await app.as(bob, '/')]
  const cut = await cuttable(his.context)
  await his.open(`/r/${room}`)
  const heard = await listen(his.page)
  await said(his.page, 'message 119.')

  await write(hers.page, 'hello **Bob**, see [this](https://example.com)')
  await heard(['Ann: hello Bob, see this'])
  await write(his.page, 'hello to you')
  await said(hers.page, 'hello to you')
  await say(ann, other, 'not in this room')
  await write(hers.page, 'and again')
  await heard(['Ann: hello Bob, see this', 'Ann: and again'])

  await cut(true)
  await his.page.getByText('You are offline').or(his.page.getByText('Connecting')).first().waitFor()
  for (const text of ['one', 'two', 'three']) await say(ann, room, `missed ${text}`)
  await cut(false)
  await said(his.page, 'missed three')
  const soFar = ['Ann: hello Bob, see this', 'Ann: and again', '3 new messages']
  await heard(soFar)

  await his.page.locator('[role="log"] ol').evaluate((list) => (list.scrollTop = 0))
  await said(his.page, 'message 50.')
  await say(ann, room, 'while you read above')
  await heard([...soFar, 'Ann: while you read above'])
  await his.page.getByRole('button', { name: /To the latest/ }).click()
  await say(ann, room, 'the last')
  await heard([...soFar, 'Ann: while you read above', 'Ann: the last'])
  isCalm(hers, his)
})

scene('in Chinese it is announced in Chinese; who comes to a room hears nothing of what was said before', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('安'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['以前说的'])
  const his = await app.as(bob, `/r/${room}`, { locale: 'zh-CN' })
  const heard = await listen(his.page)
  await said(his.page, '以前说的')
  await say(ann, room, '今天去骑马')
  await heard(['安：今天去骑马'])
  for (const text of ['一', '二']) await say(ann, room, text)
  await heard(['安：今天去骑马', '2 条新消息'])
  isCalm(his)
})

async function lastOf(who: Caller, room: string): Promise<number> {
  const { messages } = await who.call('messages.page', { room, limit: 1 })
  return messages[0]?.offset ?? 0
}

/** Writes down what the page announces; answers with how to wait until it was exactly this. */
async function listen(page: Page): Promise<(texts: readonly string[]) => Promise<void>> {
  await page.locator('[aria-live="polite"][data-announcements]').waitFor({ state: 'attached' })
  await page.evaluate(() => {
    const heard: string[] = []
    Object.assign(globalThis, { heard })
    const region = document.querySelector('[data-announcements]')
    if (region === null) throw new Error('nothing announces')
    new MutationObserver((changes) => {
      for (const { addedNodes, type, target } of changes)
        if (type === 'characterData') heard.push(`changed: ${target.textContent}`)
        else for (const node of addedNodes) heard.push(node.textContent ?? '')
    }).observe(region, { childList: true, subtree: true, characterData: true })
  })
  return async (wanted) => {
    await eventually(
      () => page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard),
      (all) => all.length >= wanted.length,
    )
    expect(await page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard)).toEqual([...wanted])
  }
}

scene('the messages are one stop of Tab; the arrows go through them, over pages that are not there yet', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], [...texts(130), 'see https://example.com/a', 'and https://example.com/b'])
  const visitor = await app.as(ann, `/r/${room}`)
  const { page } = visitor
  await said(page, 'example.com/b')
  await composer(page).focus()
  await page.keyboard.press('Shift+Tab') // to what is beside the field
  await page.keyboard.press('Shift+Tab')
  expect(await isAt(page, 'example.com/b')).toBe(true)
  await page.keyboard.press('Shift+Tab')
  expect(await page.evaluate(() => document.activeElement?.closest('ol') === null)).toBe(true)
  await page.keyboard.press('Tab')
  await hasFocus(page, 'example.com/b')
  await page.keyboard.press('ArrowUp')
  await hasFocus(page, 'example.com/a')
  for (let index = 129; index >= 0; index--) {
    await page.keyboard.press('ArrowUp')
    await hasFocus(page, `message ${index}.`)
  }
  expect(await focusIsInView(page)).toBe(true)
  await page.keyboard.press('ArrowDown')
  await hasFocus(page, 'message 1.')
  await page.keyboard.press('End')
  await hasFocus(page, 'example.com/b')
  expect(await focusIsInView(page)).toBe(true)
  await page.keyboard.press('Escape')
  expect(await composer(page).evaluate((area) => area === document.activeElement)).toBe(true)
  isCalm(visitor)
})

scene(
  'Home and End lead to the ends of a long room without what lies between, and the arrows go on from there',
  async () => {
    await using app = await openApp()
    const ann = await app.chat.enter('Ann')
    const room = await roomWith(ann, [], texts(900))
    const visitor = await app.as(ann, `/r/${room}`)
    const { page } = visitor
    await said(page, 'message 899.')
    await row(page, 'message 899.').focus()
    await page.keyboard.press('Home')
    await hasFocus(page, 'message 0.')
    expect(await rows(page).count()).toBeLessThan(300)
    expect(await focusIsInView(page)).toBe(true)
    for (let index = 1; index <= 120; index++) {
      await page.keyboard.press('ArrowDown')
      await hasFocus(page, `message ${index}.`)
    }
    expect(await focusIsInView(page)).toBe(true)
    await page.keyboard.press('End')
    await hasFocus(page, 'message 899.')
    expect(await rows(page).count()).toBeLessThan(300)
    isCalm(visitor)
  },
)

const row = (page: Page, text: string) => page.locator('[data-stop]').filter({ hasText: text })

const isAt = (page: Page, text: string) =>
  page.evaluate((wanted) => {
    const { activeElement: now } = document
    return now?.hasAttribute('data-stop') === true && now.textContent.includes(wanted)
  }, text)

/** The row with this text has the focus. */
async function hasFocus(page: Page, text: string): Promise<void> {
  await eventually(
    () => isAt(page, text),
    (is) => is,
  )
}

const focusIsInView = (page: Page) =>
  page.evaluate(() => {
    const list = document.querySelector('[role="log"] ol')?.getBoundingClientRect()
    const now = document.activeElement?.getBoundingClientRect()
    return list !== undefined && now !== undefined && now.top >= list.top - 1 && now.bottom <= list.bottom + 1
  })

/** How each key of the list is tried: what is so before it is pressed, and what is seen after. */
interface Trial {
  readonly before?: (stage: Stage) => Promise<void>
  readonly after: (stage: Stage) => Promise<void>
}

interface Stage {
  readonly page: Page
  readonly open: Visitor['open']
  readonly rooms: readonly [top: string, middle: string, bottom: string]
  /** Something is said in the first room. */
  readonly news: () => Promise<unknown>
}

const middle = async ({ open, page, rooms }: Stage) => {
  await open(`/r/${rooms[1]}`)
  await said(page, 'mine in b')
  for (const room of rooms) await page.locator(`nav a[href="/r/${room}"]`).waitFor() // which may come later
}
const unreadAbove = async (stage: Stage) => {
  await middle(stage)
  await stage.news()
  await stage.page
    .getByRole('navigation')
    .getByText(/^\d+ unread messages?$/)
    .first()
    .waitFor({ state: 'attached' })
}
const atMine = async (stage: Stage) => {
  await middle(stage)
  await row(stage.page, 'mine in b').focus()
}
async function path(page: Page, wanted: string): Promise<void> {
  await eventually(
    () => new URL(page.url()).pathname,
    (now) => now === wanted,
  )
}
const writes = async (page: Page) => {
  await eventually(
    () => composer(page).evaluate((area) => area === document.activeElement),
    (is) => is,
  )
}

const trials: Readonly<Record<string, Trial>> = {
  'shortcut.search': { after: ({ page }) => page.getByRole('searchbox', { name: 'Words to look for' }).waitFor() },
  'shortcut.previousRoom': {
    after: async (stage) => {
      await path(stage.page, `/r/${stage.rooms[0]}`)
      await writes(stage.page)
    },
  },
  'shortcut.nextRoom': { after: ({ page, rooms: [, , bottom] }) => path(page, `/r/${bottom}`) },
  'shortcut.previousUnread': {
    before: unreadAbove,
    after: ({ page, rooms: [top] }) => path(page, `/r/${top}`),
  },
  'shortcut.nextUnread': {
    before: unreadAbove,
    after: ({ page, rooms: [top] }) => path(page, `/r/${top}`),
  },
  'shortcut.write': { after: ({ page }) => writes(page) },
  'shortcut.nextPart': {
    before: async (stage) => {
      await middle(stage)
      await composer(stage.page).focus()
    },
    after: async ({ page }) =>
      expect(await page.evaluate(() => document.activeElement?.closest('nav') !== null)).toBe(true),
  },
  'shortcut.shortcuts': { after: ({ page }) => page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor() },
  'shortcut.earlier': { before: atMine, after: ({ page }) => hasFocus(page, 'second of Ann') },
  'shortcut.later': {
    before: async (stage) => {
      await middle(stage)
      await row(stage.page, 'second of Ann').focus()
    },
    after: ({ page }) => hasFocus(page, 'mine in b'),
  },
  'shortcut.first': { before: atMine, after: ({ page }) => hasFocus(page, 'first of Ann') },
  'shortcut.latest': {
    before: async (stage) => {
      await middle(stage)
      await row(stage.page, 'first of Ann').focus()
    },
    after: ({ page }) => hasFocus(page, 'mine in b'),
  },
  'message.menu': { before: atMine, after: ({ page }) => page.getByRole('menuitem', { name: 'Copy link' }).waitFor() },
  'message.reply': {
    before: atMine,
    after: async (stage) => {
      await stage.page.getByText('Reply to', { exact: false }).first().waitFor()
      await writes(stage.page)
      await stage.page.keyboard.press('Escape')
    },
  },
  'message.react': { before: atMine, after: ({ page }) => page.getByLabel('Search emoji').waitFor() },
  'message.edit': {
    before: atMine,
    after: async (stage) => {
      await eventually(
        () => composer(stage.page).inputValue(),
        (text) => text === 'mine in b',
      )
      await writes(stage.page)
      await stage.page.keyboard.press('Escape')
    },
  },
  'message.copy': {
    before: atMine,
    after: async ({ page }) => {
      await page.getByText('Copied', { exact: true }).first().waitFor()
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine in b')
    },
  },
  'message.forward': {
    before: atMine,
    after: ({ page }) => page.getByRole('dialog', { name: 'Forward to' }).waitFor(),
  },
  'shortcut.pin': { before: atMine, after: ({ page }) => page.getByText('Pinned', { exact: true }).first().waitFor() },
  'shortcut.remove': { before: atMine, after: ({ page }) => page.getByRole('alertdialog').waitFor() },
  'shortcut.toComposer': { before: atMine, after: ({ page }) => writes(page) },
}

scene('every key of the list does what the list says', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const stage = await prepare(app, ann, bob)
  const mine = shortcuts.filter(({ where }) => where !== ('writing' as string))
  expect([...new Set(mine.map(({ what }) => what as string))].toSorted()).toEqual(Object.keys(trials).toSorted())
  for (const { keys, what } of mine) {
    const trial = trials[what]
    try {
      await (trial?.before ?? middle)(stage)
      await stage.page.keyboard.press(keys.map((key) => key.replace('Mod', 'Control')).join('+'))
      await trial?.after(stage)
    } catch (error) {
      throw new Error(`${keys.join('+')}, ${what}`, { cause: error })
    }
  }
  isCalm(stage.visitor)
})

/** Bob is in three rooms, one below the other, and has something unread in the first. */
async function prepare(app: App, ann: Caller, bob: Caller): Promise<Stage & { readonly visitor: Visitor }> {
  const made: string[] = []
  app.chat.pass(1000) // the lobby is older
  for (const name of ['c', 'b', 'a']) {
    const { room } = await bob.call('rooms.create', { kind: 'group', name, members: [ann.id] })
    for (const text of ['first of Ann', 'second of Ann']) await say(ann, room, text)
    await say(bob, room, `mine in ${name}`)
    made.push(room)
    app.chat.pass(1000)
  }
  const [bottom = '', here = '', top = ''] = made
  const visitor = await app.as(bob, `/r/${here}`)
  await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  return {
    visitor,
    page: visitor.page,
    open: visitor.open,
    rooms: [top, here, bottom],
    news: () => say(ann, top, 'news'),
  }
}

scene(
  'keys that act by themselves do not where one types, and can be switched off; the list gives the focus back',
  async () => {
    await using app = await openApp()
    const ann = await app.chat.enter('Ann')
    const room = await roomWith(ann, [], ['hello'])
    const visitor = await app.as(ann, `/r/${room}`)
    const { page } = visitor
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await composer(page).pressSequentially('what? c/o me')
    expect(await composer(page).inputValue()).toBe('what? c/o me')
    await page.keyboard.press('Control+/')
    await dialog.waitFor()
    await dialog.getByRole('switch', { name: 'Keys that act by themselves' }).click()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await writes(page)
    await row(page, 'hello').focus()
    await page.keyboard.press('?')
    await page.keyboard.press('Control+/') // still does; had the other one done something, the switch would be another
    await dialog.getByRole('switch', { checked: false }).click()
    await page.keyboard.press('Escape')
    await hasFocus(page, 'hello')
    await page.keyboard.press('?')
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'New', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click()
    await dialog.getByText('⌘').waitFor({ state: 'detached' })
    await dialog.getByText('Ctrl').first().waitFor()
    await page.keyboard.press('Escape')
    await eventually(
      () => page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
      (label) => label === 'New',
    )
    isCalm(visitor)
  },
)

scene('a date leads to its first message, or the next that there is, and back again', async () => {
  await using app = await openApp({ chat: {}, began: Date.UTC(2026, 2, 1, 12) })
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], [])
  for (let index = 0; index < 60; index++) {
    app.chat.pass(day)
    if (index === 20) app.chat.pass(3 * day) // nobody says anything for days
    for (let turn = 0; turn < 15; turn++) await say(ann, room, `day ${index}, ${turn}.`)
  }
  const visitor = await app.as(ann, `/r/${room}`, { timezoneId: 'UTC' })
  const { page } = visitor
  await said(page, 'day 59, 14.')
  await goToDay(page, '2026-03-11') // the tenth day
  await hasFocus(page, 'day 9, 0.')
  expect(await focusIsInView(page)).toBe(true)
  expect(await rows(page).count()).toBeLessThan(200)
  await page.getByRole('button', { name: 'Back to where you were' }).click()
  await row(page, 'day 59, 14.').waitFor()
  await goToDay(page, '2026-03-22') // a day without a word
  await hasFocus(page, 'day 20, 0.')
  await page.goBack()
  await row(page, 'day 59, 14.').waitFor()
  const { min, max } = await dayField(page)
  expect([min, max]).toEqual(['2026-03-01', '2026-05-03'])
  await page.getByRole('button', { name: 'To the beginning' }).click()
  await hasFocus(page, 'day 0, 0.')
  isCalm(visitor)
})

scene('a date is asked for from the head of the room, too: by keys, and by a finger on a phone', async () => {
  await using app = await openApp({ chat: {}, began: Date.UTC(2026, 2, 1, 12) })
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], [])
  for (let index = 0; index < 12; index++) {
    app.chat.pass(day)
    for (let turn = 0; turn < 10; turn++) await say(ann, room, `day ${index}, ${turn}.`)
  }
  const visitor = await app.as(ann, `/r/${room}`, { timezoneId: 'UTC' })
  const { page } = visitor
  await said(page, 'day 11, 9.')
  const field = page.locator('input[type="date"]')
  const byKeys = async (): Promise<void> => {
    const more = page.getByRole('button', { name: 'More in this chat' })
    await more.focus()
    await more.press('Enter')
    await page.getByRole('menu').waitFor()
    await eventually(
      () => page.locator('[role="menu"]:focus').count(),
      (count) => count === 1,
    )
    await page.keyboard.press('ArrowDown')
    await eventually(focusedText, (text) => text === 'Search in this chat')
    await page.keyboard.press('ArrowDown')
    await eventually(focusedText, (text) => text === 'Jump to a date…')
    await page.keyboard.press('Enter')
    await eventually(
      () => field.evaluateAll(([each]) => each !== undefined && each === document.activeElement),
      (has) => has,
    )
  }
  const focusedText = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '')
  await byKeys()
  expect(await field.inputValue()).toBe('2026-03-13') // the day that one looks at
  await page.keyboard.press('Escape')
  await eventually(focusedText, (text) => text === 'More in this chat')
  await byKeys()
  await field.fill('2026-03-04')
  await page.keyboard.press('Enter')
  await hasFocus(page, 'day 2, 0.')
  expect(await focusIsInView(page)).toBe(true)

  const phone = await app.as(ann, `/r/${room}`, {
    timezoneId: 'UTC',
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
  })
  await said(phone.page, 'day 11, 9.')
  await phone.page.getByRole('button', { name: 'More in this chat' }).tap()
  await phone.page.getByRole('menuitem', { name: 'Jump to a date…' }).tap()
  await phone.page.getByRole('button', { name: 'To the beginning' }).tap()
  await row(phone.page, 'day 0, 0.').waitFor()
  isCalm(visitor, phone)
})

async function dayField(page: Page): Promise<{ min: string; max: string }> {
  await page
    .getByRole('button', { name: /Jump to a date/ })
    .last()
    .click()
  return page.locator('input[type="date"]').evaluate((field: HTMLInputElement) => {
    const { min, max } = field
    return { min, max }
  })
}

async function goToDay(page: Page, date: string): Promise<void> {
  await dayField(page)
  await page.locator('input[type="date"]').fill(date)
  await page.keyboard.press('Enter')
}

scene('days are those of the reader: other ones in another zone, and another one after midnight', async () => {
  const night = Date.UTC(2026, 2, 10, 3)
  await using app = await openApp({ began: night })
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], ['in the night'])
  app.chat.pass(17 * 60 * 60 * 1000)
  await say(ann, room, 'in the evening')
  const days = async (timezoneId: string) => {
    const visitor = await app.as(ann, `/r/${room}`, { timezoneId })
    const { page } = visitor
    await page.clock.install({ time: night + 20 * 60 * 60 * 1000 })
    await visitor.open(`/r/${room}`)
    await said(page, 'in the evening')
    const names = await dayNames(page)
    return { visitor, page, names }
  }
  const utc = await days('UTC')
  expect(utc.names).toEqual(['today'])
  expect((await days('Asia/Shanghai')).names).toEqual(['yesterday', 'today'])
  await utc.page.clock.fastForward(8 * 60 * 60 * 1000)
  await eventually(
    () => dayNames(utc.page),
    (names) => names.join() === 'yesterday',
  )
  isCalm(utc.visitor)
})

const dayNames = (page: Page) => page.getByRole('button', { name: /Jump to a date/ }).allTextContents()

scene('the same quote leads to its message each time; the details beside the room leave the reader alone', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], texts(400))
  const { messages } = await ann.call('messages.around', { room, at: { offset: 50 }, limit: 1 })
  const old = messages[0]?.offset ?? 0
  await say(ann, room, 'see there', { reply: old })
  const visitor = await app.as(ann, `/r/${room}`, { viewport: { width: 1440, height: 800 } })
  const { page } = visitor
  const quote = page.getByRole('link', { name: /Go to the message/ })
  for (let turn = 0; turn < 3; turn++) {
    await quote.click()
    await eventually(
      () => isInView(page, old),
      (is) => is,
    )
    await page.getByRole('button', { name: /To the latest/ }).click()
    await quote.waitFor()
  }
  await quote.click()
  await eventually(
    () => isInView(page, old),
    (is) => is,
  )
  await page.locator('[role="log"] ol').evaluate((list) => (list.scrollTop -= 300))
  const top = () => page.locator(`[data-offset="${old}"]`).evaluate((element) => element.getBoundingClientRect().top)
  await eventually(top, (now) => now > 0)
  const before = await top()
  await page.getByRole('button', { name: 'Show details' }).click()
  await page.getByRole('heading', { name: 'Details' }).waitFor()
  expect(await top()).toBe(before)
  await page.goBack()
  await page.getByRole('heading', { name: 'Details' }).waitFor({ state: 'detached' })
  expect(await top()).toBe(before)
  await page.getByRole('button', { name: 'Back to where you were' }).click()
  await quote.waitFor()
  isCalm(visitor)
})

const isInView = (page: Page, offset: number) =>
  page.locator(`[data-offset="${offset}"]`).evaluateAll((found) => {
    const list = document.querySelector('[role="log"] ol')?.getBoundingClientRect()
    return found.some((element) => {
      const { top, bottom } = element.getBoundingClientRect()
      return list !== undefined && top < list.bottom && bottom > list.top
    })
  })
