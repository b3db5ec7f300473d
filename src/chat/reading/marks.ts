/**
 * Where somebody is in a room: two offsets, up to which messages have arrived
 * and have been read, that only ever rise, and a flag "unread" that a person
 * sets by hand and that the next reading takes away.
 */
import type { Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import { channelOf, type RoomId } from '../events.ts'
import type { Person } from '../people/person.ts'
import { number, text } from '../rows.ts'
import type { MarkView, MyMarksView } from '../views.ts'
import { receiptMembers, shownRead } from './receipts.ts'
import { marksIn } from './room-views.ts'

/** Whoever has read has got, too. An offset beyond the end of the log is its end. @throws ChatError */
export function markRead(chat: Chat, me: Person, room: RoomId, offset: number): Promise<MyMarksView> {
  return raise(chat, me, room, offset, `read = max(read, ?3), delivered = max(delivered, ?3), unread = 0`, '?3')
}

/** @throws ChatError */
export function markDelivered(chat: Chat, me: Person, room: RoomId, offset: number): Promise<MyMarksView> {
  return raise(chat, me, room, offset, 'delivered = max(delivered, ?3)', '0')
}

/** @throws ChatError */
export async function markUnread(chat: Chat, me: Person, room: RoomId, on: boolean): Promise<MyMarksView> {
  demandMember(chat, me, room)
  await chat.write({
    sql: `INSERT INTO chat_marks (person, room, unread) VALUES (?1, ?2, ?3)
      ON CONFLICT (person, room) DO UPDATE SET unread = ?3`,
    params: [me.id, room, on ? 1 : 0],
  })
  return tellMine(chat, me, room)
}

/** Of the others, in a room where receipts are shown. @throws ChatError */
export function marksOf(chat: Chat, me: Person, room: RoomId): { shown: boolean; marks: MarkView[] } {
  return chat.server.snapshot(() => {
    demandMember(chat, me, room)
    const size = chat.row('SELECT members FROM chat_rooms WHERE id = ?', room)
    if (size === undefined || number(size, 'members') > receiptMembers) return { shown: false, marks: [] }
    const marks = chat
      .rows(
        `SELECT m.person, ${shownRead} AS read, coalesce(k.delivered, 0) AS delivered FROM chat_members m
         JOIN chat_people p ON p.id = m.person LEFT JOIN chat_marks k ON k.person = m.person AND k.room = m.room
         WHERE m.room = ? AND m.person <> ? ORDER BY m.person LIMIT ${receiptMembers}`,
        room,
        me.id,
      )
      .map((row) => ({
        person: text(row, 'person'),
        read: number(row, 'read'),
        delivered: number(row, 'delivered'),
      }))
    return { shown: true, marks }
  })
}

/** Who speaks has read: that is told to the other devices, too. Others see it by the message. */
export function followSpeakers(chat: Chat): void {
  chat.listen((room, event, _done, by) => {
    if (event.type === 'message' && by !== undefined && chat.live.online.isOnline(by.id)) tellMine(chat, by, room)
  })
}

/** Tells the own devices where one now is. */
function tellMine(chat: Chat, me: Pick<Person, 'id'>, room: RoomId): MyMarksView {
  const marks = marksIn(chat, me, room)
  chat.live.tell(me.id, { type: 'marks', ...marks })
  return marks
}

/** @throws ChatError `notMember` for somebody who may look, but does not belong there */
export function demandMember(chat: Chat, me: Person, room: RoomId): void {
  if (chat.demand('see', room, me).role === undefined) throw new ChatError('notMember')
}

async function raise(
  chat: Chat,
  me: Person,
  room: RoomId,
  offset: number,
  change: string,
  read: string,
): Promise<MyMarksView> {
  demandMember(chat, me, room)
  const top = chat.server.position(channelOf(room)).offset
  const statement: Statement = {
    sql: `INSERT INTO chat_marks (person, room, read, delivered) VALUES (?1, ?2, ${read}, ?3)
      ON CONFLICT (person, room) DO UPDATE SET ${change}`,
    params: [me.id, room, Math.min(offset, top)],
  }
  await chat.write(statement)
  chat.receipts.changed(room, me.id)
  return tellMine(chat, me, room)
}
