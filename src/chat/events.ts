/**
 * What stands in the log of a room. Everything that changes what a reader sees
 * is a publication in the room's channel: a message, and also its edit, its
 * recall, a reaction, a pin, who came and went. So one position covers all of
 * it, and whoever was away catches up by reading on.
 *
 * A message is known by its room and the offset at which it was published; the
 * others name it by `of`. Times are the server's, in milliseconds since 1970,
 * and for display only: the order is the offset.
 */

export type PersonId = string
export type RoomId = string

export const roles = ['owner', 'admin', 'moderator', 'member'] as const
export type Role = (typeof roles)[number]
export const roomKinds = ['public', 'group', 'direct'] as const
export type RoomKind = (typeof roomKinds)[number]

interface Entry {
  readonly by: PersonId // who did it; empty: the server
  readonly time: number
}

/** What it said is no longer there: a later entry takes the message back. */
interface Erasable {
  readonly erased?: true | undefined
}

export interface MessageEvent extends Entry, Erasable {
  readonly type: 'message'
  readonly id: string // made by the sender before the first attempt (UUID): sent again, it is still one message
  readonly text: string // the source of the markdown; empty only where there are files, a message is forwarded, or erased
  readonly reply?: number | undefined // the offset of the message that it answers
  readonly mentions?: readonly PersonId[] | undefined
  readonly everyone?: true | undefined // all members are mentioned
  readonly files?: readonly Attachment[] | undefined
  readonly forwarded?: Forwarded | undefined
  /** How a webhook wants to be shown; the avatar is a file. */
  readonly as?: { readonly name: string; readonly avatar?: string | undefined } | undefined
}

/** What is known of a file, so that a reader can lay it out before loading it. */
export interface Attachment {
  readonly id: string
  readonly name: string
  readonly type: string // decided from the content
  readonly size: number // bytes
  readonly width?: number | undefined // pixels, as it is to be shown
  readonly height?: number | undefined
  readonly duration?: number | undefined // milliseconds
  readonly waveform?: readonly number[] | undefined // 0 to 255
  readonly placeholder?: string | undefined // what stands there until an image is loaded
  readonly thumbnail?: boolean | undefined // whether there is a smaller image of it
  readonly voice?: boolean | undefined // spoken for this message
}

export interface Forwarded {
  readonly from: PersonId
  readonly name: string // as it was then: the reader may not know the person
  readonly time: number
}

/** The text is now this. */
export interface EditEvent extends Entry, Erasable {
  readonly type: 'edit'
  readonly of: number
  readonly text: string
  readonly mentions?: readonly PersonId[] | undefined
  readonly everyone?: true | undefined
}

/** A message is taken back, by its author or a moderator: a tombstone stays. */
export interface RecallEvent extends Entry {
  readonly type: 'recall'
  readonly of: number
}

export interface ReactionEvent extends Entry {
  readonly type: 'reaction'
  readonly of: number
  readonly emoji: string
  readonly on: boolean
}

export interface PinEvent extends Entry {
  readonly type: 'pin'
  readonly of: number
  readonly on: boolean
}

/** What the links of a message lead to; it arrives later than the message. */
export interface PreviewEvent extends Entry, Erasable {
  readonly type: 'preview'
  readonly of: number
  readonly previews: readonly Preview[]
}

export interface Preview {
  readonly url: string
  readonly host: string // a page may call itself what it likes; this cannot lie
  readonly title: string
  readonly description?: string | undefined
  readonly site?: string | undefined
  readonly image?: Attachment | undefined
}

export interface MemberEvent extends Entry {
  readonly type: 'member'
  readonly what: 'joined' | 'left' | 'kicked' | 'banned' | 'unbanned' | 'muted' | 'unmuted' | 'role'
  readonly person: PersonId
  readonly role?: Role | undefined // of who joined; the new one
  readonly until?: number | undefined // of a ban or a mute; without it, until it is lifted
  readonly reason?: string | undefined
}

/** The room itself was made or changed: what is there is what is new. */
export interface RoomEntry extends Entry {
  readonly type: 'room'
  readonly what: 'created' | 'changed' | 'archived' | 'restored'
  readonly kind?: RoomKind | undefined
  readonly members?: readonly { readonly person: PersonId; readonly role: Role }[] | undefined // from the beginning on
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly readOnly?: boolean | undefined // only moderators and above may write
  readonly slow?: number | undefined // seconds between two messages of a member
  readonly retention?: number | null | undefined // milliseconds that messages are kept; null: for good
  readonly avatar?: string | null | undefined // a file; null: the picture is gone
}

export type RoomEvent =
  | MessageEvent
  | EditEvent
  | RecallEvent
  | ReactionEvent
  | PinEvent
  | PreviewEvent
  | MemberEvent
  | RoomEntry

/** What is told to who is there, and not kept. */
export type LiveEvent =
  | { readonly type: 'typing'; readonly by: PersonId; readonly on: boolean }
  | { readonly type: 'receipt'; readonly by: PersonId; readonly read: number; readonly delivered: number }
  | { readonly type: 'presence'; readonly online: number; readonly changes: readonly Presence[] } // large rooms: the number only

export interface Presence {
  readonly person: PersonId
  readonly online: boolean
  readonly seen?: number | undefined // when the last connection ended; absent if the person does not tell
}

const kept: readonly string[] = [
  'message',
  'edit',
  'recall',
  'reaction',
  'pin',
  'preview',
  'member',
  'room',
] satisfies RoomEvent['type'][]

/** An entry of a room's log, which only the chat writes; undefined for what somebody else published there. */
export function eventOf(data: unknown): RoomEvent | undefined {
  if (typeof data !== 'object' || data === null || !('type' in data) || typeof data.type !== 'string') return undefined
  return kept.includes(data.type) ? (data as RoomEvent) : undefined
}

/** One log a room: two people's is told apart by its name, so that its rules can be. */
export function channelOf(room: RoomId): string {
  return isDirect(room) ? `dm:${room}` : `room:${room}`
}

/** The room of a channel; undefined if it is none. */
export function roomOf(channel: string): RoomId | undefined {
  const [, room] = /^(?:room|dm):(.+)$/.exec(channel) ?? []
  return room !== undefined && channelOf(room) === channel ? room : undefined
}

/** The one room that two people have: its name follows from theirs, so both can make it at once. */
export function directRoom(one: PersonId, other: PersonId): RoomId {
  return one < other ? `${one}.${other}` : `${other}.${one}`
}

export const isDirect = (room: RoomId): boolean => room.includes('.')

/** The two whose room it is. */
export const pairOf = (room: RoomId): readonly string[] => room.split('.')

/** Of each person, for what concerns nobody else. Live only: what it tells of is in the tables. */
export const inboxOf = (person: PersonId): string => `inbox:#${person}`
