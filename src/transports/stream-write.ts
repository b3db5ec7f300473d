/** Writing at a channel's URL: PUT creates, POST appends and closes, DELETE deletes (Durable Streams Protocol section 5.1 to 5.4). */
import { isSpecial } from '../core/allow-publish.ts'
import type { Draft } from '../core/publication.ts'
import type { Producer, StreamChanged, StreamState } from '../core/stream.ts'
import { JsonError } from '../protocol/json-text.ts'
import { Refusal } from './channel-reply.ts'
import type { Visit } from './channel-url.ts'
import { readBody } from './http.ts'
import { type Mode, modeOf, payloadsOf } from './stream-body.ts'
import { placeOf } from '../protocol/place.ts'

export async function createStream(visit: Visit): Promise<Response> {
  await visit.check('manage')
  const { headers } = visit.request
  if (headers.has('stream-forked-from')) throw new Refusal(501, 'This server does not fork streams. Copy the messages.')
  const contentType = headers.get('content-type') ?? 'application/octet-stream'
  if (!mediaTypes.test(contentType)) throw new Refusal(400, 'Content-Type is not one, such as "application/json".')
  const { ttl, expiresAt } = expiry(headers)
  const closed = closes(headers)
  const given = draftsOf(visit, await bodyOf(visit), modeOf(contentType), contentType)
  const { drafts } = await allowAppends(visit, given, () => Promise.resolve(true)) // who creates, begins
  const implicit = !visit.namespace.requireCreation
  const change = { kind: 'create', contentType, ttl, expiresAt, closed, drafts, implicit } as const
  const { outcome, top, state } = await visit.door.streams.change(visit.channel, visit.namespace, change)
  if (outcome === 'conflict')
    throw new Refusal(409, 'The channel exists, with another content type, expiry or end. Delete it first.', {
      'stream-next-offset': placeOf(top),
    })
  const described = {
    'content-type': state?.contentType || contentType,
    'stream-next-offset': placeOf(top),
    ...(closed && { 'stream-closed': 'true' }),
    'cache-control': 'no-store',
  }
  if (outcome === 'exists') return visit.reply(null, described)
  const location = `${visit.origin}${visit.url.pathname}`
  return visit.reply(null, { ...described, location }, 201)
}

export async function deleteStream(visit: Visit): Promise<Response> {
  await visit.check('manage')
  const { outcome } = await visit.door.streams.change(visit.channel, visit.namespace, { kind: 'delete' })
  if (outcome === 'missing') throw missing()
  return visit.reply(null, { 'cache-control': 'no-store' }, 204)
}

export async function appendToStream(visit: Visit): Promise<Response> {
  const { request, door, channel, namespace, visitor } = visit
  const { headers } = request
  const close = closes(headers)
  const asks = visit.node.hooks.publish !== undefined
  if (!asks) await visit.check('publish')
  if (close) await visit.check('manage')
  const producer = producerOf(headers)
  const idempotencyKey = keyOf(visit)
  if (!visitor.isBackend) door.rates.spend(visitor.identity.user, visit.address)
  const body = await bodyOf(visit)
  if (body.length === 0 && !close) throw new Refusal(400, 'The body is empty: there is nothing to publish.')
  if (namespace.retention === undefined) return pass(visit, body)

  const state = await door.streams.find(channel)
  const isCreated = state !== undefined && state.contentType !== ''
  if (!isCreated && namespace.requireCreation) throw missing()
  const claimed = headers.get('content-type') ?? ''
  if (isCreated && claimed === '' && body.length > 0)
    throw new Refusal(400, `Say the Content-Type; this channel was created for "${state.contentType}".`)
  const mode = modeOf(isCreated ? state.contentType : '')
  const fits = !isCreated || modeOf(claimed) === mode
  const given = fits ? draftsOf(visit, body, mode, claimed) : []
  if (asks && given.length === 0) await visit.check('publish')
  if (fits && given.length === 0 && body.length > 0)
    throw new Refusal(400, 'The array is empty: there is nothing to publish.')
  const { drafts, key } = await allowAppends(visit, given)
  const changed = await door.streams.change(channel, namespace, {
    kind: 'append',
    contentType: isCreated && body.length > 0 ? claimed : '',
    drafts,
    // A body of the wrong type is no request to close without one.
    close: close && (fits || body.length === 0),
    seq: headers.get('stream-seq') ?? undefined,
    producer,
    idempotencyKey: key ?? idempotencyKey,
    implicit: !namespace.requireCreation,
  })
  return answer(visit, changed, producer, isCreated, drafts.length)
}

