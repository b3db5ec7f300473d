/** Networks as they are: gone, silent, or away while the page slept. The app says so, keeps all, and goes on by itself. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { chromiumPath } from '../chromium.ts'
import { areKept, isInstalled, openFarApp } from './far.ts'
import { allTexts, bar, composer, draws, eventually, isCalm, roomWith, said, shows, write } from './support.ts'

setDefaultTimeout(400_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)
/** The connection is tried anew less and less often. In milliseconds. */
const untilTried = 60_000
const isOffline = /You are offline|Connecting/

scene(
  'with the network cut the app opens with its rooms, and what is written waits, in order, over reloads',
  async () => {
    await using app = await openFarApp()
    const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
    const tea = await roomWith(ann, [bob], ['tea is ready', 'come'])
    const { room: news } = await ann.call('rooms.create', { kind: 'group', name: 'News', members: [bob.id] })
    await bob.call('messages.send', { room: news, clientId: 'the-news', text: 'no news' })
    const hers = await app.as(ann, `/r/${news}`)
    const { page } = hers
    await isInstalled(hers)
    await said(page, 'no news')
    await areKept(hers, ann.id, [news])
    await hers.open(`/r/${tea}`)
    await said(page, 'come')
    await areKept(hers, ann.id, [tea])

    app.line.cut()
    await bar(page).getByText(isOffline).waitFor()
    await write(page, 'offline 0.')
    await page.reload()
    await said(page, 'tea is ready')
    await said(page, 'offline 0.')
    await bar(page).getByText(isOffline).waitFor()
    await write(page, 'offline 1.')
    await write(page, 'offline 2.')
    await page.getByRole('navigation').getByRole('link', { name: /News/ }).click()
    await said(page, 'no news')
    await write(page, 'the news from Ann')
    await composer(page).fill('half a sen')
    await page.reload()
    await said(page, 'the news from Ann')
    expect(await composer(page).inputValue()).toBe('half a sen')
    await bob.call('messages.send', { room: tea, clientId: 'meanwhile', text: 'where is she?' })

    app.line.mend()
    await draws(page, ['no news', 'the news from Ann'], untilTried)
    await shows(bar(page), 0)
    expect(await composer(page).inputValue()).toBe('half a sen')
    await page.getByRole('navigation').getByRole('link', { name: /Tea/ }).click()
    const inOrder = ['tea is ready', 'come', 'where is she?', 'offline 0.', 'offline 1.', 'offline 2.']
    await draws(page, inOrder)
    expect(await allTexts(bob, tea)).toEqual(inOrder)
    isCalm(hers)
  },
)

scene(
  'a network that swallows everything without a word is found out by the pings, and left when there is a better one',
  async () => {
    await using app = await openFarApp({ server: { client: { ping_interval: '2s', pong_timeout: '1s' } } })
    const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
    const room = await roomWith(ann, [bob], ['hello'])
    const hers = await app.as(ann, `/r/${room}`)
    const { page } = hers
    await said(page, 'hello')
    await areKept(hers, ann.id, [room]) // by who is connected: before that, nobody pings
    app.line.swallow()
    await bar(page).getByText(isOffline).waitFor({ timeout: untilTried })
    await bob.call('messages.send', { room, clientId: 'meanwhile', text: 'can you hear me?' })
    await write(page, 'I cannot')
    app.line.mend()
    await draws(page, ['hello', 'can you hear me?', 'I cannot'], untilTried)
    await shows(bar(page), 0)
    isCalm(hers)
  },
)

scene(
  'where a message is not answered, nobody waits for the next ping to find that the network is silent',
  async () => {
    await using app = await openFarApp({ server: { client: { ping_interval: '5m', pong_timeout: '1m' } } })
    const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
    const room = await roomWith(ann, [bob], ['hello'])
    const hers = await app.as(ann, `/r/${room}`)
    const { page } = hers
    await isInstalled(hers)
    await said(page, 'hello')
    await areKept(hers, ann.id, [room])
    app.line.swallow()
    await write(page, 'is anybody there?')
    await bar(page).getByText(isOffline).waitFor({ timeout: untilTried })
    await page.reload() // into the silence
    await said(page, 'hello')
    await said(page, 'is anybody there?')
    app.line.mend()
    await draws(page, ['hello', 'is anybody there?'], untilTried)
    await eventually(
      () => allTexts(bob, room),
      (texts) => texts.length === 2,
    )
    await shows(bar(page), 0)
    isCalm(hers)
  },
)

scene(
  'a page that was frozen is current when it wakes, without a reload, also if its connection died meanwhile',
  async () => {
    await using app = await openFarApp()
    const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
    const room = await roomWith(ann, [bob], ['hello'])
    const hers = await app.as(ann, `/r/${room}`)
    const { page } = hers
    await said(page, 'hello')
    await page.evaluate(() => Reflect.set(globalThis, 'isTheSame', true))
    await composer(page).fill('half a sen')
    const protocol = await hers.context.newCDPSession(page)
    const texts = ['hello']
    for (const isCut of [false, true]) {
      await protocol.send('Page.setWebLifecycleState', { state: 'frozen' })
      if (isCut) app.line.cut()
      for (const text of [`asleep? ${isCut}`, `she sleeps ${isCut}`]) {
        await bob.call('messages.send', { room, clientId: `meanwhile-${texts.length}`, text })
        texts.push(text)
      }
      app.line.mend()
      await protocol.send('Page.setWebLifecycleState', { state: 'active' })
      await draws(page, texts)
      await shows(bar(page), 0)
    }
    expect(await page.evaluate(() => Reflect.get(globalThis, 'isTheSame'))).toBe(true)
    expect(await composer(page).inputValue()).toBe('half a sen')
    isCalm(hers)
  },
)
