/**
 * Rooms as a person sees them, with what is unread: a whole list with two
 * queries.
 *
 * Whoever comes into a room has nothing to read there yet: what is unread counts
 * from where they came in, even if they were there before and left.
 */
import type { SqlRow } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import { channelOf, isDirect, type PersonId, pairOf, type RoomId, roles, roomKinds } from '../events.ts'
import { excerpt } from '../live/excerpt.ts'
import { findPeople, type Person, personView } from '../people/person.ts'
import { flag, number, numberOrNull, text, textOrNull } from '../rows.ts'
import { levels, type MyMarksView, type PersonView, type RoomView } from '../views.ts'
import { mentionsIn, unreadIn } from './counts.ts'

const preview = 600 // characters of the last message, of which an excerpt is shown

const query = `
  WITH mine AS (
    SELECT w.key AS place, r.*, m.role, m.muted, m.muted_until,
      max(coalesce(k.read, 0), coalesce(m.since, 0)) AS read,
      max(coalesce(k.delivered, 0), coalesce(m.since, 0)) AS delivered,
      coalesce(k.unread, 0) AS marked, coalesce(k.level, 'all') AS level, coalesce(k.draft, '') AS draft
    FROM json_each(?1) w CROSS JOIN chat_rooms r ON r.id = w.value
    LEFT JOIN chat_members m ON m.room = r.id AND m.person = ?2
    LEFT JOIN chat_marks k ON k.room = r.id AND k.person = ?2)
  SELECT mine.*,
    iif(role IS NULL, 0, ${unreadIn('mine.id', 'mine.read', '?2')}) AS unread,
    iif(role IS NULL, 0, ${mentionsIn('mine.id', 'mine.read', '?2')}) AS mentions,
    l.offset AS last_offset, l.time AS last_at, l.author AS last_author, substr(l.text, 1, ${preview}) AS last_text,
    l.removed AS last_removed, coalesce(json_array_length(l.extra, '$.files'), 0) AS last_files
  FROM mine LEFT JOIN chat_messages l ON l.room = mine.id AND l.offset = mine.last
  ORDER BY place`

/** One room, as it is for somebody. Whether they may see it is asked elsewhere. @throws ChatError `notFound` */
export function roomView(chat: Chat, me: Pick<Person, 'id'>, room: RoomId): RoomView {
  const [found] = roomViews(chat, me, [room])
  if (found === undefined) throw new ChatError('notFound')
  return found
}

/** In the order asked for; what is not there is left out. */
export function roomViews(chat: Chat, me: Pick<Person, 'id'>, rooms: readonly RoomId[]): RoomView[] {
  return chat.server.snapshot(() => {
    const rows = chat.rows(query, JSON.stringify(rooms), me.id)
    const peers = new Map(findPeople(chat, rooms.flatMap(peerOf(me.id))).map((person) => [person.id, person]))
    return rows.map((row) => {
      const [peer] = peerOf(me.id)(text(row, 'id'))
      const found = peer === undefined ? undefined : peers.get(peer)
      return view(row, found && personView(found), chat.now())
    })
  })
}

/** Where somebody is in a room, and what is unread. */
export function marksIn(chat: Chat, me: Pick<Person, 'id'>, room: RoomId): MyMarksView {
  const { read, delivered, unread, mentions, markedUnread } = roomView(chat, me, room)
  return { room, read, delivered, unread, mentions, markedUnread }
}

const peerOf =
  (me: PersonId) =>
  (room: RoomId): PersonId[] =>
    isDirect(room) ? pairOf(room).filter((person) => person !== me) : []

function view(row: SqlRow, peer: PersonView | undefined, now: number): RoomView {
  const [id, role] = [text(row, 'id'), textOrNull(row, 'role')]
  const until = numberOrNull(row, 'muted_until')
  const isMuted = role !== null && flag(row, 'muted') && (until === null || until > now)
  return {
    id,
    channel: channelOf(id),
    kind: oneOf(roomKinds, text(row, 'kind')),
    name: peer?.name ?? text(row, 'name'),
    description: text(row, 'description'),
    ...avatarOf(row),
    ...(peer && { peer }),
    archived: flag(row, 'archived'),
    readOnly: flag(row, 'read_only'),
    slow: number(row, 'slow'),
    retention: numberOrNull(row, 'retention'),
    members: number(row, 'members'),
    created: number(row, 'created'),
    ...(role !== null && { role: oneOf(roles, role) }),
    ...(isMuted && { mutedUntil: until }),
    ...lastOf(row),
    read: number(row, 'read'),
    delivered: number(row, 'delivered'),
    unread: number(row, 'unread'),
    mentions: number(row, 'mentions'),
    markedUnread: flag(row, 'marked'),
    level: oneOf(levels, text(row, 'level')),
    draft: text(row, 'draft'),
  }
}

/** The path of the picture of a room, if it has one. */
export function avatarOf(row: SqlRow): { avatar?: string } {
  const avatar = textOrNull(row, 'avatar')
  return avatar === null ? {} : { avatar: `/files/${avatar}/thumbnail` }
}

function lastOf(row: SqlRow): Pick<RoomView, 'last'> {
  const offset = numberOrNull(row, 'last_offset')
  if (offset === null) return {}
  return {
    last: {
      offset,
      time: number(row, 'last_at'),
      from: text(row, 'last_author'),
      text: excerpt(text(row, 'last_text')),
      files: number(row, 'last_files'),
      removed: numberOrNull(row, 'last_removed') !== null,
    },
  }
}

function oneOf<T extends string>(list: readonly T[], value: string): T {
  const found = list.find((each) => each === value)
  if (found === undefined) throw new TypeError(`${value} is none of ${list.join(', ')}`)
  return found
}
