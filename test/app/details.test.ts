/** What surrounds talk: forwarding, blocking, who is there and who has read, being told, installing. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../chromium.ts'
import { composer, eventually, isCalm, openApp, roomWith, rows, said, shows, write } from './support.ts'

setDefaultTimeout(180_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)

async function menu(page: Page, text: string, item: string | RegExp): Promise<void> {
  await rows(page).filter({ hasText: text }).click({ button: 'right' })
  await page.getByRole('menuitem', { name: item }).click()
}

scene(
  'a message is forwarded to a room that is looked for, and stands there with the name of who said it',
  async () => {
    await using app = await openApp()
    const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
    const room = await roomWith(ann, [bob], ['the northern road is closed'])
    const { room: other } = await bob.call('rooms.create', { kind: 'group', name: 'Riders', members: [ann.id] })
    const { room: closed } = await ann.call('rooms.create', { kind: 'group', name: 'Ridge', members: [bob.id] })
    await ann.call('rooms.change', { room: closed, readOnly: true })
    const his = await app.as(bob, `/r/${room}`)
    await said(his.page, 'northern road')
    await menu(his.page, 'northern road', 'Forward')
    const dialog = his.page.getByRole('dialog')
    await dialog.getByRole('searchbox', { name: 'Search chats' }).fill('rid')
    await shows(dialog.getByRole('listitem'), 1) // where one may not write is not offered
    await dialog.getByRole('button', { name: 'Riders' }).click()
    await his.page.getByText('Forwarded to Riders').waitFor()
    const hers = await app.as(ann, `/r/${other}`)
    await said(hers.page, 'the northern road is closed')
    await hers.page.getByText('Forwarded from Ann').waitFor()
    isCalm(hers, his)
  },
)

scene(
  'who is blocked is refused in words, sees nothing more of the other, and gets through when it is lifted',
  async () => {
    await using app = await openApp()
    const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
    await roomWith(ann, [bob], ['hello'])
    const [hers, his] = [await app.as(ann, `/dm/${bob.id}`), await app.as(bob, `/dm/${ann.id}`)]
    await write(his.page, 'may I?')
    await said(hers.page, 'may I?')
    await hers.page.getByRole('button', { name: 'Show details' }).click()
    await hers.page.getByRole('button', { name: 'Block' }).click()
    await hers.page.getByRole('alertdialog').getByRole('button', { name: 'Block' }).click()
    await hers.page.getByText('You have blocked Bob.').waitFor()
    await shows(composer(hers.page), 0)

    await write(his.page, 'hello?')
    await his.page.getByText('This person does not want to hear from you.').waitFor()
    await his.page.reload()
    await his.page
      .getByRole('banner')
      .or(his.page.getByText('away', { exact: true }))
      .first()
      .waitFor()
    await his.page.getByText('away', { exact: true }).waitFor()
    expect(await hers.page.getByText('hello?').count()).toBe(0)

    await hers.open('/settings/privacy') // after a reload it is known, too
    await hers.page.getByRole('button', { name: 'Unblock' }).click()
    await hers.page.getByText('Nobody', { exact: true }).waitFor()
    await his.page.getByRole('button', { name: 'Try again' }).click()
    await hers.open(`/dm/${bob.id}`)
    await said(hers.page, 'hello?')
    await composer(hers.page).waitFor()
    isCalm(hers, his)
  },
)

scene(
  'one sees whether the other of a direct room is there, and that they get it later; unless they hide it',
  async () => {
    await using app = await openApp()
    const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
    await roomWith(ann, [bob], ['hello'])
    const { room } = await bob.call('rooms.direct', { person: ann.id })
    const hers = await app.as(ann, `/dm/${bob.id}`)
    await write(hers.page, 'are you there?')
    await hers.page.getByText('Bob is away and gets it when back.').waitFor()
    const his = await app.as(bob, '/')
    await hers.page.getByText('online', { exact: true }).waitFor()
    await hers.page.getByRole('img', { name: 'Delivered' }).waitFor() // he has it, and has not looked
    await shows(hers.page.getByText('Bob is away and gets it when back.'), 0)
    await his.open(`/r/${room}`)
    await hers.page.getByRole('img', { name: 'Read', exact: true }).waitFor()

    await his.open('/settings/privacy')
    await his.page.getByRole('switch', { name: 'Show when I am here' }).click()
    await hers.page.getByText('away', { exact: true }).waitFor()
    await his.page.getByRole('switch', { name: 'Tell what I have read' }).click()
    const areOff = async () => {
      for (const name of ['Show when I am here', 'Tell what I have read'])
        await his.page.getByRole('switch', { name, checked: false }).waitFor()
    }
    await areOff()
    await his.page.reload()
    await areOff()
    await his.page.getByRole('switch', { name: 'Show when I am here' }).click()
    await hers.page.getByText('online', { exact: true }).waitFor()
    await his.open(`/r/${room}`)
    await said(his.page, 'are you there?')
    await write(hers.page, 'and now?')
    await said(his.page, 'and now?')
    await hers.page.getByRole('img', { name: 'Delivered' }).waitFor()
    isCalm(hers, his)
  },
)

scene('who has read a message of one’s own is told by name, but for who does not tell', async () => {
  await using app = await openApp()
  const [ann, bob, cat, dan] = await Promise.all(['Ann', 'Bob', 'Cat', 'Dan'].map((name) => app.chat.enter(name)))
  if (!ann || !bob || !cat || !dan) throw new Error('who?')
  const room = await roomWith(ann, [bob, cat, dan], ['who reads this?'])
  await cat.call('people.privacy', { hideRead: true })
  const hers = await app.as(ann, `/r/${room}`)
  await rows(hers.page).filter({ hasText: 'who reads this?' }).click({ button: 'right' })
  await hers.page.getByRole('menuitem', { name: 'Read by nobody yet' }).waitFor()
  await hers.page.keyboard.press('Escape')
  await shows(hers.page.getByRole('menu'), 0) // a menu that is on its way out takes the next click for itself
  for (const { call } of [bob, cat]) await call('marks.read', { room, offset: 2 })
  await hers.page.getByRole('img', { name: 'Read', exact: true }).waitFor()
  await menu(hers.page, 'who reads this?', 'Read by 1 person')
  const group = (name: string) =>
    eventually(
      () => hers.page.getByRole('region', { name, exact: true }).getByRole('listitem').locator('bdi').allInnerTexts(),
      (names) => names.length > 0 && !names.includes('Somebody'),
    )
  expect(await group('Read')).toEqual(['Bob'])
  expect((await group('Not yet')).toSorted()).toEqual(['Cat', 'Dan'])
  isCalm(hers)
})

scene('the first notice of the lobby names nobody, and two people who begin to talk are told nothing', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const hers = await app.as(ann, '/r/lobby')
  await hers.page
    .getByText(/^The room was opened$/)
    .or(hers.page.getByRole('button', { name: /more event/ }))
    .first()
    .waitFor()
  const more = hers.page.getByRole('button', { name: /more event/ })
  if ((await more.count()) > 0) await more.click()
  await hers.page.getByText('The room was opened', { exact: true }).waitFor()
  await hers.open(`/dm/${bob.id}`)
  await hers.page.getByText('Nothing has been said yet').waitFor()
  isCalm(hers)
})

/** As a browser that was never asked; what is asked of it is counted, and answered so. */
async function neverAsked(page: Page, answer: NotificationPermission): Promise<void> {
  await page.addInitScript((given) => {
    const state = { permission: 'default' as NotificationPermission, asked: 0 }
    Object.assign(globalThis, { notificationState: state })
    Object.defineProperty(Notification, 'permission', { get: () => state.permission })
    Notification.requestPermission = () => {
      state.asked++
      state.permission = given
      return Promise.resolve(given)
    }
  }, answer)
}

