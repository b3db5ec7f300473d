/**
 * A mailbox by long poll: `GET` waits until there is a letter or the time is
 * over, and answers `{"messages":[…],"offset":…}`. The next poll hands the
 * offset in, so nothing falls between the two, and an answer that got lost on
 * its way is asked for again.
 *
 * Many wait, and for long, so one that waits is this object and its reader, and
 * holds nothing of the request.
 */
import type { Position, Publication } from '../core/publication.ts'
import type { Sleeper } from '../core/wheel.ts'
import { placeOf } from '../protocol/place.ts'
import type { Mailbox } from './mailbox-address.ts'
import { type MailboxOutlet, MailboxReader } from './mailbox-reader.ts'
import type { MailboxContext, Staying, Visit } from './mailbox-context.ts'
import { encodeMessage, expiryOf } from './mailbox-message.ts'
import type { Start } from './mailbox-start.ts'
import type { HeaderRecord } from './origin.ts'

const lettersInAnswer = 100
const sizeOfAnswer = 1_048_576 // characters after which an answer takes no further letter

/** Resolves when it waits, or has its answer already. `wait`: milliseconds. @throws Disconnect 3504 */
export async function mailboxPoll(
  context: MailboxContext,
  visit: Visit,
  start: Start,
  wait: number,
  signal: AbortSignal,
  headers: HeaderRecord,
): Promise<Staying> {
  const poll = new MailboxPoll(context, visit, start, headers)
  if (wait === 0) poll.wake()
  else poll.waitUntil(context.node.clock.monotonic() + wait)
  if (signal.aborted) poll.handleEvent()
  else signal.addEventListener('abort', poll)
  await poll.open(start.since)
  return poll
}

class MailboxPoll implements Staying, MailboxOutlet, Sleeper, EventListenerObject {
  readonly response: Promise<Response>
  readonly #resolve: (response: Response) => void
  readonly #reader: MailboxReader
  readonly #context: MailboxContext
  readonly #mailbox: Mailbox
  readonly #headers: HeaderRecord
  readonly #isGap: boolean
  #letters = nothing
  #size = 0
  #reached: Position
  #until = 0 // monotonic ms
  #patient = true
  #live = false
  #following = false
  #gone = false // nobody waits any more

  constructor(context: MailboxContext, visit: Visit, start: Start, headers: HeaderRecord) {
    const { promise, resolve } = Promise.withResolvers<Response>()
    this.response = promise
    this.#resolve = resolve
    this.#context = context
    this.#mailbox = visit.mailbox
    this.#headers = headers
    this.#isGap = start.isGap
    this.#reached = start.since
    this.#reader = new MailboxReader(context.node, visit, this)
  }

  /** @throws Disconnect 3504 */
  async open(since: Position): Promise<void> {
    if (this.#gone) return
    try {
      await this.#reader.open(since)
    } catch (error) {
      this.#forget()
      throw error
    }
  }

  waitUntil(time: number): void {
    this.#until = time
    this.#context.node.wheel.add(time, this)
  }

  /** The time is over: it takes what there is. */
  wake(): undefined {
    this.#patient = false
    if (this.#live) this.#reader.close()
  }

  /** Nobody waits any more. */
  handleEvent(): void {
    this.#gone = true
    this.#reader.close()
  }

  // --- what the reader says -------------------------------------------------------

  following(): void {
    this.#following = true
    this.#context.deliveries.enter(this.#mailbox)
  }

  publication(publication: Publication): void {
    this.#reached = publication
    if (expiryOf(publication) <= this.#context.node.clock.now()) return
    const letter = encodeMessage(publication)
    if (this.#letters === nothing) this.#letters = []
    // What else came in the same turn goes into the same answer.
    if (this.#letters.push(letter) === 1) setImmediate(() => this.#reader.close())
    if (this.#letters.length >= lettersInAnswer || (this.#size += letter.length) >= sizeOfAnswer) this.#reader.close()
  }

  live(): void {
    this.#live = true
    if (!this.#patient) this.#reader.close()
  }

  ready(): undefined {}

  ended(): void {
    this.#forget()
    this.#resolve(this.#answer())
  }

  // --------------------------------------------------------------------------------

  #forget(): void {
    this.#context.node.wheel.remove(this.#until, this)
  }

  /** The letters and where they end. */
  #answer(): Response {
    const { deliveries } = this.#context
    if (this.#letters.length > 0 && !this.#gone) deliveries.taken(this.#mailbox, this.#reached)
    if (this.#following) deliveries.leave(this.#mailbox)
    const gap = this.#isGap ? '"lost":true,' : ''
    const body = `{${gap}"messages":[${this.#letters.join(',')}],"offset":${JSON.stringify(placeOf(this.#reached))}}\n`
    const described = { 'content-type': 'application/json', 'cache-control': 'no-store' }
    return new Response(body, { headers: { ...described, ...this.#headers } })
  }
}

const nothing: string[] = [] // never added to; who waits has no list of its own
