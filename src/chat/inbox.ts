/**
 * A person's inbox: a channel of their own, by which tabs and devices agree and
 * rooms come and go. Nothing in it is kept: whoever is not there asks for the
 * list of rooms when they come.
 */
import type { Chat } from './chat.ts'
import { inboxOf, type PersonId } from './events.ts'
import type { InboxEvent } from './views.ts'

/** Tells all devices of somebody, if there are any. That it did not get there undoes nothing. */
export function tell(chat: Chat, person: PersonId, event: InboxEvent): void {
  if (chat.server.clients(person).length === 0) return
  void chat.server.publish(inboxOf(person), event).catch((error: unknown) => chat.server.report(error))
}
