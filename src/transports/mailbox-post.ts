/**
 * `POST /u/{id}`: a letter, or an acknowledgement. With `to`, the address is the
 * sender's own; without, it is the receiver's. A body that says it is bytes
 * (`application/octet-stream`, `audio/…`) is the letter itself.
 */
import { type ClientError, errors } from '../core/errors.ts'
import type { Arrival } from './arrival.ts'
import type { MailboxActor } from './mailbox-actor.ts'
import { badRequest } from './bad-request.ts'
import { readBody } from './http.ts'
import type { KeyedRates } from './keyed-rates.ts'
import { entranceBy, passingClient } from './passing-client.ts'
import { deviceOf } from './mailbox-bookmarks.ts'
import { encodeOutcomes, type MailboxContext, passingInfo } from './mailbox-context.ts'
import { type Letter, letterOf, readSaid, type Said } from './mailbox-message.ts'
import type { Author, Outcome, Refusal } from './mailbox-sender.ts'

export interface PostContext extends MailboxContext {
  readonly rates: KeyedRates
  readonly bodyLimit: number // bytes
}

/** @throws ClientError 103, 107, 111 · StoreError */
export async function mailboxPost(
  arrival: Arrival,
  url: URL,
  user: string,
  actor: MailboxActor,
  context: PostContext,
): Promise<Response> {
  const { request, address } = arrival
  const { node, addresses, sender, rates } = context
  const said = await read(request, context)
  if (said === undefined) return new Response(`a letter has at most ${context.bodyLimit} bytes\n`, { status: 413 })
  if ('ack' in said) {
    if (!actor.mayBe(user)) throw errors.permissionDenied()
    if (!actor.isTrusted) rates.spend(actor.user ?? '', address)
    await sender.acknowledge(addresses.find(user), deviceOf(url), said.ack, passingInfo(user))
    return Response.json({ acked: said.ack })
  }
  const { letter } = said
  const to = letter.to ?? several(url.searchParams.getAll('to'))
  if (to !== undefined && to.length > context.receiverLimit) throw badRequest('"to" names too many')
  if (to !== undefined && !actor.mayBe(user)) throw errors.permissionDenied()
  const from = letter.from ?? url.searchParams.get('from') ?? actor.user ?? (to === undefined ? undefined : user)
  if (from !== undefined && !actor.mayBe(from)) throw errors.permissionDenied()
  if (from !== undefined && actor.user === undefined) addresses.find(from) // a name that could be answered
  const author: Author = {
    info: from === undefined ? (actor.isTrusted ? undefined : passingInfo('')) : passingInfo(from, actor.as(from).info),
    client: actor.isTrusted
      ? undefined
      : passingClient(node, crypto.randomUUID(), actor.as(from ?? ''), entranceBy(arrival, node)),
    spend: () => actor.isTrusted || rates.spend(actor.user ?? '', address),
  }
  const clientId = letter.clientId ?? url.searchParams.get('clientId') ?? request.headers.get('idempotency-key')
  const whole = { ...letter, clientId: clientId || undefined, expires: letter.expires ?? expiresIn(url) }
  const { outcomes } = await sender.send(whole, to ?? [user], author)
  return answer(await outcomes, whole)
}

async function read(request: Request, { bodyLimit, node }: PostContext): Promise<Said | undefined> {
  const body = await readBody(request, bodyLimit)
  if (body === undefined) return undefined
  const type = request.headers.get('content-type') ?? ''
  // What a form, a plain text or curl by itself would say is taken for JSON.
  if (/^(?:application\/octet-stream|audio\/|image\/|video\/)/i.test(type)) return { letter: letterOf(body) }
  try {
    return readSaid(utf8.decode(body), node.limits.jsonDepth)
  } catch (error) {
    if (error instanceof TypeError) throw badRequest('the body is not UTF-8')
    throw error
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

const several = (names: readonly string[]): readonly string[] | undefined => (names.length === 0 ? undefined : names)

function expiresIn(url: URL): number | undefined {
  const text = url.searchParams.get('expires')
  if (text === null) return undefined
  const seconds = Number(text)
  if (!(seconds > 0 && seconds <= 1e10)) throw badRequest('"expires" must be a number of seconds above 0')
  return seconds
}

/** One that was taken is a success; if all were refused, the status says why the first one was. */
function answer(outcomes: readonly Outcome[], { clientId }: Letter): Response {
  const [first] = outcomes
  const isRefused = outcomes.every(({ status }) => status === 'refused')
  const status = isRefused && first?.status === 'refused' ? statuses[first.reason] : 200
  return new Response(`${encodeOutcomes(outcomes, clientId)}\n`, {
    status,
    headers: { 'content-type': 'application/json', ...(status === 429 && { 'retry-after': '1' }) },
  })
}

const statuses: Record<Refusal, number> = {
  unknown: 404,
  'not allowed': 403,
  'too large': 413,
  'bad data': 400,
  'too many': 429,
  full: 507,
  unavailable: 503,
}

/** What was thrown on the way to an answer. */
export function statusOf({ code }: ClientError): number {
  return codes.get(code) ?? 503
}

const codes = new Map([
  [errors.unknownChannel().code, 404],
  [errors.permissionDenied().code, 403],
  [errors.badRequest().code, 400],
  [errors.notAvailable().code, 404],
  [errors.tooManyRequests().code, 429],
])
