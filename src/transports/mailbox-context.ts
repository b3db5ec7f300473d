/** What the ways into a mailbox share. */
import type { Entrance } from '../core/auth.ts'
import type { ClientInfo } from '../core/publication.ts'
import type { MailboxActor } from './mailbox-actor.ts'
import type { Mailbox, MailboxAddresses } from './mailbox-address.ts'
import type { MailboxBookmarks } from './mailbox-bookmarks.ts'
import type { MailboxDeliveries } from './mailbox-deliveries.ts'
import type { MailboxSender, Outcome } from './mailbox-sender.ts'
import type { TransportContext } from './transport.ts'

export interface MailboxContext extends TransportContext {
  readonly addresses: MailboxAddresses
  readonly bookmarks: MailboxBookmarks
  readonly deliveries: MailboxDeliveries
  readonly sender: MailboxSender
  readonly receiverLimit: number // receivers that one letter may have
  readonly compressFrom: number // see WebSocketOptions
}

/** A reader, as the door has found it out. */
export interface Visit {
  readonly mailbox: Mailbox
  readonly actor: MailboxActor
  readonly entrance: Entrance
  readonly device: string
  readonly asked: string // where to begin, see `startOf`
}

/** An answer that waits, or goes on. It is made with all its headers: to add one later costs an object of the runtime. */
export interface Staying {
  readonly response: Response | Promise<Response>
}

/** Of somebody who sends without a connection that others could see. */
export const passingInfo = (user: string, connInfo?: ClientInfo['connInfo']): ClientInfo => ({
  user,
  client: '',
  connInfo,
  chanInfo: undefined,
})

/** The answer to a letter. */
export function encodeOutcomes(outcomes: readonly Outcome[], clientId: string | undefined): string {
  return JSON.stringify({ ...(clientId !== undefined && { clientId }), sent: outcomes })
}
