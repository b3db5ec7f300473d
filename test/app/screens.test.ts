/** Pictures, from the clipboard to the other side; and every main screen, for those who hear or type instead of look and point. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../chromium.ts'
import { photo } from '../files-support.ts'
import { paste } from './clipboard.ts'
import { composer, eventually, isCalm, openApp, roomWith, rows, said, shows } from './support.ts'

setDefaultTimeout(400_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)

scene('a picture that is pasted is shown before it is sent, goes up, and is seen by the others', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['hello'])
  const [hers, his] = [await app.as(ann, `/r/${room}`), await app.as(bob, `/r/${room}`)]
  await Promise.all([said(hers.page, 'hello'), said(his.page, 'hello')])
  const picture = Buffer.from(await photo(900, 600, 6)).toString('base64')
  // It is sent while it still goes up: the message waits for it.
  const sent = Promise.withResolvers<void>()
  await hers.page.route('**/api/chat/files?*', async (route) => {
    await sent.promise
    await route.continue()
  })
  await paste(hers.page, 'tea.jpg', picture)
  await hers.page.getByRole('list', { name: 'Files' }).getByText('tea.jpg').waitFor()
  await hers.page.getByRole('progressbar', { name: 'Uploading tea.jpg' }).waitFor()
  await composer(hers.page).fill('look at this')
  await composer(hers.page).press('Enter')
  await said(hers.page, 'look at this')
  sent.resolve()
  await said(his.page, 'look at this')
  await shows(rows(hers.page), 2)
  for (const { page } of [hers, his]) {
    const image = page.getByRole('button', { name: 'Open the picture tea.jpg' }).getByRole('img')
    await eventually(
      () => image.evaluate((element: HTMLImageElement) => element.naturalWidth),
      (width) => width > 0,
    )
  }
  await his.page.getByRole('button', { name: 'Open the picture tea.jpg' }).click()
  await his.page.getByRole('dialog').getByRole('img').first().waitFor()
  isCalm(hers, his)
})

scene('no main screen has a flaw that axe finds, light and dark', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['hello', '**bold** and `code`', '- a\n- list', '```js\nlet a = 1\n```'])
  await bob.call('messages.send', { room, clientId: 'an-answer', text: 'an answer', reply: 2 })
  await bob.call('messages.react', { room, offset: 2, emoji: '👍', on: true })
  const stranger = await app.visit('/', { colorScheme: 'dark' })
  await stranger.page.getByRole('button', { name: 'Come in' }).waitFor()
  const flaws: Record<string, unknown> = { welcome: await flawsOf(stranger.page) }
  for (const colorScheme of ['light', 'dark'] as const) {
    const visitor = await app.as(ann, '/', { colorScheme, reducedMotion: 'reduce' })
    for (const path of screens(room)) {
      await visitor.open(path)
      await visitor.page.getByRole('navigation').first().waitFor({ state: 'attached' })
      await shows(visitor.page.getByText(/^Loading/), 0)
      await Bun.sleep(300) // for what is loaded late
      flaws[`${path} ${colorScheme}`] = await flawsOf(visitor.page)
    }
    isCalm(visitor)
  }
  expect(Object.entries(flaws).filter(([, found]) => JSON.stringify(found) !== '[]')).toEqual([])
})

const screens = (room: string): string[] => [
  '/',
  '/rooms',
  '/new',
  '/search?q=hello',
  `/r/${room}`,
  ...['', '/members', '/invitations', '/pins', '/files', '/edit', '/moderation'].map(
    (page) => `/r/${room}/details${page}`,
  ),
  ...['', '/profile', '/sessions', '/appearance', '/notifications', '/privacy'].map((page) => `/settings${page}`),
  '/r/nosuchroomatall1',
]

async function flawsOf(page: Page): Promise<unknown> {
  // Not as an element of the page, whose policy forbids foreign scripts.
  await page.evaluate(await Bun.file(Bun.resolveSync('axe-core/axe.min.js', import.meta.dir)).text())
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<{ violations: Violation[] }> } }
    interface Violation {
      id: string
      nodes: { html: string }[]
    }
    const { violations } = await axe.run()
    return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html.slice(0, 200)) }))
  })
}
