/** Where a reader of a mailbox begins: at the place it names, or where its device left off, or at the oldest letter that is kept. */
import { errors } from '../core/errors.ts'
import type { Node } from '../core/node.ts'
import type { Position } from '../core/publication.ts'
import { parsePlace } from '../protocol/place.ts'
import type { Mailbox } from './mailbox-address.ts'
import type { MailboxBookmarks } from './mailbox-bookmarks.ts'

export interface Start {
  readonly since: Position
  /** The place that was named is not kept any more: what follows begins at the oldest letter that is. */
  readonly isGap: boolean
}

/** `asked`: a place, `now` for only what is new, `-1` for all that is kept, '' for where the device is. @throws ClientError 107, StoreError */
export async function startOf(
  node: Node,
  bookmarks: MailboxBookmarks,
  mailbox: Mailbox,
  device: string,
  asked: string,
): Promise<Start> {
  const { top } = await node.history(mailbox.channel, { limit: 0 })
  if (asked === 'now') return { since: top, isGap: false }
  if (asked === '-1') return { since: await oldest(node, mailbox), isGap: false }
  const named = asked === '' ? undefined : parsePlace(asked)
  if (asked !== '' && named === undefined) throw errors.badRequest()
  if (named !== undefined) {
    if (named.epoch !== top.epoch || named.offset > top.offset)
      return { since: await oldest(node, mailbox), isGap: true }
    bookmarks.move(mailbox, device, named) // whoever knows a place has what lies before it
  }
  const since = named ?? (await bookmarks.read(mailbox, device))
  if (since === undefined || since.epoch !== top.epoch) return { since: await oldest(node, mailbox), isGap: false }
  const { publications } = await node.history(mailbox.channel, { since: since.offset, limit: 1 })
  const first = publications[0]?.offset ?? top.offset + 1
  // Where the server itself kept the place, what lies between has expired, as its senders were told it would.
  return { since: { epoch: top.epoch, offset: first - 1 }, isGap: named !== undefined && first > since.offset + 1 }
}

async function oldest(node: Node, { channel }: Mailbox): Promise<Position> {
  const { publications, top } = await node.history(channel, { limit: 1 })
  return { epoch: top.epoch, offset: (publications[0]?.offset ?? top.offset + 1) - 1 }
}
