/** What administrators of the server do about people. The key of the server API (`X-API-Key`) may all of it, too. */
import * as z from 'zod'
import { action, done } from '../action.ts'
import { after, duration, next, pageSize, personId, reason } from '../rooms/inputs.ts'
import { personView } from '../views.ts'
import {
  addressBans,
  appoint,
  banAddress,
  banFromServer,
  createAccount,
  listPeople,
  removePerson,
  resetPassword,
  unbanAddress,
  unbanFromServer,
} from './administer.ts'

const onePerson = z.object({ person: personId })
const name = z.string().max(512)
const until = z.int().nullable().describe('null: until it is lifted')

export const adminActions = {
  'admin.people': action({
    summary: 'All people of this server, by their names.',
    access: 'admin',
    input: z.object({ prefix: z.string().max(100).optional(), after: after.optional(), limit: pageSize }),
    output: z.object({
      people: z.array(
        z.object({
          person: personView,
          admin: z.boolean(),
          created: z.int(),
          seen: z.int(),
          owner: z.string().optional().describe('of a bot'),
          banned: z.object({ until, reason: z.string() }).optional(),
        }),
      ),
      next,
    }),
    run: (call, options) => listPeople(call.chat, options),
  }),
  'admin.create': action({
    summary: 'Makes an account, also where nobody may do so by themselves.',
    access: 'admin',
    limit: 'change',
    input: z.object({
      name,
      password: z.string().max(1024).optional().describe('without it one is made, and shown this once'),
      admin: z.boolean().default(false).describe('as an administrator of the server'),
    }),
    output: z.object({ person: personView, password: z.string().optional() }),
    run: (call, input) => createAccount(call, input),
  }),
  'admin.appoint': action({
    summary: 'Makes somebody an administrator of the server, or takes that away.',
    access: 'admin',
    limit: 'change',
    input: z.object({ name, admin: z.boolean().default(true) }),
    output: z.object({ person: personView }),
    run: (call, input) => appoint(call, input),
  }),
  'admin.password': action({
    summary: 'Gives somebody a new password, which is shown this once. All their sessions end.',
    access: 'admin',
    limit: 'change',
    input: onePerson,
    output: z.object({ password: z.string() }),
    run: (call, input) => resetPassword(call, input),
  }),
  'admin.ban': action({
    summary: 'Keeps somebody out of the whole server; their connections end at once.',
    access: 'admin',
    limit: 'change',
    input: onePerson.extend({
      duration: duration.optional(),
      reason: reason.default(''),
      addresses: z
        .boolean()
        .default(false)
        .describe('keep out new guests from the addresses, too, from which this person was here'),
    }),
    output: done,
    run: (call, input) => banFromServer(call, input),
  }),
  'admin.unban': action({
    summary: 'Lets somebody in again, and their addresses.',
    access: 'admin',
    limit: 'change',
    input: onePerson,
    output: done,
    run: (call, { person }) => unbanFromServer(call, person),
  }),
  'admin.banAddress': action({
    summary: 'Lets no new guest in from an address; of IPv6, from its first 64 bits.',
    access: 'admin',
    limit: 'change',
    input: z.object({ address: z.union([z.ipv4(), z.ipv6()]), duration: duration.optional() }),
    output: z.object({ network: z.string() }),
    run: (call, input) => banAddress(call, input),
  }),
  'admin.unbanAddress': action({
    summary: 'Lets guests in from there again.',
    access: 'admin',
    limit: 'change',
    input: z.object({ network: z.string().max(64).describe('as the list has it') }),
    output: done,
    run: (call, { network }) => unbanAddress(call, network),
  }),
  'admin.addresses': action({
    summary: 'From where no new guests are let in.',
    access: 'admin',
    input: z.object({}),
    output: z.object({
      addresses: z.array(
        z.object({
          network: z.string(),
          person: z.string().describe('because of whom; empty: of nobody'),
          by: z.string(),
          time: z.int(),
          until,
        }),
      ),
    }),
    run: (call) => addressBans(call.chat),
  }),
  'admin.delete': action({
    summary: 'Deletes somebody’s account, as they could themselves.',
    access: 'admin',
    limit: 'change',
    input: onePerson.extend({ recall: z.boolean().default(false).describe('take back all their messages') }),
    output: done,
    run: (call, input) => removePerson(call, input),
  }),
}
