/** What can be done about accounts and sessions. What answers with a cookie is there over HTTP only. */
import * as z from 'zod'
import { action, done } from '../action.ts'
import { personView } from '../views.ts'
import { changePassword, claim, deleteAccount, demandHuman, login, logout, register } from './account.ts'
import { enter } from './enter.ts'
import { endSessions, listSessions } from './sessions.ts'

const asToken = z
  .boolean()
  .default(false)
  .describe('answer with a token, for a program, instead of setting a cookie, for a browser')
const name = z.string().max(512)
const password = z.string().max(1024).describe('8 characters or more')
const whoItIs = z.object({ person: personView, token: z.string().optional() })

export const accountActions = {
  'people.enter': action({
    summary: 'Comes in as a guest: a name is enough.',
    access: 'anyone',
    limit: 'enter',
    httpOnly: true,
    input: z.object({ name, asToken }),
    output: whoItIs,
    run: (call, { name: written, asToken: wanted }) => enter(call, written, wanted),
  }),
  'people.register': action({
    summary: 'Makes an account: a name and a password.',
    access: 'anyone',
    limit: 'enter',
    httpOnly: true,
    input: z.object({ name, password, asToken }),
    output: whoItIs,
    run: (call, input) => register(call, input),
  }),
  'people.claim': action({
    summary: 'Gives your name a password: it is yours for good, with all that you said. Your other sessions end.',
    limit: 'login',
    httpOnly: true,
    input: z.object({ password, asToken }),
    output: whoItIs,
    run: (call, input) => claim(call, input),
  }),
  'people.login': action({
    summary: 'Comes in with a name and its password.',
    access: 'anyone',
    limit: 'login',
    httpOnly: true,
    input: z.object({ name, password, asToken }),
    output: whoItIs,
    run: (call, input) => login(call, input),
  }),
  'people.logout': action({
    summary: 'Ends this session. A guest is gone with the last.',
    access: 'anyone',
    httpOnly: true,
    input: z.object({}),
    output: done,
    run: (call) => logout(call),
  }),
  'people.password': action({
    summary: 'Changes your password; your other sessions end.',
    limit: 'login',
    input: z.object({ old: password, password }),
    output: done,
    run: (call, input) => changePassword(call, input),
  }),
  'people.delete': action({
    summary: 'Deletes your account. What you said stays, of somebody who is gone, unless you take it back.',
    limit: 'login',
    httpOnly: true,
    input: z.object({
      password: password.optional().describe('of a member'),
      recall: z.boolean().default(false).describe('take back all messages'),
    }),
    output: done,
    run: (call, input) => deleteAccount(call, input),
  }),
  'sessions.list': action({
    summary: 'Where you are logged in.',
    input: z.object({}),
    output: z.object({
      sessions: z.array(
        z.object({
          id: z.string(),
          created: z.int(),
          seen: z.int().describe('to the hour'),
          expires: z.int(),
          address: z.string(),
          agent: z.string(),
          current: z.boolean().describe('whether it is this one'),
        }),
      ),
    }),
    run: (call) => listSessions(call.chat, call.me.id, call.session),
  }),
  'sessions.revoke': action({
    summary: 'Ends one of your sessions, and its connections at once.',
    limit: 'change',
    input: z.object({ session: z.string().max(64) }),
    output: done,
    async run(call, { session }) {
      demandHuman(call.me)
      await endSessions(call.chat, call.me.id, { only: session })
      return {}
    },
  }),
  'sessions.revokeAll': action({
    summary: 'Ends all your sessions, with their connections, or all but this.',
    limit: 'change',
    input: z.object({ others: z.boolean().default(false).describe('all but this') }),
    output: done,
    async run(call, { others }) {
      demandHuman(call.me)
      await endSessions(call.chat, call.me.id, { except: others ? call.session : undefined })
      return {}
    },
  }),
}
