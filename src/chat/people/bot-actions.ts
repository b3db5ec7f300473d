/** What can be done about one's bots. */
import * as z from 'zod'
import { action, done } from '../action.ts'
import { personView } from '../views.ts'
import { createBot, createToken, demandOwner, listBots, removeBot, revokeToken } from './bots.ts'
import { rename } from './profile.ts'

const bot = z.string().min(1).max(64).describe('a bot of yours')
const token = z.string().describe('shown this once; to be sent as a bearer token')

export const botActions = {
  'bots.create': action({
    summary: 'Makes a bot: a person whose program comes with a token.',
    limit: 'create',
    input: z.object({ name: z.string().max(512) }),
    output: z.object({ person: personView, token }),
    run: (call, { name }) => createBot(call.chat, call.me, name),
  }),
  'bots.list': action({
    summary: 'Your bots, with their tokens, as far as they are shown again.',
    input: z.object({}),
    output: z.object({
      bots: z.array(
        z.object({
          person: personView,
          tokens: z.array(z.object({ id: z.string(), label: z.string(), created: z.int(), seen: z.int() })),
        }),
      ),
    }),
    run: (call) => listBots(call.chat, call.me),
  }),
  'bots.token': action({
    summary: 'Makes another token for a bot.',
    limit: 'create',
    input: z.object({ bot, label: z.string().trim().min(1).max(100).describe('what it is for') }),
    output: z.object({ id: z.string(), token }),
    run: (call, { bot: which, label }) => createToken(call.chat, call.me, which, label),
  }),
  'bots.revoke': action({
    summary: 'Takes a token of a bot back; whoever is connected with it is disconnected.',
    limit: 'change',
    input: z.object({ bot, id: z.string().max(64).describe('of the token') }),
    output: done,
    run: (call, { bot: which, id }) => revokeToken(call.chat, call.me, which, id),
  }),
  'bots.rename': action({
    summary: 'Gives a bot another name.',
    limit: 'change',
    input: z.object({ bot, name: z.string().max(512) }),
    output: z.object({ person: personView }),
    run(call, { bot: which, name }) {
      demandOwner(call.chat, call.me, which)
      return rename(call.chat, which, name)
    },
  }),
  'bots.remove': action({
    summary: 'Removes a bot. What it said stays.',
    limit: 'change',
    input: z.object({ bot }),
    output: done,
    run: (call, { bot: which }) => removeBot(call.chat, call.me, which),
  }),
}
