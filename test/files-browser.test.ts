/** Files in a real browser: sent with progress, gone on with after a break, shown, heard of, and never run. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { chromiumPath, openBrowser } from './chromium.ts'
import { startFiles } from './files-server.ts'
import { photo } from './files-support.ts'
import { temporaryFolder } from './stores-support.ts'

setDefaultTimeout(60_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)

/** As a page does it: what was sent is told on the way, and what a break leaves is asked for. */
const sendInBrowser = async ({ size, breakAt }: { size: number; breakAt: number }) => {
  const data = new Uint8Array(size).map((_, at) => (at * 31 + (at >> 8)) & 255)
  const begun = await fetch('/api/chat/files?name=film.bin', {
    method: 'POST',
    headers: { 'Upload-Complete': '?0', 'Upload-Length': String(size) },
  })
  const path = begun.headers.get('location') ?? ''
  const progress: number[] = []
  const send = (from: number, breakAfter: number) =>
    new Promise<number>((resolve) => {
      const request = new XMLHttpRequest()
      request.upload.addEventListener('progress', ({ loaded }) => {
        progress.push(from + loaded)
        if (loaded >= breakAfter) request.abort()
      })
      request.addEventListener('loadend', () => resolve(request.status))
      request.open('PATCH', path)
      request.setRequestHeader('Upload-Offset', String(from))
      request.setRequestHeader('Upload-Complete', '?1')
      request.setRequestHeader('Content-Type', 'application/partial-upload')
      request.send(data.subarray(from))
    })
  const broken = await send(0, breakAt)
  const reached = Number((await fetch(path, { method: 'HEAD' })).headers.get('upload-offset'))
  const status = await send(reached, Infinity)
  const { id } = (await (await fetch(path)).json()) as { id: string }
  const got = new Uint8Array(await (await fetch(`/files/${id}`)).arrayBuffer())
  const isSame = got.length === size && got.every((byte, at) => byte === data[at])
  return { broken, reached, status, isSame, progress }
}

scene('a file is sent with progress, and goes on where a break left it', async () => {
  using folder = temporaryFolder()
  await using server = await startFiles(folder.path)
  await using browser = await openBrowser()
  const page = await (await browser.newContext()).newPage()
  await page.context().addCookies([{ name: 'user', value: 'alice', url: server.url }])
  await page.goto(server.url)
  const network = await page.context().newCDPSession(page)
  const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 4_000_000 }
  await network.send('Network.emulateNetworkConditions', conditions) // a loopback sends all of it before the first event
  const size = 6_000_000
  const { broken, reached, status, isSame, progress } = await page.evaluate(sendInBrowser, {
    size,
    breakAt: 1_000_000,
  })
  expect([broken, status, isSame]).toEqual([0, 200, true])
  expect(reached).toBeWithin(1, size)
  expect(progress.length).toBeGreaterThan(3)
  expect(progress.at(-1)).toBe(size)
})

scene('a page is told what is wrong with what it sends, though nobody reads on', async () => {
  using folder = temporaryFolder()
  await using server = await startFiles(folder.path, { limits: { fileBytes: 1_000_000 } })
  await using browser = await openBrowser()
  const page = await (await browser.newContext()).newPage()
  await page.context().addCookies([{ name: 'user', value: 'alice', url: server.url }])
  await page.goto(server.url)
  const statuses = await page.evaluate(async () => {
    const send = async () =>
      (await fetch('/api/chat/files', { method: 'POST', body: new Uint8Array(30_000_000) })).status
    return [await send(), await send(), await send()]
  })
  expect(statuses).toEqual([413, 413, 413])
})

scene('pictures are shown the right way up, and nothing that people send is run', async () => {
  using folder = temporaryFolder()
  await using server = await startFiles(folder.path)
  await using browser = await openBrowser()
  const context = await browser.newContext()
  await context.addCookies([{ name: 'user', value: 'alice', url: server.url }])
  const page = await context.newPage()
  const send = async (body: Uint8Array, name: string): Promise<string> => {
    const response = await fetch(`${server.url}/api/chat/files?name=${name}`, {
      method: 'POST',
      headers: { 'x-user': 'alice' },
      body: Uint8Array.from(body),
    })
    return ((await response.json()) as { id: string }).id
  }
  const script = '<!doctype html><script>document.title = "run"; fetch("/?run")</script>'
  const picture = await send(await photo(90, 60, 6, script), 'photo.html')
  const html = await send(new TextEncoder().encode(script), 'photo.jpg')
  const svg = await send(
    new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="run"</script></svg>'),
    'a.svg',
  )

  await page.goto(server.url)
  const sizes = await page.evaluate(
    async (paths) => {
      const load = async (path: string) => {
        const image = new Image()
        image.src = path
        await image.decode().catch(() => undefined)
        return [image.naturalWidth, image.naturalHeight]
      }
      return Promise.all(paths.map(load))
    },
    [`/files/${picture}`, `/files/${picture}/thumbnail`, `/files/${svg}`],
  )
  expect(sizes).toEqual([
    [60, 90],
    [60, 90],
    [0, 0],
  ])

  await page.goto(`${server.url}/files/${picture}`)
  expect(await page.title()).not.toBe('run')
  for (const id of [html, svg]) {
    const download = page.waitForEvent('download')
    await page.goto(`${server.url}/files/${id}`).catch(() => undefined) // it does not go there, it saves
    expect((await download).suggestedFilename()).toBe(id === html ? 'photo.jpg' : 'a.svg')
  }

  // Taken as a script or a style, or put into a frame, it is refused as well.
  await page.goto(server.url)
  const ran = await page.evaluate(async (path) => {
    const outcome = (element: HTMLElement) =>
      new Promise<string>((resolve) => {
        element.addEventListener('load', () => resolve('load'))
        element.addEventListener('error', () => resolve('error'))
        document.body.append(element)
      })
    const programme = Object.assign(document.createElement('script'), { src: path })
    const style = Object.assign(document.createElement('link'), { href: path, rel: 'stylesheet' })
    return Promise.all([outcome(programme), outcome(style)])
  }, `/files/${html}`)
  expect(ran).toEqual(['error', 'error'])
})
