/** What can be done with rooms. */
import * as z from 'zod'
import { action, done } from '../action.ts'
import { clientId, roomId } from '../messages/actions.ts'
import { archive, change } from './change.ts'
import { create } from './create.ts'
import { direct } from './direct.ts'
import { publicRooms } from './directory.ts'
import { after, inRoom, next, pageSize, personId, personInRoom } from './inputs.ts'
import { invitationActions } from './invitation-actions.ts'
import { invite, join } from './join.ts'
import { leave } from './leave.ts'
import { memberActions } from './member-actions.ts'

const ownActions = {
  'rooms.create': action({
    summary: 'Makes a room, of which you are the owner.',
    limit: 'create',
    input: z.object({
      kind: z.enum(['public', 'group']),
      name: z.string().max(400),
      description: z.string().max(4000).default(''),
      members: z.array(personId).max(200).default([]).describe('who is in it from the beginning'),
      clientId: clientId.optional(),
    }),
    output: inRoom,
    run: (call, input) => create(call.chat, call.me, input),
  }),
  'rooms.direct': action({
    summary: 'The room that you and somebody have, which is made if it is not there.',
    input: z.object({ person: personId }),
    output: inRoom,
    run: (call, { person }) => direct(call, person),
  }),
  'rooms.change': action({
    summary: 'Changes a room: what is there is what is new.',
    limit: 'change',
    input: z.object({
      room: roomId,
      name: z.string().max(400).optional(),
      description: z.string().max(4000).optional(),
      readOnly: z.boolean().optional().describe('only moderators and above write'),
      slow: z.int().min(0).max(86_400).optional().describe('seconds between two messages of a member; 0: as they like'),
      retention: z
        .int()
        .min(60_000)
        .nullable()
        .optional()
        .describe('milliseconds that messages are kept; null: as the server says'),
      avatar: z.string().max(64).nullable().optional().describe('a picture that you sent; null: none'),
    }),
    output: done,
    run: (call, { room, ...changes }) => change(call.chat, call.me, room, changes),
  }),
  'rooms.archive': action({
    summary: 'Closes a room: it can be read, and restored, and nothing else.',
    limit: 'change',
    input: inRoom,
    output: done,
    run: (call, { room }) => archive(call.chat, call.me, room, true),
  }),
  'rooms.restore': action({
    summary: 'Opens an archived room again.',
    limit: 'change',
    input: inRoom,
    output: done,
    run: (call, { room }) => archive(call.chat, call.me, room, false),
  }),
  'rooms.join': action({
    summary: 'Comes into a public room.',
    limit: 'change',
    input: inRoom,
    output: inRoom,
    run: (call, { room }) => join(call.chat, call.me, room),
  }),
  'rooms.leave': action({
    summary: 'Goes out of a room. The last owner hands it over before, or is alone and so archives it.',
    limit: 'change',
    input: inRoom,
    output: done,
    run: (call, { room }) => leave(call.chat, call.me, room),
  }),
  'rooms.invite': action({
    summary: 'Adds somebody to a room.',
    limit: 'change',
    input: personInRoom,
    output: done,
    run: (call, { room, person }) => invite(call.chat, call.me, room, person),
  }),
  'rooms.public': action({
    summary: 'The public rooms, those with the most members first, or those whose name has something in it.',
    limit: 'search',
    input: z.object({ name: z.string().max(100).optional(), after: after.optional(), limit: pageSize }),
    output: z.object({
      rooms: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          description: z.string(),
          avatar: z.string().optional().describe('path of a picture'),
          members: z.int(),
          readOnly: z.boolean(),
          created: z.int(),
          active: z.int().describe('time of the last message'),
          joined: z.boolean().describe('whether you are in it'),
        }),
      ),
      next,
    }),
    run: (call, asked) => publicRooms(call.chat, call.me, asked),
  }),
}

export const roomActions = { ...ownActions, ...memberActions, ...invitationActions }
