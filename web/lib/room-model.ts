/**
 * One room on the screen. Four objects have one duty each: `paging` which part
 * of the log is there, `scroll` where one looks, `pending` what is on its way
 * out, `typing` who is writing.
 */
import type { Source } from './cell.ts'
import type { Outcome, Problem } from './outcome.ts'
import type { Attachment, Happening, Invitation, Member, Message, Person, Role, Room } from './views.ts'

export interface RoomModel {
  readonly state: Source<RoomState>
  readonly paging: Paging
  readonly scroll: ScrollKeeper
  readonly pending: Pending
  readonly typing: TypingSource
  readonly draft: Source<Draft>
  /** Undefined where the browser cannot. */
  readonly recording: Recording | undefined
  readonly details: Source<Details>
  /** How far each of the others has read and got, where that is told. */
  readonly receipts: Source<ReadonlyMap<string, Marks>>
  readonly deeds: RoomDeeds
  /** Is told of what others say while the room is followed, each message once. */
  arrivals(listener: (messages: readonly Message[]) => void): () => void
}

export type RoomState =
  | { readonly at: 'loading' }
  | { readonly at: 'failed'; readonly problem: Problem }
  | { readonly at: 'missing' } // or not for you, which is not told apart
  | ({ readonly at: 'banned' } & Sentenced)
  | ({ readonly at: 'removed'; readonly room: Room } & Removal)
  | {
      readonly at: 'open'
      readonly room: Room
      /** Where reading stopped before it was opened: the divider stands behind it as long as the room is open. */
      readonly readUpTo: number
      /** How far others have read and got, for the marks at one's own messages. */
      readonly marks: Marks
      /** When the next message may be sent, in slow mode; 0: now. */
      readonly waitUntil: number
    }

/** Why a room is no longer the reader's. */
export interface Removal extends Sentenced {
  readonly why: 'kicked' | 'banned' | 'left' | 'archived'
}

/** What is told to who is put out, or kept out. */
export interface Sentenced {
  readonly reason?: string | undefined
  /** Of a ban; without it, until it is lifted. */
  readonly until?: number | undefined
}

export interface Marks {
  readonly read: number
  readonly delivered: number
}

/** A part of the log without holes: from `entries[0]` to the last. */
export interface Page {
  readonly messages: readonly Message[]
  readonly happenings: readonly Happening[]
  readonly before: Edge
  readonly after: Edge
}

/** What lies beyond an end: nothing, more, or it is being asked for. */
export type Edge = 'end' | 'more' | 'loading' | 'failed'

export interface Paging {
  readonly page: Source<Page>
  earlier(): void
  later(): void
  /** Shows the surroundings of a message, or the newest. */
  jump(to: number | 'latest'): Promise<Outcome<{ readonly offset: number }>>
  /** The first message since a time, or the last one if none is; what lies between is not loaded. */
  find(time: number): Promise<Outcome<{ readonly offset: number }>>
}

/** Keeps what is looked at where it is, whatever happens around it. */
export interface ScrollKeeper {
  /** The list's element; undefined when it goes. */
  attach(list: HTMLElement | undefined): void
  /** To be called after each drawing, before the browser paints. */
  settle(): void
  readonly place: Source<Place>
  /** The row of an offset comes into view and is pointed at. */
  reveal(offset: number): void
  /** A row that has the focus comes into view, by no more than it takes. */
  bring(row: HTMLElement): void
  /** The message that stands at the top; `latest` at the end. */
  lookedAt(): number | 'latest'
  toEnd(): void
}

export interface Place {
  readonly atEnd: boolean
  /** Messages of others below, that were not there when one left the end. */
  readonly below: number
}

export interface Pending {
  readonly messages: Source<readonly PendingMessage[]>
  send(text: string, options: { readonly reply?: number | undefined; readonly files: readonly DraftFile[] }): void
  retry(id: string): void
  discard(id: string): void
}

/** One's own message before the log has it. */
export interface PendingMessage {
  readonly id: string
  readonly text: string
  readonly time: number
  readonly reply?: Message['reply']
  readonly files: readonly DraftFile[]
  readonly state: 'waiting' | 'sending' | 'failed'
  readonly problem?: Problem | undefined
}

/** A file on its way in. */
export interface DraftFile {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly size: number
  /** Of an image or a clip: to look at or to hear before it is sent. */
  readonly url?: string | undefined
  readonly width?: number | undefined
  readonly height?: number | undefined
  /** Of a clip that was spoken here. */
  readonly voice?: { readonly duration: number; readonly waveform: readonly number[] } | undefined
  readonly state: 'waiting' | 'uploading' | 'ready' | 'failed'
  readonly progress: number // 0 to 1
  readonly attachment?: Attachment | undefined
  readonly problem?: Problem | undefined
}

