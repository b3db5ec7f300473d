import { expect, test } from 'bun:test'
import { chromiumPath } from '../chromium.ts'
import { isWanted } from '../../web/drive/attention/notifier.ts'
import { openTabs, say, type TabScene, until } from './tab-support.ts'

const withChromium = test.skipIf(chromiumPath === undefined)

test('mentions and direct messages are told, as the room and "do not disturb" allow', () => {
  const told = (kind: 'group' | 'direct', level: 'all' | 'mentions' | 'none', mentioned: boolean, quietUntil = 0) =>
    isWanted({ kind, level }, { mentioned }, quietUntil, 1000)
  expect(told('group', 'all', false)).toBe(false)
  expect(told('group', 'all', true)).toBe(true)
  expect(told('group', 'mentions', true)).toBe(true)
  expect(told('group', 'none', true)).toBe(false)
  expect(told('direct', 'all', false)).toBe(true)
  expect(told('direct', 'mentions', false)).toBe(false)
  expect(told('direct', 'none', true)).toBe(false)
  expect(told('direct', 'all', true, 2000)).toBe(false)
  expect(told('direct', 'all', true, 500)).toBe(true)
})

withChromium(
  'one tab of two tells of a direct message, none while somebody looks; a click leads to the room; the title counts',
  async () => {
    await using scene = await openTabs({ serviceWorkers: true })
    await scene.context.grantPermissions(['notifications'])
    const [one, other] = [await scene.open('/settings/notifications'), await scene.open('/settings/notifications')]
    await one.page.evaluate(countShown)
    await other.page.evaluate(countShown)
    await other.page.evaluate(async () => void (await navigator.serviceWorker.ready))
    const wanted = ({ page }: typeof one) => page.getByRole('switch', { name: 'System notifications' })
    await wanted(other).click()
    for (const tab of [one, other]) await until(() => wanted(tab).isChecked(), 'the wish of both tabs')
    await one.page.getByRole('navigation').getByText('Tea').waitFor()
    const { room } = await scene.bob.call('rooms.direct', { person: scene.ann.id })
    const write = (text: string) =>
      scene.bob.call('messages.send', { room, clientId: `direct-${text.replaceAll(' ', '-')}`, text })
    await write('psst')
    await until(async () => (await shown(scene)).length === 1, 'a notification')
    expect(await shown(scene)).toEqual([{ title: 'Bob', body: 'psst' }])
    const asked = async () => {
      const counts = await Promise.all(
        [one, other].map(({ page }) => page.evaluate(() => Reflect.get(globalThis, 'shown'))),
      )
      return counts.reduce((sum: number, each) => sum + Number(each), 0)
    }
    expect(await asked()).toBe(1)
    for (const { page } of [one, other]) await until(async () => (await page.title()).startsWith('(1) '), 'a count')
    await until(async () => (await one.page.locator('link[data-badge]').count()) === 1, 'a badge on the icon')

    const [worker] = scene.context.serviceWorkers()
    await worker?.evaluate(click)
    await until(() => [one, other].some(({ page }) => page.url().endsWith(`/r/${room}`)), 'the room in a tab')
    await until(async () => !(await one.page.title()).startsWith('('), 'no count once it is read')
    await write('while you look')
    await say(scene, 'nobody is named here')
    await one.page.getByRole('navigation').getByText('nobody is named here').waitFor()
    expect(await asked()).toBe(1)
  },
  300_000,
)

/** Counts what this tab asks the service worker to show. */
function countShown(): void {
  const { prototype } = ServiceWorkerRegistration
  const show = Reflect.get(prototype, 'showNotification') as (...args: unknown[]) => Promise<void>
  Reflect.set(globalThis, 'shown', 0)
  prototype.showNotification = function (...args) {
    Reflect.set(globalThis, 'shown', Number(Reflect.get(globalThis, 'shown')) + 1)
    return show.apply(this, args)
  }
}

/** As a person who clicks the notification that is shown; a headless browser has no place for it on the screen. */
async function click(): Promise<void> {
  const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration }
  const [notification] = await registration.getNotifications()
  const Event = Reflect.get(globalThis, 'NotificationEvent') as new (type: string, init: object) => globalThis.Event
  dispatchEvent(new Event('notificationclick', { notification }))
}

async function shown({ context }: TabScene): Promise<{ title: string; body: string }[]> {
  const [page] = context.pages()
  if (page === undefined) return []
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    return (await registration.getNotifications()).map(({ title, body }) => ({ title, body }))
  })
}
