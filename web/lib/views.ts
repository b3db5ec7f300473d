/**
 * What the server tells of people, rooms and messages, as the screens take it.
 * `fixtures.test.ts` holds made-up data of these types to the server's schemas.
 */
export type Role = 'owner' | 'admin' | 'moderator' | 'member'
export type RoomKind = 'public' | 'group' | 'direct'
export type Level = 'all' | 'mentions' | 'none'

export interface Person {
  readonly id: string
  readonly name: string
  readonly kind: 'guest' | 'member' | 'bot' | 'gone'
  readonly avatar?: string | undefined
}

export interface Presence {
  readonly person: string
  readonly online: boolean
  readonly seen?: number | undefined
}

export interface Attachment {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly size: number
  readonly width?: number | undefined
  readonly height?: number | undefined
  readonly duration?: number | undefined
  readonly waveform?: readonly number[] | undefined
  readonly placeholder?: string | undefined
  readonly thumbnail?: boolean | undefined
  readonly voice?: boolean | undefined
}

export interface LinkPreview {
  readonly url: string
  readonly host: string
  readonly title: string
  readonly description?: string | undefined
  readonly site?: string | undefined
  readonly image?: Attachment | undefined
}

interface Reaction {
  readonly emoji: string
  readonly count: number
  readonly mine: boolean
  readonly people: readonly string[]
}

export interface Quote {
  readonly offset: number
  readonly from: string
  readonly text: string
  readonly removed: boolean
}

export interface Message {
  readonly room: string
  readonly offset: number
  readonly version: number
  readonly id: string
  readonly from: string
  readonly as?: { readonly name: string; readonly avatar?: string | undefined } | undefined
  readonly time: number
  readonly text: string
  readonly edited?: number | undefined
  readonly removed?: { readonly by: string; readonly time: number } | undefined
  readonly reply?: Quote | undefined
  readonly forwarded?: { readonly from: string; readonly name: string; readonly time: number } | undefined
  readonly mentions: readonly string[]
  readonly everyone: boolean
  readonly files: readonly Attachment[]
  readonly previews: readonly LinkPreview[]
  readonly reactions: readonly Reaction[]
  readonly pinned: boolean
}

export interface Room {
  readonly id: string
  readonly channel: string
  readonly kind: RoomKind
  readonly name: string
  readonly description: string
  readonly avatar?: string | undefined
  readonly peer?: Person | undefined
  readonly archived: boolean
  readonly readOnly: boolean
  readonly slow: number
  readonly retention: number | null
  readonly members: number
  readonly created: number
  readonly role?: Role | undefined
  readonly mutedUntil?: number | null | undefined
  readonly last?:
    | {
        readonly offset: number
        readonly time: number
        readonly from: string
        readonly text: string
        readonly files: number
        readonly removed: boolean
      }
    | undefined
  readonly read: number
  readonly delivered: number
  readonly unread: number
  readonly mentions: number
  readonly markedUnread: boolean
  readonly level: Level
  readonly draft: string
}

export interface Member {
  readonly person: Person
  readonly role: Role
  readonly joined: number
  readonly mutedUntil?: number | null | undefined
}

/** Something that happened in a room besides messages: an entry of its log, to be told in one line. */
export type Happening =
  | {
      readonly type: 'member'
      readonly offset: number
      readonly time: number
      readonly by: string
      readonly what: 'joined' | 'left' | 'kicked' | 'banned' | 'unbanned' | 'muted' | 'unmuted' | 'role'
      readonly person: string
      readonly role?: Role | undefined
      readonly until?: number | undefined
      readonly reason?: string | undefined
    }
  | {
      readonly type: 'room'
      readonly offset: number
      readonly time: number
      readonly by: string
      readonly what: 'created' | 'changed' | 'archived' | 'restored'
      readonly name?: string | undefined
      readonly description?: string | undefined
      readonly readOnly?: boolean | undefined
      readonly slow?: number | undefined
      readonly retention?: number | null | undefined
      readonly avatar?: string | null | undefined
    }
  | {
      /** Of the log of who moderates: neither of a member nor of the room. */
      readonly type: 'deed'
      readonly offset: number
      readonly time: number
      readonly by: string
      readonly what: string
      readonly person: string
      /** Of a report. */
      readonly outcome?: string | undefined
    }
  | { readonly type: 'pin'; readonly offset: number; readonly time: number; readonly by: string; readonly of: number }

/** A link that lets people into a room. */
export interface Invitation {
  readonly id: string
  readonly url: string
  readonly by: string
  readonly made: number
  readonly expires?: number | undefined
  readonly uses: number
  readonly limit?: number | undefined
}

/** A place where somebody is logged in. */
export interface Session {
  readonly id: string
  readonly device: string
  readonly address: string
  readonly seen: number
  readonly current: boolean
}
