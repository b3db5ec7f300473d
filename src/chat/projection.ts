/**
 * What an entry of a room's log does to the tables. The statements ride along
 * with the publication, so that log and tables cannot disagree; made anew from
 * the log, with the offset put in, they give the same tables again, which is
 * what `posthouse check` does.
 *
 * Nothing here decides whether something may be done: that is done before, and
 * what was decided on is guarded (see `guards.ts`).
 */
import { of, type Statement } from '../index.ts'
import type {
  EditEvent,
  MemberEvent,
  MessageEvent,
  PinEvent,
  PreviewEvent,
  ReactionEvent,
  RecallEvent,
  RoomEntry,
  RoomEvent,
  RoomId,
} from './events.ts'
import { kindBits, scopeInSql } from './reading/search-scope.ts'
import { searchBody } from './reading/search-text.ts'
import { roomKey } from './rooms/room-name.ts'

type Param = NonNullable<Statement['params']>[number]

const sql = (text: string, ...params: readonly Param[]): Statement => ({ sql: text, params })

/** @param offset where the entry stands; without it, where it will */
export function project(room: RoomId, event: RoomEvent, offset: Param = of.offset): readonly Statement[] {
  switch (event.type) {
    case 'message':
      return message(room, event, offset)
    case 'edit':
      return edit(room, event, offset)
    case 'recall':
      return recall(room, event, offset)
    case 'reaction':
      return reaction(room, event, offset)
    case 'pin':
      return pin(room, event, offset)
    case 'preview':
      return preview(room, event, offset)
    case 'member':
      return [...member(room, event, offset), notice(room, event, offset)]
    case 'room':
      return [...change(room, event, offset), notice(room, event, offset)]
  }
}

function kindsOf({ text, files = [] }: Pick<MessageEvent, 'text' | 'files'>): number {
  let bits = /https?:\/\/\S/i.test(text) ? kindBits.link : 0
  for (const { type, voice } of files) {
    if (voice === true) bits |= kindBits.voice
    else bits |= type.startsWith('image/') ? kindBits.image : kindBits.file
  }
  return bits
}

function message(room: RoomId, event: MessageEvent, offset: Param): Statement[] {
  const { by, id, time, text, reply, everyone, mentions = [], files = [], forwarded, as } = event
  const names = files.map(({ name }) => name).join(' ')
  const extra = JSON.stringify({
    ...(mentions.length > 0 && { mentions }),
    ...(files.length > 0 && { files, words: searchBody(names) }),
    ...(forwarded && { forwarded }),
    ...(as && { as }),
  })
  return [
    sql(
      `INSERT INTO chat_messages (room, offset, version, author, client_id, time, text, reply, everyone, kinds, extra)
       VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`,
      room,
      offset,
      by,
      id,
      time,
      text,
      reply ?? null,
      everyone === true ? 1 : 0,
      kindsOf(event),
      extra,
    ),
    index(room, offset, text),
    sql('UPDATE chat_rooms SET last = ?2, last_time = ?3 WHERE id = ?1', room, offset, time),
    ...mention(room, offset, mentions),
    ...files.map((file) => sql('INSERT OR IGNORE INTO chat_file_uses VALUES (?, ?, ?)', file.id, room, offset)),
    ...(as?.avatar === undefined
      ? []
      : [sql('INSERT OR IGNORE INTO chat_file_uses VALUES (?, ?, ?)', as.avatar, room, offset)]),
  ]
}

function edit(
  room: RoomId,
  { of: target, by, time, text, everyone, mentions = [] }: EditEvent,
  offset: Param,
): Statement[] {
  return [
    sql(
      `INSERT INTO chat_edits (room, of, offset, text, time, by)
       SELECT room, offset, ?3, text, ?4, ?5 FROM chat_messages WHERE room = ?1 AND offset = ?2`,
      room,
      target,
      offset,
      time,
      by,
    ),
    forgetMentions(room, target),
    sql(
      `UPDATE chat_messages SET text = ?3, edited = ?4, version = ?5, everyone = ?6,
         kinds = (kinds & ~1) | ?7, extra = json_set(extra, '$.mentions', json(?8))
       WHERE room = ?1 AND offset = ?2`,
      room,
      target,
      text,
      time,
      offset,
      everyone === true ? 1 : 0,
      kindsOf({ text }),
      JSON.stringify(mentions),
    ),
    ...mention(room, target, mentions),
    forgetWords(room, target),
    index(room, target, text),
  ]
}

