/** What can be done with links that let in whoever has them. */
import * as z from 'zod'
import { action, done } from '../action.ts'
import { duration, inRoom } from './inputs.ts'
import {
  acceptInvitation,
  createInvitation,
  listInvitations,
  lookAtInvitation,
  revokeInvitation,
} from './invitations.ts'

const token = z.string().min(1).max(64).describe('what the link ends with')
const expires = z.int().nullable().describe('milliseconds since 1970; null: it does not')
const usesLeft = z.int().nullable().describe('null: any number')

export const invitationActions = {
  'invitations.create': action({
    summary: 'Makes a link that lets into a room whoever has it.',
    limit: 'create',
    input: inRoom.extend({ duration: duration.optional(), uses: z.int().min(1).max(1_000_000).optional() }),
    output: z.object({ token, expires, usesLeft }),
    run: (call, invitation) => createInvitation(call.chat, call.me, invitation),
  }),
  'invitations.list': action({
    summary: 'The links of a room that are good: yours, or all of them for its admins.',
    input: inRoom,
    output: z.object({
      invitations: z.array(z.object({ token, by: z.string(), created: z.int(), expires, usesLeft, used: z.int() })),
    }),
    run: (call, { room }) => listInvitations(call.chat, call.me, room),
  }),
  'invitations.revoke': action({
    summary: 'Takes a link back.',
    limit: 'change',
    input: inRoom.extend({ token }),
    output: done,
    run: (call, { room, token: which }) => revokeInvitation(call.chat, call.me, room, which),
  }),
  'invitations.look': action({
    summary: 'What a link leads to. Nobody has to say who they are for that.',
    access: 'anyone',
    input: z.object({ token }),
    output: z.object({
      name: z.string(),
      kind: z.enum(['public', 'group']),
      description: z.string(),
      members: z.int(),
      hue: z.int().min(0).max(7).describe('the colour that the app draws the room in, one of eight'),
      avatar: z.string().optional().describe('path of a picture; it is shown for as long as the link is good'),
      by: z.string().optional().describe('the name of who made the link; absent if they have deleted the account'),
      room: z.string().optional().describe('if you are in it already'),
    }),
    run: (call, { token: which }) => lookAtInvitation(call.chat, call.person, which),
  }),
  'invitations.accept': action({
    summary: 'Comes into the room by a link.',
    limit: 'change',
    input: z.object({ token }),
    output: inRoom,
    run: (call, { token: which }) => acceptInvitation(call.chat, call.me, which),
  }),
}
