/**
 * What the client needs of a connection. One kind of link is a connection of
 * the Centrifuge SDK (`centrifuge-link.ts`); another may be a neighbouring tab
 * that has one.
 */
import type { Observable } from './observable.ts'
import type { PositionView } from './types.ts'

/** `offline`: it is tried again; `refused`: it is not, because who asks is nobody, or no longer. */
export type LinkState = 'connecting' | 'connected' | 'offline' | 'refused'

export interface Entry {
  readonly data: unknown
  /** Where it stands in the log; 0: it is told to who is there, and not kept. */
  readonly offset: number
  /** Who did it, as the server says. */
  readonly from?: { readonly user: string; readonly info: unknown } | undefined
}

export interface Follower {
  /** Each entry of the channel after the position, once and in order, and what is not kept. */
  receive(entry: Entry): void
  /** Whether the channel is followed at present. */
  live?(live: boolean): void
  /** Entries were missed that nobody can tell any more: take a new page. The following goes on from this position. */
  lost?(position: PositionView): void
  /** It is over: the server will not have it. */
  ended?(reason: { readonly code: number; readonly message: string }): void
}

export interface Link {
  readonly state: Observable<LinkState>
  /** Calls an action. @throws CallError */
  call(method: string, input: unknown): Promise<unknown>
  /** Reads a channel on from a position, over lost connections. Returns how to stop. */
  follow(channel: string, since: PositionView, follower: Follower): () => void
  /** What the own inbox tells. */
  inbox(receive: (data: unknown) => void): () => void
  /** Each time that a connection is made: what was told only to who was there may have been missed. */
  connected(tell: () => void): () => void
  /** The program slept, or the network is back: what is waited for is tried now. */
  wake?(): void
  close(): void
}
