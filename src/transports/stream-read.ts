/** Reading at a channel's URL without staying: HEAD, and a page of what is there (sections 5.5 and 5.6). */
import { Log } from '../core/log.ts'
import type { Position } from '../core/publication.ts'
import type { StreamState } from '../core/stream.ts'
import { json } from '../core/stream.ts'
import { disconnected, Refusal } from './channel-reply.ts'
import type { Visit } from './channel-url.ts'
import { bodyOf, modeOf } from './stream-body.ts'
import { placeOf } from '../protocol/place.ts'
import { parseWanted, positionOf, type Wanted } from './stream-offset.ts'
import { type Page, readPage, type Taken } from './stream-page.ts'

export async function headStream(visit: Visit): Promise<Response> {
  await visit.check('recover')
  const state = await streamOf(visit)
  const top = await positionOf('now', logOf(visit))
  const headers: Record<string, string> = {
    'content-type': typeOf(state),
    'stream-next-offset': placeOf(top),
    'cache-control': 'no-store',
  }
  if (state?.ttl !== undefined) headers['stream-ttl'] = String(state.ttl / 1000)
  if (state?.expiresAt !== undefined) headers['stream-expires-at'] = new Date(state.expiresAt).toISOString()
  if (state?.closed === true) headers['stream-closed'] = 'true'
  return visit.reply(null, headers)
}

export async function readStream(visit: Visit): Promise<Response> {
  const { door, request, channel, namespace } = visit
  const asked = visit.parameter('offset')
  const wanted = wantedOf(asked) ?? 'start'
  await visit.check(wanted === 'now' ? 'subscribe' : 'recover')
  const state = await streamOf(visit)
  await door.streams.touch(channel, namespace, state)
  const since = await positionOf(wanted, logOf(visit))
  const page: Page =
    wanted === 'now' ? { publications: [], next: since, upToDate: true } : pageOf(await readPage(visit, since))
  visit.settle()
  const isEnd = page.upToDate && state?.closed === true
  const headers = pageHeaders(page, state, isEnd)
  if (wanted === 'now') headers['cache-control'] = 'no-store'
  else {
    headers['etag'] = etag(since, page.next, state, isEnd)
    // What lies between two places never changes. What is there now, does; a cache has to ask.
    const isFixed = asked !== null && asked !== '-1' && page.publications.length > 0
    headers['cache-control'] = isFixed ? `${audience(visit)}, ${fixed}` : `${audience(visit)}, no-cache`
    if (request.headers.get('if-none-match') === headers['etag']) return visit.reply(null, headers, 304)
  }
  return visit.reply(content(page, state), headers)
}

/** @throws Refusal 404 where a channel has to be created and was not */
export async function streamOf({ door, channel, namespace }: Visit): Promise<StreamState | undefined> {
  const state = await door.streams.find(channel)
  if (namespace.requireCreation && (state === undefined || state.contentType === ''))
    throw new Refusal(404, 'Nobody has created this channel. Create it with PUT.')
  return state
}

/** @throws Refusal 501 */
export function logOf({ node, channel, namespace }: Visit): Log {
  if (namespace.retention === undefined)
    throw new Refusal(
      501,
      'The namespace of this channel keeps no history, so there is nothing to read but what comes: ' +
        'use an EventSource or a WebSocket, or set history_size and history_ttl.',
    )
  return new Log(node.store, channel, namespace.retention)
}

/** @throws Refusal 400 */
export function wantedOf(text: string | null): Wanted | undefined {
  if (text === null) return undefined
  const wanted = parseWanted(text)
  if (wanted === undefined)
    throw new Refusal(400, 'This is no offset of a channel: take one from Stream-Next-Offset, "-1" or "now".')
  return wanted
}

/** Where a reader begins who stays; undefined for now. @throws Refusal 410, 501 */
export async function sinceOf(visit: Visit, wanted: Wanted): Promise<Position | undefined> {
  if (wanted === 'now' && visit.namespace.retention === undefined) return undefined
  const log = logOf(visit)
  const since = await positionOf(wanted, log)
  // Said with a status, as long as there is one; what is lost later ends the connection, and the next request is told.
  const { publications, top } = await log.read({ since: since.offset, limit: 1 })
  if (since.epoch !== top.epoch || since.offset > top.offset) throw gone('epoch')
  if ((publications[0]?.offset ?? top.offset + 1) !== since.offset + 1) throw gone('trimmed')
  return since
}

/** Said, never skipped: from there on something is missing, or it was never there. */
function gone(because: 'epoch' | 'trimmed'): Refusal {
  const what =
    because === 'trimmed'
      ? 'What follows this offset is no longer kept in full.'
      : 'This offset is of a log that is gone; the channel has begun anew.'
  return new Refusal(410, `${what} Read from the beginning of what is kept with "offset=-1".`)
}

const typeOf = (state: StreamState | undefined): string => state?.contentType || json

/** What may be kept, and by whom: by shared caches only what anybody may read. */
export function audience({ visitor, node, channel, namespace }: Visit): 'public' | 'private' {
  const anybody = { user: '', insecure: false }
  const isOpen =
    node.auth.allowAnonymous &&
    (node.rules.allows('history', anybody, channel, namespace) ||
      // Where the application decides, what it told one visitor is not for the next.
      (node.hooks.subscribe === undefined &&
        node.rules.allows('subscribe', anybody, channel, namespace) &&
        (namespace.allowRecovery || namespace.forceRecovery)))
  return isOpen && !visitor.hasToken ? 'public' : 'private'
}

export const fixed = 'max-age=60, stale-while-revalidate=300'

export function content({ publications }: Page, state: StreamState | undefined): string | Uint8Array<ArrayBuffer> {
  return bodyOf(
    publications.map(({ data }) => data),
    modeOf(state?.contentType ?? ''),
  )
}

export function pageHeaders(
  { next, upToDate }: Page,
  state: StreamState | undefined,
  isEnd: boolean,
): Record<string, string> {
  const type = typeOf(state)
  const isHarmless = /^(text\/plain|application\/json)\s*(;|$)/i.test(type)
  return {
    'content-type': type,
    'stream-next-offset': placeOf(next),
    ...(upToDate && { 'stream-up-to-date': 'true' }),
    ...(isEnd && { 'stream-closed': 'true' }),
    ...(!isHarmless && { 'content-disposition': 'attachment' }),
  }
}

/** Of what kind the body is, from where to where, and whether it ends there (section 8.1). */
export function etag(since: Position, next: Position, state: StreamState | undefined, isEnd: boolean): string {
  const kind = modeOf(state?.contentType ?? '')
  return `"${since.epoch}:${kind}:${since.offset}:${next.offset}${isEnd ? ':c' : ''}"`
}

/** @throws Refusal 410, 503 */
export function pageOf(taken: Taken): Page {
  if ('publications' in taken) return taken
  if ('ended' in taken) throw disconnected(taken.ended)
  if (taken.lost === 'unavailable')
    throw new Refusal(503, 'The channel cannot be read for now.', { 'retry-after': '1' })
  throw gone(taken.lost)
}
