/**
 * What somebody may do in a room, so that the screens offer nothing that would
 * be refused. The server decides; `rights.test.ts` holds this to its table.
 */
import type { Member, Message, Role, Room } from './views.ts'

export interface Rights {
  /** Why not, if one may not. */
  readonly write: true | 'notMember' | 'muted' | 'readOnly' | 'archived'
  readonly react: boolean
  readonly pin: boolean
  readonly removeOthers: boolean
  readonly mentionAll: boolean
  readonly change: boolean
  readonly archive: boolean
  readonly invite: boolean
  readonly revoke: boolean
  readonly moderate: boolean
}

const ranks: Record<Role, number> = { member: 0, moderator: 1, admin: 2, owner: 3 }

export function rightsIn(room: Room, now = Date.now()): Rights {
  const rank = rankOf(room.role)
  const isDirect = room.kind === 'direct'
  const isOpen = !room.archived
  const isMuted = room.mutedUntil === null || (room.mutedUntil !== undefined && room.mutedUntil > now)
  const speaks = isOpen && rank >= 0 && !isMuted
  const atLeast = (role: Role): boolean => isOpen && !isDirect && rank >= ranks[role]
  return {
    write: writing(room, isMuted),
    react: speaks,
    pin: isDirect ? speaks : atLeast('moderator'),
    removeOthers: !isDirect && rank >= ranks.moderator,
    mentionAll: atLeast('moderator'),
    change: atLeast('admin'),
    archive: !isDirect && rank >= ranks.owner,
    invite: atLeast('member'),
    revoke: atLeast('admin'),
    moderate: !isDirect && rank >= ranks.moderator,
  }
}

function writing(room: Room, isMuted: boolean): Rights['write'] {
  if (room.archived) return 'archived'
  if (room.role === undefined) return 'notMember'
  if (isMuted) return 'muted'
  return room.readOnly && rankOf(room.role) < ranks.moderator ? 'readOnly' : true
}

/** Over somebody of the own rank or above, nobody has power. */
export function mayPunish(room: Room, member: Member, me: string): boolean {
  const rank = rankOf(room.role)
  return (
    member.person.id !== me &&
    room.kind !== 'direct' &&
    !room.archived &&
    rank >= ranks.moderator &&
    rank > ranks[member.role]
  )
}

/** The roles that one may give a member. */
export function rolesFor(room: Room, member: Member, me: string): Role[] {
  const mine = rankOf(room.role)
  if (room.kind === 'direct' || room.archived) return []
  const all: readonly Role[] = ['member', 'moderator', 'admin', 'owner']
  if (mine >= ranks.owner) return all.filter((role) => role !== member.role)
  if (mine < ranks.admin || member.person.id === me || ranks[member.role] >= mine) return []
  return all.filter((role) => role !== member.role && ranks[role] < mine)
}

/** Who wrote a message, and who stands above, may take it away. */
export function mayRemove(rights: Rights, message: Message, me: string): boolean {
  return message.removed === undefined && (message.from === me || rights.removeOthers)
}

function rankOf(role: Role | undefined): number {
  return role === undefined ? -1 : ranks[role]
}
