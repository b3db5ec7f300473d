/** Nothing that somebody wrote is lost, sent twice, or out of order: not by a reload, a lost network, or a lost server. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { chromiumPath } from '../chromium.ts'
import { startChat } from '../chat/support.ts'
import { temporaryFolder } from '../stores-support.ts'
import {
  allTexts,
  composer,
  cuttable,
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

setDefaultTimeout(800_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)

scene('what is being written outlives a reload, also one right after the last key', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const [tea, other] = [await roomWith(ann, [], ['hello']), await roomWith(ann, [], ['hello'])]
  const visitor = await app.as(ann, `/r/${tea}`)
  const { page } = visitor
  await composer(page).pressSequentially('half a sent')
  await page.reload()
  await eventually(
    () => composer(page).inputValue(),
    (text) => text === 'half a sent',
  )
  await visitor.open(`/r/${other}`)
  expect(await composer(page).inputValue()).toBe('')
  await composer(page).fill('something else')
  await visitor.open(`/r/${tea}`)
  await eventually(
    () => composer(page).inputValue(),
    (text) => text === 'half a sent',
  )
  await write(page, 'half a sentence, and the rest')
  await said(page, 'half a sentence, and the rest')
  await page.reload()
  await said(page, 'half a sentence, and the rest')
  expect(await composer(page).inputValue()).toBe('')
  isCalm(visitor)
})

scene('a draft is there on the other device', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], ['hello'])
  const [phone, desk] = [await app.as(ann, `/r/${room}`), await app.as(ann, `/r/${room}`)]
  await composer(desk.page).waitFor()
  await composer(phone.page).fill('begun on the phone')
  await eventually(
    () => composer(desk.page).inputValue(),
    (text) => text === 'begun on the phone',
  )
  isCalm(phone, desk)
})

scene('what is said without a network waits, also over a reload, and arrives once and in order', async () => {
  await using app = await openApp()
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['hello'])
  const [hers, his] = [await app.as(ann, `/r/${room}`), await app.as(bob, `/r/${room}`)]
  await said(hers.page, 'hello')
  const cut = await cuttable(hers.context)
  await hers.page.reload()
  await said(hers.page, 'hello')
  await cut(true)
  await hers.page.getByText('You are offline').or(hers.page.getByText('Connecting')).first().waitFor()
  const texts = Array.from({ length: 12 }, (_, at) => `said offline ${at}.`)
  for (const text of texts) await write(hers.page, text)
  await said(hers.page, 'said offline', 12)
  await hers.page.reload()
  await cut(false)
  await eventually(
    () => rows(his.page).allInnerTexts(),
    (there) => there.length === 13,
  )
  const there = await rows(his.page).allInnerTexts()
  expect(there.slice(1).map((text) => /said offline \d+\./.exec(text)?.[0])).toEqual(texts)
  await shows(rows(hers.page), 13)
  isCalm(hers, his)
})

scene('a thousand lines sent in a row arrive in order, each once', async () => {
  await using app = await openApp()
  const ann = await app.chat.enter('Ann')
  const room = await roomWith(ann, [], ['hello'])
  const { page, mishaps } = await app.as(ann, `/r/${room}`)
  await said(page, 'hello')
  await composer(page).evaluate((area: HTMLTextAreaElement) => {
    // oxlint-disable-next-line typescript/unbound-method -- called with the element, as React wants it
    const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set
    for (let at = 0; at < 1000; at++) {
      set?.call(area, `line ${at}.`)
      area.dispatchEvent(new InputEvent('input', { bubbles: true }))
      area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
    }
  })
  const last = async () => (await ann.call('rooms.get', { room })).room.last
  await eventually(last, (message) => message !== undefined && message.offset > 50, 120_000)
  await page.reload() // most are on their way
  await eventually(last, (message) => message?.text === 'line 999.', 600_000)
  const texts = await allTexts(ann, room)
  expect(texts.slice(1)).toEqual(Array.from({ length: 1000 }, (_, at) => `line ${at}.`))
  await said(page, 'line 999.')
  expect(mishaps).toEqual([])
})

scene('the server is stopped and started anew while both write, and both go on without a hand', async () => {
  using folder = temporaryFolder()
  await using app = await openApp({ folder: folder.path })
  const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
  const room = await roomWith(ann, [bob], ['hello'])
  const [hers, his] = [await app.as(ann, `/r/${room}`), await app.as(bob, `/r/${room}`)]
  await Promise.all([said(hers.page, 'hello'), said(his.page, 'hello')])
  const { port } = app.chat.server.url
  await app.chat.server.close()
  await Promise.all([write(hers.page, 'from Ann, into the dark'), write(his.page, 'from Bob, into the dark')])
  await said(hers.page, 'from Ann, into the dark')
  await using _again = await startChat({
    folder: folder.path,
    server: { http_server: { address: '127.0.0.1', port: Number(port) } },
  })
  for (const { page } of [hers, his])
    for (const text of ['from Ann, into the dark', 'from Bob, into the dark', 'hello']) await said(page, text)
  await shows(rows(hers.page), 3)
  await shows(messages(his.page), 1)
  isCalm(hers, his)
})
