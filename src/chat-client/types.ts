/**
 * What the client knows of the server: types only, taken from the list of
 * actions itself, so that they cannot disagree. Nothing of the server comes
 * along into a page.
 */
import type * as z from 'zod'
import type { Actions } from '../chat/index.ts'

export type ActionName = keyof Actions
export type Input<Name extends ActionName> = z.input<Actions[Name]['input']>
export type Output<Name extends ActionName> = z.output<Actions[Name]['output']>

export type {
  Attachment,
  LiveEvent,
  MemberEvent,
  MessageEvent,
  Presence,
  Preview,
  RoomEntry,
  RoomEvent,
} from '../chat/events.ts'
export type {
  InboxEvent,
  MemberView,
  MessageView,
  PersonView,
  PositionView,
  ReactionView,
  RoomView,
} from '../chat/views.ts'
