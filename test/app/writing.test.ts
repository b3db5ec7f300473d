/** Writing: names and emoji that are completed, marks, files that are dropped and pasted, the voice, and slow mode. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Locator, Page } from 'playwright-core'
import { chromiumPath } from '../chromium.ts'
import { photo } from '../files-support.ts'
import { composer, eventually, isCalm, messages, openApp, roomWith, rows, said, shows } from './support.ts'

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
  const { messages: all } = await ann.call('messages.page', { room, after: 1, limit: 10 })
  expect(all.at(-1)).toMatchObject({ text: '谢谢@李小明 and @Ann Lee', mentions: [ming.id, lee.id] })
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
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['hello'])
  const hers = await app.as(ann, `/r/${room}`)
  await composer(hers.page).pressSequentially('well done :tad')
  await chosen(hers.page, ':tada:')
  await composer(hers.page).press('Enter')
  await holds(hers.page, 'well done 🎉')
  await composer(hers.page).fill('')
  await composer(hers.page).pressSequentially('at 12:30 :t')
  await shows(options(hers.page), 0)

  const zh = await app.as(bob, `/r/${room}`, { locale: 'zh-CN' })
  const area = zh.page.getByRole('textbox', { name: /Tea/ })
  await area.pressSequentially(':火箭')
  await chosen(zh.page, '火箭')
  await area.press('Enter')
  await eventually(
    () => area.inputValue(),
    (text) => text === '🚀',
  )
  isCalm(hers, zh)
})

scene('an emoji of the picker goes where the caret stands, and can be undone', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], ['hello'])
  const { page, mishaps } = await app.as(ann, `/r/${room}`)
  const area = composer(page)
  await area.pressSequentially('well done')
  await select(area, 4, 4)
  await page.getByRole('region', { name: 'Write' }).getByRole('button', { name: 'Emoji' }).click()
  await page.getByRole('dialog').getByLabel('Search emoji').fill('rocket')
  await page.getByRole('gridcell', { name: 'rocket' }).click()
  await holds(page, 'well🚀 done')
  await shows(page.getByRole('dialog'), 0)
  await area.press('Control+z')
  await holds(page, 'well done')
  expect(mishaps).toEqual([])
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
    (text) => text.endsWith('@小明 '),
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

scene('a picture that is dropped anywhere on the room is looked at, sent, and seen by the others', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['hello'])
  const [hers, his] = [await app.as(ann, `/r/${room}`), await app.as(bob, `/r/${room}`)]
  await Promise.all([said(hers.page, 'hello'), said(his.page, 'hello')])
  const picture = Buffer.from(await photo(900, 600, 6)).toString('base64')
  await drag(hers.page, 'dragover', picture)
  await hers.page.getByText('Drop it here to attach it').waitFor()
  await drag(hers.page, 'drop', picture)
  await shows(hers.page.getByText('Drop it here to attach it'), 0)
  await hers.page.getByRole('list', { name: 'Files' }).getByText('tea.jpg').waitFor()
  await composer(hers.page).press('Enter')
  await his.page.getByRole('button', { name: 'Open the picture tea.jpg' }).waitFor()
  isCalm(hers, his)
})

scene('a file on its way can be stopped, and one that failed goes again', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], ['hello'])
  const { page, mishaps } = await app.as(ann, `/r/${room}`)
  let answer: 'hold' | 'break' | 'go' = 'hold'
  const stopped: string[] = []
  page.on('requestfailed', (request) => stopped.push(request.url()))
  await page.route('**/api/chat/files?*', async (route) => {
    await eventually(
      () => answer,
      (now) => now !== 'hold' || stopped.length > 0,
    )
    if (answer === 'go') await route.continue()
    else await route.abort().catch(() => undefined) // the page gave it up
  })
  const files = page.getByRole('list', { name: 'Files' })
  const choose = () =>
    page
      .locator('input[type=file]')
      .setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('the plan') })
  await choose()
  await page.getByRole('progressbar', { name: 'Uploading plan.txt' }).waitFor()
  await files.getByRole('button', { name: 'Remove plan.txt' }).click()
  await shows(files, 0)
  await eventually(
    () => stopped.length,
    (count) => count === 1,
  )

  answer = 'break'
  await choose()
  await files.getByRole('button', { name: 'Try again' }).waitFor()
  await composer(page).fill('here is the plan')
  expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true)
  answer = 'go'
  await files.getByRole('button', { name: 'Try again' }).click()
  await eventually(
    () => page.getByRole('button', { name: 'Send', exact: true }).isDisabled(),
    (is) => !is,
  )
  await composer(page).press('Enter')
  await rows(page).filter({ hasText: 'here is the plan' }).getByText('plan.txt').waitFor()
  expect(mishaps).toEqual([])
})

const microphone = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

