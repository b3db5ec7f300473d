/** All of a room, for who owns it: what it is, who is in it, and what was said, as it now reads. */
import type { Chat } from '../chat.ts'
import type { RoomId } from '../events.ts'
import { findPeople, type Person } from '../people/person.ts'
import { messageViews } from '../reading/message-views.ts'
import { rowsFrom } from '../reading/message-rows.ts'
import { roomView } from '../reading/room-views.ts'
import { number, record, text } from '../rows.ts'
import type { MessageView } from '../views.ts'
import type { Export, Row } from './export.ts'

const page = 200

/** Whether it may go on is asked at each page. @throws ChatError */
export function exportRoom(chat: Chat, me: Person, room: RoomId): Export {
  chat.demand('export', room, me)
  const { name, kind, description, members, created, archived, retention, channel } = roomView(chat, me, room)
  return {
    title: name,
    about: { room, kind, description, members, created, archived, retention, by: me.id },
    sections: [
      { name: 'members', pages: () => membersOf(chat, me, room) },
      { name: 'messages', pages: () => saidIn(chat, me, room, chat.server.position(channel).offset) },
    ],
  }
}

function* membersOf(chat: Chat, me: Person, room: RoomId): Generator<Row[]> {
  for (let after = ''; ;) {
    chat.demand('export', room, me)
    const rows = chat.rows(
      `SELECT m.person, p.name, m.role, m.joined FROM chat_members m LEFT JOIN chat_people p ON p.id = m.person
       WHERE m.room = ? AND m.person > ? ORDER BY m.person LIMIT ${page}`,
      room,
      after,
    )
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows.map(({ person, name, role, joined }) => ({ person, name, role, joined }))
    after = text(last, 'person')
  }
}

/** Messages, and what was between them, up to where the log ended when it began. */
function* saidIn(chat: Chat, me: Person, room: RoomId, top: number): Generator<Row[]> {
  for (let from = 1; from <= top;) {
    chat.demand('export', room, me)
    const { rows, notices } = chat.server.snapshot(() => {
      const found = rowsFrom(chat, room, from, page)
      const between = chat.rows(
        `SELECT offset, event FROM chat_notices WHERE room = ? AND offset BETWEEN ? AND ? ORDER BY offset LIMIT ${page}`,
        room,
        from,
        top,
      )
      return { rows: found, notices: between }
    })
    // Of both, what lies before the shorter one's end: behind it there may be more.
    const ends = [rows, notices].map((list) => (list.length < page ? top : number(list.at(-1) ?? {}, 'offset')))
    const end = Math.min(...ends)
    const within = rows.filter((row) => number(row, 'offset') <= end)
    const { messages, people } = messageViews(chat, me.id, within)
    const names = new Map(people.map((person) => [person.id, person.name]))
    const events = notices.filter((row) => number(row, 'offset') <= end)
    yield [
      ...messages.map((message) => messageRow(message, names)),
      ...events.map((row) => noticeRow(chat, number(row, 'offset'), record(row, 'event'))),
    ].toSorted((one, other) => Number(one['offset']) - Number(other['offset']))
    from = end + 1
  }
}

function messageRow(message: MessageView, names: ReadonlyMap<string, string>): Row {
  const { room: _room, version: _version, from, as, reactions, files, ...others } = message
  return {
    ...others,
    from,
    name: as?.name ?? names.get(from) ?? '',
    files: files.map((file) => ({ ...file, url: `/files/${file.id}` })),
    reactions: reactions.map(({ emoji, count, people }) => ({ emoji, count, people })),
  }
}

function noticeRow(chat: Chat, offset: number, event: Readonly<Record<string, unknown>>): Row {
  const ids = [event['by'], event['person']].filter((id) => typeof id === 'string')
  const names = new Map(findPeople(chat, ids).map((person) => [person.id, person.name]))
  const nameOf = (id: unknown) => (typeof id === 'string' ? (names.get(id) ?? '') : undefined)
  return { offset, time: event['time'], notice: event, name: nameOf(event['by']), person: nameOf(event['person']) }
}
