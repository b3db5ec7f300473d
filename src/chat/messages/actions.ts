/** What can be done with messages. */
import * as z from 'zod'
import { action } from '../action.ts'
import { personView } from '../views.ts'
import { edit } from './edit.ts'
import { formerTexts } from './former.ts'
import { pin } from './pin.ts'
import { react } from './react.ts'
import { takeBack } from './recall.ts'
import { send } from './send.ts'

export const clientId = z
  .string()
  .regex(/^[\w-]{8,64}$/, '8 to 64 letters, digits, - or _')
  .describe('made by you before the first attempt, for example a UUID: sent again with it, it is done once')

export const roomId = z
  .string()
  .regex(/^[\w.-]{1,64}$/, 'the id of a room')
  .describe('of a room')
export const offset = z.int().min(1).describe('the offset of a message')

const written = z.string().max(100_000).describe('markdown')
const place = z.object({ room: roomId, offset })
const changed = z.object({ offset: z.int().describe('where the entry stands that last changed the message') })

export const messageActions = {
  'messages.send': action({
    summary: 'Sends a message to a room. Sent again with the same clientId, it is one message.',
    limit: 'send',
    input: z.object({
      room: roomId,
      clientId,
      text: written.default(''),
      reply: offset.optional().describe('the message that it answers'),
      files: z.array(z.string().max(64)).max(20).default([]).describe('uploaded before, by you'),
      forward: place.optional().describe('a message to pass on; it stands alone, without a text of yours'),
    }),
    output: z.object({
      offset: z.int(),
      time: z.int(),
      mentions: z.array(z.string()).describe('who is mentioned, found by the names behind an @'),
    }),
    run: (call, input) => send(call.chat, call.me, input),
  }),
  'messages.edit': action({
    summary: 'Changes the text of a message of yours.',
    limit: 'send',
    input: place.extend({ text: written, clientId: clientId.optional() }),
    output: changed,
    run: (call, input) => edit(call.chat, call.me, input),
  }),
  'messages.recall': action({
    summary: 'Takes a message of yours back: what it said is no longer there.',
    limit: 'send',
    input: place,
    output: changed,
    run: (call, input) => takeBack(call.chat, call.me, input, 'recall'),
  }),
  'messages.remove': action({
    summary: 'Removes a message of somebody else, as a moderator.',
    limit: 'send',
    input: place,
    output: changed,
    run: (call, input) => takeBack(call.chat, call.me, input, 'remove'),
  }),
  'messages.react': action({
    summary: 'Puts a reaction of yours to a message, or takes it away.',
    limit: 'send',
    input: place.extend({ emoji: z.string().max(64).describe('one emoji'), on: z.boolean().default(true) }),
    output: changed,
    run: (call, input) => react(call.chat, call.me, input),
  }),
  'messages.pin': action({
    summary: 'Pins a message to its room, or takes it off.',
    limit: 'send',
    input: place.extend({ on: z.boolean().default(true) }),
    output: changed,
    run: (call, input) => pin(call.chat, call.me, input),
  }),
  'messages.history': action({
    summary: 'What a message said before it was edited, for moderators of the room.',
    input: place,
    output: z.object({
      text: z.string(),
      time: z.int(),
      former: z
        .array(z.object({ text: z.string(), until: z.int(), by: z.string() }))
        .describe('the last one first, each with when and by whom it was replaced'),
      people: z.array(personView),
    }),
    run: (call, { room, offset: of }) => formerTexts(call.chat, call.me, room, of),
  }),
}
