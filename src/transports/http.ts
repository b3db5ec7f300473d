/** What the ways in over plain HTTP share: who may ask how, and bodies with a limit. */
import type { Arrival } from './arrival.ts'
import { wrongOrigin } from './transport.ts'

/** Answers what needs no more than a look: a strange origin, a browser's question beforehand, a wrong method. */
export function answerEarly(arrival: Arrival, methods: readonly string[]): Response | undefined {
  if (!arrival.isAllowed) return wrongOrigin()
  const headers = arrival.cors()
  const { method } = arrival.request
  const allow = [...methods, 'OPTIONS'].join(', ')
  if (method === 'OPTIONS') {
    const preflight = { 'access-control-allow-methods': allow, 'access-control-max-age': '300' }
    return new Response(null, { status: 204, headers: { ...headers, ...preflight } })
  }
  if (methods.includes(method)) return undefined
  return new Response(`use ${methods.join(' or ')}\n`, { status: 405, headers: { ...headers, allow } })
}

/** A refusal that a page may read. */
export function refusal(status: number, text: string, arrival: Arrival): Response {
  return new Response(`${text}\n`, { status, headers: arrival.cors() })
}

/** Undefined: there is more than `limit` bytes, or the client left before the end. */
export async function readBody(request: Request, limit: number): Promise<Uint8Array | undefined> {
  const length = request.headers.get('content-length')
  if (Number(length) > limit) return undefined
  try {
    return length === null ? await readUpTo(request.body, limit) : await request.bytes()
  } catch (error) {
    if (request.signal.aborted) return undefined // nobody is there to be answered
    throw error
  }
}

/** What is sent without a length is counted as it comes. */
async function readUpTo(body: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body ?? []) {
    size += part.length
    if (size > limit) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}
