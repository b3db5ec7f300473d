/** What can be read, and what readers leave behind: marks, drafts, wishes. */
import * as z from 'zod'
import { action, done } from '../action.ts'
import { offset, roomId } from '../messages/actions.ts'
import { maxPins } from '../messages/pin.ts'
import {
  entryView,
  levels,
  markView,
  messageView,
  myMarksView,
  pageView,
  personView,
  positionView,
  roomView,
} from '../views.ts'
import { changes, maxEntries } from './changes.ts'
import { messagesAt, pinned } from './messages.ts'
import { markDelivered, markRead, marksOf, markUnread } from './marks.ts'
import { open } from './open.ts'
import { maxPage, readPage } from './page.ts'
import { roomView as viewOf } from './room-views.ts'
import { listRooms } from './rooms.ts'
import { search } from './search.ts'
import { quietUntil, saveDraft, setLevel, setQuiet } from './settings.ts'

const limit = z.int().min(1).max(maxPage).default(50).describe('messages of a page')
const inRoom = z.object({ room: roomId })
const time = z.int().min(0).describe('milliseconds since 1970')
const upTo = inRoom.extend({ offset: z.int().min(0).describe('everything up to here') })

const some = z.object({ messages: z.array(messageView), people: z.array(personView), position: positionView })

