/**
 * Whether a letter has arrived, so that its sender is told the truth.
 *
 * A letter is *taken* when a WebSocket of the mailbox has answered the ping that
 * was sent behind it (what is written in order arrives in order, so the answer
 * proves the letter, too, and a peer that is gone without a word is noticed);
 * or when it was written to an event stream, a waiting poll or a Centrifuge
 * client, which prove nothing until they come back with a position.
 */
import type { Clock } from '../core/clock.ts'
import type { Node } from '../core/node.ts'
import type { Position } from '../core/publication.ts'
import type { Mailbox } from './mailbox-address.ts'
import type { MailboxBookmarks } from './mailbox-bookmarks.ts'

interface Waiting {
  readonly position: Position
  readonly resolve: (taken: boolean) => void
}

export class MailboxDeliveries {
  readonly #node: Node
  readonly #clock: Clock
  readonly #bookmarks: MailboxBookmarks
  readonly #patience: number
  readonly #readers = new Map<string, number>() // our own, by channel
  readonly #waiting = new Map<string, Set<Waiting>>() // by channel
  readonly #silent = new Set<string>() // channels whose readers took nothing when last waited for

  /** `patience`: milliseconds that an answer waits for a reader's proof. */
  constructor(node: Node, bookmarks: MailboxBookmarks, patience: number) {
    this.#node = node
    this.#clock = node.clock
    this.#bookmarks = bookmarks
    this.#patience = patience
  }

  /** A reader of ours follows, until it says `leave`. */
  enter({ channel }: Mailbox): void {
    this.#silent.delete(channel)
    this.#readers.set(channel, (this.#readers.get(channel) ?? 0) + 1)
  }

  leave({ channel }: Mailbox): void {
    const left = (this.#readers.get(channel) ?? 1) - 1
    if (left > 0) this.#readers.set(channel, left)
    else {
      this.#readers.delete(channel)
      this.#silent.delete(channel)
      for (const { resolve } of this.#waiting.get(channel) ?? []) resolve(false)
    }
  }

  /** Readers of the channel that came through other doors; what is published is written to them at once. */
  others({ channel }: Mailbox): number {
    return this.#node.followers(channel) - (this.#readers.get(channel) ?? 0)
  }

  /** A reader has everything up to here. */
  taken(mailbox: Mailbox, position: Position): void {
    this.#silent.delete(mailbox.channel)
    this.#bookmarks.move(mailbox, undefined, position)
    for (const waiting of this.#waiting.get(mailbox.channel) ?? [])
      if (covers(position, waiting.position)) waiting.resolve(true)
  }

  /** Whether a letter that was just published has arrived; waits a little where somebody is there to take it. */
  async isTaken(mailbox: Mailbox, position: Position): Promise<boolean> {
    if (this.others(mailbox) > 0) {
      this.taken(mailbox, position)
      return true
    }
    const { channel } = mailbox
    const proof = this.#readers.has(channel) && !this.#silent.has(channel) ? this.#proof(channel, position) : false
    return covers(await this.#bookmarks.read(mailbox, undefined), position) || proof
  }

  async #proof(channel: string, position: Position): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const waiting = { position, resolve }
    let all = this.#waiting.get(channel)
    if (all === undefined) this.#waiting.set(channel, (all = new Set()))
    all.add(waiting)
    const cancel = this.#clock.after(this.#patience, () => {
      this.#silent.add(channel)
      resolve(false)
    })
    const taken = await promise
    cancel()
    all.delete(waiting)
    if (all.size === 0 && this.#waiting.get(channel) === all) this.#waiting.delete(channel)
    return taken
  }
}

function covers(reached: Position | undefined, wanted: Position): boolean {
  return reached !== undefined && reached.epoch === wanted.epoch && reached.offset >= wanted.offset
}
