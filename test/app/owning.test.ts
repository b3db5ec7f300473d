/** Those who answer for a room: reports, measures, roles, its picture, and the links that lead into it. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../chromium.ts'
import { photo } from '../files-support.ts'
import type { Caller } from '../chat/support.ts'
import {
  bar,
  composer,
  cuttable,
  eventually,
  isCalm,
  openApp,
  roomWith,
  rows,
  said,
  shows,
  type Visitor,
  write,
} from './support.ts'

setDefaultTimeout(180_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)

const menuOf = (page: Page, name: string) => page.getByRole('button', { name: `Actions for ${name}` })
const question = (page: Page) => page.getByRole('alertdialog')

async function choose(page: Page, name: string, item: string): Promise<void> {
  await menuOf(page, name).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

/** What a browser has of rooms, to be shown without a network. */
function keptPages(page: Page, person: string): Promise<string[]> {
  return page.evaluate(
    (name) =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open(name)
        request.addEventListener('error', () => reject(new Error('no database')))
        request.addEventListener('success', () => {
          const found = request.result.transaction('kept').objectStore('kept').getAllKeys()
          found.addEventListener('success', () => {
            request.result.close()
            resolve(found.result.map(String).filter((key) => key.startsWith('room ')))
          })
        })
      }),
    `posthouse ${person} kept`,
  )
}

scene('a report is closed by what is done: dismissing it, removing the message, muting the author', async () => {
  await using app = await openApp()
  const [ann, bob, cat] = [await app.chat.enter('Ann'), await app.chat.enter('Bob'), await app.chat.enter('Cat')]
  const room = await roomWith(ann, [bob, cat], ['hello'])
  for (const text of ['buy my horse', 'it is cheap', 'a fine day'])
    await bob.call('messages.send', { room, clientId: crypto.randomUUID(), text })
  const cats = await app.as(cat, `/r/${room}`)
  for (const text of ['buy my horse', 'it is cheap', 'a fine day']) {
    await rows(cats.page).filter({ hasText: text }).click({ button: 'right' })
    await cats.page.getByRole('menuitem', { name: 'Report' }).click()
    await cats.page.getByRole('textbox', { name: 'What is wrong with it?' }).fill(`because of ${text}`)
    await cats.page.getByRole('button', { name: 'Report', exact: true }).click()
    await cats.page.getByText('The moderators will look at it').last().waitFor()
  }
  const [hers, his] = [await app.as(ann, `/r/${room}/details`), await app.as(bob, `/r/${room}`)]
  await said(his.page, 'a fine day')
  await hers.page.getByRole('link', { name: 'Moderation 3' }).click()
  const report = (text: string) =>
    hers.page
      .getByRole('listitem')
      .filter({ hasText: `because of ${text}` })
      .last()
  await report('a fine day').getByText('Reported by Cat').waitFor()
  await report('a fine day').getByRole('button', { name: 'Dismiss' }).click()
  await shows(report('a fine day'), 0)
  await report('buy my horse').getByRole('button', { name: 'Remove message' }).click()
  await question(hers.page).getByRole('button', { name: 'Remove' }).click()
  await his.page.getByText('Message removed').waitFor()
  await shows(report('buy my horse'), 0)
  await report('it is cheap').getByRole('button', { name: 'What to do about Bob' }).click()
  await hers.page.getByRole('menuitem', { name: 'Mute' }).click()
  await question(hers.page)
    .getByRole('textbox', { name: /^Reason/ })
    .fill('no horses here')
  await question(hers.page).getByRole('button', { name: 'Mute' }).click()
  await his.page.getByText('You are muted for another 1 hour').waitFor()
  await his.page.getByText('Ann muted you for 1 hour: no horses here').waitFor()
  await hers.page.getByText('No open reports').waitFor()
  await hers.page.getByRole('tab', { name: 'Audit log' }).click()
  for (const line of ['You dismissed a report about Bob', 'You removed a message of Bob'])
    await shows(hers.page.getByText(line), 1)
  await shows(hers.page.getByText('You settled a report about Bob'), 2)
  const settled = await ann.call('reports.list', { room, settled: true })
  expect(settled.reports.map(({ settled: end }) => end?.outcome)).toEqual(
    expect.arrayContaining(['acted', 'acted', 'dismissed']),
  )
  isCalm(hers, his, cats)
})

