/**
 * Who stands behind a plain HTTP request, or a socket that says nothing of it
 * in messages: whoever sends the API key, or a connection token in
 * `Authorization: Bearer` or, for those that can set no header (a browser's
 * WebSocket and EventSource), in `?token=` or a cookie; else whom the application knows.
 */
import { type Entrance, identify, type Identity } from '../core/auth.ts'
import { ClientError, Disconnect } from '../core/errors.ts'
import type { Node } from '../core/node.ts'
import type { Arrival } from './arrival.ts'

export type HttpIdentity =
  | { readonly kind: 'backend' } // has the API key
  | { readonly kind: 'user'; readonly identity: Identity }
  | { readonly kind: 'nobody' } // has proved nothing
  | { readonly kind: 'refused'; readonly why: string } // what was to prove it does not

/** How those are called who speak plain HTTP and no protocol on top of it. */
export const byHttp = { transport: 'http', protocol: 'json', headers: [], emulated: [] } as const satisfies Entrance

/** The API key is there, whether or not it is the right one. */
export function claimsKey(headers: Headers): boolean {
  return headers.has('x-api-key') || /^apikey\s/i.test(headers.get('authorization') ?? '')
}

/** A header where one can be set; EventSource and WebSocket have only the URL, which ends up in logs, or a cookie. '' for none. */
export function tokenOf({ headers }: Arrival, url: URL, { auth }: Node): string {
  return bearerOf(headers) ?? url.searchParams.get('token') ?? auth.tokenIn?.(headers) ?? ''
}

function bearerOf(headers: Headers): string | undefined {
  return /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
}

/** Finds out who sent a request, as for a client that connects. @throws what `identify` throws */
export function identifyRequest(
  { request: { url }, headers, address, secure, host }: Arrival,
  token: string,
  client: string,
  { auth, tokens, hooks, clock }: Node,
): Promise<Identity> {
  const nothing = { data: undefined, name: '', version: '', channels: [], emulated: new Map<string, string>() }
  const request = { ...byHttp, ...nothing, client, token, headers, url, address, secure, host }
  return identify(request, auth, tokens, hooks, clock.now() / 1000)
}

export interface HttpIdentityOptions {
  readonly node: Node
  readonly hasKey: (headers: Headers) => boolean
}

/** @throws ClientError, Disconnect when it cannot be found out for now */
export async function httpIdentity(
  arrival: Arrival,
  url: URL,
  { node, hasKey }: HttpIdentityOptions,
): Promise<HttpIdentity> {
  const { headers } = arrival
  if (claimsKey(headers))
    return hasKey(headers) ? { kind: 'backend' } : { kind: 'refused', why: 'this API key is not right' }
  if ((headers.get('authorization') ?? '') !== '' && bearerOf(headers) === undefined)
    return { kind: 'refused', why: 'Authorization must be "Bearer <token>" or "apikey <key>"' }
  const token = tokenOf(arrival, url, node)
  try {
    const identity = await identifyRequest(arrival, token, crypto.randomUUID(), node)
    return identity.user === '' ? { kind: 'nobody' } : { kind: 'user', identity }
  } catch (error) {
    if (!(error instanceof ClientError || error instanceof Disconnect) || isPassing(error)) throw error
    return token === '' ? { kind: 'nobody' } : { kind: 'refused', why: error.message }
  }
}

/** The same request may be answered otherwise in a moment: nothing was found out about who sent it. */
function isPassing(error: ClientError | Disconnect): boolean {
  return error instanceof ClientError ? error.temporary : error.code % 1000 < 500 // 3500 to 3999 and 4500 to 4999 are for good
}
