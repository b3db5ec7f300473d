/**
 * What a program decides in code. Each question may be left to the rules of the
 * namespaces by answering nothing. A refusal is thrown: a ClientError (code and
 * message) answers the command, a Disconnect ends the connection. Anything else
 * that is thrown is the program's own fault: the client is told 100 "internal
 * server error", the log what it was, and the server goes on.
 */
import type { ConnectRequest, Identity as Known, SubscriptionGrant } from '../core/auth.ts'
import { errors } from '../core/errors.ts'
import type { Answer, Hooks, PublishGrant } from '../core/hooks.ts'
import type { Payload } from '../core/publication.ts'
import type { Statement } from '../core/store.ts'
import { Visit } from '../transports/visit.ts'
import { type Client, clientOf } from './client.ts'
import { fromPayload, toPayload, toPayloadIfAny } from './values.ts'

type Maybe<T> = T | undefined | void | Promise<T | undefined | void>

export interface Decisions {
  /**
   * Who is this? Asked first, whatever the client brings. Nothing: its token
   * decides if there is one, else whether anybody may come.
   */
  onConnect?(request: ConnectionRequest): Maybe<Identity>
  /** May this client subscribe? True, or what the subscription gets; false to refuse. Not asked where a token or the name of the channel says who may. */
  onSubscribe?(client: Client, request: SubscribeRequest): Maybe<boolean | Grant>
  /** May this client publish this? True, or what to change; false to refuse. What the client sends next waits for the answer. */
  onPublish?(client: Client, publication: Offered): Maybe<boolean | Change>
  /** A connection has ended; 3000 to 4999, as the client was told or would have been. */
  onDisconnect?(client: Client, why: { readonly code: number; readonly reason: string }): unknown
  /** Somebody is in a channel now, or no longer: where `presence` or `join_leave` is on. Once for each connection. */
  onPresence?(client: Client, change: { readonly channel: string; readonly joined: boolean }): unknown
}

/** A client that wants to connect, with the HTTP request that it came by. */
export class ConnectionRequest extends Visit {
  /** What it brings as a token; empty if none. */
  readonly token: string
  /** The id that the connection will have. */
  readonly client: string
  /** How the client calls itself: a name and a version of a program. */
  readonly name: string
  readonly version: string
  readonly #data: Payload | undefined

  /** Made by the server. @internal */
  constructor(request: ConnectRequest) {
    super(request)
    this.token = request.token
    this.client = request.client
    this.name = request.name
    this.version = request.version
    this.#data = request.data
  }

  /** What it sent along: a value, or bytes; undefined if nothing. */
  get data(): unknown {
    return fromPayload(this.#data)
  }
}

/** Somebody. What is `unknown` here is any value that JSON can say, or bytes. */
export interface Identity {
  /** Empty for anonymous. */
  readonly user: string
  /** What others see besides, with publications and presence. */
  readonly info?: unknown
  /** What only the server sees: `client.meta`. */
  readonly meta?: unknown
  /** What the client is told. */
  readonly data?: unknown
  /** Seconds since 1970. */
  readonly expireAt?: number | undefined
  /** To which the client is subscribed at once, whatever the rules say. */
  readonly channels?: readonly string[] | Readonly<Record<string, Grant>> | undefined
}

export interface SubscribeRequest {
  readonly channel: string
  /** What the client sent along; undefined if nothing. */
  readonly data: unknown
}

/** What a subscription gets. */
export interface Grant {
  /** What others see of the client in this channel. */
  readonly info?: unknown
  /** What the client is told. */
  readonly data?: unknown
  /** Seconds since 1970. */
  readonly expireAt?: number | undefined
}

/** What a client wants to publish. */
export interface Offered {
  readonly channel: string
  /** A value, or bytes. */
  readonly data: unknown
}

/** What a client's publication becomes. */
export interface Change {
  /** Instead of the client's. */
  readonly data?: unknown
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly idempotencyKey?: string | undefined
  /** Run in the transaction that appends it. */
  readonly statements?: readonly Statement[] | undefined
}

/** The same, as the core asks it. @internal */
export function hooksOf(decisions: Decisions, report: (error: unknown) => void): Hooks {
  const tell = (what: () => unknown) => {
    void (async () => what())().catch(report) // what is only told cannot refuse
  }
  return {
    ...(decisions.onConnect && {
      identify: (request) => settle(decisions.onConnect?.(new ConnectionRequest(request)), toKnown),
    }),
    ...(decisions.onSubscribe && {
      subscribe: (client, { channel, data }) =>
        settle(decisions.onSubscribe?.(clientOf(client), { channel, data: fromPayload(data) }), toGrant),
    }),
    ...(decisions.onPublish && {
      publish: (client, { channel, data }) =>
        settle(decisions.onPublish?.(clientOf(client), { channel, data: fromPayload(data) }), toChange),
    }),
    ...(decisions.onDisconnect && {
      disconnected: (client, { code, reason }) =>
        tell(() => decisions.onDisconnect?.(clientOf(client), { code, reason })),
    }),
    ...(decisions.onPresence && {
      joined: (client, channel) => tell(() => decisions.onPresence?.(clientOf(client), { channel, joined: true })),
      left: (client, channel) => tell(() => decisions.onPresence?.(clientOf(client), { channel, joined: false })),
    }),
  }
}

/** What was answered at once stays at once: only who waits makes others wait. */
function settle<T, R>(answer: Maybe<T>, convert: (value: T) => R | undefined): Answer<R> {
  const decided = (value: T | undefined | void) => (value === undefined ? undefined : convert(value))
  return answer instanceof Promise ? answer.then(decided) : decided(answer)
}

function toKnown({ user, info, meta, data, expireAt, channels = [] }: Identity): Known {
  if (typeof user !== 'string') throw new TypeError('an identity has a user, which is text')
  const subs = Array.isArray(channels) ? channels.map((name: string) => [name, {}] as const) : Object.entries(channels)
  return {
    user,
    expireAt,
    info: toPayloadIfAny(info),
    meta: toPayloadIfAny(meta),
    data: toPayloadIfAny(data),
    subs: new Map(subs.map(([name, grant]: readonly [string, Grant]) => [name, grantOf(grant)])),
  }
}

function toGrant(answer: boolean | Grant): SubscriptionGrant {
  if (answer === false) throw errors.permissionDenied()
  return answer === true ? {} : grantOf(answer)
}

function grantOf({ info, data, expireAt }: Grant): SubscriptionGrant {
  return { info: toPayloadIfAny(info), data: toPayloadIfAny(data), expireAt }
}

function toChange(answer: boolean | Change): PublishGrant {
  if (answer === false) throw errors.permissionDenied()
  if (answer === true) return {}
  const { data, ...others } = answer
  return { ...others, ...(data !== undefined && { data: toPayload(data) }) }
}