scene('a moderation page that is open shows what is reported and settled meanwhile', async () => {
  await using app = await openApp()
  const people = ['Ann', 'Bob', 'Cat'].map((name) => app.chat.enter(name))
  const [ann, bob, cat] = (await Promise.all(people)) as [Caller, Caller, Caller]
  const room = await roomWith(cat, [ann, bob], ['buy my horse', 'a fine day'])
  for (const { id } of [ann, bob]) await cat.call('rooms.role', { room, person: id, role: 'moderator' })
  const report = async (text: string): Promise<void> => {
    const { messages } = await bob.call('messages.page', { room })
    const { offset = 0 } = messages.find((message) => message.text === text) ?? {}
    await bob.call('messages.report', { room, offset, reason: `because of ${text}` })
  }
  const page = `/r/${room}/details/moderation`
  const [hers, his] = [await app.as(ann, page), await app.as(bob, page)]
  const cut = await cuttable(his.context)
  await his.page.reload()
  const line = (visitor: Visitor, text: string) => visitor.page.getByText(`because of ${text}`)
  for (const each of [hers, his]) await each.page.getByText('No open reports').waitFor()

  await report('a fine day')
  for (const each of [hers, his]) await shows(line(each, 'a fine day'))
  await hers.page.getByRole('button', { name: 'Dismiss' }).click()
  for (const each of [hers, his]) await each.page.getByText('No open reports').waitFor()
  await his.page.getByRole('tab', { name: 'Audit log' }).click()
  await his.page.getByText('Ann dismissed a report about Cat').waitFor()
  await his.page.getByRole('tab', { name: 'Reports' }).click()

  await cut(true)
  await bar(his.page).waitFor()
  await report('buy my horse')
  await shows(line(hers, 'buy my horse'))
  await cut(false)
  await shows(line(his, 'buy my horse')) // who was away asks
  isCalm(hers, his)
})

scene('a question about a report stays until it is answered, though another moderator settles it', async () => {
  await using app = await openApp()
  const people = ['Ann', 'Bob', 'Cat'].map((name) => app.chat.enter(name))
  const [ann, bob, cat] = (await Promise.all(people)) as [Caller, Caller, Caller]
  const room = await roomWith(ann, [bob, cat], [])
  await ann.call('rooms.role', { room, person: bob.id, role: 'moderator' })
  const report = async (text: string): Promise<void> => {
    const { offset } = await cat.call('messages.send', { room, clientId: crypto.randomUUID(), text })
    await bob.call('messages.report', { room, offset, reason: `because of ${text}` })
  }
  await report('my horse')
  const hers = await app.as(ann, `/r/${room}/details/moderation`)
  await hers.page.getByRole('button', { name: 'What to do about Cat' }).click()
  await hers.page.getByRole('menuitem', { name: 'Ban' }).click()
  const reason = question(hers.page).getByRole('textbox', { name: /^Reason/ })
  await reason.fill('horses again')
  const { reports } = await bob.call('reports.list', { room })
  await bob.call('reports.settle', { report: reports[0]?.id ?? 0, outcome: 'dismissed' })
  await report('my donkey')
  await shows(hers.page.getByText('because of my donkey'))
  expect(await reason.inputValue()).toBe('horses again')
  await question(hers.page).getByRole('button', { name: 'Cancel' }).click()
  await shows(hers.page.getByText('because of my horse'), 0)
  await shows(hers.page.getByText('because of my donkey'))
  isCalm(hers)
})

scene('who is banned is told why, sees nothing of the room any more, and comes back when it is lifted', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['something private'])
  const { token } = await ann.call('invitations.create', { room })
  const [hers, his] = [await app.as(ann, `/r/${room}/details/members`), await app.as(bob, `/r/${room}/details`)]
  await said(his.page, 'something private')
  await eventually(
    () => keptPages(his.page, bob.id),
    (pages) => pages.length > 0,
  )
  await choose(hers.page, 'Bob', 'Ban')
  await question(hers.page)
    .getByRole('textbox', { name: /^Reason/ })
    .fill('horses again')
  await question(hers.page).getByRole('button', { name: 'Ban' }).click()
  await his.page.getByText('You were banned from “Tea”').waitFor()
  await his.page.getByText('Reason: horses again').waitFor()
  expect(new URL(his.page.url()).pathname).toBe(`/r/${room}`) // its details are closed
  await eventually(
    () => keptPages(his.page, bob.id),
    (pages) => pages.length === 0,
  )
  await his.page.reload()
  await his.page.getByText('You are banned from this room').waitFor()
  await his.page.getByText('Reason: horses again').waitFor()
  await his.page.getByText(/^The ban ends /).waitFor()
  await shows(his.page.getByText('something private'), 0)
  await shows(menuOf(hers.page, 'Bob'), 0)

  await hers.open(`/r/${room}/details/moderation`)
  await hers.page.getByRole('tab', { name: 'Bans' }).click()
  await hers.page.getByText('horses again').last().waitFor()
  await hers.page.getByRole('button', { name: 'Lift' }).click()
  await hers.page.getByText('Nobody is banned').waitFor()
  await hers.page.getByRole('tab', { name: 'Audit log' }).click()
  await hers.page.getByText('You lifted the ban of Bob').last().waitFor()
  await his.open(`/i/${token}`)
  await his.page.getByText('Ann invites you to Tea').waitFor()
  await his.page.getByRole('button', { name: 'Join', exact: true }).click()
  await said(his.page, 'something private')
  isCalm(hers, his)
})