function recall(room: RoomId, { of: target, by, time }: RecallEvent, offset: Param): Statement[] {
  return [
    forgetMentions(room, target),
    forgetWords(room, target),
    sql(
      `UPDATE chat_messages SET text = '', removed = ?3, removed_by = ?4, version = ?5,
         everyone = 0, pinned = 0, kinds = 0, extra = '{}'
       WHERE room = ?1 AND offset = ?2`,
      room,
      target,
      time,
      by,
      offset,
    ),
    sql('DELETE FROM chat_reactions WHERE room = ? AND of = ?', room, target),
    sql('DELETE FROM chat_edits WHERE room = ? AND of = ?', room, target),
    sql('DELETE FROM chat_file_uses WHERE room = ? AND offset = ?', room, target),
  ]
}

function reaction(room: RoomId, { of: target, by, emoji, on }: ReactionEvent, offset: Param): Statement[] {
  return [
    on
      ? sql(
          'INSERT OR IGNORE INTO chat_reactions (room, of, emoji, person, offset) VALUES (?, ?, ?, ?, ?)',
          room,
          target,
          emoji,
          by,
          offset,
        )
      : sql(
          'DELETE FROM chat_reactions WHERE room = ? AND of = ? AND emoji = ? AND person = ?',
          room,
          target,
          emoji,
          by,
        ),
    touch(room, target, offset),
  ]
}

function pin(room: RoomId, { of: target, on }: PinEvent, offset: Param): Statement[] {
  return [
    sql(
      'UPDATE chat_messages SET pinned = ?3, version = ?4 WHERE room = ?1 AND offset = ?2',
      room,
      target,
      on ? 1 : 0,
      offset,
    ),
  ]
}

function preview(room: RoomId, { of: target, previews }: PreviewEvent, offset: Param): Statement[] {
  return [
    sql(
      `DELETE FROM chat_file_uses WHERE room = ?1 AND offset = ?2 AND file IN (
         SELECT value ->> '$.image.id' FROM json_each(
           (SELECT extra -> '$.previews' FROM chat_messages WHERE room = ?1 AND offset = ?2)))`,
      room,
      target,
    ),
    sql(
      `UPDATE chat_messages SET extra = json_insert(json_set(extra, '$.previews', json(?3)), '$.previewed[#]', ?4), version = ?4
       WHERE room = ?1 AND offset = ?2 AND removed IS NULL`,
      room,
      target,
      JSON.stringify(previews),
      offset,
    ),
    ...previews.flatMap(({ image }) =>
      image === undefined ? [] : [sql('INSERT OR IGNORE INTO chat_file_uses VALUES (?, ?, ?)', image.id, room, target)],
    ),
  ]
}

function member(room: RoomId, event: MemberEvent, offset: Param): Statement[] {
  const { what, person, by, time, role = 'member', until = null, reason = '' } = event
  switch (what) {
    case 'joined':
      return enter(room, person, role, time, offset)
    case 'left':
    case 'kicked':
      return leave(room, person, offset)
    case 'banned':
      return [
        ...leave(room, person, offset),
        sql(
          'INSERT OR REPLACE INTO chat_bans (room, person, by, time, until, reason, version) VALUES (?, ?, ?, ?, ?, ?, ?)',
          room,
          person,
          by,
          time,
          until,
          reason,
          offset,
        ),
      ]
    case 'unbanned':
      return [sql('DELETE FROM chat_bans WHERE room = ? AND person = ?', room, person)]
    case 'muted':
    case 'unmuted':
      return [
        sql(
          'UPDATE chat_members SET muted = ?3, muted_until = ?4, version = ?5 WHERE room = ?1 AND person = ?2',
          room,
          person,
          what === 'muted' ? 1 : 0,
          what === 'muted' ? until : null,
          offset,
        ),
        what === 'muted'
          ? sql(
              'INSERT OR REPLACE INTO chat_mutes (room, person, by, time, until) VALUES (?, ?, ?, ?, ?)',
              room,
              person,
              by,
              time,
              until,
            )
          : sql('DELETE FROM chat_mutes WHERE room = ? AND person = ?', room, person),
      ]
    case 'role':
      return [
        sql(
          'UPDATE chat_members SET role = ?3, version = ?4 WHERE room = ?1 AND person = ?2',
          room,
          person,
          role,
          offset,
        ),
      ]
  }
}

function enter(room: RoomId, person: string, role: string, time: number, offset: Param): Statement[] {
  return [
    sql(
      'INSERT OR IGNORE INTO chat_members (room, person, role, joined, since, version) VALUES (?1, ?2, ?3, ?4, ?5, ?5)',
      room,
      person,
      role,
      time,
      offset,
    ),
    sql('UPDATE chat_rooms SET members = members + changes() WHERE id = ?', room), // of the statement before: 1, or 0 if the person was there
    remute(room, person),
  ]
}