/** A voice clip while it is spoken. */
export interface Recording {
  readonly state: Source<RecordingState>
  /** Asks for the microphone: to be called from a press. */
  begin(): Promise<void>
  /** What was said stands among the files of the draft then; answers whether anything was. */
  stop(): Promise<boolean>
  /** What was said is gone, or what was refused is understood. */
  cancel(): void
}

export type RecordingState =
  | { readonly at: 'idle' | 'asking' }
  | { readonly at: 'refused'; readonly why: 'denied' | 'missing' | 'failed' }
  | {
      readonly at: 'recording'
      readonly time: number // ms since it began
      readonly longest: number // ms, after which it is stopped
      /** How loud it was of late, from 0 to 1, the newest last. */
      readonly levels: readonly number[]
    }

export interface TypingSource {
  /** Ids of people who are writing here now, oneself not among them. */
  readonly who: Source<readonly string[]>
  /** Somebody touched the keys here; said to others now and then, not each time. */
  touched(): void
  /** What was written is sent or gone. */
  stopped(): void
}

/** What is being written, and about what. */
export interface Draft {
  readonly text: string
  readonly files: readonly DraftFile[]
  readonly about?: { readonly kind: 'reply' | 'edit'; readonly message: Message } | undefined
}

/** Asked for when the details are opened; undefined: not there yet. */
export interface Details {
  readonly members: readonly Member[] | undefined
  /** There are more of them than those, or of those whose name begins as it was asked for. */
  readonly moreMembers: boolean
  readonly invitations: readonly Invitation[] | undefined
  readonly pins: readonly Message[] | undefined
  readonly files: readonly { readonly message: Message; readonly file: Attachment }[] | undefined
  readonly reports: readonly Report[] | undefined
  readonly bans: readonly Ban[] | undefined
  readonly audit: readonly Happening[] | undefined
}

export const noDetails: Details = {
  members: undefined,
  moreMembers: false,
  invitations: undefined,
  pins: undefined,
  files: undefined,
  reports: undefined,
  bans: undefined,
  audit: undefined,
}

export interface Report {
  readonly id: string
  readonly message: Message
  readonly by: string
  readonly time: number
  readonly reason: string
  /** What who wrote it is in the room now; undefined: no member. */
  readonly role: Role | undefined
  /** The message was taken back since. */
  readonly gone: boolean
}

interface Ban {
  readonly person: string
  readonly by: string
  readonly time: number
  readonly until?: number | undefined
  readonly reason?: string | undefined
}

export interface RoomDeeds {
  setDraft(draft: Partial<Draft>): void
  addFiles(files: readonly File[]): void
  removeFile(id: string): void
  retryFile(id: string): void
  /** Members whose names begin so; `all` says whether everybody of the room is among them. */
  membersLike(beginning: string): Promise<Outcome<{ readonly people: readonly Person[]; readonly all: boolean }>>
  edit(offset: number, text: string): Promise<Outcome>
  recall(offset: number): Promise<Outcome>
  remove(offset: number): Promise<Outcome>
  react(offset: number, emoji: string, on: boolean): Promise<Outcome>
  pin(offset: number, on: boolean): Promise<Outcome>
  report(offset: number, reason: string): Promise<Outcome>
  forward(offset: number, to: string): Promise<Outcome>
  /** A message was on the screen, in a window that has the focus. */
  seen(offset: number): void
  look(at: Look): void
  /** Fills `members` with those whose name begins so. */
  findMembers(beginning: string): void
  moreMembers(): void
  /** People whom one has to be able to name. */
  meet(people: readonly string[]): void
  setPicture(picture: Blob | undefined): Promise<Outcome>
  change(room: RoomChange): Promise<Outcome>
  archive(on: boolean): Promise<Outcome>
  invite(options: { readonly expiresIn?: number | undefined; readonly limit?: number | undefined }): Promise<Outcome>
  revoke(invitation: string): Promise<Outcome>
  setRole(person: string, role: Role): Promise<Outcome>
  kick(person: string, reason?: string): Promise<Outcome>
  ban(person: string, options: Sentence): Promise<Outcome>
  unban(person: string): Promise<Outcome>
  mute(person: string, options: Sentence): Promise<Outcome>
  unmute(person: string): Promise<Outcome>
  settleReport(report: string, outcome: 'dismissed' | 'acted'): Promise<Outcome>
}

/** What of the details can be asked for. */
export type Look = Exclude<keyof Details, 'moreMembers'>

interface Sentence {
  readonly for?: number | undefined // milliseconds; without it, until it is lifted
  readonly reason?: string | undefined
}

type RoomChange = Partial<Pick<Room, 'name' | 'description' | 'readOnly' | 'slow' | 'retention'>>
