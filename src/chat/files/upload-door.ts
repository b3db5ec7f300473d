/**
 * Uploads over plain HTTP, in the shape of the IETF's Resumable Uploads for
 * HTTP (draft-ietf-httpbis-resumable-upload-10), which published clients speak:
 *
 *   POST  …?name=photo.jpg      all of it at once; or with Upload-Complete: ?0 and Upload-Length, only the beginning
 *   HEAD  …/{id}                how far it is
 *   PATCH …/{id}                goes on at Upload-Offset
 *   DELETE …/{id}               nothing of it is wanted any more
 *   GET   …/{id}                what is known of it
 *
 * Where it differs: a file is complete with the last byte that was announced,
 * so the length is always announced, and `Upload-Complete: ?1` says nothing new.
 * There are no interim answers (104): who wants to resume begins without bytes.
 */
import { describe } from './description.ts'
import { orRefusal, refuse } from './file-error.ts'
import { hintsOf } from './hints.ts'
import type { FileLimits } from './limits.ts'
import type { Piece, Progress, Uploads } from './uploads.ts'
import type { FileHandler, FileVisit } from './visit.ts'

/** At the path where uploads begin. */
export function beginDoor(uploads: Uploads, limits: FileLimits): FileHandler {
  const limit = limitHeader(limits)
  return (request, visit) =>
    orRefusal(request, async () => {
      if (request.method === 'OPTIONS')
        return new Response(null, {
          status: 204,
          headers: { allow: 'POST, OPTIONS', 'accept-patch': patchType, ...limit },
        })
      if (request.method !== 'POST') throw refuse.notAllowed('POST, OPTIONS')
      if (visit.user === '') throw refuse.nobody()
      const progress = await begin(uploads, request, visit)
      const location = `${new URL(request.url).pathname.replace(/\/$/, '')}/${progress.file.id}`
      return answer(201, progress, { location, ...limit })
    })
}

/** At the path of one upload, whose id is the parameter `id`. */
export function uploadDoor(uploads: Uploads, limits: FileLimits): FileHandler {
  const limit = limitHeader(limits)
  return (request, visit) =>
    orRefusal(request, async () => {
      const { user } = visit
      if (user === '') throw refuse.nobody()
      const id = visit.params['id'] ?? ''
      switch (request.method) {
        case 'HEAD':
          return new Response(null, { status: 204, headers: { ...state(await uploads.progress(user, id)), ...limit } })
        case 'GET':
          return answer(200, await uploads.progress(user, id), limit)
        case 'PATCH':
          return answer(200, await uploads.append(user, id, pieceOf(request, visit)), limit)
        case 'DELETE':
          await uploads.cancel(user, id)
          return new Response(null, { status: 204 })
        default:
          throw refuse.notAllowed('GET, HEAD, PATCH, DELETE')
      }
    })
}

const patchType = 'application/partial-upload'

async function begin(uploads: Uploads, request: Request, visit: FileVisit): Promise<Progress> {
  checkCoding(request)
  const isWhole = booleanHeader(request, 'upload-complete') ?? true
  const file = await uploads.begin(visit.user, {
    ...hintsOf(visit.query, request.headers.get('content-type') ?? ''),
    announced: lengthOf(request, isWhole),
  })
  const piece = { ...pieceOf(request, visit, 0), isLast: isWhole }
  if (!isWhole && piece.length === 0) return { file, offset: 0 }
  try {
    return await uploads.append(visit.user, file.id, piece)
  } catch (error) {
    await uploads.cancel(visit.user, file.id).catch(() => undefined) // its sender never learned where to go on
    throw error
  }
}

/** Two ways to say it, which must agree. @throws FileError 400, 411 */
function lengthOf(request: Request, isWhole: boolean): number {
  const said = numberHeader(request, 'upload-length')
  const length = isWhole ? numberHeader(request, 'content-length') : undefined
  if (said !== undefined && length !== undefined && said !== length) throw refuse.tooLong(0, length, said)
  const announced = said ?? length ?? (isWhole && request.body === null ? 0 : undefined)
  if (announced === undefined) throw refuse.lengthRequired()
  return announced
}

function pieceOf(request: Request, visit: FileVisit, at?: number): Piece {
  checkCoding(request)
  const offset = at ?? numberHeader(request, 'upload-offset')
  if (offset === undefined) throw refuse.invalid('Say at which byte this goes on: Upload-Offset')
  return {
    offset,
    content: request.body ?? new Blob([]).stream(),
    length: request.body === null ? 0 : numberHeader(request, 'content-length'),
    isLast: booleanHeader(request, 'upload-complete') ?? false,
    received: () => visit.hold?.(),
  }
}

/** What is wrapped in something would be kept with its wrapping. @throws FileError 415 */
function checkCoding({ headers }: Request): void {
  const type = headers.get('content-type') ?? ''
  if (/^\s*multipart\//i.test(type)) throw refuse.notBytes('A form')
  const coding = headers.get('content-encoding') ?? 'identity'
  if (coding !== 'identity') throw refuse.notBytes(`Content-Encoding ${coding}`)
}

function answer(status: number, progress: Progress, headers: Readonly<Record<string, string>>): Response {
  const { file, offset } = progress
  const body = file.state === 'uploading' ? { id: file.id, offset, size: file.announced } : describe(file)
  return Response.json(body, { status, headers: { ...state(progress), ...headers } })
}

function state({ file, offset }: Progress): Record<string, string> {
  return {
    'upload-offset': String(offset),
    'upload-length': String(file.announced),
    'upload-complete': file.state === 'uploading' ? '?0' : '?1',
    'cache-control': 'no-store',
  }
}

function limitHeader({ fileBytes, abandonedAfter }: FileLimits): Record<string, string> {
  return { 'upload-limit': `max-size=${fileBytes}, max-age=${Math.floor(abandonedAfter / 1000)}` }
}

/** RFC 9651, section 3.3.1; what is none is as if it were not there. */
function numberHeader(request: Request, name: string): number | undefined {
  const value = request.headers.get(name) ?? ''
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined
}

/** RFC 9651, section 3.3.6. */
function booleanHeader(request: Request, name: string): boolean | undefined {
  return { '?1': true, '?0': false }[request.headers.get(name) ?? '']
}
