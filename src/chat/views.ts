/**
 * What readers get: people, rooms and messages as they now are. The shapes are
 * schemas, so that the same lines type the client, check the tests and write
 * the OpenAPI document.
 */
import * as z from 'zod'
import { roles, roomKinds } from './events.ts'

const offset = z.int().min(0)
const time = z.int().describe('milliseconds since 1970')

export const personView = z
  .object({
    id: z.string(),
    name: z.string().describe('empty for somebody who has deleted the account'),
    kind: z
      .enum(['guest', 'member', 'bot', 'gone'])
      .describe('a guest has no password; somebody gone has deleted the account'),
    avatar: z.string().optional().describe('path of a picture; without it, draw one from the name'),
  })
  .meta({ id: 'Person' })

export const presenceView = z
  .object({
    person: z.string(),
    online: z.boolean(),
    seen: time.optional().describe('when the last connection ended; absent if the person does not tell'),
  })
  .meta({ id: 'Presence' })

export const positionView = z
  .object({ offset, epoch: z.string() })
  .meta({ id: 'Position', description: 'A place in the log of a room: subscribe from here and nothing is missed.' })

const attachmentView = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    size: z.int(),
    width: z.int().optional(),
    height: z.int().optional(),
    duration: z.int().optional(),
    waveform: z.array(z.int()).optional(),
    placeholder: z.string().optional(),
    thumbnail: z.boolean().optional(),
    voice: z.boolean().optional(),
  })
  .meta({ id: 'Attachment' })

const previewView = z
  .object({
    url: z.string(),
    host: z.string().describe('a page may call itself what it likes; this cannot lie'),
    title: z.string(),
    description: z.string().optional(),
    site: z.string().optional(),
    image: attachmentView.optional(),
  })
  .meta({ id: 'LinkPreview' })

const reactionView = z
  .object({
    emoji: z.string(),
    count: z.int(),
    mine: z.boolean(),
    people: z.array(z.string()).describe('the first of them, by id'),
  })
  .meta({ id: 'Reaction' })

export const messageView = z
  .object({
    room: z.string(),
    offset: offset.describe('which message of the room it is'),
    version: offset.describe('the offset of the last publication that changed it: older ones are in here already'),
    id: z.string().describe('the clientId that its sender gave it'),
    from: z.string(),
    as: z
      .object({ name: z.string(), avatar: z.string().optional().describe('path of a picture') })
      .optional()
      .describe('how a webhook wants to be shown; it is a label'),
    time,
    text: z.string(),
    edited: time.optional(),
    removed: z.object({ by: z.string(), time }).optional().describe('it was taken back: there is no text any more'),
    reply: z
      .object({ offset, from: z.string(), text: z.string().describe('the beginning of it'), removed: z.boolean() })
      .optional(),
    forwarded: z.object({ from: z.string(), name: z.string(), time }).optional(),
    mentions: z.array(z.string()),
    everyone: z.boolean(),
    files: z.array(attachmentView),
    previews: z.array(previewView),
    reactions: z.array(reactionView),
    pinned: z.boolean(),
  })
  .meta({ id: 'Message' })

export const levels = ['all', 'mentions', 'none'] as const

export const roomView = z
  .object({
    id: z.string(),
    channel: z.string().describe('to subscribe to'),
    kind: z.enum(roomKinds),
    name: z.string().describe('of a direct room: the other person’s'),
    description: z.string(),
    avatar: z
      .string()
      .optional()
      .describe('path of a picture; without it, draw one from the name. Of a direct room: none, see `peer`'),
    peer: personView.optional().describe('of a direct room: the other person'),
    archived: z.boolean(),
    readOnly: z.boolean(),
    slow: z.int().describe('seconds between two messages of a member; 0: as you like'),
    retention: z.int().nullable().describe('milliseconds that messages are kept; null: for good'),
    members: z.int(),
    created: time,
    role: z.enum(roles).optional().describe('yours; absent if you are no member'),
    mutedUntil: z.int().nullable().optional().describe('you may not write until then; null: until it is lifted'),
    last: z
      .object({ offset, time, from: z.string(), text: z.string(), files: z.int(), removed: z.boolean() })
      .optional()
      .describe('the last message, its text shortened'),
    read: offset.describe('the offset up to which you have read'),
    delivered: offset,
    unread: z.int().describe('messages of others beyond it; 1000 stands for 1000 or more'),
    mentions: z.int().describe('those of them that mention you'),
    markedUnread: z.boolean(),
    level: z.enum(levels).describe('of which messages you want to be told'),
    draft: z.string().describe('what you have written there and not sent'),
  })
  .meta({ id: 'Room' })

