/** Rooms as somebody has them in front of them: what they are, where this person is in them, what is new. */
import type { SqlRow } from '../../index.ts'
import type { Chat } from '../chat.ts'
import {
  channelOf,
  isDirect,
  pairOf,
  type PersonId,
  type Role,
  type RoomId,
  type RoomKind,
  roles,
  roomKinds,
} from '../events.ts'
import { findPeople, type Person, personView } from '../people/person.ts'
import { flag, number, numberOrNull, text, textOrNull } from '../rows.ts'
import { levels, type RoomView } from '../views.ts'

const most = 1000 // unread messages that are counted
const excerpt = 200 // code points of the last message

const query = `
  SELECT r.*, m.role, m.muted, m.muted_until,
    coalesce(k.read, 0) AS mark_read, coalesce(k.delivered, 0) AS mark_delivered, coalesce(k.unread, 0) AS mark_unread,
    coalesce(k.level, 'all') AS level, coalesce(k.draft, '') AS draft,
    l.offset AS last_offset, l.author AS last_author, substr(l.text, 1, ${excerpt}) AS last_text,
    l.removed AS last_removed, json_array_length(l.extra, '$.files') AS last_files,
    (SELECT count(*) FROM (SELECT 1 FROM chat_messages u
       WHERE u.room = r.id AND u.offset > coalesce(k.read, 0) AND u.author <> ?1 AND u.removed IS NULL LIMIT ${most})) AS news,
    (SELECT count(*) FROM (SELECT 1 FROM chat_mentions n
       WHERE n.person = ?1 AND n.room = r.id AND n.offset > coalesce(k.read, 0) LIMIT ${most})) AS mentioned,
    (SELECT count(*) FROM (SELECT 1 FROM chat_messages e
       WHERE e.room = r.id AND e.offset > coalesce(k.read, 0) AND e.everyone = 1 AND e.removed IS NULL AND e.author <> ?1
         AND NOT EXISTS (SELECT 1 FROM chat_mentions n WHERE n.person = ?1 AND n.room = r.id AND n.offset = e.offset)
       LIMIT ${most})) AS called
  FROM chat_rooms r
  LEFT JOIN chat_members m ON m.room = r.id AND m.person = ?1
  LEFT JOIN chat_marks k ON k.room = r.id AND k.person = ?1
  LEFT JOIN chat_messages l ON l.room = r.id AND l.offset = r.last
  WHERE r.id IN (SELECT value FROM json_each(?2))`

/** In no certain order; what is not there is left out. Whether they may be seen was asked before. */
export function roomViews(chat: Chat, me: PersonId, rooms: readonly RoomId[]): RoomView[] {
  const rows = chat.rows(query, me, JSON.stringify(rooms))
  const peers = rows.flatMap((row) => otherOf(text(row, 'id'), me) ?? [])
  const people = new Map(findPeople(chat, peers).map((person) => [person.id, person]))
  return rows.map((row) => toView(row, people.get(otherOf(text(row, 'id'), me) ?? ''), chat.now()))
}

export function roomView(chat: Chat, me: PersonId, room: RoomId): RoomView | undefined {
  return roomViews(chat, me, [room])[0]
}

function otherOf(room: RoomId, me: PersonId): PersonId | undefined {
  return isDirect(room) ? pairOf(room).find((person) => person !== me) : undefined
}

function toView(row: SqlRow, peer: Person | undefined, now: number): RoomView {
  const id = text(row, 'id')
  const role = roles.find((each): each is Role => each === row['role'])
  const until = numberOrNull(row, 'muted_until')
  const isMuted = role !== undefined && flag(row, 'muted') && (until === null || until > now)
  return {
    id,
    channel: channelOf(id),
    kind: roomKinds.find((each): each is RoomKind => each === row['kind']) ?? 'group',
    name: peer?.name ?? text(row, 'name'),
    description: text(row, 'description'),
    ...(peer && { peer: personView(peer) }),
    archived: flag(row, 'archived'),
    readOnly: flag(row, 'read_only'),
    slow: number(row, 'slow'),
    retention: numberOrNull(row, 'retention'),
    members: number(row, 'members'),
    created: number(row, 'created'),
    ...(role && { role }),
    ...(isMuted && { mutedUntil: until }),
    ...lastOf(row),
    read: number(row, 'mark_read'),
    delivered: number(row, 'mark_delivered'),
    unread: number(row, 'news'),
    mentions: Math.min(most, number(row, 'mentioned') + number(row, 'called')),
    markedUnread: flag(row, 'mark_unread'),
    level: levels.find((each) => each === row['level']) ?? 'all',
    draft: text(row, 'draft'),
  }
}

function lastOf(row: SqlRow): Pick<RoomView, 'last'> {
  const offset = numberOrNull(row, 'last_offset')
  if (offset === null) return {}
  return {
    last: {
      offset,
      time: number(row, 'last_time'),
      from: text(row, 'last_author'),
      text: textOrNull(row, 'last_text') ?? '',
      files: numberOrNull(row, 'last_files') ?? 0,
      removed: numberOrNull(row, 'last_removed') !== null,
    },
  }
}
