/**
 * All that the screens show and may ask for. They know nothing of the network:
 * who drives them, a connection or a test, fills the sources and does the deeds.
 */
import type { Source } from './cell.ts'
import type { Outcome, Problem } from './outcome.ts'
import type { RoomModel } from './room-model.ts'
import type { RoomAddress } from './route.ts'
import type { Level, Message, Person, Presence, Room, RoomKind, Session } from './views.ts'

export interface ChatModel {
  readonly entry: Source<Entry>
  readonly connection: Source<Connection>
  readonly people: Source<People>
  readonly rooms: Source<RoomList>
  readonly directory: Source<Directory>
  readonly search: Source<Search>
  readonly account: Source<Account>
  /** The same object for the same room as long as somebody shows it. */
  room(at: RoomAddress): RoomModel
  /** What an invitation leads to, before one says yes. */
  invitation(token: string): Source<InvitationView>
  readonly deeds: Deeds
}

/** Whether one is in. */
export type Entry =
  | { readonly at: 'start' } // not known yet: for as long as a page takes to ask
  | { readonly at: 'outside'; readonly guests: boolean; readonly ended?: 'logged-out' | 'revoked' | undefined }
  | { readonly at: 'inside'; readonly me: Person }

/** `live` shows nothing; `late` is a connection that takes longer than it should. */
export type Connection =
  | { readonly state: 'live' }
  | { readonly state: 'connecting' | 'catching-up' | 'offline'; readonly late: boolean }
  | { readonly state: 'refused'; readonly why: 'version' | 'closed' }

export interface People {
  readonly byId: ReadonlyMap<string, Person>
  readonly presence: ReadonlyMap<string, Presence>
}

export interface RoomList {
  readonly state: 'loading' | 'ready' | 'failed'
  readonly rooms: readonly Room[]
  /** Who is writing, by room. */
  readonly typing: ReadonlyMap<string, readonly string[]>
  /** Ids of rooms with messages that could not be sent. */
  readonly failed: ReadonlySet<string>
}

export interface Directory {
  readonly state: 'loading' | 'ready' | 'failed'
  readonly rooms: readonly Room[]
}

export interface Search {
  readonly query: string
  readonly room: string | undefined
  readonly state: 'idle' | 'searching' | 'ready' | 'failed'
  readonly hits: readonly SearchHit[]
  readonly more: boolean
}

export const noSearch: Search = { query: '', room: undefined, state: 'idle', hits: [], more: false }

interface SearchHit {
  readonly message: Message
  readonly room: Pick<Room, 'id' | 'name' | 'kind'>
}

export type InvitationView =
  | { readonly state: 'loading' }
  | {
      readonly state: 'open'
      /** Its colour instead of its id, which only members know. */
      readonly room: Pick<Room, 'name' | 'description' | 'members' | 'avatar'> & { readonly hue: number }
      /** The name of who invites; undefined: it is not known. */
      readonly by: string | undefined
    }
  | { readonly state: 'over' }
  | { readonly state: 'failed'; readonly problem: Problem }

export interface Account {
  readonly hasPassword: boolean
  readonly sessions: readonly Session[] | undefined // undefined: not asked for yet
  readonly showPresence: boolean
  readonly sendReceipts: boolean
  readonly sendTyping: boolean
  readonly doNotDisturbUntil: number | undefined
  readonly blocked: readonly Person[] | undefined // undefined: not asked for yet
}

/** Before it is known what somebody has chosen. */
export const noAccount: Account = {
  hasPassword: false,
  sessions: undefined,
  showPresence: true,
  sendReceipts: true,
  sendTyping: true,
  doNotDisturbUntil: undefined,
  blocked: undefined,
}

type AccountChange = Partial<Pick<Account, 'showPresence' | 'sendReceipts' | 'sendTyping' | 'doNotDisturbUntil'>>

/** What may be asked for. A deed that shows its effect at once undoes it by itself should it be refused. */
export interface Deeds {
  enter(name: string): Promise<Outcome>
  logIn(name: string, password: string): Promise<Outcome>
  logOut(): Promise<Outcome>
  /** Gives a guest's name a password, so that it can be had on other devices. */
  claim(password: string): Promise<Outcome>
  changePassword(old: string, password: string): Promise<Outcome>
  rename(name: string): Promise<Outcome>
  setAvatar(picture: Blob | undefined): Promise<Outcome>
  changeAccount(change: AccountChange): Promise<Outcome>
  endSession(id: string): Promise<Outcome>
  /** Takes nothing from somebody any more: no direct messages, no invitations. */
  block(person: Person): Promise<Outcome>
  unblock(person: string): Promise<Outcome>
  accept(token: string): Promise<Outcome<{ readonly room: string }>>
  create(room: NewRoom): Promise<Outcome<{ readonly room: string }>>
  join(room: string): Promise<Outcome>
  leave(room: string): Promise<Outcome>
  setLevel(room: string, level: Level): Promise<Outcome>
  markRead(room: string): Promise<Outcome>
  markUnread(room: string): Promise<Outcome>
  /** Fills `search`; an empty query empties it. */
  find(query: string, room?: string): void
  findMore(): void
  /** Fills `directory`, `account.sessions`, `account.blocked`. */
  look(at: 'directory' | 'sessions' | 'blocked'): void
  reconnect(): void
}

interface NewRoom {
  readonly kind: Exclude<RoomKind, 'direct'>
  readonly name: string
  readonly description: string
}