export const memberView = z
  .object({
    person: personView,
    role: z.enum(roles),
    joined: time,
    mutedUntil: z.int().nullable().optional(),
  })
  .meta({ id: 'Member' })

export const markView = z
  .object({ person: z.string(), read: offset, delivered: offset })
  .meta({ id: 'Mark', description: 'Up to where somebody has read, and got, the messages of a room.' })

export const myMarksView = z
  .object({
    room: z.string(),
    read: offset,
    delivered: offset,
    unread: z.int(),
    mentions: z.int(),
    markedUnread: z.boolean(),
  })
  .meta({ id: 'MyMarks' })

/** An entry of a room's log, as it stands there; see events.ts for the kinds. */
export const entryView = z
  .object({ offset, event: z.looseObject({ type: z.string(), by: z.string(), time }) })
  .meta({ id: 'Entry' })

export const pageView = z
  .object({
    messages: z.array(messageView).describe('as they now read, the oldest first'),
    notices: z.array(entryView).describe('who came and went between them, and how the room changed'),
    people: z.array(personView).describe('everybody whom they name'),
    position: positionView.describe('of which state of the room this is: what comes after it is not in here'),
    older: z.boolean().describe('there are older ones'),
    newer: z.boolean().describe('there are newer ones'),
  })
  .meta({ id: 'Page' })

export type MarkView = z.infer<typeof markView>
export type MyMarksView = z.infer<typeof myMarksView>
export type EntryView = z.infer<typeof entryView>
export type PageView = z.infer<typeof pageView>
export type PersonView = z.infer<typeof personView>
export type PresenceView = z.infer<typeof presenceView>
export type PositionView = z.infer<typeof positionView>
export type MessageView = z.infer<typeof messageView>
export type RoomView = z.infer<typeof roomView>
export type MemberView = z.infer<typeof memberView>
export type ReactionView = z.infer<typeof reactionView>

/**
 * What a person's inbox tells, to all devices at once. Each says how things are
 * now, so that one that is missed or comes twice does no harm; whoever was away
 * asks for the list of rooms anew.
 */
export type InboxEvent =
  | { readonly type: 'room'; readonly room: RoomView } // joined, or changed: as it is now for this person
  | {
      readonly type: 'left'
      readonly room: string
      readonly why: 'left' | 'kicked' | 'banned' | 'archived'
      readonly reason?: string | undefined // of who was put out
      readonly until?: number | undefined // of a ban; without it, until it is lifted
    }
  | {
      /** New messages of a room, and old ones taken back: the same for all its members, who count from it. */
      readonly type: 'activity'
      readonly room: string
      readonly messages: readonly {
        readonly offset: number
        readonly time: number
        readonly from: string
        readonly name: string // of the sender
        readonly text: string // shortened
        readonly files: number
        readonly mentions: readonly string[]
        readonly everyone: boolean
      }[]
      readonly removed: readonly number[]
    }
  | ({ readonly type: 'marks' } & Readonly<MyMarksView>)
  | { readonly type: 'draft'; readonly room: string; readonly text: string }
  | { readonly type: 'level'; readonly room: string; readonly level: (typeof levels)[number] }
  | { readonly type: 'quiet'; readonly until: number } // do not disturb; 0: not at all
  | { readonly type: 'block'; readonly person: PersonView; readonly blocked: boolean } // whose direct messages one does not want
  | { readonly type: 'reports'; readonly room: string } // new or settled: to who moderates the room, who asks for them
  | { readonly type: 'me'; readonly person: PersonView }
