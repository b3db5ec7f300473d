/**
 * What travels and where it stands.
 *
 * A channel is an append-only log; a publication is one entry of it. The
 * publisher's bytes are never re-serialised on their way: what is text was
 * checked to be JSON once, at the edge, and is passed on as it was written.
 */

import type { Tags } from './tags.ts'

/**
 * Where a reader stands in a channel. `offset` counts publications from 1;
 * `epoch` names the log they are counted in. A log that was lost and begun
 * again takes a new epoch, so an offset from the old one can never be mistaken
 * for a place in the new one.
 */
export interface Position {
  readonly epoch: string
  readonly offset: number // at a million publications a second, 2^53 is 285 years away
}

/**
 * A string is JSON text, known to be valid and free of raw line breaks; bytes
 * are everything else. So a JSON codec can embed the first and must refuse
 * the second, without looking inside.
 */
export type Payload = string | Uint8Array

/** Who stands behind a publication, a subscription or a presence entry. */
export interface ClientInfo {
  readonly user: string // '' for an anonymous client
  readonly client: string
  readonly connInfo: Payload | undefined
  readonly chanInfo: Payload | undefined
}

/** What a publisher hands in, before the log gives it a place. */
export interface Draft {
  readonly data: Payload
  readonly info?: ClientInfo | undefined // of the publishing client; absent for publications by the server API
  readonly tags?: Tags | undefined
}

/** One entry of a log. In a channel without history, `offset` is 0 and `epoch` is ''. */
export interface Publication extends Position {
  readonly data: Payload
  readonly time: number // milliseconds since 1970, given by the store; for display only, the order is the offset
  readonly info: ClientInfo | undefined
  readonly tags: Tags | undefined
  /** Its publisher says that it resembles the one before it. Only on its way; the store does not keep this. */
  readonly delta?: boolean | undefined
}
