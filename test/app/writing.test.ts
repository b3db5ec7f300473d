/** Writing: names and emoji that are completed, marks, files that are dropped and pasted, the voice, and slow mode. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Locator, Page } from 'playwright-core'
import { chromiumPath } from '../chromium.ts'
import { composer, eventually, isCalm, openApp, roomWith, rows, said, shows } from './support.ts'

setDefaultTimeout(120_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)

scene('a name is completed behind an @, in Chinese or with a blank in it, and who is meant is told', async () => {
  await using app = await openApp()
  const [ann, ming, lee] = [
    await app.chat.enter('Ann'),
    await app.chat.enter('李小明'),
    await app.chat.enter('Ann Lee'),
  ]
  const room = await roomWith(ann, [ming, lee], ['hello'])
  const [hers, his] = [await app.as(ann, `/r/${room}`), await app.as(ming, `/r/${room}`)]
  await said(his.page, 'hello')
  const { page } = hers
  await composer(page).pressSequentially('谢谢@小')
  await chosen(page, '李小明')
  await composer(page).press('Enter')
  await holds(page, '谢谢@李小明 ')
  await composer(page).pressSequentially('and @ann l')
  await chosen(page, 'Ann Lee')
  await composer(page).press('Tab')
  await holds(page, '谢谢@李小明 and @Ann Lee ')
  await composer(page).press('Enter')
  for (const each of [page, his.page]) {
    await each.locator('.mention', { hasText: '@李小明' }).waitFor()
    await each.locator('.mention', { hasText: '@Ann Lee' }).waitFor()
  }
  const { messages } = await ann.call('messages.page', { room, after: 1, limit: 10 })
  expect(messages.at(-1)).toMatchObject({ text: '谢谢@李小明 and @Ann Lee', mentions: [ming.id, lee.id] })
  isCalm(hers, his)
})

scene('the list of names is gone through by the arrows, closed by Escape, and never in the way of a line', async () => {
  await using app = await openApp()
  const [ann, bob, carl] = [await app.chat.enter('Ann'), await app.chat.enter('Bob'), await app.chat.enter('Carl')]
  const room = await roomWith(ann, [bob, carl], ['hello'])
  const { page, mishaps } = await app.as(ann, `/r/${room}`)
  await composer(page).pressSequentially('@')
  await shows(options(page), 3) // all, Bob, Carl
  const first = await chosenOption(page).innerText()
  await composer(page).press('ArrowDown')
  await eventually(
    () => chosenOption(page).innerText(),
    (text) => text !== first,
  )
  await composer(page).press('ArrowUp')
  await chosen(page, first)
  await composer(page).press('Escape')
  await shows(options(page), 0)
  await composer(page).pressSequentially('bo')
  await shows(options(page), 0)
  await composer(page).fill('')
  await composer(page).pressSequentially('write to x@bo')
  await shows(options(page), 0)
  await composer(page).fill('')
  await composer(page).pressSequentially('@nobody')
  await shows(options(page), 0)
  await composer(page).press('Enter')
  await said(page, '@nobody')
  await composer(page).pressSequentially('@al')
  await options(page).filter({ hasText: 'Everybody in the room' }).click()
  await holds(page, '@all ')
  await composer(page).press('Enter')
  await page.locator('.mention', { hasText: '@all' }).waitFor()
  expect(mishaps).toEqual([])
})

scene('in a large room names are looked for on the server', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const { room } = await ann.call('rooms.create', { kind: 'public', name: 'Tea' })
  for (let at = 0; at < 210; at++) {
    const guest = await app.chat.enter(at === 209 ? 'Zoë the last' : `Guest ${at}`)
    await guest.call('rooms.join', { room })
  }
  const { page, mishaps } = await app.as(ann, `/r/${room}`)
  await composer(page).pressSequentially('@zo')
  await chosen(page, 'Zoë the last')
  await composer(page).press('Enter')
  await holds(page, '@Zoë the last ')
  expect(mishaps).toEqual([])
})

scene('an emoji is completed behind a colon, by its short name or a Chinese word', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], ['hello'])
  const hers = await app.as(ann, `/r/${room}`)
  await composer(hers.page).pressSequentially('well done :tad')
  await chosen(hers.page, ':tada:')
  await composer(hers.page).press('Enter')
  await holds(hers.page, 'well done 🎉')
  await composer(hers.page).fill('')
  await composer(hers.page).pressSequentially('at 12:30 :t')
  await shows(options(hers.page), 0)

  const zh = await app.as(ann, `/r/${room}`, { locale: 'zh-CN' })
  const area = zh.page.getByRole('textbox', { name: /Tea/ })
  await area.fill('')
  await area.pressSequentially(':火箭')
  await chosen(zh.page, '火箭')
  await area.press('Enter')
  await eventually(
    () => area.inputValue(),
    (text) => text === '🚀',
  )
  isCalm(hers, zh)
})

scene('keys of an input method are never for the list', async () => {
  await using app = await openApp()
  const [ann, ming] = [await app.chat.enter('Ann'), await app.chat.enter('小明')]
  const room = await roomWith(ann, [ming], [])
  const { page, context, mishaps } = await app.as(ann, `/r/${room}`)
  await composer(page).pressSequentially('@')
  await shows(options(page), 2)
  const protocol = await context.newCDPSession(page)
  await protocol.send('Input.imeSetComposition', { text: 'xm', selectionStart: 2, selectionEnd: 2 })
  await shows(options(page), 0)
  const isLeft = await composer(page).evaluate((element) =>
    // Takes what the input method offers. A key that is pressed by the protocol would end the composition by itself.
    ['ArrowDown', 'Enter', 'Tab', 'Escape'].map((key) =>
      element.dispatchEvent(
        new KeyboardEvent('keydown', { key, isComposing: true, keyCode: 229, bubbles: true, cancelable: true }),
      ),
    ),
  )
  expect(isLeft).toEqual([true, true, true, true])
  await protocol.send('Input.insertText', { text: '小明' })
  await chosen(page, '小明')
  await composer(page).press('Enter')
  await eventually(
    () => composer(page).inputValue(),
    (text) => /@小明 $/.test(text),
  )
  expect(await rows(page).count()).toBe(0)
  expect(mishaps).toEqual([])
})

scene('marks come and go by keys, an address makes words a link, and all of it can be undone', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], ['hello'])
  const { page, context, mishaps } = await app.as(ann, `/r/${room}`)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const area = composer(page)
  await area.focus()
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => /writing-tools/.test(name)),
  )
  await area.pressSequentially('read this now')
  await select(area, 5, 9)
  await area.press('Control+b')
  await holds(page, 'read **this** now')
  await area.press('Control+b')
  await holds(page, 'read this now')
  await area.press('Control+Shift+X')
  await holds(page, 'read ~~this~~ now')
  await area.press('Control+z')
  await holds(page, 'read this now')
  await select(area, 5, 9)
  await page.evaluate(() => navigator.clipboard.writeText('https://a.example/x'))
  await area.press('Control+v')
  await holds(page, 'read [this](https://a.example/x) now')
  await area.press('Control+z')
  await holds(page, 'read this now')
  await select(area, 5, 9)
  await area.press('Control+Shift+C')
  await holds(page, 'read \n```\nthis\n```\n now')
  await area.press('Control+z')
  await holds(page, 'read this now')
  for (const [keys, text] of [
    ['Control+i', '*this*'],
    ['Control+e', '`this`'],
    ['Control+k', '[this]()'],
  ] as const) {
    await select(area, 5, 9)
    await area.press(keys)
    await holds(page, `read ${text} now`)
    await area.press('Control+z')
    await holds(page, 'read this now')
  }
  expect(mishaps).toEqual([])
})

const options = (page: Page): Locator => page.getByRole('listbox').getByRole('option')

/** What Enter would take, by what the field says of it. */
function chosenOption(page: Page): Locator {
  return page.getByRole('option', { selected: true })
}

async function chosen(page: Page, text: string): Promise<void> {
  await eventually(
    async () => {
      const id = await page.locator('textarea').getAttribute('aria-activedescendant')
      return id === null
        ? ''
        : page
            .locator(`[id="${id}"]`)
            .innerText({ timeout: 1000 })
            .catch(() => '')
    },
    (there) => there.includes(text),
  )
}

async function holds(page: Page, text: string): Promise<void> {
  await eventually(
    () => composer(page).inputValue(),
    (there) => there === text,
  )
}

async function select(area: Locator, from: number, to: number): Promise<void> {
  await area.evaluate(
    (element: HTMLTextAreaElement, [start, end]) => element.setSelectionRange(start ?? 0, end ?? 0),
    [from, to],
  )
}
