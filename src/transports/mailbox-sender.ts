/**
 * Sending: every receiver of a letter is decided on its own, and for each the
 * sender is told what became of it.
 *
 *   delivered              a connection of the receiver has it
 *   queued, until when     it is kept, and handed over when the receiver comes
 *   refused, why           it is not kept
 *
 * Letters of one sender to one receiver stand in the log in the order in which
 * `send` was called for them; where the application is asked about them, if each
 * call waits for the one before.
 */
import { allowPublish, isSpecial } from '../core/allow-publish.ts'
import type { Client } from '../core/client.ts'
import { ClientError, Disconnect, errors } from '../core/errors.ts'
import type { Node, PublishOptions } from '../core/node.ts'
import type { ClientInfo, Draft, Publication } from '../core/publication.ts'
import type { Namespace } from '../core/rules.ts'
import { type Appended, StoreError } from '../core/store.ts'
import { parsePlace, placeOf } from '../protocol/place.ts'
import type { Mailbox, MailboxAddresses } from './mailbox-address.ts'
import type { MailboxBookmarks } from './mailbox-bookmarks.ts'
import { MailboxCapacity, type Place } from './mailbox-capacity.ts'
import type { MailboxDeliveries } from './mailbox-deliveries.ts'
import { ackOf, draftOf, expiryOf, isAck, type Letter, rewritten } from './mailbox-message.ts'

/** Who sends. */
export interface Author {
  readonly info: ClientInfo | undefined // undefined: the application itself
  /** Whom the application is asked about; undefined with the API key, which neither it nor the rules bind. */
  readonly client: Client | undefined
  /** @throws ClientError 111 */
  spend(): void
}

export type Outcome = { readonly to: string } & (
  | { readonly status: 'delivered'; readonly id: string }
  | { readonly status: 'queued'; readonly id: string; readonly until?: number } // ms since 1970; absent: without end
  | { readonly status: 'refused'; readonly reason: Refusal }
)

export type Refusal =
  | 'unknown' // no such mailbox can be, or nothing is kept in its namespace
  | 'not allowed'
  | 'too large'
  | 'bad data' // the namespace wants another format
  | 'too many' // of this sender, in a short time
  | 'full' // as many letters as the mailbox holds wait to be taken
  | 'unavailable' // the store cannot write at present

export interface SenderParts {
  readonly node: Node
  readonly addresses: MailboxAddresses
  readonly bookmarks: MailboxBookmarks
  readonly deliveries: MailboxDeliveries
  /** Who may send, also where the namespace does not let clients publish: only whom it lets, users, or anybody. */
  readonly senders: 'by rules' | 'users' | 'anybody'
  readonly sizeLimit: number // of a letter's data, in characters of JSON text
}

export class MailboxSender {
  readonly #parts: SenderParts
  readonly #capacity: MailboxCapacity

  constructor(parts: SenderParts) {
    this.#parts = parts
    this.#capacity = new MailboxCapacity(parts.node, parts.bookmarks, parts.deliveries)
  }

  /** Resolves when the letter is on its way to all of them, in order; `outcomes` when it is known what became of it. */
  async send(letter: Letter, receivers: readonly string[], author: Author): Promise<{ outcomes: Promise<Outcome[]> }> {
    const begun: Promise<Outcome>[] = []
    for (const to of new Set(receivers)) begun.push((await this.#begin(letter, to, author)).outcome)
    return { outcomes: Promise.all(begun) }
  }

  /**
   * The reader of `mailbox` has read up to this letter. Its sender is told, if
   * it is somebody with a mailbox; again and again makes no difference.
   * @throws ClientError 107 for what is no letter of this mailbox, StoreError
   */
  async acknowledge(mailbox: Mailbox, device: string, id: string, by: ClientInfo | undefined): Promise<void> {
    const { node, bookmarks, deliveries } = this.#parts
    const position = parsePlace(id)
    if (position === undefined || position.offset === 0) throw errors.badRequest()
    const letter = await this.#read(mailbox, position.offset)
    if (letter !== undefined && letter.epoch !== position.epoch) throw errors.badRequest()
    if (letter === undefined) {
      const { top } = await node.history(mailbox.channel, { limit: 0 })
      if (top.epoch !== position.epoch || position.offset > top.offset) throw errors.badRequest()
    }
    deliveries.taken(mailbox, position)
    await bookmarks.save(mailbox, device, position)
    if (letter !== undefined && !isAck(letter)) await this.#tellSender(letter, mailbox.user, id, by)
  }

  // --------------------------------------------------------------------------------

  /** The promise is boxed, so that awaiting the one is not awaiting the other. */
  async #begin(letter: Letter, to: string, author: Author): Promise<{ outcome: Promise<Outcome> }> {
    try {
      const mailbox = this.#parts.addresses.find(to)
      const allowed = await this.#allow(letter, mailbox, author)
      const place = await this.#capacity.reserve(mailbox)
      if (place === undefined) return { outcome: Promise.resolve({ to, status: 'refused', reason: 'full' }) }
      return { outcome: this.#publish(allowed, mailbox, author, place) }
    } catch (error) {
      return { outcome: Promise.resolve(refused(to, error, 'unknown')) }
    }
  }

  /** The letter as it may be sent. @throws ClientError, or what the application throws */
  async #allow(letter: Letter, { channel, namespace }: Mailbox, author: Author): Promise<AllowedLetter> {
    const { node, sizeLimit } = this.#parts
    const { client } = author
    const may = () => this.#maySend(author.info?.user ?? '', channel, namespace)
    const asks = client !== undefined && node.hooks.publish !== undefined
    if (client !== undefined && !asks && !may()) throw errors.permissionDenied()
    if (letter.data.length > sizeLimit) throw errors.limitExceeded()
    author.spend()
    if (!asks) return { letter, options: {} }
    const { draft, options } = await allowPublish(client, channel, { data: letter.data }, may)
    if (isSpecial(options)) throw errors.notAvailable() // a letter is kept, or it is none
    return { letter: draft.data === letter.data ? letter : rewritten(letter, draft.data), tags: draft.tags, options }
  }

  #maySend(user: string, channel: string, namespace: Namespace): boolean {
    const { node, senders } = this.#parts
    if (senders === 'anybody' || (senders === 'users' && user !== '')) return true
    return node.rules.allows('publish', { user, insecure: node.auth.insecure }, channel, namespace)
  }

