/** What ends while somebody is in it: a room, a session, an account. Each says what happened, and nothing that was written goes. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { chromiumPath } from '../chromium.ts'
import { openFarApp } from './far.ts'
import { type App, composer, eventually, isCalm, openApp, roomWith, rows, said, shows, write } from './support.ts'

setDefaultTimeout(400_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)

/** Bob looks at a room of Ann's. */
async function bobReads(app: App) {
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['hello'])
  const his = await app.as(bob, `/r/${room}`)
  await said(his.page, 'hello')
  return { ann, bob, room, his }
}

scene('a room that is archived while somebody writes says so, and has the sentence when it is restored', async () => {
  await using app = await openApp()
  const { ann, room, his } = await bobReads(app)
  await composer(his.page).fill('half a sen')
  await ann.call('rooms.archive', { room })
  await his.page.getByText('This room is archived.').waitFor()
  await shows(composer(his.page), 0)
  await shows(rows(his.page), 1)
  await ann.call('rooms.restore', { room })
  await eventually(
    () => composer(his.page).inputValue(),
    (text) => text === 'half a sen',
  )
  isCalm(his)
})

scene(
  'what is on its way into a room that does not take it any more has failed, says why, and can be had back',
  async () => {
    await using app = await openApp()
    const { ann, bob, room, his } = await bobReads(app)
    const { page } = his
    await his.context.setOffline(true)
    await write(page, 'said too late')
    await said(page, 'said too late')
    await ann.call('rooms.mute', { room, person: bob.id })
    await his.context.setOffline(false)
    const alert = page.locator('[data-row]').filter({ hasText: 'said too late' }).getByRole('alert')
    await alert.waitFor()
    await ann.call('rooms.unmute', { room, person: bob.id })
    await alert.getByRole('button', { name: 'Try again' }).click()
    await shows(rows(page), 2)
    isCalm(his)
  },
)

scene('who is banned while looking is told so; who ends a session on another device ends it there, too', async () => {
  await using app = await openApp()
  const { ann, bob, room, his } = await bobReads(app)
  await ann.call('rooms.ban', { room, person: bob.id })
  await his.page.getByText('You were banned from “Tea”').waitFor()
  await shows(rows(his.page), 0)
  const { sessions } = await bob.call('sessions.list', {})
  for (const { id } of sessions) await bob.call('sessions.revoke', { session: id })
  await his.page.getByText('This session was ended from another device.').waitFor()
  await his.page.reload()
  await his.page.getByRole('button', { name: 'Come in' }).waitFor()
  isCalm(his)
})

scene('who was banned, or whose session was ended, while there was no network is told so on return', async () => {
  await using app = await openFarApp()
  const { ann, bob, room, his } = await bobReads(app)
  app.line.cut()
  await his.page.getByText('You are offline').waitFor()
  await ann.call('rooms.ban', { room, person: bob.id, reason: 'too much tea' })
  app.line.mend()
  await his.page.getByText('You were banned from “Tea”').waitFor()
  await his.page.getByText('too much tea').waitFor()
  await his.open('/')
  await his.page.getByText('Lobby').first().waitFor()
  app.line.cut()
  await his.page.getByText('You are offline').waitFor()
  const { sessions } = await bob.call('sessions.list', {})
  for (const { id } of sessions) await bob.call('sessions.revoke', { session: id })
  app.line.mend()
  await his.page.getByText('This session was ended from another device.').waitFor()
  isCalm(his)
})

scene('a room that was archived while there was no network is shown as such on return', async () => {
  await using app = await openFarApp()
  const { ann, room, his } = await bobReads(app)
  app.line.cut()
  await his.page.getByText('You are offline').waitFor()
  await ann.call('rooms.archive', { room })
  app.line.mend()
  await his.page.getByText('This room is archived.').waitFor()
  await shows(rows(his.page), 1)
  isCalm(his)
})

scene('who deletes the account elsewhere is out here, and nothing of it is kept', async () => {
  await using app = await openApp()
  const { bob, his } = await bobReads(app)
  await bob.call('people.delete', {})
  await his.page.getByRole('button', { name: 'Come in' }).waitFor()
  await eventually(
    () => his.page.evaluate(async () => (await indexedDB.databases()).length),
    (count) => count === 0,
  )
  expect(await his.page.evaluate(() => localStorage.getItem('posthouse.me'))).toBeNull()
  isCalm(his)
})
