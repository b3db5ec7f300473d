/** What all answers at a channel's URL have in common: headers for browsers and caches, and refusals that help. */
import { ClientError, Disconnect } from '../core/errors.ts'
import { StoreError } from '../core/store.ts'
import type { HeaderRecord } from './origin.ts'

/** Answered as a status with a JSON body: what happened, and what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

/**
 * What is stored here was written by strangers: a browser must neither guess
 * its type, nor run it as a page of this origin, nor hand it to other sites.
 */
const safe = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; sandbox",
} as const

/**
 * The headers that go with every answer. `cors`: those for the page that asks, if
 * it may. An answer is made with them: to add them to one that is made would cost
 * everybody who waits an object of the runtime.
 */
export function headersFor(cors: HeaderRecord): HeaderRecord {
  return 'access-control-allow-origin' in cors ? { ...safe, ...cors, 'access-control-expose-headers': exposed } : plain
}

const plain: HeaderRecord = { ...safe, vary: 'Origin' } // one for all who are no page

/** What a page of another origin is told before it asks. */
export function preflight(common: HeaderRecord): Response {
  const headers = { 'access-control-allow-methods': methods, 'access-control-max-age': '300', allow: methods }
  return new Response(null, { status: 204, headers: { ...common, ...headers } })
}

export const methods = 'GET, HEAD, POST, PUT, DELETE, OPTIONS'
const exposed =
  'Stream-Next-Offset, Stream-Cursor, Stream-Up-To-Date, Stream-Closed, Stream-TTL, Stream-Expires-At, ' +
  'Stream-SSE-Data-Encoding, Producer-Epoch, Producer-Seq, Producer-Expected-Seq, Producer-Received-Seq, ' +
  'ETag, Location, Retry-After'
export function refuse({ status, message, headers }: Refusal, common: HeaderRecord): Response {
  return Response.json({ error: message }, { status, headers: { 'cache-control': 'no-store', ...headers, ...common } })
}

/** What was thrown on the way, as an answer; undefined if it is a fault of ours. */
export function toRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (error instanceof StoreError) return unavailable()
  if (error instanceof ClientError) return known.get(error.code)?.() ?? decided(error)
  if (error instanceof Disconnect) return disconnected(error)
  return undefined
}

/** What an application said, with a code of its own. */
function decided({ code, message, temporary }: ClientError): Refusal | undefined {
  if (temporary) return new Refusal(503, message, { 'retry-after': '1' })
  return code === 101 || code >= 400 ? new Refusal(403, message) : undefined
}

const unavailable = () =>
  new Refusal(503, 'Channels cannot be read or written for now. Try again in a moment.', { 'retry-after': '1' })

const known = new Map<number, () => Refusal>([
  [100, unavailable],
  [101, () => unauthorized('This server does not know who you are.')],
  [102, () => new Refusal(404, 'No such namespace: the text before the first ":" names one that is not configured.')],
  [103, () => new Refusal(403, 'Not allowed here for who you are. Ask with another token, or change the namespace.')],
  [107, () => new Refusal(400, 'This cannot be the name of a channel, or not what may be published in this one.')],
  [108, () => new Refusal(501, 'The namespace of this channel keeps no history; set history_size and history_ttl.')],
  [109, () => unauthorized('The token has expired. Get a new one.')],
  [110, () => unauthorized('The token has expired. Get a new one.')],
  [111, () => new Refusal(429, 'Too many publications in a short time. Try again later.', { 'retry-after': '1' })],
])

export function unauthorized(message: string): Refusal {
  return new Refusal(401, message, { 'www-authenticate': 'Bearer' })
}

/** Why a connection would end, for one that has not begun or waits for its answer. */
export function disconnected({ code, reason }: Disconnect): Refusal {
  if (code === 3500) return unauthorized('The token is not valid here. Check its signature, audience and channel.')
  if (code === 3504) return new Refusal(429, 'This user has too many connections open. Close one first.')
  if (code === 3507) return new Refusal(403, 'The token names no user, and this server wants one.')
  if (code < 3500) return new Refusal(503, `Come back in a moment (${reason}).`, { 'retry-after': '1' })
  return new Refusal(403, `The connection was ended by the server (${reason}).`)
}