  async #publish(
    { letter, tags, options }: AllowedLetter,
    mailbox: Mailbox,
    { info }: Author,
    place: Place,
  ): Promise<Outcome> {
    const { user: to, channel } = mailbox
    const { node } = this.#parts
    const { clientId, expires } = letter
    const until = expires === undefined ? undefined : node.clock.now() + Math.ceil(expires * 1000)
    const idempotencyKey = options.idempotencyKey ?? (clientId && JSON.stringify([info?.user ?? null, clientId]))
    try {
      const draft = draftOf(letter, info, until)
      const whole = tags === undefined ? draft : { ...draft, tags: { ...tags, ...draft.tags } }
      const appended = await place.fill(node.publish(channel, whole, { ...options, idempotencyKey }))
      return await this.#outcome(mailbox, appended, until)
    } catch (error) {
      return refused(to, error, 'bad data')
    }
  }

  async #outcome(mailbox: Mailbox, { outcome, position, time }: Appended, until: number | undefined): Promise<Outcome> {
    const { user: to, retention } = mailbox
    const id = placeOf(position)
    let first = { time, until: until ?? Infinity }
    if (outcome === 'repeated') {
      const letter = await this.#read(mailbox, position.offset)
      first = letter === undefined ? { time: 0, until: 0 } : { time: letter.time, until: expiryOf(letter) }
    }
    if (await this.#parts.deliveries.isTaken(mailbox, position)) return { to, status: 'delivered', id }
    const end = Math.min(first.time + retention.age, first.until)
    return { to, status: 'queued', id, ...(end !== Infinity && { until: end }) }
  }

  async #read({ channel }: Mailbox, offset: number): Promise<Publication | undefined> {
    const { publications } = await this.#parts.node.history(channel, { since: offset - 1, limit: 1 })
    return publications[0]?.offset === offset ? publications[0] : undefined
  }

  async #tellSender(letter: Publication, by: string, id: string, info: ClientInfo | undefined): Promise<void> {
    const { node, addresses } = this.#parts
    if (letter.info === undefined) return
    try {
      const sender = addresses.find(letter.info.user)
      const place = await this.#capacity.reserve(sender)
      const idempotencyKey = JSON.stringify(['ack', by, id])
      await place?.fill(node.publish(sender.channel, ackOf(id, by, info), { idempotencyKey }))
    } catch (error) {
      if (!(error instanceof ClientError) || error.temporary) throw error
      // The sender has no mailbox: it came through another door, and has nowhere to be told.
    }
  }
}

interface AllowedLetter {
  readonly letter: Letter
  readonly tags?: Draft['tags'] | undefined // those that the application adds
  readonly options: PublishOptions
}

function refused(to: string, error: unknown, badRequest: Refusal): Outcome {
  if (error instanceof StoreError) return { to, status: 'refused', reason: 'unavailable' }
  // What the application throws: codes from 3500 to 3999 and from 4500 to 4999 are for good.
  if (error instanceof Disconnect)
    return { to, status: 'refused', reason: error.code % 1000 < 500 ? 'unavailable' : 'not allowed' }
  if (!(error instanceof ClientError)) throw error
  const reason = error.code === errors.badRequest().code ? badRequest : reasons.get(error.code)
  return { to, status: 'refused', reason: reason ?? (error.temporary ? 'unavailable' : 'not allowed') }
}

const reasons = new Map<number, Refusal>([
  [errors.unknownChannel().code, 'unknown'],
  [errors.notAvailable().code, 'unknown'],
  [errors.permissionDenied().code, 'not allowed'],
  [errors.limitExceeded().code, 'too large'],
  [errors.tooManyRequests().code, 'too many'],
])