/** Who comes back is muted as before. */
const remute = (room: RoomId, person: string) =>
  sql(
    `UPDATE chat_members SET muted = 1, muted_until = (SELECT until FROM chat_mutes WHERE room = ?1 AND person = ?2)
     WHERE room = ?1 AND person = ?2 AND EXISTS (SELECT 1 FROM chat_mutes WHERE room = ?1 AND person = ?2)`,
    room,
    person,
  )

/** With the owner who was the last in it, a room is over: nobody could restore it but a member. */
function leave(room: RoomId, person: string, offset: Param): Statement[] {
  return [
    sql(
      `UPDATE chat_rooms SET archived = 1, version = ?3 WHERE id = ?1 AND members = 1
         AND EXISTS (SELECT 1 FROM chat_members WHERE room = ?1 AND person = ?2 AND role = 'owner')`,
      room,
      person,
      offset,
    ),
    sql('DELETE FROM chat_members WHERE room = ? AND person = ?', room, person),
    sql('UPDATE chat_rooms SET members = members - changes() WHERE id = ?', room),
  ]
}

function change(room: RoomId, event: RoomEntry, offset: Param): Statement[] {
  const { what, kind = 'group', by, time, name = '', description = '', members = [] } = event
  if (what === 'archived' || what === 'restored')
    return [
      sql('UPDATE chat_rooms SET archived = ?2, version = ?3 WHERE id = ?1', room, what === 'archived' ? 1 : 0, offset),
    ]
  const created =
    what === 'created'
      ? [
          sql(
            `INSERT INTO chat_rooms (id, kind, name, description, created, created_by, last_time, version, name_key)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5, ?7, ?8)`,
            room,
            kind,
            name,
            description,
            time,
            by,
            offset,
            roomKey(name),
          ),
        ]
      : []
  const { readOnly, slow, retention, avatar } = event
  return [
    ...created,
    sql(
      `UPDATE chat_rooms SET name = coalesce(?2, name), name_key = coalesce(?9, name_key), description = coalesce(?3, description),
         read_only = coalesce(?4, read_only), slow = coalesce(?5, slow),
         retention = CASE ?6 WHEN 'keep' THEN retention ELSE ?7 END,
         avatar = CASE ?10 WHEN 'keep' THEN avatar ELSE ?11 END, version = ?8
       WHERE id = ?1`,
      room,
      event.name ?? null,
      event.description ?? null,
      readOnly === undefined ? null : Number(readOnly),
      slow ?? null,
      retention === undefined ? 'keep' : 'set',
      retention ?? null,
      offset,
      event.name === undefined ? null : roomKey(event.name),
      avatar === undefined ? 'keep' : 'set',
      avatar ?? null,
    ),
    ...members.flatMap(({ person, role }) => enter(room, person, role, time, offset)),
  ]
}

const notice = (room: RoomId, event: MemberEvent | RoomEntry, offset: Param) =>
  sql('INSERT INTO chat_notices (room, offset, event) VALUES (?, ?, ?)', room, offset, JSON.stringify(event))

// --- pieces ---------------------------------------------------------------------

/** The words of a message, once its row is as it will be: the files that it has stand there. */
const index = (room: RoomId, offset: Param, text: string) =>
  sql(
    `INSERT INTO chat_search (rowid, scope, body)
     SELECT m.key, ${scopeInSql}, ?3 || coalesce(' ' || (m.extra ->> '$.words'), '')
     FROM chat_messages m JOIN chat_rooms r ON r.id = m.room WHERE m.room = ?1 AND m.offset = ?2`,
    room,
    offset,
    searchBody(text),
  )

const forgetWords = (room: RoomId, offset: number) =>
  sql(
    'DELETE FROM chat_search WHERE rowid = (SELECT key FROM chat_messages WHERE room = ? AND offset = ?)',
    room,
    offset,
  )

/** The words of a message that stands in the table, put in anew; undefined: it is to be found by none. */
export function reindex(room: RoomId, offset: number, text: string | undefined): readonly Statement[] {
  return [forgetWords(room, offset), ...(text === undefined ? [] : [index(room, offset, text)])]
}

function mention(room: RoomId, offset: Param, people: readonly string[]): Statement[] {
  return people.map((person) =>
    sql('INSERT OR IGNORE INTO chat_mentions (person, room, offset) VALUES (?, ?, ?)', person, room, offset),
  )
}

/** Found by the message, since the table is ordered by person. */
const forgetMentions = (room: RoomId, offset: number) =>
  sql(
    `DELETE FROM chat_mentions WHERE room = ?1 AND offset = ?2 AND person IN (
       SELECT value FROM json_each((SELECT extra -> '$.mentions' FROM chat_messages WHERE room = ?1 AND offset = ?2)))`,
    room,
    offset,
  )

const touch = (room: RoomId, target: number, offset: Param) =>
  sql('UPDATE chat_messages SET version = ?3 WHERE room = ?1 AND offset = ?2', room, target, offset)