export const readingActions = {
  'rooms.open': action({
    summary: 'Opens a room: how it is, a page of messages, and the position from which to follow it.',
    input: inRoom.extend({
      at: z
        .union([
          z.literal('latest'),
          z.literal('unread').describe('at the first message that you have not read'),
          z.object({ offset }),
          z.object({ time }),
        ])
        .default('latest')
        .describe('where to begin to read'),
      limit,
    }),
    output: pageView.extend({
      room: roomView,
      firstUnread: z.int().optional().describe('the first message of others that you have not read'),
    }),
    run: ({ chat, me }, { room, at, limit: count }) => open(chat, me, room, at, count),
  }),
  'rooms.list': action({
    summary: 'Your rooms, with what was said last and what is unread; those first in which something was said last.',
    input: z.object({
      archived: z.boolean().default(false),
      limit: z.int().min(1).max(100).default(100),
      after: z
        .string()
        .regex(/^\d{1,16}\.\d{1,16}$/)
        .optional()
        .describe('what `next` said of the page before'),
    }),
    output: z.object({
      rooms: z.array(roomView),
      people: z.array(personView).describe('who said what was said last'),
      next: z.string().optional().describe('there are more: ask with it as `after`'),
    }),
    run: ({ chat, me }, { limit: count, archived, after }) => listRooms(chat, me, count, archived, after),
  }),
  'rooms.get': action({
    summary: 'How a room is, for you.',
    input: inRoom,
    output: z.object({ room: roomView }),
    run({ chat, me }, { room }) {
      chat.demand('see', room, me)
      return { room: viewOf(chat, me, room) }
    },
  }),
  'rooms.level': action({
    summary: 'Says of which messages of a room you want to be told.',
    limit: 'marks',
    input: inRoom.extend({ level: z.enum(levels) }),
    output: done,
    async run({ chat, me }, { room, level }) {
      await setLevel(chat, me, room, level)
      return {}
    },
  }),
  'messages.page': action({
    summary: 'The messages before one, or after one; without either, the last ones.',
    input: inRoom.extend({ before: offset.optional(), after: offset.optional(), limit }),
    output: pageView,
    run({ chat, me }, { room, before, after, limit: count }) {
      if (before !== undefined) return readPage(chat, me, room, { before }, count)
      return readPage(chat, me, room, after === undefined ? { last: true } : { after }, count)
    },
  }),
  'messages.around': action({
    summary: 'The messages around one, or around a time.',
    input: inRoom.extend({ at: z.union([z.object({ offset }), z.object({ time })]), limit }),
    output: pageView,
    run: ({ chat, me }, { room, at, limit: count }) =>
      readPage(chat, me, room, 'time' in at ? at : { around: at.offset }, count),
  }),
  'messages.get': action({
    summary: 'Single messages. Those that are not there are left out.',
    input: inRoom.extend({ offsets: z.array(offset).min(1).max(maxPage) }),
    output: some,
    run: ({ chat, me }, { room, offsets }) => messagesAt(chat, me, room, offsets),
  }),
  'messages.pins': action({
    summary: `The pinned messages of a room, the newest first; there are at most ${maxPins}.`,
    input: inRoom,
    output: some,
    run: ({ chat, me }, { room }) => pinned(chat, me, room),
  }),
  'messages.changes': action({
    summary: 'What happened in a room since a position. Who was away too long gets `reset` and opens it anew.',
    input: inRoom.extend({
      since: z.object({ offset: z.int().min(0), epoch: z.string().max(64) }),
      limit: z.int().min(1).max(maxEntries).default(maxEntries),
    }),
    output: z.union([
      z.object({ reset: z.literal(true) }),
      z.object({
        reset: z.literal(false),
        entries: z.array(entryView),
        people: z.array(personView),
        position: positionView.describe('up to where this goes: ask again from here'),
        more: z.boolean(),
      }),
    ]),
    run: ({ chat, me }, { room, since, limit: count }) => changes(chat, me, room, since, count),
  }),
  'messages.search': action({
    summary: 'Looks for messages in a room, or in all of yours: the newest first.',
    limit: 'search',
    input: z.object({
      query: z
        .string()
        .min(1)
        .max(300)
        .describe(
          'words, "phrases", and from:name in:room before:2026-01-31 after:2026-01-31 has:link|image|file|voice',
        ),
      room: roomId.optional().describe('only there'),
      limit: z.int().min(1).max(50).default(20),
      before: z
        .string()
        .regex(/^\d{1,15}$/)
        .optional()
        .describe('what `next` said of the page before'),
      utcOffset: z.int().min(-840).max(840).default(0).describe('minutes by which your days begin before those of UTC'),
    }),
    output: z.object({
      hits: z.array(
        z.object({
          message: messageView,
          snippet: z.object({
            text: z.string(),
            ranges: z
              .array(z.tuple([z.int(), z.int()]))
              .describe('what was found in it: from, to, in UTF-16 code units as of strings in JavaScript'),
          }),
        }),
      ),
      people: z.array(personView),
      next: z
        .string()
        .optional()
        .describe('there may be more, even if nothing was found so far: ask with it as `before`'),
    }),
    run: ({ chat, me }, input) => search(chat, me, input),
  }),
  'marks.read': action({
    summary: 'You have read a room up to here. It only ever rises; a mark "unread" goes.',
    limit: 'marks',
    input: upTo,
    output: myMarksView,
    run: ({ chat, me }, input) => markRead(chat, me, input.room, input.offset),
  }),
  'marks.delivered': action({
    summary: 'The messages of a room have arrived at a device of yours up to here. It only ever rises.',
    limit: 'marks',
    input: upTo,
    output: myMarksView,
    run: ({ chat, me }, input) => markDelivered(chat, me, input.room, input.offset),
  }),
  'marks.unread': action({
    summary: 'Marks a room as unread, for yourself, until you read there again.',
    limit: 'marks',
    input: inRoom.extend({ on: z.boolean().default(true) }),
    output: myMarksView,
    run: ({ chat, me }, { room, on }) => markUnread(chat, me, room, on),
  }),
  'marks.get': action({
    summary: 'How far the others have read, in rooms of up to 100 members.',
    input: inRoom,
    output: z.object({ shown: z.boolean().describe('false: the room is too large'), marks: z.array(markView) }),
    run: ({ chat, me }, { room }) => marksOf(chat, me, room),
  }),
  'drafts.save': action({
    summary: 'Keeps what you have written in a room and not sent, for your other devices.',
    limit: 'marks',
    input: inRoom.extend({ text: z.string().max(100_000).describe('empty: there is none any more') }),
    output: done,
    async run({ chat, me }, { room, text }) {
      await saveDraft(chat, me, room, text)
      return {}
    },
  }),
  'quiet.set': action({
    summary: 'Do not disturb: you want to be told of nothing until then.',
    limit: 'marks',
    input: z.object({ until: time.describe('milliseconds since 1970; 0 ends it') }),
    output: done,
    async run({ chat, me }, { until }) {
      await setQuiet(chat, me, until)
      return {}
    },
  }),
  'quiet.get': action({
    summary: 'Until when you do not want to be disturbed.',
    input: z.object({}),
    output: z.object({ until: time.describe('0: you may be disturbed') }),
    run: ({ chat, me }) => ({ until: quietUntil(chat, me) }),
  }),
}
