/**
 * Messages are kept as long as their room says, or else the server. What is older
 * leaves the log and the tables in one transaction, a few hundred entries at a
 * time, with everybody else served in between.
 *
 * The room itself stays as it is, and so do its members and their roles: they
 * are no messages. Where its log ends stays, too, so no offset is given twice;
 * whoever comes back from further behind is told, and takes a new page.
 */
import { Refused, type Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { channelOf, eventOf, type RoomId } from '../events.ts'
import { number, numberOrNull, text } from '../rows.ts'

const pause = 300_000 // ms between two rounds
const slice = 500 // entries of a room that go at a time
const page = 100 // rooms

interface Kept {
  readonly room: RoomId
  readonly own: number | null // what the room says
  readonly time: number // what holds, in milliseconds
}

export class Retention {
  readonly #chat: Chat
  #cancel: (() => void) | undefined
  #isClosed = false
  #round: Promise<void> = Promise.resolve()

  constructor(chat: Chat) {
    this.#chat = chat
  }

  begin(): void {
    if (this.#isClosed) return
    this.#cancel = this.#chat.after(pause, () => {
      this.#round = this.sweep()
        .catch((error: unknown) => this.#chat.server.report(error))
        .finally(() => this.begin())
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancel?.()
    await this.#round
  }

  /** Goes through all rooms once. */
  async sweep(): Promise<void> {
    for (let after = ''; !this.#isClosed;) {
      const rooms = roomsAfter(this.#chat, after)
      for (const kept of rooms) while (!this.#isClosed && (await trimSlice(this.#chat, kept))) await turn()
      await turn()
      const last = rooms.at(-1)
      if (last === undefined) return
      after = last.room
    }
  }
}

/** Rooms of which something may have to go. */
function roomsAfter(chat: Chat, after: RoomId): Kept[] {
  const { retention } = chat.options
  const which = Number.isFinite(retention) ? '' : 'retention IS NOT NULL AND'
  return chat
    .rows(`SELECT id, retention FROM chat_rooms WHERE ${which} id > ? ORDER BY id LIMIT ${page}`, after)
    .map((row) => {
      const own = numberOrNull(row, 'retention')
      return { room: text(row, 'id'), own, time: own ?? retention }
    })
}

/** Whether there may be more. */
async function trimSlice(chat: Chat, { room, own, time }: Kept): Promise<boolean> {
  if (oldest(chat, room) > chat.now() - time) return false
  const channel = channelOf(room)
  const { publications, offset: top } = await chat.server.history(channel, { limit: slice })
  const before = firstKept(publications, chat.now() - time) ?? Math.min(top, publications.at(-1)?.offset ?? 0) + 1
  if (before <= (publications[0]?.offset ?? before)) return false
  try {
    await chat.server.trim(channel, { before, statements: [stillSays(room, own), ...forget(room, before)] })
  } catch (error) {
    if (error instanceof Refused) return false // the room says something else by now: the next round sees to it
    throw error
  }
  return publications.length === slice
}

/** When the first was said of what is shown of a room; Infinity if nothing is. A row of an index, not a page of the log. */
function oldest(chat: Chat, room: RoomId): number {
  const row = chat.row(
    `SELECT min(coalesce((SELECT time FROM chat_messages WHERE room = ?1 ORDER BY offset LIMIT 1), 9e15),
       coalesce((SELECT event ->> '$.time' FROM chat_notices WHERE room = ?1 ORDER BY offset LIMIT 1), 9e15)) AS time`,
    room,
  )
  return row === undefined ? Infinity : number(row, 'time')
}

/** The first that is young enough. Clocks may be set back, so what comes behind it stays, too. */
function firstKept(publications: readonly { readonly offset: number; readonly data: unknown }[], until: number) {
  return publications.find(({ data }) => (eventOf(data)?.time ?? -Infinity) > until)?.offset
}

const stillSays = (room: RoomId, own: number | null): Statement => ({
  sql: 'SELECT 1 FROM chat_rooms WHERE id = ? AND retention IS ?',
  params: [room, own],
  guard: 'changed',
})

/** What the tables have of the messages before an offset, and of what was between them. */
function forget(room: RoomId, before: number): Statement[] {
  const old = 'FROM chat_messages WHERE room = ?1 AND offset < ?2'
  return [
    `DELETE FROM chat_search WHERE rowid IN (SELECT key ${old})`,
    `DELETE FROM chat_mentions WHERE (person, room, offset) IN
       (SELECT j.value, m.room, m.offset FROM chat_messages m, json_each(m.extra, '$.mentions') j
        WHERE m.room = ?1 AND m.offset < ?2)`,
    'DELETE FROM chat_edits WHERE room = ?1 AND of < ?2',
    'DELETE FROM chat_reactions WHERE room = ?1 AND of < ?2',
    'DELETE FROM chat_file_uses WHERE room = ?1 AND offset < ?2',
    'DELETE FROM chat_notices WHERE room = ?1 AND offset < ?2',
    `DELETE ${old}`,
  ].map((sql) => ({ sql, params: [room, before] }))
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
