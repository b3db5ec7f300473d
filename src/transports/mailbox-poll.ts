/**
 * A mailbox by long poll: `GET` waits until there is a letter or the time is
 * over, and answers `{"messages":[…],"offset":…}`. The next poll hands the
 * offset in, so nothing falls between the two, and an answer that got lost on
 * its way is asked for again.
 */
import type { Position, Publication } from '../core/publication.ts'
import { placeOf } from '../protocol/place.ts'
import type { Mailbox } from './mailbox-address.ts'
import { type MailboxOutlet, MailboxReader } from './mailbox-reader.ts'
import type { MailboxContext, Visit } from './mailbox-context.ts'
import { encodeMessage, expiryOf } from './mailbox-message.ts'
import type { Start } from './mailbox-start.ts'

const lettersInAnswer = 100
const sizeOfAnswer = 1_048_576 // characters after which an answer takes no further letter

/** `wait`: milliseconds. @throws Disconnect 3504 */
export async function mailboxPoll(
  context: MailboxContext,
  visit: Visit,
  start: Start,
  wait: number,
  signal: AbortSignal,
): Promise<Response> {
  const poll = new MailboxPoll(context, visit, start)
  const close = () => poll.reader.close()
  signal.addEventListener('abort', close, { once: true })
  if (signal.aborted) close()
  else await poll.reader.open(start.since)
  const cancel = context.node.clock.after(wait, close)
  await poll.over
  cancel()
  const answer = poll.answer(signal.aborted)
  const gap = start.isGap ? '"lost":true,' : ''
  return new Response(`{${gap}${answer}}\n`, {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  })
}

class MailboxPoll implements MailboxOutlet {
  readonly reader: MailboxReader
  /** Resolves when the poll is to be answered. */
  readonly over: Promise<void>
  readonly #context: MailboxContext
  readonly #mailbox: Mailbox
  readonly #end: () => void
  #letters = nothing
  #size = 0
  #reached: Position
  #leave: (() => void) | undefined

  constructor(context: MailboxContext, { mailbox, actor }: Visit, start: Start) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.over = promise
    this.#end = resolve
    this.#context = context
    this.#mailbox = mailbox
    this.#reached = start.since
    this.reader = new MailboxReader(context.node, actor.as(mailbox.user), mailbox.channel, mailbox.namespace, this)
  }

  /** The letters and where they end. `gone`: nobody is there to read it. */
  answer(gone: boolean): string {
    if (this.#letters.length > 0 && !gone) this.#context.deliveries.taken(this.#mailbox, this.#reached)
    this.#leave?.()
    return `"messages":[${this.#letters.join(',')}],"offset":${JSON.stringify(placeOf(this.#reached))}`
  }

  // --- what the reader says -------------------------------------------------------

  following(): void {
    this.#leave = this.#context.deliveries.enter(this.#mailbox)
  }

  publication(publication: Publication): void {
    this.#reached = publication
    if (expiryOf(publication) <= this.#context.node.clock.now()) return
    const letter = encodeMessage(publication)
    if (this.#letters === nothing) this.#letters = []
    // What else came in the same turn goes into the same answer.
    if (this.#letters.push(letter) === 1) setImmediate(() => this.reader.close())
    if (this.#letters.length >= lettersInAnswer || (this.#size += letter.length) >= sizeOfAnswer) this.reader.close()
  }

  ready(): undefined {}

  ended(): void {
    this.#end()
  }
}

const nothing: string[] = [] // never added to; who waits has no list of its own
