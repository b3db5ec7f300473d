import { expect, test } from 'bun:test'
import { chromiumPath } from '../chromium.ts'
import { openTabs, until } from './tab-support.ts'

const withChromium = test.skipIf(chromiumPath === undefined)

withChromium(
  'what another app shares goes into the draft of the room that is chosen, with its files, and is not sent by itself',
  async () => {
    await using scene = await openTabs({ serviceWorkers: true })
    const { page, errors } = await scene.open('/')
    await page.evaluate(async () => void (await navigator.serviceWorker.ready))
    await page.reload() // the first load of all is not the service worker's yet
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    await page.evaluate(share)
    await page.waitForURL('**/share')
    await page.getByRole('main').getByRole('button', { name: 'Tea' }).click()
    await page.waitForURL(`**/r/${scene.room}`)
    const box = page.getByRole('textbox', { name: 'Message to Tea' })
    await until(async () => (await box.inputValue()).includes('https://example.org/'), 'the text in the draft')
    expect(await box.inputValue()).toBe('A page\nhttps://example.org/')
    await page.getByText('note.txt').first().waitFor()
    expect((await scene.bob.call('messages.page', { room: scene.room })).messages).toEqual([])
    expect(await page.evaluate(() => caches.has('posthouse-share'))).toBe(false)
    expect(errors).toEqual([])
  },
  300_000,
)

/** As the system does it for an app that is installed: by a form, sent by POST. */
function share(): void {
  const form = document.createElement('form')
  Object.assign(form, { action: '/share', method: 'POST', enctype: 'multipart/form-data' })
  const add = (name: string, value: string) => {
    const field = document.createElement('input')
    Object.assign(field, { name, value })
    form.append(field)
  }
  add('title', 'A page')
  add('url', 'https://example.org/')
  const files = document.createElement('input')
  Object.assign(files, { name: 'files', type: 'file' })
  const carrier = new DataTransfer()
  carrier.items.add(new File(['hello'], 'note.txt', { type: 'text/plain' }))
  files.files = carrier.files
  form.append(files)
  document.body.append(form)
  form.submit()
}
