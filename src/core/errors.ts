/**
 * Every code of the client protocol, by name, with when it is used.
 *
 * Three kinds, told apart by what happens to the connection: an *error* answers
 * one command and the connection stays; a *disconnect* ends the connection; an
 * *unsubscribe* ends one subscription. Codes, wording and ranges are those of
 * the Centrifuge client protocol v2; the SDKs decide by code whether to come back.
 */

/** A command was refused. Thrown anywhere below an edge, turned into a reply there. */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly code: number
  readonly temporary: boolean
  constructor(code: number, message: string, temporary = false, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.temporary = temporary
  }
}

/** The connection ends. 3000–3499, 4000–4499: the client comes back. 3500–3999, 4500–4999: it stays away. */
export class Disconnect extends Error {
  override readonly name = 'Disconnect'
  readonly code: number
  /** Never empty and never JSON: an SDK would take an empty one for "come back" and parse the other. At most 123 bytes, RFC 6455 section 5.5. */
  readonly reason: string
  constructor(code: number, reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.code = code
    this.reason = reason
  }
}

/** One subscription ends. 2000–2499: for good. 2500–2999: the client subscribes again at once. */
export interface Unsubscribe {
  readonly code: number
  readonly reason: string
}

const error =
  (code: number, message: string, temporary = false) =>
  (options?: ErrorOptions) =>
    new ClientError(code, message, temporary, options)

/** Made anew each time, so that a stack tells where. */
export const errors = {
  /** Our own fault, or a store or engine that is out of order for now. */
  internal: error(100, 'internal server error', true),
  /** No proof of who this is, where one is needed. */
  unauthorized: error(101, 'unauthorized'),
  /** The channel's namespace is not configured. */
  unknownChannel: error(102, 'unknown channel'),
  /** Well asked, not allowed. */
  permissionDenied: error(103, 'permission denied'),
  /** No such RPC or API method. */
  methodNotFound: error(104, 'method not found'),
  /** This client has that subscription, or is about to. */
  alreadySubscribed: error(105, 'already subscribed'),
  /** The client asked for more subscriptions than it may have. */
  limitExceeded: error(106, 'limit exceeded'),
  /** A parameter that cannot be: channel name, limit, payload. */
  badRequest: error(107, 'bad request'),
  /** The feature is off in this namespace or on this server. */
  notAvailable: error(108, 'not available'),
  /** A correct token that is past its time: the client gets a new one and tries again. */
  tokenExpired: error(109, 'token expired'),
  /** The connection or subscription that was asked for would be over already. */
  expired: error(110, 'expired'),
  /** A rate limit; the client tries again later. */
  tooManyRequests: error(111, 'too many requests', true),
  /** The position cannot be continued from, and the client wanted nothing less. */
  unrecoverablePosition: error(112, 'unrecoverable position'),
  /** Pages of one listing asked for in parallel; in the server API a conflict. */
  concurrentPagination: error(113, 'concurrent pagination', true),
} as const

const disconnect = (code: number, reason: string) => (options?: ErrorOptions) => new Disconnect(code, reason, options)

export const disconnects = {
  /** The client left by itself. Never sent. */
  connectionClosed: disconnect(3000, 'connection closed'),
  /** This server goes down or moves; others, or the next one, are there. */
  shutdown: disconnect(3001, 'shutdown'),
  /** Our own fault, where no reply can tell. */
  internal: disconnect(3004, 'internal server error'),
  /** The connection was not refreshed in time. */
  connectionExpired: disconnect(3005, 'connection expired'),
  /** A server-side subscription was not refreshed in time. */
  subscriptionExpired: disconnect(3006, 'subscription expired'),
  /** The client reads more slowly than it is written to, and its outbox is full. */
  slow: disconnect(3008, 'slow'),
  /** The transport refused a write. */
  writeError: disconnect(3009, 'write error'),
  /** A gap that this connection cannot fill: it reconnects and recovers. */
  insufficientState: disconnect(3010, 'insufficient state'),
  /** Asked to come back, by an operator. */
  forceReconnect: disconnect(3011, 'force reconnect'),
  /** No answer to a ping. */
  noPong: disconnect(3012, 'no pong'),
  /** More commands waiting than a connection may have. */
  tooManyRequests: disconnect(3013, 'too many requests'),
  /** What the client knows is void: tokens and positions. */
  stateInvalidated: disconnect(3014, 'state invalidated'),
  /** A forged token, or one for somebody or something else. */
  invalidToken: disconnect(3500, 'invalid token'),
  /** Not the protocol: unparsable, out of order, a required field missing. */
  badRequest: disconnect(3501, 'bad request'),
  /** Connected and never said who. */
  stale: disconnect(3502, 'stale'),
  /** Told to stay away, by an operator. */
  forceDisconnect: disconnect(3503, 'force disconnect'),
  /** The user has too many connections. */
  connectionLimit: disconnect(3504, 'connection limit'),
  /** The server itself gave the client more subscriptions than it may have. */
  channelLimit: disconnect(3505, 'channel limit'),
  /** Bytes that are not JSON for a client that speaks only JSON. */
  inappropriateProtocol: disconnect(3506, 'inappropriate protocol'),
  /** Not allowed to connect. */
  permissionDenied: disconnect(3507, 'permission denied'),
  /** `send`, without anybody to take it. */
  notAvailable: disconnect(3508, 'not available'),
  /** One error after the other. */
  tooManyErrors: disconnect(3509, 'too many errors'),
} as const

export const unsubscribes = {
  /** By the server API. */
  server: { code: 2000, reason: 'server unsubscribe' },
  /** A gap that this subscription cannot fill: it subscribes again and recovers. */
  insufficientState: { code: 2500, reason: 'insufficient state' },
  /** The subscription was not refreshed in time. */
  expired: { code: 2501, reason: 'subscription expired' },
  /** What the client knows of this channel is void. */
  stateInvalidated: { code: 2502, reason: 'state invalidated' },
} as const satisfies Record<string, Unsubscribe>
