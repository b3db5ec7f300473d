/**
 * What was taken back is to be read nowhere any more. The tables forget it with
 * the entry that says so (`projection.ts`); the entries in the log that carried
 * it read as `erased` says, wherever the chat hands them out.
 */
import type { Chat } from '../chat.ts'
import type { RoomEvent, RoomId } from '../events.ts'
import { number } from '../rows.ts'

/** What is left of an entry about a message that was taken back: that it was, by whom and when. */
export function erased(event: RoomEvent): RoomEvent {
  switch (event.type) {
    case 'message': {
      const { type, by, time, id, reply } = event
      return { type, by, time, id, text: '', ...(reply !== undefined && { reply }) }
    }
    case 'edit': {
      const { type, of, by, time } = event
      return { type, of, by, time, text: '' }
    }
    case 'preview':
      return { ...event, previews: [] }
    case 'recall':
    case 'reaction':
    case 'pin':
    case 'member':
    case 'room':
      return event
  }
}

/** The message that an entry is, or is about; undefined if it is about none. */
export function messageOf({
  offset,
  event,
}: {
  readonly offset: number
  readonly event: RoomEvent
}): number | undefined {
  if (event.type === 'message') return offset
  return 'of' in event ? event.of : undefined
}

/** Those of these messages that were taken back. */
export function takenBack(chat: Chat, room: RoomId, offsets: readonly number[]): ReadonlySet<number> {
  const rows = chat.rows(
    `SELECT m.offset FROM json_each(?2) w CROSS JOIN chat_messages m ON m.room = ?1 AND m.offset = w.value
     WHERE m.removed IS NOT NULL`,
    room,
    JSON.stringify(offsets),
  )
  return new Set(rows.map((row) => number(row, 'offset')))
}