scene('what is spoken is heard before it is sent, and played by the other side', async () => {
  await using app = await openApp({}, { browserArguments: microphone })
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['hello'])
  const [hers, his] = [
    await app.as(ann, `/r/${room}`, { permissions: ['microphone'] }),
    await app.as(bob, `/r/${room}`),
  ]
  await Promise.all([said(hers.page, 'hello'), said(his.page, 'hello')])
  const { page } = hers
  await page.getByRole('button', { name: 'Record a voice message' }).press('Enter')
  await speak(page)
  await page.getByRole('button', { name: 'Stop, and listen to it' }).press('Enter')
  const files = page.getByRole('list', { name: 'Files' })
  await isFocused(page, 'Send')
  await files.getByRole('button', { name: 'Play' }).press('Enter')
  await hears(files)
  await page.getByRole('button', { name: 'Send', exact: true }).press('Enter')
  const clip = rows(his.page).last()
  await clip.getByRole('button', { name: 'Play' }).click()
  await hears(clip)
  const { messages: all } = await bob.call('messages.page', { room, after: 1, limit: 10 })
  const [file] = all.at(-1)?.files ?? []
  expect(file).toMatchObject({ voice: true, type: 'audio/webm' })
  expect(file?.duration).toBeGreaterThan(500)
  expect(Math.max(...(file?.waveform ?? []))).toBe(255)

  await isFocused(page, 'Record a voice message')
  await page.keyboard.press('Enter')
  await speak(page)
  await page.getByRole('group', { name: 'Recording' }).getByRole('button', { name: 'Send' }).click() // at once
  await shows(his.page.getByRole('button', { name: 'Play' }), 2)
  isCalm(hers, his)
})

scene('a recording that is not wanted is gone, and one that is left waits in its room', async () => {
  await using app = await openApp({}, { browserArguments: microphone })
  const ann = await app.chat.enter('Ann')
  const [tea] = [await roomWith(ann, [], ['hello']), await ann.call('rooms.create', { kind: 'group', name: 'Coffee' })]
  const { page, mishaps } = await app.as(ann, `/r/${tea}`, { permissions: ['microphone'] })
  const files = page.getByRole('list', { name: 'Files' })
  await page.getByRole('button', { name: 'Record a voice message' }).click()
  await speak(page)
  await page.keyboard.press('Escape')
  await composer(page).waitFor()
  await isFocused(page, 'Record a voice message')
  await shows(files, 0)
  await page.keyboard.press('Enter')
  await speak(page)
  await page.getByRole('link', { name: /Coffee/ }).click()
  await page.getByRole('button', { name: 'Record a voice message' }).waitFor()
  await shows(files, 0)
  await page.getByRole('link', { name: /Tea/ }).click()
  await files.getByRole('button', { name: 'Remove Voice message' }).click()
  await page.getByRole('button', { name: 'Record a voice message' }).waitFor()
  expect(mishaps).toEqual([])
})

scene('where the microphone is refused, it is said what to do', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], ['hello'])
  const { page, mishaps } = await app.as(ann, `/r/${room}`)
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
  })
  await page.getByRole('button', { name: 'Record a voice message' }).click()
  await page.getByRole('alert').filter({ hasText: 'does not let this page use the microphone' }).waitFor()
  await page.getByRole('button', { name: 'Close' }).click()
  await shows(page.getByRole('alert'), 0)
  await composer(page).waitFor()
  expect(mishaps).toEqual([])
})

scene('in slow mode a member sees how long it is, over a reload too, and what is written stays', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['hello'])
  const [hers, his] = [await app.as(ann, `/r/${room}/details/edit`), await app.as(bob, `/r/${room}`)]
  await said(his.page, 'hello')
  await hers.page.getByText('5 minutes', { exact: true }).click()
  await his.page.getByText('turned on slow mode').waitFor()
  await composer(his.page).fill('the first')
  await composer(his.page).press('Enter')
  await rows(his.page).filter({ hasText: 'the first' }).waitFor()
  const timer = his.page.getByRole('timer', { name: /^Slow mode: \d+ seconds left$/ })
  await timer.waitFor()
  await composer(his.page).fill('the second')
  await composer(his.page).press('Enter')
  await his.page.getByText('Slow mode: one message every 5 minutes.').waitFor()
  await his.page.reload()
  await timer.waitFor()
  await holds(his.page, 'the second')
  expect(Number(await timer.innerText())).toBeLessThanOrEqual(300)
  await shows(rows(his.page), 2)
  await composer(hers.page).fill('who moderates is free of it')
  await composer(hers.page).press('Enter')
  await composer(hers.page).fill('and again')
  await composer(hers.page).press('Enter')
  await said(his.page, 'and again')

  await hers.page.getByText('Off', { exact: true }).click()
  await shows(timer, 0)
  await composer(his.page).press('Enter')
  await said(hers.page, 'the second')
  isCalm(hers, his)
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

/** So long that it can be heard. */
async function speak(page: Page): Promise<void> {
  await page.getByRole('group', { name: 'Recording' }).getByText('0:01').waitFor()
}

async function hears(where: Locator): Promise<void> {
  await eventually(
    () => where.locator('audio').evaluate((audio: HTMLAudioElement) => audio.currentTime),
    (seconds) => seconds > 0.2,
  )
}

async function isFocused(page: Page, label: string): Promise<void> {
  await eventually(
    () => page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
    (there) => there === label,
  )
}

/** Files over the messages, beside the composer. */
async function drag(page: Page, type: 'dragover' | 'drop', picture: string): Promise<void> {
  await messages(page).evaluate(
    (list, { kind, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([bytes], 'tea.jpg', { type: 'image/jpeg' }))
      list.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }))
    },
    { kind: type, base64: picture },
  )
}
