import { expect, test } from 'bun:test'
import { chromiumPath } from '../chromium.ts'
import { count, openTabs, say, until } from './tab-support.ts'

const withChromium = test.skipIf(chromiumPath === undefined)

withChromium(
  'without a network the app opens with the last rooms; what is written goes out when there is one, without a reload',
  async () => {
    await using scene = await openTabs({ serviceWorkers: true })
    await say(scene, 'kept')
    const { page } = await scene.open()
    await until(async () => (await count(page, 'kept')) === 1, 'a message')
    await page.evaluate(async () => void (await navigator.serviceWorker.ready))
    await until(() => page.evaluate(hasKept, scene.ann.id), 'a kept page')
    await page.close()
    await scene.context.setOffline(true)
    const again = await scene.open()
    await until(async () => (await count(again.page, 'kept')) === 1, 'the kept message')
    await again.page.getByRole('navigation').getByText('Tea').waitFor()
    await again.page.getByRole('status').getByText('offline', { exact: false }).first().waitFor()
    await again.page.getByRole('textbox').last().fill('written offline')
    await again.page.getByRole('textbox').last().press('Enter')
    await say(scene, 'said meanwhile')
    expect(await count(again.page, 'said meanwhile')).toBe(0)
    await scene.context.setOffline(false)
    await until(async () => (await count(again.page, 'said meanwhile')) === 1, 'what was said meanwhile')
    const texts = async () =>
      (await scene.bob.call('messages.page', { room: scene.room })).messages.map(({ text }) => text)
    await until(async () => (await texts()).includes('written offline'), 'what was written')
    expect(await texts()).toEqual(['kept', 'said meanwhile', 'written offline'])
    await until(async () => (await count(again.page, 'written offline')) === 1, 'it stands there once')
    expect(again.errors).toEqual([])
  },
  300_000,
)

withChromium(
  'after a logout nothing that was kept is left',
  async () => {
    await using scene = await openTabs({ serviceWorkers: true })
    await say(scene, 'kept')
    const { page } = await scene.open()
    await until(async () => (await count(page, 'kept')) === 1, 'a message')
    await until(() => page.evaluate(hasKept, scene.ann.id), 'a kept page')
    const other = await scene.open('/settings')
    await other.page.getByRole('button', { name: 'Log out' }).click()
    await other.page.getByRole('alertdialog').getByRole('button', { name: 'Log out' }).click()
    await until(
      () =>
        page.evaluate(
          async () => (await indexedDB.databases()).length === 0 && localStorage.getItem('posthouse.me') === null,
        ),
      'nothing',
    )
  },
  300_000,
)

function hasKept(person: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = indexedDB.open(`posthouse ${person} kept`)
    request.addEventListener('success', () => {
      const found = request.result.transaction('kept').objectStore('kept').getAllKeys()
      found.addEventListener('success', () => {
        request.result.close()
        resolve(found.result.length >= 2)
      })
    })
  })
}