const asked = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { notificationState: { asked: number } }).notificationState.asked)

scene(
  'notifications are offered after a first message, asked for on a press, and never again once sent away',
  async () => {
    await using app = await openApp()
    const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
    const room = await roomWith(bob, [ann], ['hello'])
    for (const answer of ['granted', 'denied', 'dismissed'] as const) {
      const visitor = await app.as(answer === 'granted' ? ann : bob, '/settings')
      const { page } = visitor
      await neverAsked(page, answer === 'granted' ? 'granted' : 'denied')
      await visitor.open(`/r/${room}`)
      await said(page, 'hello')
      const offer = page.getByRole('region', { name: 'System notifications' })
      if (answer === 'granted') await shows(offer, 0) // she has said nothing yet
      await write(page, `I am here: ${answer}`)
      await offer.waitFor()
      expect(await asked(page)).toBe(0)
      await offer.getByRole('button', { name: answer === 'dismissed' ? 'Do not ask again' : 'Turn on' }).click()
      await shows(offer, 0)
      expect(await asked(page)).toBe(answer === 'dismissed' ? 0 : 1)
      await page.reload()
      await said(page, `I am here: ${answer}`)
      await shows(offer, 0)
      const settings = await page.evaluate(() => localStorage.getItem('posthouse.preferences'))
      expect(JSON.parse(settings ?? '{}')).toMatchObject({
        notificationsOffered: true,
        systemNotifications: answer === 'granted',
      })
      await visitor.open('/settings/notifications') // keeps it
      await page.getByRole('switch', { name: 'System notifications' }).waitFor()
      isCalm(visitor)
      await visitor.context.close()
    }
  },
)

/** As Chromium offers it, which it does only to people it knows. */
function offerInstalling(page: Page, outcome: 'accepted' | 'dismissed'): Promise<void> {
  return page.evaluate((answer) => {
    const event = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
      prompt: () => {
        document.documentElement.dataset['prompted'] = ''
        return Promise.resolve()
      },
      userChoice: Promise.resolve({ outcome: answer }),
    })
    dispatchEvent(event)
  }, outcome)
}

scene('the app offers to be installed: quietly in the list until it is sent away, always in the settings', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const visitor = await app.as(ann, '/settings')
  const { page } = visitor
  const list = page.getByRole('navigation', { name: 'Chats' })
  await list.getByText('Lobby').waitFor()
  await shows(page.getByRole('button', { name: 'Install the app' }), 0)
  await offerInstalling(page, 'accepted')
  await shows(page.getByRole('button', { name: 'Install the app' }), 2)
  await list.getByRole('button', { name: 'Do not show this again' }).click()
  await shows(list.getByRole('button', { name: 'Install the app' }), 0)
  await page.reload()
  await list.getByText('Lobby').waitFor()
  await offerInstalling(page, 'accepted')
  await page.getByRole('button', { name: 'Install the app' }).click()
  await page.locator('html[data-prompted]').waitFor()
  await shows(page.getByRole('button', { name: 'Install the app' }), 0)
  isCalm(visitor)
})