scene('roles, removing, slow mode and writing for moderators only hold at once for who looks', async () => {
  await using app = await openApp()
  const [ann, bob, cat] = [await app.chat.enter('Ann'), await app.chat.enter('Bob'), await app.chat.enter('Cat')]
  const room = await roomWith(ann, [bob, cat], ['hello'])
  const [hers, his] = [await app.as(ann, `/r/${room}/details/members`), await app.as(bob, `/r/${room}`)]
  await said(his.page, 'hello')
  await choose(hers.page, 'Cat', 'Make Moderator')
  await hers.page.getByText('Moderator · Guest').waitFor()
  await his.page.getByText('Ann made Cat Moderator').waitFor()

  await hers.open(`/r/${room}/details/edit`)
  await hers.page.getByText('30 seconds', { exact: true }).click()
  await his.page.getByText('Ann turned on slow mode: 30 seconds between messages').waitFor()
  await write(his.page, 'one')
  await his.page.getByLabel(/^Slow mode: \d+ seconds left$/).waitFor()
  await hers.page.getByRole('switch').click()
  await his.page.getByText('Only moderators write in this room.').waitFor()
  await hers.page.getByRole('switch').click()
  await composer(his.page).waitFor()

  await hers.open(`/r/${room}/details/members`)
  await choose(hers.page, 'Bob', 'Remove from the room')
  await question(hers.page)
    .getByRole('textbox', { name: /^Reason/ })
    .fill('too many horses')
  await question(hers.page).getByRole('button', { name: 'Remove from the room' }).click()
  await his.page.getByText('Reason: too many horses').waitFor()
  await shows(menuOf(hers.page, 'Bob'), 0)
  isCalm(hers, his)
})

scene('a room of many is looked through page by page, and by name', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const many = await Promise.all(Array.from({ length: 130 }, (_, at) => app.chat.enter(`Person ${at + 100}`)))
  const room = await roomWith(ann, many, ['hello'])
  const { page, mishaps } = await app.as(ann, `/r/${room}/details/members`)
  const listed = page.getByRole('button', { name: /^Actions for Person/ })
  await shows(listed, 99) // and Ann
  await page.getByRole('button', { name: 'Show more' }).click()
  await shows(listed, 130)
  await page.reload()
  await shows(listed, 99)
  const last = many.at(-1)?.name ?? ''
  await page.getByRole('searchbox', { name: 'Search members' }).fill(last)
  await shows(listed, 1)
  await menuOf(page, last).waitFor()
  expect(mishaps).toEqual([])
})

scene('who is in already takes an invitation from within another room, with other tabs about', async () => {
  await using app = await openApp()
  const [ann, eve] = [await app.chat.enter('Ann'), await app.chat.enter('Eve')]
  const many = await Promise.all(Array.from({ length: 120 }, (_, at) => app.chat.enter(`Person ${at}`)))
  const first = await roomWith(ann, [eve], ['the first room'])
  const visitor = await app.as(eve, `/r/${first}`)
  await said(visitor.page, 'the first room')
  const other = await visitor.context.newPage()
  await other.goto(visitor.page.url())
  await said(other, 'the first room')
  for (const [turn, page] of [visitor.page, other, visitor.page].entries()) {
    const room = await roomWith(ann, many, [`room ${turn}`])
    const { token } = await ann.call('invitations.create', { room })
    await page.goto(new URL(`/i/${token}`, app.chat.server.url).href, { waitUntil: 'commit' })
    await page.getByText('Ann invites you to Tea').waitFor()
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await said(page, `room ${turn}`)
    await composer(page).waitFor()
    expect(new URL(page.url()).pathname).toBe(`/r/${room}`)
  }
  isCalm(visitor)
})

scene('the picture that an admin gives a room is seen by all, and goes again', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['hello'])
  const [hers, his] = [await app.as(ann, `/r/${room}/details/edit`), await app.as(bob, `/r/${room}`)]
  await said(his.page, 'hello')
  const chooser = hers.page.waitForEvent('filechooser')
  await hers.page.getByRole('button', { name: 'Choose a picture' }).click()
  const buffer = Buffer.from(await photo(300, 300, 1))
  await (await chooser).setFiles({ name: 'tea.jpg', mimeType: 'image/jpeg', buffer })
  await his.page.getByText('Ann changed the picture of the room').waitFor()
  const faces = his.page.locator('img[src^="/files/"]')
  await shows(faces, 2) // in the list, and above the room
  await eventually(
    () => faces.first().evaluate((image: HTMLImageElement) => image.naturalWidth),
    (width) => width > 0,
  )
  await hers.page.getByRole('button', { name: 'Remove it' }).click()
  await shows(faces, 0)
  isCalm(hers, his)
})
