/** What somebody is in a room: read in one go, with the versions that tell whether it changed since. */
import type { Chat } from '../chat.ts'
import { type PersonId, type Role, type RoomId, type RoomKind, roles, roomKinds } from '../events.ts'
import { ChatError } from '../errors.ts'
import type { Seen } from '../guards.ts'
import type { Standing } from '../permissions.ts'
import { flag, number, numberOrNull, text, textOrNull } from '../rows.ts'
import { addressBan } from './address-bans.ts'
import { refusalBy } from '../people/blocks.ts'

const query = `
  SELECT r.kind, r.archived, r.read_only, r.version,
    m.role, m.muted, m.muted_until, coalesce(m.version, 0) AS member_version,
    b.until AS banned_until, coalesce(b.version, 0) AS ban_version,
    CASE WHEN r.kind = 'direct' THEN ${refusalBy('?2', 'r.id')} END AS refused,
    CASE WHEN m.role IS NULL THEN ${addressBan('?2', 'r.id', '?3')} ELSE 0 END AS address_banned
  FROM chat_rooms r
  LEFT JOIN chat_members m ON m.room = r.id AND m.person = ?2
  LEFT JOIN chat_bans b ON b.room = r.id AND b.person = ?2
  WHERE r.id = ?1`

/** @throws ChatError `notFound` if there is no such room */
export function standingOf(
  chat: Chat,
  room: RoomId,
  { id, admin }: { readonly id: PersonId; readonly admin: boolean },
): { readonly standing: Standing; readonly seen: Seen } {
  const now = chat.now()
  const row = chat.row(query, room, id, now)
  if (row === undefined) throw new ChatError('notFound')
  const [memberVersion, banVersion] = [number(row, 'member_version'), number(row, 'ban_version')]
  const refused = textOrNull(row, 'refused') ?? ''
  const lasts = (until: number | null) => until === null || until > now
  return {
    standing: {
      kind: oneOf<RoomKind>(roomKinds, text(row, 'kind')),
      archived: flag(row, 'archived'),
      readOnly: flag(row, 'read_only'),
      role: memberVersion === 0 ? undefined : oneOf<Role>(roles, text(row, 'role')),
      muted: memberVersion !== 0 && flag(row, 'muted') && lasts(numberOrNull(row, 'muted_until')),
      banned: (banVersion !== 0 && lasts(numberOrNull(row, 'banned_until'))) || flag(row, 'address_banned'),
      admin,
      refused: refusedOf(refused),
    },
    seen: { room, roomVersion: number(row, 'version'), person: id, memberVersion, banVersion, refused },
  }
}

/** Undefined: no member. @throws ChatError `notFound` if there is no such room */
export function roleOf(chat: Chat, room: RoomId, person: Parameters<typeof standingOf>[2]): Role | undefined {
  return standingOf(chat, room, person).standing.role
}

function refusedOf(word: string): Standing['refused'] {
  return word === 'blocked' || word === 'gone' ? word : undefined
}

function oneOf<T extends string>(list: readonly T[], value: string): T {
  const found = list.find((each) => each === value)
  if (found === undefined) throw new TypeError(`${value} is none of ${list.join(', ')}`)
  return found
}
