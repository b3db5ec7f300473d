/**
 * `/u/{id}`: a mailbox has one URL. A bare WebSocket reads and sends; `GET`
 * waits for letters, or streams them to who accepts an event stream; `POST`
 * sends. Who may be whom is decided here, once for all of them.
 */
import type { Server } from 'bun'
import { ClientError, Disconnect, disconnects, errors } from '../core/errors.ts'
import { StoreError } from '../core/store.ts'
import type { Arrival } from './arrival.ts'
import { badRequest } from './bad-request.ts'
import { answerEarly } from './http.ts'
import { httpIdentity, type HttpIdentityOptions } from './http-identity.ts'
import { MailboxActor } from './mailbox-actor.ts'
import { deviceOf } from './mailbox-bookmarks.ts'
import type { Staying, Visit } from './mailbox-context.ts'
import { beatInterval, mailboxEvents } from './mailbox-events.ts'
import { mailboxPoll } from './mailbox-poll.ts'
import { mailboxPost, type PostContext, statusOf } from './mailbox-post.ts'
import type { HeaderRecord } from './origin.ts'
import { entranceBy } from './passing-client.ts'
import { patience, patienceOfPoll } from './patience.ts'
import { startOf } from './mailbox-start.ts'
import { MailboxSocket } from './mailbox-websocket.ts'
import { type Socket, tooManyConnections } from './transport.ts'

export interface MailboxDoor extends PostContext, HttpIdentityOptions {
  readonly isOpen: boolean // a name needs no proof
  readonly wait: number // ms that a poll waits, if it does not say
  readonly sockets: boolean // whether there is WebSocket on this server
}

const longestWait = 60 // seconds

/** Undefined: the request has become a WebSocket. */
export async function mailbox(
  arrival: Arrival,
  server: Server<Socket>,
  door: MailboxDoor,
): Promise<Response | undefined> {
  const early = answerEarly(arrival, ['GET', 'POST'])
  if (early !== undefined) return early
  const headers = arrival.cors()
  const made = await answerOrRefuse(arrival, server, door, headers)
  // Nothing of this request is held while it waits, no function that would go on neither.
  if (!(made instanceof Response)) return made?.response
  for (const [name, value] of Object.entries(headers)) made.headers.set(name, value)
  return made
}

async function answerOrRefuse(arrival: Arrival, server: Server<Socket>, door: MailboxDoor, headers: HeaderRecord) {
  try {
    return await answer(arrival, server, door, headers)
  } catch (error) {
    return refusal(error, door)
  }
}

async function answer(
  arrival: Arrival,
  server: Server<Socket>,
  door: MailboxDoor,
  cors: HeaderRecord,
): Promise<Response | Staying | undefined> {
  const { request } = arrival
  const { method, headers } = request
  if (method === 'GET' && !door.admits()) return tooManyConnections() // a letter is no connection
  const url = new URL(request.url)
  const user = userOf(url)
  const who = await httpIdentity(arrival, url, door)
  if (who.kind === 'refused') return unauthorized(who.why)
  const actor = MailboxActor.of(who, door.isOpen || door.node.auth.insecure)
  if (actor === undefined) return unauthorized('say who you are: Authorization: Bearer <token>, or ?token=')
  if (method === 'POST') return mailboxPost(arrival, url, user, actor, door)

  const visit = visitOf(arrival, url, user, actor, door)
  const { node, bookmarks } = door
  using attempt = node.attempts.begin({ user, id: '', session: '' }, visit.mailbox.channel)
  const wantsSocket = headers.get('upgrade')?.toLowerCase() === 'websocket'
  const start = await startOf(node, bookmarks, visit.mailbox, visit.device, visit.asked)
  if (attempt.isOver) throw disconnects.forceReconnect()
  if (wantsSocket && door.sockets) return upgrade(request, server, url, visit, start, door)
  if (/\btext\/event-stream\b/i.test(headers.get('accept') ?? '')) {
    server.timeout(request, patience(beatInterval))
    return mailboxEvents(door, visit, start, cors)
  }
  const wait = waitOf(url, door.wait)
  server.timeout(request, patienceOfPoll(wait))
  return mailboxPoll(door, visit, start, wait, request.signal, cors)
}

/** @throws ClientError 103 for somebody else's mailbox, or one that its user may not read */
function visitOf(
  arrival: Arrival,
  url: URL,
  user: string,
  actor: MailboxActor,
  { node, addresses }: MailboxDoor,
): Visit {
  const box = addresses.find(user)
  const asker = { user, insecure: node.auth.insecure || actor.isTrusted }
  if (!actor.mayBe(user) || !node.rules.allows('subscribe', asker, box.channel, box.namespace))
    throw errors.permissionDenied()
  // An EventSource that comes again keeps the address it had and says in the header how far it got.
  const asked = arrival.headers.get('last-event-id') || (url.searchParams.get('offset') ?? '')
  return { mailbox: box, actor, entrance: entranceBy(arrival, node), device: deviceOf(url), asked }
}

function upgrade(
  request: Request,
  server: Server<Socket>,
  url: URL,
  visit: Visit,
  start: Awaited<ReturnType<typeof startOf>>,
  door: MailboxDoor,
): Response | undefined {
  const socket = new MailboxSocket(door, visit, start, {
    to: url.searchParams.getAll('to'),
    isBinary: url.searchParams.get('binary') === '1',
    isManual: url.searchParams.get('ack') === 'manual',
  })
  // Without a choice Bun would echo the first protocol that was offered, whatever it is.
  if (server.upgrade(request, { data: socket, headers: { 'Sec-WebSocket-Protocol': '' } })) return undefined
  socket.close()
  return new Response('this is no WebSocket handshake\n', { status: 400 })
}

/** @throws ClientError 107 */
function userOf({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname.slice(prefix.length))
  } catch {
    throw badRequest('the address holds a % that is no escape')
  }
}

const prefix = '/u/'

function waitOf(url: URL, fallback: number): number {
  const text = url.searchParams.get('wait')
  if (text === null) return fallback
  const seconds = text === '' ? Number.NaN : Number(text)
  if (!(seconds >= 0 && seconds <= longestWait))
    throw badRequest(`"wait" must be a number of seconds from 0 to ${longestWait}`)
  return seconds * 1000
}

function unauthorized(why: string): Response {
  return new Response(`${why}\n`, { status: 401, headers: { 'www-authenticate': 'Bearer' } })
}

/** The one place where what was thrown becomes a response. */
function refusal(error: unknown, { node }: MailboxDoor): Response {
  if (error instanceof ClientError) return refuse(statusOf(error), error.message)
  if (error instanceof Disconnect) return refuse(statusOfEnd(error), error.reason)
  if (!(error instanceof StoreError)) node.report(error)
  return refuse(error instanceof StoreError ? 503 : 500, errors.internal().message)
}

/** Codes from 3500 to 3999 and from 4500 to 4999 are for good (protocol section 12). */
function statusOfEnd({ code }: Disconnect): number {
  if (code === disconnects.connectionLimit().code) return 429
  return code % 1000 < 500 ? 503 : 403
}

function refuse(status: number, why: string): Response {
  const isPassing = status === 429 || status === 503
  return new Response(`${why}\n`, { status, headers: isPassing ? { 'retry-after': '1' } : {} })
}
