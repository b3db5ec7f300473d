import type { ClientInfo, Publication } from './publication.ts'

/**
 * Moves what is live between nodes. An engine may lose, repeat or reorder: the
 * store holds the truth and the channel puts it right.
 */
export interface Engine {
  publish(channel: string, publication: Publication): void
  join(channel: string, info: ClientInfo): void
  leave(channel: string, info: ClientInfo): void
  /** From the moment this resolves, `receiver` hears of the channel. One receiver per channel and node. */
  follow(channel: string, receiver: Receiver): void | Promise<void>
  unfollow(channel: string): void
}

/** The end of a channel on one node, where the engine hands over. */
export interface Receiver {
  receive(publication: Publication): void
  joined(info: ClientInfo): void
  left(info: ClientInfo): void
}
