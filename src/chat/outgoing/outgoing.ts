/**
 * HTTP requests that the server makes because a person said so: link previews
 * and webhooks. Whatever the URL is, they reach only what the policy allows,
 * last only so long, and bring back only so much.
 *
 *   URL ──▶ destination (scheme, addresses, policy) ──▶ hop ──▶ answer
 *              ▲                                         │
 *              └──────────── redirect, checked anew ─────┘
 *
 * Nothing is kept between two requests: no cookies, no connections, no names.
 */
import type { IncomingMessage } from 'node:http'
import { type Allowance, encodings, readBody } from './body.ts'
import { type Destination, destination, parseUrl, type Resolver } from './destination.ts'
import { type Failed, Failure, toFailed } from './failure.ts'
import { hop, NoConnection, type Sent, type Trust } from './hop.ts'
import type { Policy } from './policy.ts'

export interface Outgoing extends Trust {
  readonly resolve: Resolver
  readonly admits: Policy
  readonly userAgent: string
}

export interface Asked {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** How much is read of a body of this type (`text/html`, lower case, without parameters); nothing: it is not wanted. */
  readonly wants: (type: string) => Allowance | undefined
  readonly timeout: number // ms, for all of it, redirects too
  /** So many redirects are followed; with 0, a redirect is an answer like any other. Only a GET should follow any. */
  readonly redirects?: number
  readonly signal?: AbortSignal | undefined
}

export interface Answer {
  readonly url: URL // that answered, after all redirects
  readonly status: number
  readonly type: string // lower case, without parameters
  readonly headers: IncomingMessage['headers']
  readonly body: Uint8Array
  readonly cut: boolean // there was more
}

/** Never throws: who cannot be reached is an expected outcome. */
export async function ask(outgoing: Outgoing, url: string, asked: Asked): Promise<Answer | Failed> {
  const over = new AbortController()
  const stop = () => over.abort(asked.signal?.reason)
  const timer = setTimeout(() => over.abort(new DOMException('no answer in time', 'TimeoutError')), asked.timeout)
  asked.signal?.addEventListener('abort', stop)
  if (asked.signal?.aborted === true) stop()
  try {
    return await follow(outgoing, parseUrl(url), asked, over.signal)
  } catch (error) {
    return toFailed(error, over.signal)
  } finally {
    clearTimeout(timer)
    asked.signal?.removeEventListener('abort', stop)
  }
}

/** Whether a URL could be asked as things are, without asking it: for who sets one up and made a mistake. */
export async function check({ resolve, admits }: Outgoing, url: string): Promise<Failed | undefined> {
  try {
    await destination(parseUrl(url), resolve, admits)
    return undefined
  } catch (error) {
    return toFailed(error, new AbortController().signal)
  }
}

async function follow(outgoing: Outgoing, start: URL, asked: Asked, signal: AbortSignal): Promise<Answer> {
  const allowed = asked.redirects ?? 0
  let url = start
  for (let followed = 0; ; followed++) {
    const to = await untilAborted(destination(url, outgoing.resolve, outgoing.admits), signal)
    const response = await reach(outgoing, to, asked, signal)
    const next = allowed > 0 ? redirectOf(response, url) : undefined
    try {
      if (next === undefined) return await answerOf(response, url, asked, signal)
    } finally {
      response.destroy()
    }
    if (followed === allowed) throw new Failure('redirects', `more than ${allowed} redirects`)
    url = next
  }
}

/** Tries one address after the other, until one connects. */
async function reach(outgoing: Outgoing, to: Destination, asked: Asked, signal: AbortSignal): Promise<IncomingMessage> {
  const sent = { method: asked.method ?? 'GET', headers: headersOf(outgoing, asked), body: asked.body } satisfies Sent
  const tried = to.addresses.slice(0, mostAddresses)
  for (const [index, address] of tried.entries()) {
    try {
      return await hop(to, address, sent, outgoing, asked.timeout / tried.length, signal)
    } catch (error) {
      if (error instanceof NoConnection && index + 1 < tried.length && !signal.aborted) continue
      throw error instanceof NoConnection ? (error.cause ?? error) : error
    }
  }
  throw new Failure('host', 'no address') // there is at least one
}

function headersOf({ userAgent }: Outgoing, { headers }: Asked): Record<string, string> {
  return { 'accept-encoding': encodings, 'user-agent': userAgent, ...headers }
}

/** @throws Failure `url`, `redirects` */
function redirectOf({ statusCode = 0, headers }: IncomingMessage, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined
  if (headers.location === undefined) throw new Failure('redirects', 'a redirect to nowhere')
  // Header bytes come as Latin 1; a location that is not ASCII is UTF-8, as browsers have it.
  return parseUrl(Buffer.from(headers.location, 'latin1').toString(), from)
}

async function answerOf(response: IncomingMessage, url: URL, { wants }: Asked, signal: AbortSignal): Promise<Answer> {
  const { headers, statusCode: status = 0 } = response
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const allowance = wants(type)
  if (allowance === undefined)
    throw new Failure('type', `${type.slice(0, 100) || 'nothing known'} is not what was asked for`)
  const { bytes: body, cut } = await readBody(response, allowance)
  signal.throwIfAborted() // a body that we broke off ends like one that is complete
  return { url, status, type, headers, body, cut }
}

/** A resolver cannot be stopped; nobody has to wait for it. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error('aborted', { cause: signal.reason }))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

const mostAddresses = 3
