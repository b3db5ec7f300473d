import { expect, test } from 'bun:test'
import { chromiumPath } from '../chromium.ts'
import { count, openTabs, say, until } from './tab-support.ts'

const withChromium = test.skipIf(chromiumPath === undefined)

withChromium(
  'two tabs have one connection; when the tab that has it closes, the other goes on without loss or repetition',
  async () => {
    await using scene = await openTabs()
    const one = await scene.open()
    await until(() => one.sockets() === 1, 'a connection')
    const other = await scene.open()
    await say(scene, 'to both')
    for (const { page } of [one, other])
      await until(async () => (await count(page, 'to both')) === 1, 'a message in both')
    expect([one.sockets(), other.sockets()]).toEqual([1, 0])
    const said = Promise.all(Array.from({ length: 30 }, (_, each) => say(scene, `line ${each}`)))
    await one.page.close()
    await said
    await until(() => other.sockets() === 1, 'a connection of the other')
    await say(scene, 'after')
    await until(async () => (await count(other.page, 'after')) === 1, 'a message after')
    for (let each = 0; each < 30; each++) expect(await count(other.page, `line ${each}`)).toBe(1)
    expect([...one.errors, ...other.errors]).toEqual([])
  },
  300_000,
)

withChromium(
  'a tab that hangs, and one that is frozen, loses the lead; when it runs again it has all that was said',
  async () => {
    await using scene = await openTabs()
    const one = await scene.open()
    await until(() => one.sockets() === 1, 'a connection')
    const other = await scene.open()
    await say(scene, 'first')
    await until(async () => (await count(other.page, 'first')) === 1, 'the first')
    const hangs = one.page.evaluate(() => {
      for (const end = performance.now() + 14_000; performance.now() < end;);
    })
    await Bun.sleep(200)
    await other.page.evaluate(() => dispatchEvent(new Event('online')))
    await until(() => other.sockets() === 1, 'a connection of the other')
    await say(scene, 'while it hung')
    await until(async () => (await count(other.page, 'while it hung')) === 1, 'a message meanwhile')
    await hangs
    await until(async () => (await count(one.page, 'while it hung')) === 1, 'that message in the one that hung')
    await until(() => one.sockets() === 0, 'one connection')

    // A browser freezes only what is hidden, which a headless one has not: the page hears what it would hear.
    await other.page.evaluate(() => document.dispatchEvent(new Event('freeze')))
    await until(() => one.sockets() === 1, 'a connection of the one that is not frozen')
    await say(scene, 'while it was frozen')
    await until(async () => (await count(one.page, 'while it was frozen')) === 1, 'a message')
    expect(await count(other.page, 'while it was frozen')).toBe(0)
    await other.page.evaluate(() => document.dispatchEvent(new Event('resume')))
    await until(async () => (await count(other.page, 'while it was frozen')) === 1, 'that message in both')
    expect(one.sockets() + other.sockets()).toBe(1)
  },
  300_000,
)

withChromium(
  'what is written offline in one tab is seen in the other, and goes out once when there is a network',
  async () => {
    await using scene = await openTabs()
    const one = await scene.open()
    await until(() => one.sockets() === 1, 'a connection')
    const other = await scene.open()
    await say(scene, 'before')
    for (const { page } of [one, other]) await until(async () => (await count(page, 'before')) === 1, 'the first')
    await scene.context.setOffline(true)
    for (const [page, text] of [
      [other.page, 'from the other'],
      [one.page, 'from the one'],
    ] as const) {
      await page.getByRole('textbox').last().fill(text)
      await page.getByRole('textbox').last().press('Enter')
    }
    for (const text of ['from the other', 'from the one'])
      for (const { page } of [one, other]) await until(async () => (await count(page, text)) === 1, `${text} in both`)
    await one.page.close()
    await scene.context.setOffline(false)
    const texts = async () =>
      (await scene.bob.call('messages.page', { room: scene.room })).messages.map(({ text }) => text).slice(1)
    await until(async () => (await texts()).length === 2, 'both sent')
    expect(await texts()).toEqual(['from the other', 'from the one'])
    await until(async () => (await count(other.page, 'from the one')) === 1, 'it stands there once')
    expect(other.errors).toEqual([])
  },
  300_000,
)

withChromium(
  'who logs out in one tab is out in all, and who comes in is in everywhere',
  async () => {
    await using scene = await openTabs()
    const [one, other] = [await scene.open('/'), await scene.open('/settings')]
    await until(() => one.sockets() === 1, 'a connection')
    await other.page.getByRole('button', { name: 'Log out' }).click()
    await other.page.getByRole('alertdialog').getByRole('button', { name: 'Log out' }).click()
    for (const { page } of [one, other]) await page.getByRole('textbox').first().waitFor()
    await until(() => one.sockets() + other.sockets() === 0, 'no connection')
    await one.page.getByRole('textbox').first().fill('Ann the second')
    await one.page.getByRole('textbox').first().press('Enter')
    for (const { page } of [one, other]) await page.getByRole('navigation').first().waitFor()
    await until(() => one.sockets() + other.sockets() === 1, 'one connection')
  },
  300_000,
)
