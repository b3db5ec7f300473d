/**
 * One attempt to deliver one publication: a signed POST, and what the answer
 * means. Only a 2xx is a success. A redirect is a failure: the URL has to be
 * changed by who owns the webhook. 410 says that nobody wants it any more.
 */
import { ask, type Outgoing } from '../outgoing/outgoing.ts'
import { parseRetryAfter } from './retry.ts'
import { type Secrets, signed } from './signature.ts'

export interface Endpoint {
  readonly url: string
  readonly secrets: Secrets
}

export interface WebhookEvent {
  readonly room: string
  readonly offset: number
  readonly type: string // `message`, `edit`, …: the publication's own
  readonly time: number // ms since 1970, of the publication
  readonly data: string // the publication: JSON, as it was written
  /** Who did it, as they are called now. */
  readonly person?: { readonly id: string; readonly name: string; readonly kind: string } | undefined
}

export type Outcome = Delivered | Refused

interface Delivered {
  readonly delivered: true
  readonly took: number // ms
}

export interface Refused {
  readonly delivered: false
  readonly took: number // ms
  readonly because: string
  /** For good. */
  readonly gone: boolean
  readonly retryAfter?: number | undefined // ms
}

/** @param id of the delivery: the same for each attempt of it @param now ms since 1970 */
export async function attempt(
  outgoing: Outgoing,
  { url, secrets }: Endpoint,
  id: string,
  event: WebhookEvent,
  now: () => number,
  signal: AbortSignal,
): Promise<Outcome> {
  const started = now()
  const body = bodyOf(event)
  const headers = { 'content-type': 'application/json', ...signed(id, started, body, secrets) }
  const answer = await ask(outgoing, url, { method: 'POST', headers, body, timeout, signal, wants: () => nothing })
  const took = now() - started
  if ('failed' in answer) return { delivered: false, took, because: answer.because, gone: false }
  const { status } = answer
  if (status >= 200 && status < 300) return { delivered: true, took }
  const retryAfter = parseRetryAfter(answer.headers['retry-after'], now())
  return { delivered: false, took, because: meaning(status), gone: status === 410, retryAfter }
}

/** The form that Standard Webhooks recommends, with the place in the log beside it. */
function bodyOf({ room, offset, type, time, data, person }: WebhookEvent): string {
  const head = JSON.stringify({ type, timestamp: new Date(time).toISOString(), room, offset, person })
  return `${head.slice(0, -1)},"data":${data}}`
}

function meaning(status: number): string {
  if (status === 410) return 'the receiver answered 410: it is gone for good'
  if (status >= 300 && status < 400)
    return `the receiver answered ${status}: redirects are not followed, set the new URL`
  return `the receiver answered ${status}`
}

/** A receiver has to say yes within this time, and do its work after that. */
const timeout = 15_000 // ms
const nothing = { bytes: 0, excess: 'cut' } as const
