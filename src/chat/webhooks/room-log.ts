/**
 * The log of a room, as an outgoing webhook reads it: by position, so that
 * nothing is missed or comes twice, however long it takes. Progress is kept in
 * its row. What retention took away before it was delivered is said once, in
 * its place: an event `trimmed` with the offsets that are missing.
 */
import type { Publication } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { channelOf, eventOf, type RoomId } from '../events.ts'
import { findPerson } from '../people/person.ts'
import type { WebhookEvent } from './attempt.ts'
import type { Progress, WebhookLog } from './delivery.ts'
import { findHook } from './hook.ts'

const perRead = 50

export function roomLog(chat: Chat): WebhookLog {
  return {
    async read(id, after) {
      const hook = findHook(chat, id)
      return hook === undefined ? [] : readOn(chat, hook.room, after)
    },
    save: (id, progress) => save(chat, id, progress, null),
    switchOff: (id, because, progress) => save(chat, id, progress, because),
  }
}

async function readOn(chat: Chat, room: RoomId, after: number): Promise<readonly WebhookEvent[]> {
  for (let since = after; ;) {
    const { publications, offset: top } = await chat.server.history(channelOf(room), { since, limit: perRead })
    const next = publications[0]?.offset ?? top + 1
    if (next > since + 1) return [missing(room, since + 1, next - 1, chat.now())]
    const events = publications.flatMap((each) => toEvent(chat, room, each))
    const last = publications.at(-1)
    if (events.length > 0 || last === undefined) return events
    since = last.offset
  }
}

/** Nothing for what is not the chat's. */
function toEvent(chat: Chat, room: RoomId, { offset, time, data }: Publication): WebhookEvent[] {
  const event = eventOf(data)
  if (event === undefined) return []
  const person = event.by === '' ? undefined : findPerson(chat, event.by)
  const who = person && { id: person.id, name: person.name, kind: person.kind }
  return [{ room, offset, type: event.type, time, data: JSON.stringify(data), person: who }]
}

function missing(room: RoomId, from: number, to: number, time: number): WebhookEvent {
  return { room, offset: to, type: 'trimmed', time, data: JSON.stringify({ type: 'trimmed', from, to }) }
}

async function save(chat: Chat, id: string, { position, failing }: Progress, off: string | null): Promise<void> {
  await chat.write({
    sql: 'UPDATE chat_webhooks SET position = ?2, failing = ?3, disabled = ?4 WHERE id = ?1',
    params: [id, position, failing === undefined ? null : JSON.stringify(failing), off],
  })
}
