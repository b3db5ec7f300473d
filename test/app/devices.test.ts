/** Two devices of one person, each a browser of its own, agree on everything without anybody's doing. */
import { setDefaultTimeout, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../chromium.ts'
import {
  bar,
  composer,
  cuttable,
  draws,
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
const list = (page: Page) => page.getByRole('navigation').first()

scene('two devices agree on drafts, edits, reactions, pins, recalls, names, and on what is read', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['one', 'two', 'three'])
  const [phone, desk] = [await app.as(ann, `/r/${room}`), await app.as(ann, `/r/${room}`)]
  const both = [phone.page, desk.page]
  for (const page of both) await said(page, 'three')

  await composer(phone.page).fill('half a sen')
  await eventually(
    () => composer(desk.page).inputValue(),
    (text) => text === 'half a sen',
  )
  await write(phone.page, 'half a sentence')
  for (const page of both) {
    await draws(page, ['one', 'two', 'three', 'half a sentence'])
    await eventually(
      () => composer(page).inputValue(),
      (text) => text === '',
    )
  }

  await composer(desk.page).press('ArrowUp')
  await eventually(
    () => composer(desk.page).inputValue(),
    (text) => text === 'half a sentence',
  )
  await write(desk.page, 'a whole sentence')
  await ann.call('messages.react', { room, offset: 2, emoji: '🍵', on: true })
  await ann.call('messages.pin', { room, offset: 3, on: true })
  await ann.call('messages.recall', { room, offset: 4 })
  await ann.call('rooms.change', { room, name: 'Coffee' })
  for (const page of both) {
    await said(page, 'a whole sentence')
    await rows(page).first().getByRole('button', { name: /🍵/ }).waitFor()
    await rows(page).nth(1).getByText('Pinned', { exact: true }).waitFor()
    await messages(page).getByText('Message recalled').waitFor()
    await shows(messages(page).getByText('three'), 0)
    await list(page).getByText('Coffee').waitFor()
    await page.getByRole('heading', { name: 'Coffee' }).first().waitFor()
  }
  isCalm(phone, desk)
})

scene(
  'unread counts of two devices are the same, whichever reads, and a room that one leaves is gone from both',
  async () => {
    await using app = await openApp()
    const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
    const room = await roomWith(bob, [ann], ['one', 'two'])
    const [phone, desk] = [await app.as(ann, '/'), await app.as(ann, '/')]
    const both = [phone.page, desk.page]
    const unread = async (count: string) => {
      for (const page of both) await page.getByText(`${count} unread`).waitFor({ state: 'attached' })
    }
    await unread('2')
    await bob.call('messages.send', { room, clientId: 'the-third', text: 'three' })
    await unread('3')
    await list(phone.page).getByRole('link', { name: /Tea/ }).click()
    await said(phone.page, 'three')
    for (const page of both) await shows(page.getByText(/\d unread/), 0)
    await phone.page.goBack()
    await shows(composer(phone.page), 0)
    await bob.call('messages.send', { room, clientId: 'the-fourth', text: 'four' })
    await unread('1')
    await list(desk.page).getByRole('link', { name: /Tea/ }).click()
    await said(desk.page, 'four')
    for (const page of both) await shows(page.getByText(/\d unread/), 0)
    await ann.call('rooms.leave', { room })
    await desk.page.getByText('You left “Tea”').waitFor()
    for (const page of both) await shows(list(page).getByText('Tea'), 0)
    isCalm(phone, desk)
  },
)

scene('whom one blocks, or no longer, is so on the other device at once, and where it was away', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  await roomWith(ann, [bob], ['hello'])
  const [phone, desk] = [await app.as(ann, `/dm/${bob.id}`), await app.as(ann, '/settings/privacy')]
  const cut = await cuttable(desk.context)
  await desk.page.reload()
  await composer(phone.page).waitFor()
  await desk.page.getByText('Nobody', { exact: true }).waitFor()
  const unblock = desk.page.getByRole('button', { name: 'Unblock' })

  await ann.call('people.block', { person: bob.id })
  await phone.page.getByText('You have blocked Bob.').waitFor()
  await unblock.click()
  await desk.page.getByText('Nobody', { exact: true }).waitFor()
  await composer(phone.page).waitFor()

  await cut(true)
  await bar(desk.page).waitFor()
  await ann.call('people.block', { person: bob.id })
  await phone.page.getByText('You have blocked Bob.').waitFor()
  await cut(false)
  await unblock.waitFor()
  isCalm(phone, desk)
})
