/** What can be done with messages. */
import * as z from 'zod'
import { action } from '../action.ts'
import { send } from './send.ts'

export const clientId = z
  .string()
  .regex(/^[\w-]{8,64}$/, '8 to 64 letters, digits, - or _')
  .describe('made by you before the first attempt, for example a UUID: sent again with it, it is done once')

export const roomId = z.string().min(1).max(64).describe('of a room')
export const offset = z.int().min(1).describe('the offset of a message')

export const messageActions = {
  'messages.send': action({
    summary: 'Sends a message to a room.',
    limit: 'send',
    input: z.object({
      room: roomId,
      clientId,
      text: z.string().max(100_000).default('').describe('markdown'),
      reply: offset.optional().describe('the message that it answers'),
      files: z.array(z.string().max(64)).max(20).default([]).describe('uploaded before, by you'),
      forward: z.object({ room: roomId, offset }).optional().describe('a message to pass on'),
    }),
    output: z.object({ offset: z.int(), time: z.int(), mentions: z.array(z.string()) }),
    run: (call, input) => send(call.chat, call.me, input),
  }),
}
