/** Serves the gallery: every screen of the app with made-up data, under the headers that the app has. */
import type { Page } from 'playwright-core'
import { build } from '../src/chat/bundle.ts'
import { safety } from '../src/chat/page.ts'
import type { Screen } from '../web/gallery/screens.ts'

export interface Gallery extends AsyncDisposable {
  address(screen: string, options?: { readonly theme?: 'light' | 'dark'; readonly language?: 'en' | 'zh' }): string
}

export async function openGallery(): Promise<Gallery> {
  const files = new Map((await build('gallery/gallery.html')).map((asset) => [asset.path, asset]))
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname.startsWith('/files/')) return picture(pathname)
      const { bytes, type } = files.get(pathname) ?? files.get('/gallery.html') ?? { bytes: '', type: 'text/plain' }
      return new Response(bytes, { headers: { ...safety, 'content-type': type } })
    },
  })
  return {
    address: (screen, { theme = 'light', language = 'en' } = {}) =>
      new URL(`/#${new URLSearchParams({ screen, theme, language }).toString()}`, server.url).href,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

/** Opens a screen and presses what it says; resolves when it is drawn. */
export async function showScreen(page: Page, address: string, { press = [] }: Screen): Promise<void> {
  await page.goto(address)
  await drawn(page)
  for (const { on, how, type } of press) {
    const target = page.locator(on).first()
    if (how === 'hover') await target.hover()
    else await target.click({ button: how === 'context' ? 'right' : 'left' })
    if (type !== undefined) await target.pressSequentially(type)
    await page.waitForTimeout(350) // what floats is fetched, and comes in
  }
  await drawn(page)
}

async function drawn(page: Page): Promise<void> {
  await page.locator('#root main >> visible=true').first().waitFor()
  await page.waitForFunction(() =>
    Array.from(document.images).every(({ complete, loading }) => complete || loading === 'lazy'),
  )
  await page.waitForTimeout(200) // parts that are fetched when they are first shown
}

/** Hills in the mist, other ones for each name. */
function picture(path: string): Response {
  const seed = Number(Bun.hash(path.split('/')[2] ?? '') % 360n)
  const hills = Array.from({ length: 4 }, (_, index) => {
    const top = 180 + index * 90
    const curve = `M0 ${top} Q ${150 + ((seed * (index + 3)) % 200)} ${top - 110} 400 ${top - 20} T 800 ${top - 40} V600H0z`
    return `<path d="${curve}" fill="hsl(${seed + index * 14} 28% ${68 - index * 14}%)"/>`
  })
  const sky = `<rect width="800" height="600" fill="hsl(${seed} 45% 88%)"/><circle cx="600" cy="120" r="44" fill="#fff8"/>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 600" preserveAspectRatio="xMidYMid slice">${sky}${hills.join('')}</svg>`
  return new Response(svg, { headers: { 'content-type': 'image/svg+xml' } })
}
