/** The mailboxes, put together as the configuration has them. */
import type { Config } from './config.ts'
import type { Door } from './doors.ts'
import { KeyedRates } from './transports/keyed-rates.ts'
import { MailboxAddresses } from './transports/mailbox-address.ts'
import type { MailboxBookmarks } from './transports/mailbox-bookmarks.ts'
import { MailboxDeliveries } from './transports/mailbox-deliveries.ts'
import { MailboxSender } from './transports/mailbox-sender.ts'
import { mailbox } from './transports/mailbox.ts'
import type { TransportContext } from './transports/transport.ts'

export function mailboxDoor(
  { mailbox: options, channel, websocket }: Config,
  context: TransportContext,
  bookmarks: MailboxBookmarks,
  hasKey: (headers: Headers) => boolean,
): Door {
  const { node } = context
  const prefix = `${options.namespace}${channel.namespace_boundary}${channel.user_boundary}`
  const addresses = new MailboxAddresses(node.rules, prefix)
  const deliveries = new MailboxDeliveries(node, bookmarks, options.delivery_wait)
  const senders = options.open ? 'anybody' : options.allow_send_for_client ? 'users' : 'by rules'
  const sizeLimit = options.message_size_limit
  const door = {
    ...context,
    hasKey,
    addresses,
    bookmarks,
    deliveries,
    sender: new MailboxSender({ node, addresses, bookmarks, deliveries, senders, sizeLimit }),
    rates: new KeyedRates(node.clock, node.limits.callsPerSecond),
    receiverLimit: options.receiver_limit,
    bodyLimit: sizeLimit,
    isOpen: options.open,
    wait: options.poll_wait,
    sockets: !websocket.disabled,
    compressFrom: websocket.compression ? websocket.compression_min_size : Infinity,
  }
  return (arrival, server) => mailbox(arrival, server, door)
}
