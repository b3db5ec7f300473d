/**
 * The messages of the client protocol, as the session sees them: parsed once by
 * a codec, trusted inside. One key tells which, as on the wire.
 */
import type { Disconnect, Unsubscribe } from '../core/errors.ts'
import type { ClientInfo, Payload, Position, Publication } from '../core/publication.ts'

import type { FilterNode } from './filter.ts'

export type Command =
  | { readonly id: number; readonly connect: Connect }
  | { readonly id: number; readonly subscribe: Subscribe }
  | { readonly id: number; readonly unsubscribe: OfChannel }
  | { readonly id: number; readonly publish: Publish }
  | { readonly id: number; readonly presence: OfChannel }
  | { readonly id: number; readonly presence_stats: OfChannel }
  | { readonly id: number; readonly history: History }
  | { readonly id: number; readonly rpc: Rpc }
  | { readonly id: number; readonly send: { readonly data: Payload | undefined } }
  | { readonly id: number; readonly refresh: { readonly token: string } }
  | { readonly id: number; readonly sub_refresh: { readonly channel: string; readonly token: string } }
  | { readonly id: number; readonly pong: true } // an empty command
  | { readonly id: number; readonly unknown: true } // none of the above; ends as 3501

export interface Connect {
  readonly token: string
  readonly data: Payload | undefined
  readonly name: string
  readonly version: string
  readonly subs: ReadonlyMap<string, Subscribe>
  readonly headers: ReadonlyMap<string, string>
}

export interface Subscribe {
  readonly channel: string
  readonly token: string
  readonly data: Payload | undefined
  readonly recover: boolean
  readonly epoch: string
  readonly offset: number
  readonly positioned: boolean
  readonly recoverable: boolean
  readonly joinLeave: boolean
  readonly delta: string
  readonly tf: FilterNode | undefined
  readonly rejectUnrecovered: boolean
  readonly type: number
}

export interface OfChannel {
  readonly channel: string
}

export interface Publish {
  readonly channel: string
  readonly data: Payload | undefined
}

export interface History {
  readonly channel: string
  readonly limit: number
  readonly since: Position | undefined
  readonly reverse: boolean
}

export interface Rpc {
  readonly method: string
  readonly data: Payload | undefined
}

/** What answers a command: exactly one of them, beside its id. */
export type Reply =
  | { readonly error: { readonly code: number; readonly message: string; readonly temporary: boolean } }
  | { readonly connect: Connected }
  | { readonly subscribe: SubscribeResult }
  | { readonly unsubscribe: true }
  | { readonly publish: true }
  | { readonly presence: ReadonlyMap<string, ClientInfo> }
  | { readonly presence_stats: { readonly clients: number; readonly users: number } }
  | { readonly history: { readonly publications: readonly Publication[]; readonly top: Position } }
  | { readonly rpc: Payload | undefined }
  | { readonly refresh: Expiry }
  | { readonly sub_refresh: Expiry }

/** `ttl`: seconds; undefined where there is no expiry, or it is not the client's task. */
export interface Expiry {
  readonly ttl: number | undefined
}

export interface Connected extends Expiry {
  readonly client: string
  readonly version: string
  readonly data: Payload | undefined
  readonly subs: ReadonlyMap<string, SubscribeResult>
  readonly ping: number // seconds; 0: none
  readonly pong: boolean
  readonly session: string // only where the transport needs it
  readonly node: string
}

export interface SubscribeResult extends Expiry {
  readonly positioned: boolean
  readonly recoverable: boolean
  readonly position: Position
  readonly wasRecovering: boolean
  readonly recovered: boolean
  readonly publications: readonly Publication[]
  readonly data: Payload | undefined
  /** `publications` form a chain: the first is whole, each other may be a patch of the one before. */
  readonly delta: boolean
}

/** What the server tells unasked. Publications have their own way, because they are encoded once for many. */
export type Push =
  | { readonly channel: string; readonly join: ClientInfo }
  | { readonly channel: string; readonly leave: ClientInfo }
  | { readonly channel: string; readonly subscribe: SubscribeResult }
  | { readonly channel: string; readonly unsubscribe: Unsubscribe }
  | { readonly disconnect: Disconnect }
  | { readonly refresh: Expiry }

/** What a transport carries: text for JSON, bytes for Protobuf. */
export type Frame = string | Uint8Array

/** One encoding of the messages. */
export interface Codec {
  readonly name: 'json' | 'protobuf'
  /** @throws Disconnect 3501 for what is not the protocol */
  decode(frame: Frame): Command[]
  reply(id: number, reply: Reply): Frame
  push(push: Push): Frame
  /**
   * Encoded once and shared by all readers. With a `base` it is for those who
   * negotiated deltas: what differs from the base, or whole if that is null.
   * @throws Disconnect 3506 for a payload that this encoding cannot carry
   */
  publication(channel: string, publication: Publication, base?: Publication | null): Frame
  readonly ping: Frame
  /** Several frames as one. */
  join(frames: readonly Frame[]): Frame
}
