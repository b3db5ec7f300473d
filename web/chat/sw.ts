/**
 * The service worker: opens the app where there is no network. It keeps what
 * the app is made of, and nothing that people said; of the largest parts, those
 * that were used.
 *
 * A page is asked of the server first, so that nobody sees yesterday's while
 * there is a connection; files whose name carries their hash come from the
 * cache. A new version takes over when the last tab of the old one is closed:
 * until then the old one's parts, loaded late, must still be found.
 *
 * Place for push messages: a listener of `push` here, which shows what
 * `drive/attention/notifier.ts` shows, with the same `data`.
 */
interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface NotificationEvent extends WorkerEvent {
  readonly notification: Notification
}
interface Tab {
  readonly url: string
  focus(): Promise<unknown>
  postMessage(message: unknown): void
}
interface WorkerScope {
  readonly clients: {
    matchAll(options: { readonly type: 'window'; readonly includeUncontrolled: boolean }): Promise<readonly Tab[]>
    openWindow(path: string): Promise<unknown>
  }
}
interface FetchEvent extends WorkerEvent {
  readonly request: Request
  respondWith(response: Promise<Response>): void
}

/** Put there by the bundler: every file of the app, and its version where the name has no hash. */
declare const shellFiles: readonly (readonly [path: string, version: string])[]

const shellPath = '/' // every view is answered with the same page
const prefix = 'posthouse-app-'
const patience = 4000 // a network that does not answer in so many milliseconds is none

/** All emoji with their names, in each language: more than half of all bytes, of which most people need the one half or none. */
const isLarge = (path: string): boolean => path.startsWith('/assets/data-')
const wanted = shellFiles.map(([path]) => path).filter((path) => path.startsWith('/assets/') && !isLarge(path))
const cacheName = prefix + fingerprint(JSON.stringify(shellFiles))

addEventListener('install', (event) => (event as WorkerEvent).waitUntil(keep()))
addEventListener('activate', (event) => (event as WorkerEvent).waitUntil(forgetOthers()))
addEventListener('fetch', (event) => {
  const { request } = event as FetchEvent
  const { origin, pathname } = new URL(request.url)
  if (request.method === 'POST' && origin === location.origin && pathname === '/share')
    return (event as FetchEvent).respondWith(putAside(request))
  if (request.method !== 'GET' || origin !== location.origin) return
  if (pathname.startsWith('/assets/')) (event as FetchEvent).respondWith(file(request))
  else if (request.mode === 'navigate' && isView(pathname)) (event as FetchEvent).respondWith(view(request))
})

addEventListener('notificationclick', (event) => {
  const { notification } = event as NotificationEvent
  notification.close()
  ;(event as NotificationEvent).waitUntil(show(notification.data))
})

/** In a tab that is there already, if there is one. */
async function show(data: unknown): Promise<void> {
  const path = typeof data === 'object' && data !== null && 'path' in data ? String(data.path) : '/'
  const { clients } = globalThis as unknown as WorkerScope
  const tabs = await clients.matchAll({ type: 'window', includeUncontrolled: true })
  const tab = tabs.find(({ url }) => isView(new URL(url).pathname))
  if (tab === undefined) return void (await clients.openWindow(path))
  await tab.focus().catch(() => undefined) // it opens the room even where a browser does not let us bring it forward
  tab.postMessage({ open: path })
}

async function keep(): Promise<void> {
  const cache = await caches.open(cacheName)
  await cache.addAll([shellPath, ...wanted])
}

async function forgetOthers(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(
    names.filter((name) => name.startsWith(prefix) && name !== cacheName).map((old) => caches.delete(old)),
  )
}

/** What another app shares: kept until a room is chosen for it; see `drive/shared-in.ts`. */
async function putAside(request: Request): Promise<Response> {
  const cache = await caches.open('posthouse-share')
  const headers = { 'content-type': request.headers.get('content-type') ?? '' }
  await cache.put('/share', new Response(await request.blob(), { headers }))
  return Response.redirect('/share', 303)
}

/** What was not kept from the beginning is kept from its first use on. */
async function file(request: Request): Promise<Response> {
  const kept = await caches.match(request)
  if (kept !== undefined) return kept
  const response = await fetch(request)
  if (response.ok) {
    const copy = response.clone()
    void (async () => (await caches.open(cacheName)).put(request, copy))().catch(() => undefined) // it comes from the network again
  }
  return response
}

async function view(request: Request): Promise<Response> {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(patience) })
  } catch (offline) {
    const shell = await caches.match(shellPath)
    if (shell === undefined) throw offline
    return shell
  }
}

/** The API, files and the pages of the server itself are none of the app's. */
function isView(path: string): boolean {
  return /^\/(r|dm|i|settings)\/|^\/(rooms|new|search|share|settings)?$/.test(path)
}

function fingerprint(text: string): string {
  let hash = 0
  for (const letter of text) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) | 0
  return (hash >>> 0).toString(36)
}
