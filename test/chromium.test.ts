import { expect, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { chromiumPath, openBrowser, takeScreenshot } from './chromium.ts'

test.skipIf(chromiumPath === undefined)('a page is opened, used and photographed in a real browser', async () => {
  using server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response(html, { headers }) })
  await using browser = await openBrowser()
  const page = await browser.newPage({ viewport: { width: 320, height: 240 } })
  await page.goto(server.url.href)
  await page.getByRole('button', { name: '按我' }).click()
  expect(await page.getByRole('status').textContent()).toBe('pressed 1')

  const path = await takeScreenshot(page, 'chromium-test')
  const png = Buffer.from(await Bun.file(path).arrayBuffer())
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  expect(png.readUInt32BE(16)).toBe(320) // the width, in the first chunk of every PNG
  await rm(path)
})

test.skipIf(chromiumPath === undefined)('two browsers share nothing', async () => {
  using server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response(html, { headers }) })
  await using one = await openBrowser()
  await using other = await openBrowser()
  const [pageOfOne, pageOfOther] = await Promise.all([one.newPage(), other.newPage()])
  await Promise.all([pageOfOne.goto(server.url.href), pageOfOther.goto(server.url.href)])
  await pageOfOne.evaluate(() => localStorage.setItem('nickname', 'alice'))
  expect(await pageOfOther.evaluate(() => localStorage.getItem('nickname'))).toBeNull()
})

const headers = { 'Content-Type': 'text/html; charset=utf-8' }
const html = `<!doctype html><button>按我</button><p role="status"></p><script>
  let presses = 0
  document.querySelector('button').onclick = () => { document.querySelector('p').textContent = 'pressed ' + ++presses }
</script>`
