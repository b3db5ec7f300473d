/**
 * All that is kept of a person, for that person: the account, where they are
 * logged in, their rooms, and what they wrote and put to it. What others said
 * is theirs.
 */
import type { SqlRow } from '../../index.ts'
import type { Chat } from '../chat.ts'
import type { Person } from '../people/person.ts'
import { messageViews } from '../reading/message-views.ts'
import { rowsAt } from '../reading/message-rows.ts'
import { number, text } from '../rows.ts'
import type { Export, Row, Section } from './export.ts'

const page = 200

export function exportMe(chat: Chat, me: Person): Export {
  const { id } = me
  const account = chat.row(
    `SELECT id, name, kind, admin, created, seen, hide_seen, hide_typing, hide_read, quiet_until, settings
     FROM chat_people WHERE id = ?`,
    id,
  )
  return {
    title: me.name,
    about: { ...account },
    sections: [
      list(
        chat,
        'sessions',
        'id',
        'SELECT id, created, seen, expires, address, agent, label FROM chat_sessions WHERE person = ?1',
        id,
      ),
      list(
        chat,
        'rooms',
        'room',
        `SELECT k.room, r.name, m.role, m.joined, k.read, k.delivered, k.level, k.draft FROM chat_marks k
         LEFT JOIN chat_rooms r ON r.id = k.room LEFT JOIN chat_members m ON m.room = k.room AND m.person = k.person
         WHERE k.person = ?1`,
        id,
        'k.',
      ),
      list(chat, 'blocks', 'blocked', 'SELECT blocked, time FROM chat_blocks WHERE person = ?1', id),
      { name: 'messages', pages: () => mine(chat, me) },
      { name: 'reactions', pages: () => reactions(chat, id) },
    ],
  }
}

/** Rows of a table in the order of a column that no two of them share. */
function list(chat: Chat, name: string, key: string, select: string, id: string, alias = ''): Section {
  return {
    name,
    *pages() {
      for (let after = ''; ;) {
        const rows = chat.rows(`${select} AND ${alias}${key} > ?2 ORDER BY ${alias}${key} LIMIT ${page}`, id, after)
        const last = rows.at(-1)
        if (last === undefined) return
        yield rows.map((row) => ({ ...row }))
        after = text(last, key)
      }
    },
  }
}

/** Room by room: where somebody wrote there is a mark. */
function* mine(chat: Chat, { id }: Person): Generator<Row[]> {
  for (const room of roomsOf(chat, id))
    for (let after = 0; ;) {
      const offsets = chat.rows(
        `SELECT offset FROM chat_messages WHERE room = ? AND author = ? AND offset > ? ORDER BY offset LIMIT ${page}`,
        room,
        id,
        after,
      )
      const last = offsets.at(-1)
      if (last === undefined) break
      after = number(last, 'offset')
      yield messageViews(chat, id, rowsAt(chat, room, offsets.map(offsetOf))).messages.map(
        ({ version: _version, from: _from, reactions: _reactions, reply, files, ...message }) => ({
          ...message,
          ...(reply && { reply: { offset: reply.offset } }), // what it answers is somebody else's
          files: files.map((file) => ({ ...file, url: `/files/${file.id}` })),
        }),
      )
    }
}

function* reactions(chat: Chat, id: string): Generator<Row[]> {
  for (const room of roomsOf(chat, id))
    for (let [of, emoji] = [0, '']; ;) {
      const rows: readonly SqlRow[] = chat.rows(
        `SELECT of, emoji FROM chat_reactions WHERE person = ? AND room = ? AND (of, emoji) > (?, ?)
         ORDER BY of, emoji LIMIT ${page}`,
        id,
        room,
        of,
        emoji,
      )
      const last = rows.at(-1)
      if (last === undefined) break
      yield rows.map((row) => ({ room, offset: row['of'], emoji: row['emoji'] }))
      of = number(last, 'of')
      emoji = text(last, 'emoji')
    }
}

function* roomsOf(chat: Chat, id: string): Generator<string> {
  for (let after = ''; ;) {
    const row = chat.row('SELECT room FROM chat_marks WHERE person = ? AND room > ? ORDER BY room LIMIT 1', id, after)
    if (row === undefined) return
    yield (after = text(row, 'room'))
  }
}

const offsetOf = (row: SqlRow): number => number(row, 'offset')
