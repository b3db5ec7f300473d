/** The app as people use it: they come in, talk, and see what the others do. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { chromiumPath } from '../chromium.ts'
import {
  composer,
  enterAs,
  eventually,
  isCalm,
  messages,
  openApp,
  roomWith,
  rows,
  said,
  shows,
  write,
} from './support.ts'

setDefaultTimeout(400_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)

scene('two people come in by their names, open a room, and talk; each message stands there once for both', async () => {
  await using app = await openApp()
  const ann = await app.visit()
  await enterAs(ann.page, 'Ann')
  await ann.page.getByRole('button', { name: 'New', exact: true }).click()
  await ann.page.getByRole('menuitem', { name: 'New room' }).click()
  await ann.page.getByLabel('Name of the room').fill('Tea')
  await ann.page.getByText('Everybody', { exact: true }).click()
  await ann.page.getByRole('button', { name: 'Open the room' }).click()
  await composer(ann.page).waitFor()

  const bob = await app.visit(new URL(ann.page.url()).pathname)
  await enterAs(bob.page, 'Bob')
  await bob.page.getByRole('button', { name: 'Join' }).click()
  await write(ann.page, 'hello from Ann')
  await said(bob.page, 'hello from Ann')
  await write(bob.page, 'hello from Bob')
  await said(ann.page, 'hello from Bob')
  for (const { page } of [ann, bob]) {
    await said(page, 'hello from Ann')
    await said(page, 'hello from Bob')
    await shows(rows(page), 2)
  }
  isCalm(ann, bob)
})

scene('an invitation opens its room as soon as one has a name', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], ['welcome'])
  const { token } = await ann.call('invitations.create', { room })
  const bob = await app.visit(`/i/${token}`)
  await bob.page.getByText('Tea').first().waitFor()
  await enterAs(bob.page, 'Bob')
  await said(bob.page, 'welcome')
  expect(new URL(bob.page.url()).pathname).toBe(`/r/${room}`)
  await composer(bob.page).waitFor()
  isCalm(bob)
})

scene('what is done to a message is seen on the other side: edit, reaction, reply, pin, recall', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['the first'])
  const [hers, his] = [await app.as(ann, `/r/${room}`), await app.as(bob, `/r/${room}`)]
  await said(his.page, 'the first')

  await composer(hers.page).press('ArrowUp')
  await eventually(
    () => composer(hers.page).inputValue(),
    (text) => text === 'the first',
  )
  await write(hers.page, 'the first, mended')
  await said(his.page, 'the first, mended')
  await his.page.getByText('edited').waitFor()

  await rows(his.page).first().hover()
  await his.page.getByRole('button', { name: 'Reply' }).click()
  await write(his.page, 'an answer')
  await said(hers.page, 'an answer')
  await hers.page.getByRole('link', { name: 'Go to the message of Ann' }).waitFor()

  await rows(his.page).first().hover()
  await rows(his.page).first().getByRole('button', { name: 'More' }).click()
  await his.page.getByRole('menuitem', { name: /React with 👍/ }).click()
  await hers.page.getByRole('button', { name: /👍 from/ }).waitFor()

  const menu = async (item: string): Promise<void> => {
    await rows(hers.page).first().hover()
    await rows(hers.page).first().getByRole('button', { name: 'More' }).click()
    await hers.page.getByRole('menuitem', { name: item, exact: true }).click()
  }
  await menu('Pin')
  await rows(his.page).first().getByText('Pinned', { exact: true }).waitFor()
  await menu('Recall')
  await hers.page.getByRole('alertdialog').getByRole('button', { name: 'Recall' }).click()
  await his.page.getByText('Message recalled').waitFor()
  expect(await messages(his.page).getByText('the first, mended').count()).toBe(0)
  isCalm(hers, his)
})

scene('who is removed while looking is told so, and no longer sees the room', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['hello'])
  const { page, mishaps } = await app.as(bob, `/r/${room}`)
  await said(page, 'hello')
  await ann.call('rooms.kick', { room, person: bob.id })
  await page.getByText('You were removed from “Tea”').waitFor()
  await shows(rows(page), 0)
  await shows(composer(page), 0)
  expect(mishaps).toEqual([])
})

scene('Enter that ends a composition does not send', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], [])
  const { page, context } = await app.as(ann, `/r/${room}`, { locale: 'zh-CN' })
  const area = page.getByRole('textbox', { name: /Tea/ })
  await area.click()
  const protocol = await context.newCDPSession(page)
  await protocol.send('Input.imeSetComposition', { text: '你好', selectionStart: 2, selectionEnd: 2 })
  await page.keyboard.press('Enter')
  expect(await rows(page).count()).toBe(0)
  await protocol.send('Input.insertText', { text: '你好' })
  // Safari has ended the composition by then, and marks the key instead.
  await area.evaluate((element) =>
    element.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true }),
    ),
  )
  expect(await area.inputValue()).toContain('你好')
  expect(await rows(page).count()).toBe(0)
  const text = await area.inputValue()
  await area.press('Enter')
  await shows(rows(page), 1)
  expect(await rows(page).first().textContent()).toContain(text.trim())
})

scene('two devices of one person agree on what is read', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['one', 'two', 'three'])
  const phone = await app.as(bob, '/', { viewport: { width: 390, height: 800 } })
  await phone.page.getByText('3 unread messages').waitFor({ state: 'attached' })
  const desk = await app.as(bob, `/r/${room}`)
  await said(desk.page, 'three')
  await shows(phone.page.getByText(/unread message/), 0)
  isCalm(phone, desk)
})

scene('on a phone one sees the list or the room, and the browser’s back goes from one to the other', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  await roomWith(ann, [], ['hello'])
  const { page, mishaps } = await app.as(ann, '/', {
    viewport: { width: 390, height: 800 },
    hasTouch: true,
    isMobile: true,
  })
  await page.getByRole('link', { name: /Tea/ }).click()
  await said(page, 'hello')
  await eventually(
    () => page.getByRole('link', { name: /Public rooms/ }).isVisible(),
    (is) => !is,
  )
  await page.goBack()
  await page.getByRole('link', { name: /Tea/ }).waitFor()
  expect(await composer(page).isVisible()).toBe(false)
  await page.getByRole('link', { name: /Tea/ }).click()
  await page.getByRole('button', { name: 'Back' }).click()
  await page.getByRole('link', { name: /Tea/ }).waitFor()
  expect(mishaps).toEqual([])
})

scene('who reads Chinese gets it in Chinese', async () => {
  await using app = await openApp()
  const { page, mishaps } = await app.visit('/', { locale: 'zh-CN' })
  await page.getByRole('textbox').fill('小安')
  await page.getByRole('textbox').press('Enter')
  await page.getByRole('navigation').waitFor()
  expect(await page.locator('html').getAttribute('lang')).toStartWith('zh')
  const letters = await page.locator('body').innerText()
  expect(letters.replaceAll(/Posthouse|Lobby/g, '')).not.toMatch(/[A-Za-z]{4,}/)
  expect(mishaps).toEqual([])
})
