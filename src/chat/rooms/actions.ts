/** What can be done with rooms. */
import * as z from 'zod'
import { action } from '../action.ts'
import { create } from './create.ts'

export const roomActions = {
  'rooms.create': action({
    summary: 'Makes a room, of which you are the owner.',
    limit: 'create',
    input: z.object({
      kind: z.enum(['public', 'group']),
      name: z.string().max(400),
      description: z.string().max(4000).default(''),
      members: z.array(z.string().max(64)).max(200).default([]).describe('who is in it from the beginning'),
    }),
    output: z.object({ room: z.string() }),
    run: (call, input) => create(call.chat, call.me, input),
  }),
}
