/** The tabs of one browser are one app: one connection, one outbox, one that chimes; whatever becomes of any of them. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../chromium.ts'
import { photo } from '../files-support.ts'
import { openFarApp } from './far.ts'
import { moment } from '../../web/drive/attention/claims.ts'
import { chimes, listenForChimes } from './chimes.ts'
import { paste } from './clipboard.ts'
import { bar, composer, draws, eventually, isCalm, messages, openApp, roomWith, said, shows, write } from './support.ts'

setDefaultTimeout(400_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)

scene(
  'two tabs have one connection; when the one that has it crashes, the other takes it and misses nothing',
  async () => {
    await using app = await openApp()
    const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
    const room = await roomWith(ann, [bob], ['hello'])
    const one = await app.as(ann, `/r/${room}`)
    await said(one.page, 'hello')
    const other = await one.tab(`/r/${room}`)
    await said(other.page, 'hello')
    const connections = () => app.chat.server.clients(ann.id).length
    expect(connections()).toBe(1)
    const texts = ['hello']
    const say = async (text: string) => {
      texts.push(text)
      await bob.call('messages.send', { room, clientId: `${texts.length}-from-bob`, text })
    }
    await say('before')
    for (const { page } of [one, other]) await draws(page, texts)
    const crashing = one.page.waitForEvent('crash')
    const protocol = await one.context.newCDPSession(one.page)
    protocol.send('Page.crash').catch(() => undefined) // nobody is left to answer
    for (let at = 0; at < 10; at++) await say(`while it crashed ${at}`)
    await crashing
    await say('after')
    await draws(other.page, texts)
    await eventually(connections, (count) => count === 1)
    await shows(bar(other.page), 0)
    isCalm(other)
  },
)

scene(
  'a second tab shows what the first one is sending, with its picture and what it answers, and draws it once',
  async () => {
    await using app = await openFarApp()
    const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
    const room = await roomWith(bob, [ann], ['who has a picture?'])
    const one = await app.as(ann, `/r/${room}`)
    await said(one.page, 'who has a picture?')
    const other = await one.tab(`/r/${room}`)
    await said(other.page, 'who has a picture?')
    await messages(one.page).getByText('who has a picture?').hover()
    await one.page.getByRole('button', { name: 'Reply' }).click()
    await paste(one.page, 'tea.jpg', Buffer.from(await photo(300, 200, 6)).toString('base64'))
    await one.page.getByText('tea.jpg').waitFor()
    await shows(one.page.getByRole('progressbar'), 0)
    app.line.cut()
    await write(one.page, 'I have')
    for (const { page } of [one, other]) {
      const pending = page.locator('[data-row]:not([data-offset])').filter({ hasText: 'I have' })
      await pending.getByText('tea.jpg').waitFor()
      await pending.getByText('who has a picture?').waitFor()
    }
    app.line.mend()
    for (const { page } of [one, other]) {
      await said(page, 'I have')
      await page.getByRole('button', { name: 'Open the picture tea.jpg' }).waitFor({ timeout: 60_000 })
      await shows(page.locator('[data-row]:not([data-offset])').filter({ hasText: 'I have' }), 0)
    }
    isCalm(one, other)
  },
)

scene('tabs agree on drafts and on what is read, and log out together', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(bob, [ann], ['one', 'two'])
  const list = await app.as(ann, '/')
  await list.page.getByText('2 unread messages').waitFor({ state: 'attached' })
  const one = await list.tab(`/r/${room}`)
  await said(one.page, 'two')
  await shows(list.page.getByText(/unread message/), 0)
  await composer(one.page).fill('half a sen')
  await list.page.getByRole('navigation').getByText('half a sen').waitFor()
  await write(one.page, 'half a sentence')
  await shows(list.page.getByRole('navigation').getByText('half a sen', { exact: true }), 0)
  await list.open('/settings')
  await list.page.getByRole('button', { name: 'Log out' }).click()
  await list.page.getByRole('alertdialog').getByRole('button', { name: 'Log out' }).click()
  for (const { page } of [list, one]) await page.getByText('You are logged out.').waitFor()
  isCalm(list, one)
})

const hasLocks = [true, false] as const
for (const locks of hasLocks)
  scene(`of two tabs one chimes, and none while somebody looks, ${locks ? 'with' : 'without'} locks`, async () => {
    await using app = await openApp()
    const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
    const { room } = await bob.call('rooms.direct', { person: ann.id })
    const one = await app.as(ann, 'about:blank')
    await listenForChimes(one.context)
    if (!locks) await one.context.addInitScript(withoutLocks, moment)
    await one.open('/settings')
    const other = await one.tab('/rooms')
    const pages: readonly Page[] = [one.page, other.page]
    for (const page of pages) await page.getByRole('navigation').first().waitFor({ state: 'attached' })
    await eventually(
      () => app.chat.server.clients(ann.id).length,
      (count) => count === (locks ? 1 : 2),
    )
    const say = (text: string) => bob.call('messages.send', { room, clientId: `${text}-from-bob`, text })
    await say('psst')
    await eventually(
      () => chimes(pages),
      (count) => count > 0,
    )
    await other.open(`/dm/${bob.id}`)
    await said(other.page, 'psst')
    await isLookedAt(other.page)
    await say('look-here')
    await said(other.page, 'look-here')
    await say('and-here')
    await said(other.page, 'and-here')
    for (const page of pages) await page.getByRole('navigation').getByText('and-here').first().waitFor()
    await other.open('/rooms')
    await say('psst-again')
    await eventually(
      () => chimes(pages),
      (count) => count > 1,
    )
    expect(await chimes(pages)).toBe(2)
    isCalm(one, other)
  })

/** As behind plain HTTP. The moment in which tabs hear each other is made longer, for this machine may be busy. */
function withoutLocks(usual: number): void {
  Object.defineProperty(navigator, 'locks', { value: undefined })
  const later = setTimeout
  const stretched = (call: () => void, delay = 0, ...args: []) =>
    later(call, delay === usual ? 10 * usual : delay, ...args)
  Reflect.set(globalThis, 'setTimeout', stretched)
}

/** The page knows which room it shows, and so do the others. */
async function isLookedAt(page: Page): Promise<void> {
  await shows(page.getByText(/unread message/), 0)
  const isHeld = async () =>
    navigator.locks === undefined ||
    (await navigator.locks.query()).held?.some(({ name }) => name?.startsWith('posthouse looks at'))
  await eventually(
    () => page.evaluate(isHeld),
    (is) => is === true,
  )
}
