/** A mailbox as an event stream: one event a letter, whose `id` an EventSource brings back when it comes again. */
import { disconnects } from '../core/errors.ts'
import type { Position, Publication } from '../core/publication.ts'
import type { Frame } from '../protocol/messages.ts'
import { placeOf } from '../protocol/place.ts'
import { MailboxStream } from './mailbox-stream.ts'
import { MailboxReader } from './mailbox-reader.ts'
import type { MailboxContext, Visit } from './mailbox-context.ts'
import { encodeMessage, expiryOf } from './mailbox-message.ts'
import type { Start } from './mailbox-start.ts'

/** @throws Disconnect 3504 */
export async function mailboxEvents(context: MailboxContext, visit: Visit, start: Start): Promise<Response> {
  const { node, flusher, deliveries } = context
  const { mailbox } = visit
  const places: Position[] = [] // of the events in the outbox
  let isFollowing = false
  const reader = new MailboxReader(node, visit, {
    following() {
      isFollowing = true
      deliveries.enter(mailbox)
    },
    publication(publication: Publication) {
      if (expiryOf(publication) <= node.clock.now()) return
      const { epoch, offset } = publication
      places.push({ epoch, offset })
      stream.push(`id: ${placeOf(publication)}\ndata: ${encodeMessage(publication)}\n\n`)
    },
    ready: () => stream.drained(),
    ended() {
      if (isFollowing) deliveries.leave(mailbox)
      stream.end()
    },
  })
  const stream = new MailboxStream(node, flusher, {
    written(frames: readonly Frame[]) {
      const letters = frames.filter((frame) => typeof frame === 'string' && frame.startsWith('id: ')).length
      const place = places.splice(0, letters).at(-1)
      if (place !== undefined) deliveries.taken(mailbox, place)
    },
    gone: (why) => reader.close(why === 'slow' ? disconnects.slow() : disconnects.connectionClosed()),
  })
  if (start.isGap) stream.push('data: {"lost":true}\n\n')
  await reader.open(start.since)
  return stream.response
}
