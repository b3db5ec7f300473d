/**
 * A mailbox by long poll: `GET` waits until there is a letter or the time is
 * over, and answers `{"messages":[…],"offset":…}`. The next poll hands the
 * offset in, so nothing falls between the two, and an answer that got lost on
 * its way is asked for again.
 */
import { disconnects } from '../core/errors.ts'
import type { Position, Publication } from '../core/publication.ts'
import { placeOf } from '../protocol/place.ts'
import { MailboxReader } from './mailbox-reader.ts'
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
  const { node, deliveries } = context
  const { mailbox } = visit
  const letters: string[] = []
  let size = 0
  let reached: Position = start.since
  let leave: (() => void) | undefined
  const { promise: over, resolve: end } = Promise.withResolvers<void>()
  const reader = new MailboxReader(node, visit, {
    following() {
      leave = deliveries.enter(mailbox)
    },
    publication(publication: Publication) {
      reached = publication
      if (expiryOf(publication) <= node.clock.now()) return
      const letter = encodeMessage(publication)
      // What else came in the same turn goes into the same answer.
      if (letters.push(letter) === 1) setImmediate(() => reader.close())
      if (letters.length >= lettersInAnswer || (size += letter.length) >= sizeOfAnswer) reader.close()
    },
    ready: () => undefined,
    ended: () => end(),
  })
  signal.addEventListener('abort', () => reader.close(disconnects.connectionClosed()), { once: true })
  if (signal.aborted) reader.close()
  else await reader.open(start.since)
  const cancel = node.clock.after(wait, () => reader.close())
  await over
  cancel()
  if (letters.length > 0 && !signal.aborted) deliveries.taken(mailbox, reached)
  leave?.()
  const gap = start.isGap ? '"lost":true,' : ''
  return new Response(`{${gap}"messages":[${letters.join(',')}],"offset":${JSON.stringify(placeOf(reached))}}\n`, {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  })
}
