/**
 * Who somebody is, and how that is found out. The proofs themselves (tokens,
 * cookies, keys) are checked outside; the core only states what it needs.
 */
import { disconnects, errors } from './errors.ts'
import type { Payload } from './publication.ts'

/** What a checked connection token says. */
export interface ConnectClaims {
  readonly user: string // '' if the token names nobody
  readonly expireAt: number | undefined // seconds since 1970
  readonly info: Payload | undefined
  readonly subs: ReadonlyMap<string, SubscriptionGrant>
  readonly meta: Payload | undefined
}

/** What a checked subscription token says. */
export interface SubscribeClaims extends SubscriptionGrant {
  readonly user: string
  readonly channel: string
  readonly client: string | undefined
}

/** A subscription that was decided by somebody other than the client. */
export interface SubscriptionGrant {
  readonly info?: Payload | undefined
  readonly data?: Payload | undefined
  readonly expireAt?: number | undefined // seconds since 1970
  readonly override?: Override | undefined
}

/** Namespace options that a grant sets for its one subscription. */
export interface Override {
  readonly presence?: boolean | undefined
  readonly joinLeave?: boolean | undefined
  readonly forcePushJoinLeave?: boolean | undefined
  readonly forceRecovery?: boolean | undefined
  readonly forcePositioning?: boolean | undefined
}

export type Verdict<Claims> =
  | { readonly ok: true; readonly claims: Claims }
  | { readonly ok: false; readonly because: 'expired' | 'invalid' }

export interface TokenVerifier {
  connection(token: string): Promise<Verdict<ConnectClaims>>
  subscription(token: string): Promise<Verdict<SubscribeClaims>>
}

/** How a client came in. */
export interface Entrance {
  readonly transport: string // `websocket`, `http_stream`, `sse`, …
  readonly protocol: 'json' | 'protobuf'
  /** Of the HTTP request that opened the connection, names in lower case; with a client that is connected, only what the hooks keep. */
  readonly headers: Iterable<readonly [name: string, value: string]>
  /** What the client calls headers in its connect command: nobody on the way has checked them. */
  readonly emulated: Iterable<readonly [name: string, value: string]>
}

/** What a client says of itself when it connects. */
export interface ConnectRequest extends Entrance {
  readonly client: string // the id that it will have
  readonly channels: readonly string[] // to which it would like to be subscribed
  readonly token: string
  readonly data: Payload | undefined
  readonly name: string
  readonly version: string
  readonly headers: Headers
  readonly emulated: ReadonlyMap<string, string>
  /** The URL of the HTTP request. */
  readonly url: string
  readonly address: string // of whoever asks, as far as it can be believed
  readonly secure: boolean // whether it came by TLS
  readonly host: string // under which name the server was asked for; '' if that was not said
}

/** Somebody, as the rest of the server knows them. */
export interface Identity {
  readonly user: string // '' for anonymous
  readonly info?: Payload | undefined
  readonly data?: Payload | undefined // for the connect reply
  readonly expireAt?: number | undefined // seconds since 1970
  readonly refreshable?: boolean | undefined // whether the client is to refresh a connection that expires
  readonly subs?: ReadonlyMap<string, SubscriptionGrant> | undefined
  readonly meta?: Payload | undefined
}

export interface AuthOptions {
  readonly insecure: boolean // no token needed, everything allowed: for development
  readonly allowAnonymous: boolean // connecting without a token
  readonly disallowAnonymousTokens: boolean // tokens that name nobody
  /** What is in the cookie that may hold a connection token; '' for nothing. */
  readonly tokenIn?: ((headers: Headers) => string) | undefined
  readonly personalChannel?: ((user: string) => string) | undefined // to which each user is subscribed on connecting
}

/**
 * Finds out who connects: the application decides if it knows, then a token if
 * there is one, else whoever is asked about those without, then whether anybody may.
 * @throws ClientError 109, 110 · Disconnect 3500, 3501, 3507
 */
export async function identify(
  request: ConnectRequest,
  options: AuthOptions,
  tokens: TokenVerifier,
  hooks: { readonly identify?: Ask; readonly connect?: Ask },
  now: number, // seconds since 1970
): Promise<Identity> {
  const known = await hooks.identify?.(request)
  if (known === undefined && request.token !== '') return byToken(request.token, options, tokens, now)
  const identity = known ?? (await hooks.connect?.(request))
  if (identity !== undefined) {
    if (identity.expireAt !== undefined && identity.expireAt <= now) throw errors.expired()
    return identity
  }
  if (options.allowAnonymous || options.insecure) return { user: '' }
  throw disconnects.badRequest()
}

type Ask = (request: ConnectRequest) => Identity | undefined | Promise<Identity | undefined>

async function byToken(token: string, options: AuthOptions, tokens: TokenVerifier, now: number): Promise<Identity> {
  const verdict = await tokens.connection(token)
  if (!verdict.ok) throw verdict.because === 'expired' ? errors.tokenExpired() : disconnects.invalidToken()
  const { user, expireAt, info, subs, meta } = verdict.claims
  if (user === '' && options.disallowAnonymousTokens && !options.insecure) throw disconnects.permissionDenied()
  if (options.insecure) return { user, info, subs, meta }
  if (expireAt !== undefined && expireAt <= now) throw errors.expired()
  return { user, info, subs, meta, expireAt, refreshable: expireAt !== undefined }
}
