/**
 * Whether a mailbox has room. A log makes room by dropping what is oldest; a
 * mailbox refuses what is new instead, as long as nobody has taken what would
 * be dropped. Letters that are on their way to the disk count: any number of
 * senders may be deciding at once.
 */
import type { Node } from '../core/node.ts'
import type { Position } from '../core/publication.ts'
import type { Appended } from '../core/store.ts'
import type { Mailbox } from './mailbox-address.ts'
import type { MailboxBookmarks } from './mailbox-bookmarks.ts'
import type { MailboxDeliveries } from './mailbox-deliveries.ts'
import { expiryOf } from './mailbox-message.ts'

/** Room for one letter. */
export interface Place {
  /** Must be called, and once: gives the place back when the letter is written, or is not. */
  fill(written: Promise<Appended>): Promise<Appended>
}

/** What is known of one mailbox while somebody decides about it or writes to it. */
interface Desk {
  users: number
  writing: number
  top: Position // as far as it was written to here
}

export class MailboxCapacity {
  readonly #node: Node
  readonly #bookmarks: MailboxBookmarks
  readonly #deliveries: MailboxDeliveries
  readonly #desks = new Map<string, Desk>() // by channel

  constructor(node: Node, bookmarks: MailboxBookmarks, deliveries: MailboxDeliveries) {
    this.#node = node
    this.#bookmarks = bookmarks
    this.#deliveries = deliveries
  }

  /** Undefined if there is none. @throws ClientError 100, StoreError */
  async reserve(mailbox: Mailbox): Promise<Place | undefined> {
    const { channel } = mailbox
    const desk = this.#desks.get(channel) ?? { users: 0, writing: 0, top: { epoch: '', offset: 0 } }
    this.#desks.set(channel, desk)
    desk.users++
    let place: Place | undefined
    try {
      if (await this.#takesPlace(mailbox, desk)) place = { fill: (written) => this.#fill(channel, desk, written) }
    } finally {
      if (place === undefined) this.#leave(channel, desk)
    }
    return place
  }

  /** Decides and counts in one go; in between, others would decide by the same numbers. */
  async #takesPlace(mailbox: Mailbox, desk: Desk): Promise<boolean> {
    const { channel, retention } = mailbox
    const { top } = await this.#node.history(channel, { limit: 0 })
    const hasRoom = (before: number) => topOf(desk, top) - before + desk.writing < retention.size
    if (!hasRoom(0) && this.#deliveries.others(mailbox) === 0) {
      const reached = await this.#bookmarks.read(mailbox, undefined)
      const since = reached?.epoch === top.epoch ? reached.offset : 0
      const page = await this.#node.history(channel, { since, limit: 1 })
      const first = page.publications[0] // of those that nobody has taken; it would be the one to be dropped
      const isOver = first !== undefined && expiryOf(first) <= this.#node.clock.now()
      if (!isOver && !hasRoom((first?.offset ?? page.top.offset + 1) - 1)) return false
    }
    desk.writing++
    return true
  }

  async #fill(channel: string, desk: Desk, written: Promise<Appended>): Promise<Appended> {
    try {
      const appended = await written
      desk.top = appended.position
      return appended
    } finally {
      desk.writing--
      this.#leave(channel, desk)
    }
  }

  #leave(channel: string, desk: Desk): void {
    if (--desk.users === 0) this.#desks.delete(channel)
  }
}

/** What was read may be older than what was written here since. */
function topOf(desk: Desk, read: Position): number {
  return desk.top.epoch === read.epoch ? Math.max(desk.top.offset, read.offset) : read.offset
}
