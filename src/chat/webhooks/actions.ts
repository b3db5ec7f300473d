/** What can be done with webhooks, by who looks after the room. */
import * as z from 'zod'
import { action, done } from '../action.ts'
import { roomId } from '../messages/actions.ts'
import { personView } from '../views.ts'
import { webhookView } from './hook.ts'
import { create, list, remove, rename, retry, rotate, test } from './manage.ts'

const id = z
  .string()
  .regex(/^\w{1,64}$/, 'the id of a webhook')
  .describe('of a webhook')
const name = z.string().max(200).describe('how it is called; of one in, how its messages are signed')
const url = z.string().max(2048).describe('http or https; what is published is posted there')
const told = z.object({
  webhook: webhookView,
  path: z.string().optional().describe('of one in: where to post to on this server, told now and never again'),
  secret: z.string().optional().describe('of one out: what its deliveries are signed with, told now and never again'),
})

export const webhookActions = {
  'webhooks.create': action({
    summary: 'Makes a webhook: into a room, or out of it.',
    limit: 'create',
    input: z.object({
      room: roomId,
      direction: z.enum(['in', 'out']),
      name: name.default(''),
      url: url.optional().describe('of one out: http or https; what is published in the room is posted there'),
    }),
    output: told,
    run: (call, input) => create(call.chat, call.me, input),
  }),
  'webhooks.list': action({
    summary: 'The webhooks of a room, and how they fare.',
    input: z.object({ room: roomId }),
    output: z.object({ webhooks: z.array(webhookView), people: z.array(personView) }),
    run: (call, { room }) => list(call.chat, call.me, room),
  }),
  'webhooks.change': action({
    summary: 'Gives a webhook another name, or one out another URL.',
    limit: 'change',
    input: z.object({ id, name: name.optional(), url: url.optional() }),
    output: z.object({ webhook: webhookView }),
    run: (call, { id: which, ...wanted }) => rename(call.chat, call.me, which, wanted),
  }),
  'webhooks.rotate': action({
    summary:
      'Gives a webhook another secret: of one in the URL, which ends the old one; of one out, where the old one signs along for a day.',
    limit: 'change',
    input: z.object({ id }),
    output: told,
    run: (call, { id: which }) => rotate(call.chat, call.me, which),
  }),
  'webhooks.remove': action({
    summary: 'Removes a webhook.',
    limit: 'change',
    input: z.object({ id }),
    output: done,
    run: (call, { id: which }) => remove(call.chat, call.me, which),
  }),
  'webhooks.test': action({
    summary: 'Posts a test to the URL of a webhook, once, and tells what came of it.',
    limit: 'change',
    input: z.object({ id }),
    output: z.object({
      delivered: z.boolean(),
      took: z.int().describe('milliseconds'),
      because: z.string().optional().describe('why it was not delivered'),
    }),
    run: (call, { id: which }) => test(call.chat, call.me, which),
  }),
  'webhooks.retry': action({
    summary: 'Delivers now what failed, and switches on again what was switched off.',
    limit: 'change',
    input: z.object({ id }),
    output: z.object({ webhook: webhookView }),
    run: (call, { id: which }) => retry(call.chat, call.me, which),
  }),
}
