/**
 * Files, for those who may see them: asked each time, and nobody learns of a
 * file that is not for them whether there is one.
 *
 * What comes from people is served at our own address, so nothing of it may run
 * there: the type is ours, browsers must not guess another (`nosniff`), what is
 * not a picture, sound or film is saved instead of shown, and should a browser
 * still take it for a page, the page has no rights and no origin (`sandbox`).
 */
import { send } from '../../index.ts'
import type { BlobStore } from './blob-store.ts'
import { isShown } from './content-type.ts'
import { orRefusal, refuse } from './file-error.ts'
import { contentDisposition } from './file-name.ts'
import type { FileRow, FileTable } from './file-table.ts'
import type { FileHandler } from './visit.ts'

/**
 * Whether somebody may see a file that is in use: in a message in a room that is theirs, as the face of a person, or
 * as that of the room that an invitation they hold leads to.
 */
export type MayRead = (user: string, id: string, invitation: string | undefined) => boolean

interface Parts {
  readonly table: FileTable
  readonly store: BlobStore
  readonly mayRead: MayRead
  readonly report: (error: unknown) => void
}

/** At the path of a file, whose id is the parameter `id`; with `?download` it is saved whatever it is. */
export function fileDoor(parts: Parts): FileHandler {
  return door(parts, ({ name, type, blob }, { query }) => {
    const kind = isShown(type) && !query.has('download') ? 'inline' : 'attachment'
    return { blob, headers: { 'content-type': type, 'content-disposition': contentDisposition(kind, name) } }
  })
}

/** The small picture of it, where there is one. */
export function thumbnailDoor(parts: Parts): FileHandler {
  return door(parts, ({ thumbnail }) => ({ blob: thumbnail, headers: { 'content-type': 'image/webp' } }))
}

/** Before it is sent it is its owner's; then it is up to the rooms. */
function isFor({ user, query }: Visit, { id, owner, state }: FileRow, mayRead: MayRead): boolean {
  if (state === 'ready') return user !== '' && user === owner
  return state === 'used' && mayRead(user, id, query.get('invitation') ?? undefined)
}

type Visit = Parameters<FileHandler>[1]
type Choice = (file: FileRow, visit: Visit) => Chosen

interface Chosen {
  readonly blob: string | null
  readonly headers: Readonly<Record<string, string>>
}

function door({ table, store, mayRead, report }: Parts, choose: Choice): FileHandler {
  return (request, visit) =>
    orRefusal(request, async () => {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw refuse.notAllowed('GET, HEAD')
      const file = table.find(visit.params['id'] ?? '')
      if (file === undefined || !isFor(visit, file, mayRead)) throw refuse.notFound()
      const { blob, headers } = choose(file, visit)
      if (blob === null) throw refuse.notFound()
      const content = await store.get(blob)
      if (content === undefined) {
        report(new Error(`the bytes of the file ${file.id} are gone from the store`))
        throw refuse.notFound()
      }
      return send(request, content, `"${blob}"`, { ...safety, ...headers })
    })
}

// A file never changes: other bytes are another file.
const safety: Readonly<Record<string, string>> = {
  'cache-control': 'private, max-age=31536000, immutable',
  'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}
