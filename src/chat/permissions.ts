/**
 * Who may do what in a room: one table, no input and output. What a person is
 * there (a `Standing`) is read from the database before, and guarded while the
 * deed is written, so that what was decided still holds when it is done.
 *
 *   owner > admin > moderator > member; over somebody of the own rank or above, nobody has power
 *
 * An administrator of the server stands as an owner in every public room. In
 * rooms of a group or of two, administrators are nobody: what is said there is
 * not theirs to read.
 */
import type { ChatErrorName } from './errors.ts'
import type { Role, RoomKind } from './events.ts'

/** What somebody is in a room, at a moment. */
export interface Standing {
  readonly kind: RoomKind
  readonly archived: boolean
  readonly readOnly: boolean
  readonly role: Role | undefined // undefined: no member
  readonly muted: boolean // at this moment
  readonly banned: boolean // at this moment
  readonly admin: boolean // of the server
  /** The other of a direct room does not want to hear from this one, or is gone. */
  readonly refused?: 'blocked' | 'gone' | undefined
}

/** Whom it concerns, where it concerns somebody. */
export interface Target {
  readonly role: Role | undefined // undefined: no member (any more)
  readonly self: boolean
  readonly newRole?: Role | undefined // of 'role'
}

export const deeds = [
  'see', // read, search, be there
  'join',
  'invited', // join with an invitation
  'leave',
  'write',
  'react',
  'edit', // the own message
  'recall', // the own message
  'remove', // somebody's message
  'pin',
  'everyone', // mention all members
  'change', // name, description, slow mode, read-only, retention
  'archive',
  'restore',
  'invite', // add somebody, make a link
  'revoke', // a link that somebody else made
  'kick',
  'ban',
  'unban',
  'mute',
  'role',
  'moderate', // see former texts, reports, bans, the audit log
  'webhooks',
  'export',
] as const
export type Deed = (typeof deeds)[number]

/** Why not; undefined if it may be done. */
export function objection(
  deed: Deed,
  standing: Standing,
  target: Target = { role: undefined, self: true },
): ChatErrorName | undefined {
  const { kind, role, archived, banned } = standing
  const rank = rankOf(standing)
  const isHidden = kind !== 'public' && role === undefined
  if (isHidden && (deed !== 'invited' || kind === 'direct')) return banned ? 'banned' : 'notFound' // a room that is not for you is as if it were not there
  if (banned && role === undefined && rank < ranks.owner) return 'banned'
  if (kind === 'direct' && !inDirect.has(deed)) return 'forbidden'
  if (archived && !inArchive.has(deed)) return 'archived'
  if (standing.refused !== undefined && addresses.has(deed)) return standing.refused
  switch (deed) {
    case 'see':
    case 'join':
    case 'invited':
      return undefined
    case 'leave':
      return role === undefined ? 'notMember' : undefined
    case 'write':
      return silenced(standing) ?? (standing.readOnly && rank < ranks.moderator ? 'readOnly' : undefined)
    case 'react':
      return silenced(standing)
    case 'edit':
      return silenced(standing) ?? (target.self ? undefined : 'forbidden')
    case 'recall':
      return target.self ? (role === undefined ? 'notMember' : undefined) : 'forbidden'
    case 'pin':
      if (kind === 'direct') return silenced(standing)
      return atLeast('moderator')
    case 'remove':
    case 'kick':
    case 'ban':
    case 'mute':
      if (target.self) return 'forbidden'
      return rank >= ranks.moderator && rank > rankIn(target.role) ? undefined : refusal()
    case 'role':
      return mayGive(rank, target) ? undefined : refusal()
    case 'invite':
      return role === undefined && rank < 0 ? 'notMember' : undefined
    case 'everyone':
    case 'unban':
    case 'moderate':
      return atLeast('moderator')
    case 'change':
    case 'revoke':
    case 'webhooks':
      return atLeast('admin')
    case 'export':
      return kind === 'direct' ? undefined : atLeast('admin')
    case 'archive':
    case 'restore':
      return atLeast('owner')
  }

  function atLeast(needed: Role): ChatErrorName | undefined {
    return rank >= ranks[needed] ? undefined : refusal()
  }

  function refusal(): ChatErrorName {
    return role === undefined ? 'notMember' : 'forbidden'
  }
}

const ranks: Record<Role, number> = { member: 0, moderator: 1, admin: 2, owner: 3 }
const rankIn = (role: Role | undefined): number => (role === undefined ? -1 : ranks[role])

function rankOf({ kind, role, admin }: Standing): number {
  return admin && kind === 'public' ? ranks.owner : rankIn(role)
}

/** Only a member speaks, and not while muted. */
function silenced({ role, muted }: Standing): ChatErrorName | undefined {
  if (role === undefined) return 'notMember'
  return muted ? 'muted' : undefined
}

/** Owners give any role to others, and their own away; admins what is below them, to who is below them. */
function mayGive(rank: number, { role, newRole, self }: Target): boolean {
  if (role === undefined || newRole === undefined) return false
  if (rank >= ranks.owner) return true
  return !self && rank >= ranks.admin && rank > ranks[role] && rank > ranks[newRole]
}

/** What the other of a direct room would notice. */
const addresses: ReadonlySet<Deed> = new Set(['write', 'react', 'edit', 'pin'])
const inDirect: ReadonlySet<Deed> = new Set(['see', 'write', 'react', 'edit', 'recall', 'pin', 'export'])
const inArchive: ReadonlySet<Deed> = new Set(['see', 'leave', 'restore', 'export', 'moderate', 'remove'])