/** Where nothing is kept there are no places: who reads now gets it. */
async function pass(visit: Visit, body: Uint8Array): Promise<Response> {
  const { node, channel, request } = visit
  for (const given of draftsOf(visit, body, 'plain', request.headers.get('content-type') ?? '')) {
    const { draft, options } = await visit.allowPublish(given)
    await node.publish(channel, draft, { ...options, idempotencyKey: options.idempotencyKey ?? keyOf(visit) })
  }
  return visit.reply(JSON.stringify({ readers: node.readers(channel) }), { ...asJson, 'cache-control': 'no-store' })
}

/**
 * The drafts as the application wants them, asked about one after the other;
 * and the key that it gives to a publication that comes alone.
 * @throws Refusal 501 where it wants what no entry of a stream can be
 */
async function allowAppends(
  visit: Visit,
  given: readonly Draft[],
  may?: () => Promise<boolean>,
): Promise<{ drafts: readonly Draft[]; key: string | undefined }> {
  const drafts: Draft[] = []
  let key: string | undefined
  for (const each of given) {
    const { draft, options } = await visit.allowPublish(each, may)
    if (isSpecial(options))
      throw new Refusal(501, 'The application wants this publication skipped, versioned or with SQL; no stream can.')
    if (given.length === 1) key = options.idempotencyKey
    drafts.push(draft)
  }
  return { drafts, key }
}

function answer(
  visit: Visit,
  { outcome, top, state, producer: known }: StreamChanged,
  producer: Producer | undefined,
  isCreated: boolean,
  count: number,
): Response {
  const offset = placeOf(top)
  const headers: Record<string, string> = { 'stream-next-offset': offset, 'cache-control': 'no-store' }
  if (state?.closed === true) headers['stream-closed'] = 'true'
  if (outcome !== 'appended' && outcome !== 'repeated') throw refusal(outcome, state, producer, known, headers)
  if (producer !== undefined && known !== undefined) {
    headers['producer-epoch'] = String(known.epoch)
    headers['producer-seq'] = String(known.seq)
  }
  const isRepeated = outcome === 'repeated'
  if (isCreated || count === 0) {
    const status = producer !== undefined && count > 0 && !isRepeated ? 200 : 204
    return visit.reply(null, headers, status)
  }
  const readers = visit.node.readers(visit.channel)
  const said = { offset, ...(isRepeated ? { repeated: true } : { readers }) }
  return visit.reply(JSON.stringify(said), { ...asJson, ...headers })
}

function refusal(
  outcome: StreamChanged['outcome'],
  state: StreamState | undefined,
  producer: Producer | undefined,
  known: StreamChanged['producer'],
  headers: Record<string, string>,
): Refusal {
  if (outcome === 'missing') return missing()
  if (outcome === 'closed') return new Refusal(409, 'The channel is closed: it takes nothing more.', headers)
  if (outcome === 'other type') {
    const type = state?.contentType ?? ''
    return new Refusal(409, `This channel was created for "${type}": send that as Content-Type.`, headers)
  }
  if (outcome === 'out of order')
    return new Refusal(409, 'Stream-Seq is not above the last one of this channel.', headers)
  if (outcome === 'fenced')
    return new Refusal(403, 'A later epoch of this producer has taken over. Begin a new epoch, at 0.', {
      ...headers,
      'producer-epoch': String(known?.epoch),
    })
  if (outcome === 'gap')
    return new Refusal(409, 'Something that this producer sent before is missing. Send it first.', {
      ...headers,
      'producer-expected-seq': String(known === undefined ? 0 : known.seq + 1),
      'producer-received-seq': String(producer?.seq),
    })
  return new Refusal(400, 'A new epoch of a producer begins with Producer-Seq 0.', headers)
}

