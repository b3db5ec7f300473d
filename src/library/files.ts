/**
 * A folder of files, over HTTP. No path leads out of the folder, by no spelling
 * of it and through no symbolic link; hidden files, whose names begin with a
 * dot, are not there.
 */
import { realpathSync } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { HttpHandler } from './http.ts'
import { send } from './send.ts'

export interface FilesOptions {
  /** What a folder answers with. Else `index.html`. */
  readonly index?: string
  /** Seconds for which a browser need not ask whether a file changed. Else 0: it asks, and is answered with 304. */
  readonly maxAge?: number
}

/** To be put at a path that ends in `/*`, or at one that is a single file's: `files('public/index.html')`. @throws Error if there is no such folder or file */
export function files(path: string | URL, { index = 'index.html', maxAge = 0 }: FilesOptions = {}): HttpHandler {
  const root = realpathSync(path)
  const cacheControl = maxAge > 0 ? `public, max-age=${maxAge}` : 'no-cache'
  return async (request, visit) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return new Response('this can only be read\n', { status: 405, headers: { allow: 'GET, HEAD' } })
    const found = await find(root, visit.rest, index)
    if (found === undefined) return new Response('there is no such file\n', { status: 404 })
    const { pathname, search } = visit.url
    if (found.isFolder && !pathname.endsWith('/') && visit.rest !== '')
      return new Response(null, { status: 308, headers: { location: `${pathname}/${search}` } }) // else links in it would lead elsewhere
    return respond(request, found, cacheControl)
  }
}

interface Found {
  readonly path: string
  readonly size: number
  readonly time: Date
  readonly etag: string
  readonly isFolder: boolean // and the file is its index
}

async function find(root: string, rest: string, index: string): Promise<Found | undefined> {
  const names = decode(rest)
  if (names === undefined) return undefined
  const found = await look(root, join(root, ...names))
  if (found !== 'folder') return found && !rest.endsWith('/') ? found : undefined
  const inside = await look(root, join(root, ...names, index))
  return typeof inside === 'object' ? { ...inside, isFolder: true } : undefined
}

/** The names that the path goes through, or undefined if it goes where nobody may. */
function decode(rest: string): string[] | undefined {
  const parts = rest.replace(/\/$/, '').split('/')
  if (rest === '') return []
  try {
    const names = parts.map(decodeURIComponent)
    return names.every((name) => /^[^./\\\0][^/\\\0]*$/.test(name) || name === '.well-known') ? names : undefined
  } catch {
    return undefined // a percent sign that begins nothing
  }
}

async function look(root: string, path: string): Promise<Found | 'folder' | undefined> {
  try {
    const real = await realpath(path)
    if (real !== root && !real.startsWith(`${root}${sep}`)) return undefined // a link that leads out
    const entry = await stat(real)
    if (entry.isDirectory()) return 'folder'
    if (!entry.isFile()) return undefined // a pipe would never end
    const { size, mtime, mtimeMs, ino } = entry
    const etag = `"${[size, mtimeMs, ino].map((n) => Math.trunc(n * 1000).toString(36)).join('-')}"`
    return { path: real, size, time: mtime, etag, isFolder: false }
  } catch {
    return undefined
  }
}

function respond(request: Request, { path, size, time, etag }: Found, cacheControl: string): Response {
  const file = Bun.file(path)
  return send(request, file.slice(0, size), etag, {
    'content-type': file.type,
    'cache-control': cacheControl,
    'last-modified': time.toUTCString(),
  })
}
