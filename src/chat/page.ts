/**
 * Serves the page. Everything is answered from memory by exact name, so no
 * path can lead out of it. Files whose name carries their hash never change
 * and are cached for good; the page itself is asked for each time and answered
 * with 304 while it is the same.
 *
 * The headers say what the page needs and forbid the rest: should a name or a
 * text ever become markup, it still can't run, load or send anything.
 */
import { assets, type Asset } from './bundle.ts'
import { isText } from './codings.ts'

type Handler = (request: Request) => Promise<Response>

export interface Page {
  readonly routes: Readonly<Record<string, Handler>>
  /** Makes the files now, so that the first visitor does not wait for it. Call it once the server listens. */
  readonly warm: () => void
}

/** @param report is told when the page cannot be made; the next request tries again */
export function page(report: (error: unknown) => void): Page {
  let made: Promise<Map<string, Served>> | undefined
  const files = (): Promise<Map<string, Served>> => (made ??= make())
  const warm = (): void =>
    void files().catch((error: unknown) => {
      made = undefined
      report(error)
    })
  const serve: Handler = async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return plain(405, 'This can only be read.', { allow: 'GET, HEAD' })
    warm()
    try {
      const { pathname } = new URL(request.url)
      const served = (await files()).get(fileOf(pathname))
      return served === undefined ? plain(404, 'There is no such page.') : respond(request, served)
    } catch {
      return plain(503, 'The page could not be made. The log of the server says why.')
    }
  }
  return { routes: Object.fromEntries([...appPages, ...loaded].map((path) => [path, serve])), warm }
}

/** Views of the app, which tells them apart itself: each is answered with the app. */
const appPages = ['/', '/r/*', '/dm/*', '/i/*', '/rooms', '/new', '/search', '/share', '/settings', '/settings/*']
const loaded = ['/assets/*', '/icons/*', '/manifest.webmanifest', '/sw.js']

function fileOf(path: string): string {
  const isView = appPages.some((each) => (each.endsWith('*') ? path.startsWith(each.slice(0, -1)) : path === each))
  return isView ? '/app.html' : path
}

interface Served {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The same by content coding, the smallest first. */
  readonly codings: readonly { readonly coding: string; readonly bytes: Uint8Array<ArrayBuffer> }[]
  readonly headers: Readonly<Record<string, string>>
}

async function make(): Promise<Map<string, Served>> {
  return new Map((await assets()).map((asset) => [asset.path, prepare(asset)]))
}

function prepare({ path, type, bytes, coded }: Asset): Served {
  // Weak (RFC 9110, section 8.8.1): one tag for the bytes with and without compression.
  const etag = `W/"${new Bun.CryptoHasher('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
  const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
  return {
    bytes,
    codings: isText(type) ? codingsOf(bytes, coded) : [],
    headers: {
      ...(path === '/app.html' ? allowing(bytes) : safety),
      'content-type': type,
      'cache-control': cache,
      etag,
      vary: 'accept-encoding',
    },
  }
}

/** What was made beforehand; a checkout, which makes the files when it starts, takes no time for the best. */
function codingsOf(bytes: Asset['bytes'], coded: Asset['coded']): Served['codings'] {
  if (coded === undefined) return [{ coding: 'gzip', bytes: Bun.gzipSync(bytes) }]
  return Array.from(coded, ([coding, smaller]) => ({ coding, bytes: smaller }))
}

/** What the page has inline may run, by its hash (CSP 3, section 2.3.1), and nothing else. */
function allowing(html: Uint8Array<ArrayBuffer>): Readonly<Record<string, string>> {
  const scripts = Array.from(
    new TextDecoder().decode(html).matchAll(/<script>(.*?)<\/script>/gs),
    ([, text = '']) => text,
  )
  const hashes = scripts.map((text) => ` 'sha256-${new Bun.CryptoHasher('sha256').update(text).digest('base64')}'`)
  const { 'content-security-policy': policy = '' } = safety
  return { ...safety, 'content-security-policy': policy.replace(own, own + hashes.join('')) }
}

function respond(request: Request, { bytes, codings, headers }: Served): Response {
  const { etag = '' } = headers
  if (request.headers.get('if-none-match')?.includes(etag)) return new Response(null, { status: 304, headers })
  const accepted = request.headers.get('accept-encoding') ?? ''
  const chosen = codings.find(({ coding }) => takes(accepted, coding))
  if (chosen === undefined) return new Response(bytes, { headers })
  return new Response(chosen.bytes, { headers: { ...headers, 'content-encoding': chosen.coding } })
}

/** RFC 9110, section 12.5.3: a coding with a weight of zero is one that is not taken. */
function takes(accepted: string, coding: string): boolean {
  const weight = new RegExp(`(?:^|,)\\s*(?:${coding}|\\*)\\s*(?:;\\s*q=([\\d.]+))?\\s*(?:,|$)`, 'i').exec(accepted)
  return weight !== null && Number(weight[1] ?? 1) > 0
}

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { ...safety, 'content-type': 'text/plain;charset=utf-8', ...headers },
  })
}

const own = "script-src 'self'"

// 'self' covers the WebSocket to the page's own host (CSP 3, section 6.7.2.8).
export const safety: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    own,
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types posthouse', // for the service worker; see web/lib/trusted.ts
  ].join('; '),
  'permissions-policy': 'camera=(), geolocation=(), microphone=(self)',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}