const asJson = { 'content-type': 'application/json;charset=utf-8' } as const

const missing = () => new Refusal(404, 'Nobody has created this channel. Create it with PUT.')

/** @throws Refusal 413 */
async function bodyOf({ request, door }: Visit): Promise<Uint8Array> {
  const { maxBody } = door.options
  const body = await readBody(request, maxBody)
  if (body === undefined) throw new Refusal(413, `The body is larger than ${maxBody} bytes. Send it in parts.`)
  return body
}

/** @throws Refusal 400 */
function draftsOf(visit: Visit, body: Uint8Array, mode: Mode, claimed: string): Draft[] {
  const { identity, isBackend } = visit.visitor
  const { user, info } = identity
  const publisher =
    isBackend || user === '' ? undefined : { user, client: '', connInfo: info, chanInfo: visit.grant?.info }
  try {
    return payloadsOf(body, mode, claimed, visit.node.limits.jsonDepth).map((data) => ({ data, info: publisher }))
  } catch (error) {
    if (error instanceof JsonError)
      throw new Refusal(400, `The body is not the JSON that it claims to be: ${error.message}.`)
    throw error
  }
}

/** Of a user's keys nobody else can take one away. */
function keyOf({ request, visitor }: Visit): string | undefined {
  const key = request.headers.get('idempotency-key')
  if (key === null || key === '') return undefined
  if (key.length > 256) throw new Refusal(400, 'Idempotency-Key may have 256 characters.')
  return visitor.isBackend ? key : `${visitor.identity.user}/${key}`
}

function closes(headers: Headers): boolean {
  return headers.get('stream-closed')?.toLowerCase() === 'true'
}

/** @throws Refusal 400 */
function expiry(headers: Headers): { ttl: number | undefined; expiresAt: number | undefined } {
  const ttl = headers.get('stream-ttl')
  const at = headers.get('stream-expires-at')
  if (ttl !== null && at !== null) throw new Refusal(400, 'Give Stream-TTL or Stream-Expires-At, not both.')
  if (ttl !== null && !/^(0|[1-9]\d{0,11})$/.test(ttl))
    throw new Refusal(400, 'Stream-TTL is a whole number of seconds, such as 3600.')
  const expiresAt = at === null || !timestamp.test(at) ? Number.NaN : Date.parse(at)
  if (at !== null && Number.isNaN(expiresAt))
    throw new Refusal(400, 'Stream-Expires-At is a time such as 2030-01-31T12:00:00Z.')
  return { ttl: ttl === null ? undefined : Number(ttl) * 1000, expiresAt: at === null ? undefined : expiresAt }
}

/** @throws Refusal 400 */
function producerOf(headers: Headers): Producer | undefined {
  const id = headers.get('producer-id')
  const epoch = headers.get('producer-epoch')
  const seq = headers.get('producer-seq')
  if (id === null && epoch === null && seq === null) return undefined
  if (id === null || epoch === null || seq === null)
    throw new Refusal(400, 'Producer-Id, Producer-Epoch and Producer-Seq go together.')
  if (id === '' || id.length > 256) throw new Refusal(400, 'Producer-Id has 1 to 256 characters.')
  if (!isCount(epoch) || !isCount(seq)) throw new Refusal(400, 'Producer-Epoch and Producer-Seq are numbers from 0.')
  return { id, epoch: Number(epoch), seq: Number(seq) }
}

const isCount = (text: string): boolean => /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text))

const mediaTypes = /^[!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+\s*(;.*)?$/
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i // RFC 3339
