/** Who looks elsewhere is called for what is meant for them, and is left alone otherwise. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { chromiumPath } from '../chromium.ts'
import { chimes, listenForChimes } from './chimes.ts'
import { eventually, isCalm, openApp, roomWith, said } from './support.ts'

setDefaultTimeout(400_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)

scene(
  'mentions chime and others only count: in the title, on the icon, on the app; not to be disturbed means not',
  async () => {
    await using app = await openApp()
    const [ann, bob] = [await app.chat.enter('Ann'), await app.chat.enter('Bob')]
    const room = await roomWith(bob, [ann], [])
    const other = await roomWith(bob, [ann], ['elsewhere'])
    const hers = await app.as(ann, 'about:blank')
    await listenForChimes(hers.context)
    await hers.context.addInitScript(() => {
      const badges: number[] = []
      Object.assign(globalThis, { badges })
      navigator.setAppBadge = async (count = 0) => void badges.push(count)
      navigator.clearAppBadge = async () => void badges.push(0)
    })
    await hers.open(`/r/${other}`)
    const { page } = hers
    await said(page, 'elsewhere')
    const say = (text: string, to = room) =>
      bob.call('messages.send', { room: to, clientId: `${text.replaceAll(/[^a-z]/g, '-')}-by-bob`, text })
    const counts = (count: number) =>
      eventually(
        () => page.title(),
        (title) => (/^\((\d+)\)/.exec(title)?.[1] ?? '0') === String(count),
      )
    await say('nobody is meant')
    await counts(1)
    expect(await chimes([page])).toBe(0)
    await page.locator('link[data-badge]').waitFor({ state: 'attached' })
    await say('hello @Ann')
    await eventually(
      () => chimes([page]),
      (count) => count === 1,
    )
    await counts(2)
    await say('here you are, @Ann', other) // she looks at it
    await said(page, 'here you are, ')
    await ann.call('quiet.set', { until: app.chat.now() + 3_600_000 })
    await say('are you there, @Ann')
    await counts(3)
    await ann.call('quiet.set', { until: 0 })
    await say('now again, @Ann')
    await eventually(
      () => chimes([page]),
      (count) => count > 1,
    )
    expect(await chimes([page])).toBe(2)
    await page
      .getByRole('navigation')
      .getByRole('link', { name: /now again/ })
      .click()
    await counts(0)
    await page.locator('link[data-badge]').waitFor({ state: 'detached' })
    const badges = await page.evaluate(() => Reflect.get(globalThis, 'badges') as number[])
    expect(badges.slice(-5)).toEqual([1, 2, 3, 4, 0]) // before it, what was there when she came
    isCalm(hers)
  },
)
