/**
 * Who stands behind a plain HTTP request, or a socket that says nothing of it
 * in messages: whoever sends the API key, or a connection token in
 * `Authorization: Bearer` or, for those that can set no header (a browser's
 * WebSocket and EventSource), in `?token=`; else whom the application knows.
 */
import { type Entrance, identify, type Identity } from '../core/auth.ts'
import { ClientError, Disconnect } from '../core/errors.ts'
import type { Node } from '../core/node.ts'

export type HttpIdentity =
  | { readonly kind: 'backend' } // has the API key
  | { readonly kind: 'user'; readonly identity: Identity }
  | { readonly kind: 'nobody' } // has proved nothing
  | { readonly kind: 'refused'; readonly why: string } // what was to prove it does not

/** How those are called who speak plain HTTP and no protocol on top of it. */
export const byHttp = { transport: 'http', protocol: 'json', headers: [], emulated: [] } as const satisfies Entrance

export interface HttpIdentityOptions {
  readonly node: Node
  readonly hasKey: (headers: Headers) => boolean
}

export async function httpIdentity(
  request: Request,
  url: URL,
  address: string,
  { node, hasKey }: HttpIdentityOptions,
): Promise<HttpIdentity> {
  const { headers } = request
  const authorization = headers.get('authorization') ?? ''
  if (headers.has('x-api-key') || /^apikey\s/i.test(authorization))
    return hasKey(headers) ? { kind: 'backend' } : { kind: 'refused', why: 'this API key is not right' }
  const [, bearer] = /^bearer +(\S+)$/i.exec(authorization) ?? []
  if (authorization !== '' && bearer === undefined)
    return { kind: 'refused', why: 'Authorization must be "Bearer <token>" or "apikey <key>"' }
  const token = bearer ?? url.searchParams.get('token') ?? ''
  try {
    const identity = await identify(
      {
        ...byHttp,
        client: crypto.randomUUID(),
        token,
        data: undefined,
        name: '',
        version: '',
        channels: [],
        headers,
        emulated: new Map(),
        url: request.url,
        address,
      },
      node.auth,
      node.tokens,
      node.hooks,
      node.clock.now() / 1000,
    )
    return identity.user === '' ? { kind: 'nobody' } : { kind: 'user', identity }
  } catch (error) {
    if (!(error instanceof ClientError || error instanceof Disconnect)) throw error
    return token === '' ? { kind: 'nobody' } : { kind: 'refused', why: error.message }
  }
}
