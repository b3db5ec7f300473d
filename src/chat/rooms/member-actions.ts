/** What can be done about the members of a room. */
import * as z from 'zod'
import { action, done } from '../action.ts'
import { roles } from '../events.ts'
import { memberView, personView } from '../views.ts'
import { after, duration, inRoom, next, pageSize, personInRoom, reason } from './inputs.ts'
import { bans, members, whyBanned } from './members.ts'
import { ban, kick, mute, unban, unmute } from './moderate.ts'
import { handOver, setRole } from './roles.ts'

const forATime = personInRoom.extend({ duration: duration.optional(), reason: reason.optional() })

export const memberActions = {
  'rooms.members': action({
    summary: 'Who is in a room: owners first, then by when they came; or those whose names begin with something.',
    input: inRoom.extend({ prefix: z.string().max(100).optional(), after: after.optional(), limit: pageSize }),
    output: z.object({ members: z.array(memberView), next }),
    run: (call, options) => members(call.chat, call.me, options),
  }),
  'rooms.bans': action({
    summary: 'Who is banned from a room.',
    input: inRoom.extend({ after: after.optional(), limit: pageSize }),
    output: z.object({
      bans: z.array(
        z.object({
          person: personView,
          by: z.string(),
          time: z.int(),
          until: z.int().nullable().describe('null: until it is lifted'),
          reason: z.string(),
        }),
      ),
      next,
    }),
    run: (call, options) => bans(call.chat, call.me, options),
  }),
  'rooms.whyBanned': action({
    summary: 'Why you are banned from a room. `notFound` if you are not.',
    input: inRoom,
    output: z.object({
      reason: z.string().describe('empty: none was given'),
      until: z.int().optional().describe('milliseconds since 1970; absent: until it is lifted'),
    }),
    run: (call, { room }) => whyBanned(call.chat, call.me, room),
  }),
  'rooms.role': action({
    summary: 'Gives a member a role.',
    limit: 'change',
    input: personInRoom.extend({ role: z.enum(roles) }),
    output: done,
    run: (call, { room, person, role }) => setRole(call.chat, call.me, room, person, role),
  }),
  'rooms.handOver': action({
    summary: 'Makes a member the owner of the room, in your place: you are an admin then.',
    limit: 'change',
    input: personInRoom,
    output: done,
    run: (call, { room, person }) => handOver(call.chat, call.me, room, person),
  }),
  'rooms.kick': action({
    summary: 'Puts a member out, who may come back.',
    limit: 'change',
    input: personInRoom.extend({ reason: reason.optional() }),
    output: done,
    run: (call, measure) => kick(call.chat, call.me, measure),
  }),
  'rooms.ban': action({
    summary: 'Keeps somebody out of a room.',
    limit: 'change',
    input: forATime.extend({
      addresses: z
        .boolean()
        .default(false)
        .describe(
          'keep out guests from the addresses, too, from which this person was here; an address may belong to many',
        ),
    }),
    output: done,
    run: (call, measure) => ban(call.chat, call.me, measure),
  }),
  'rooms.unban': action({
    summary: 'Lifts a ban, and that of the addresses with it.',
    limit: 'change',
    input: personInRoom,
    output: done,
    run: (call, measure) => unban(call.chat, call.me, measure),
  }),
  'rooms.mute': action({
    summary: 'Lets a member read only.',
    limit: 'change',
    input: forATime,
    output: done,
    run: (call, measure) => mute(call.chat, call.me, measure),
  }),
  'rooms.unmute': action({
    summary: 'Lets a member write again.',
    limit: 'change',
    input: personInRoom,
    output: done,
    run: (call, measure) => unmute(call.chat, call.me, measure),
  }),
}
