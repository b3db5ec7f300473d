/**
 * What an application decides itself, in code or by a backend that is asked over
 * HTTP. Each question may be left to the rules by answering undefined; without a
 * question the rules decide at once, and nothing waits.
 *
 * A refusal is thrown: a ClientError answers the command, a Disconnect ends the
 * connection. Whoever asks waits, and only the connection it is about: commands
 * of one client are asked about in their order.
 */
import type { ConnectRequest, Identity, SubscriptionGrant } from './auth.ts'
import type { Client } from './client.ts'
import type { Disconnect } from './errors.ts'
import type { PublishOptions } from './node.ts'
import type { Payload } from './publication.ts'

/** Undefined: not decided here, the rules do. */
export type Answer<T> = T | undefined | Promise<T | undefined>

/** What a client wants to subscribe to, without a token. */
export interface SubscribeQuestion {
  readonly channel: string
  readonly data: Payload | undefined
}

interface PublishQuestion {
  readonly channel: string
  readonly data: Payload
}

/** A publication that somebody allowed, and what it is changed to. */
export interface PublishGrant extends PublishOptions {
  readonly data?: Payload | undefined // instead of the client's
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** Whether something that expires goes on. */
export type Renewal =
  | { readonly expired: true }
  | {
      readonly expired: false
      readonly expireAt: number | undefined // seconds since 1970; undefined: it expires no more
      readonly info?: Payload | undefined // what others see from now on; undefined: as before
      readonly meta?: Payload | undefined // of a connection
    }

/** Answers a client's call, and counts it (`client.spend`) if it is to be counted. `data` is the client's; the result is sent back. @throws ClientError, Disconnect */
export type RpcHandler = (
  client: Client,
  data: Payload | undefined,
) => Payload | undefined | Promise<Payload | undefined>

export interface Hooks {
  /** Who is this? Asked first, before a token is looked at: an application may know tokens of its own. */
  identify?(request: ConnectRequest): Answer<Identity>
  /** Who is this? Asked when a connection brings no token. */
  connect?(request: ConnectRequest): Answer<Identity>
  connected?(client: Client): void
  disconnected?(client: Client, why: Disconnect): void
  /** The client is in a channel, where presence or join and leave are on. */
  joined?(client: Client, channel: string): void
  /** It is no longer. Of a connection that ends, told before `disconnected`. */
  left?(client: Client, channel: string): void
  /** May this client subscribe, and with what? Not asked where a token or the name of the channel says who may. */
  subscribe?(client: Client, question: SubscribeQuestion): Answer<SubscriptionGrant>
  /** May this client publish this? What it sends next waits for the answer. */
  publish?(client: Client, question: PublishQuestion): Answer<PublishGrant>
  /** Asked when a connection expires. With this hook clients are not told that they expire, and bring no tokens for it. */
  refresh?(client: Client): Renewal | Promise<Renewal>
  /** Asked when a subscription expires, in channels of which `renews` is true; there clients bring no tokens for it. */
  subRefresh?(client: Client, channel: string): Renewal | Promise<Renewal>
  renews?(channel: string): boolean
  readonly rpc?: ReadonlyMap<string, RpcHandler>
  /** A call of a method that is not in `rpc`. */
  call?(client: Client, method: string, data: Payload | undefined): Payload | undefined | Promise<Payload | undefined>
  /** Headers that are kept with the client, for the questions after `connect`. Names in lower case. */
  readonly keeps?: { readonly headers: ReadonlySet<string>; readonly emulated: ReadonlySet<string> }
}

/** Two as one: what the first leaves undecided, the second is asked. What neither decides, nobody is asked. */
export function joinHooks(first: Hooks, second: Hooks): Hooks {
  const identify = either(first.identify?.bind(first), second.identify?.bind(second))
  const connect = either(first.connect?.bind(first), second.connect?.bind(second))
  const subscribe = either(first.subscribe?.bind(first), second.subscribe?.bind(second))
  const publish = either(first.publish?.bind(first), second.publish?.bind(second))
  const [refreshing, renewing, calling] = [
    first.refresh === undefined ? second : first,
    first.subRefresh === undefined ? second : first,
    first.call === undefined ? second : first,
  ]
  // One alone is passed on as it is: its application may go on adding to it.
  const methods = first.rpc && second.rpc ? new Map([...second.rpc, ...first.rpc]) : (first.rpc ?? second.rpc)
  return {
    ...(identify && { identify }),
    ...(connect && { connect }),
    connected(client) {
      first.connected?.(client)
      second.connected?.(client)
    },
    disconnected(client, why) {
      first.disconnected?.(client, why)
      second.disconnected?.(client, why)
    },
    joined(client, channel) {
      first.joined?.(client, channel)
      second.joined?.(client, channel)
    },
    left(client, channel) {
      first.left?.(client, channel)
      second.left?.(client, channel)
    },
    ...(subscribe && { subscribe }),
    ...(publish && { publish }),
    ...(refreshing.refresh && { refresh: refreshing.refresh.bind(refreshing) }),
    ...(renewing.subRefresh && { subRefresh: renewing.subRefresh.bind(renewing) }),
    ...(renewing.renews && { renews: renewing.renews.bind(renewing) }),
    ...(methods && { rpc: methods }),
    ...(calling.call && { call: calling.call.bind(calling) }),
    keeps: {
      headers: new Set([...(first.keeps?.headers ?? []), ...(second.keeps?.headers ?? [])]),
      emulated: new Set([...(first.keeps?.emulated ?? []), ...(second.keeps?.emulated ?? [])]),
    },
  }
}

type Ask<Asked extends unknown[], T> = (...asked: Asked) => Answer<T>

function either<Asked extends unknown[], T>(
  first: Ask<Asked, T> | undefined,
  second: Ask<Asked, T> | undefined,
): Ask<Asked, T> | undefined {
  if (first === undefined || second === undefined) return first ?? second
  return (...asked) => {
    const answer = first(...asked)
    if (answer === undefined) return second(...asked)
    return answer instanceof Promise ? answer.then((decided) => decided ?? second(...asked)) : answer
  }
}
