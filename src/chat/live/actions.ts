/** What is asked and told about who is there. */
import * as z from 'zod'
import { action, done } from '../action.ts'
import { flag } from '../rows.ts'
import { presenceView } from '../views.ts'
import { presenceIn, presenceOf } from './presence.ts'

const room = z.string().min(1).max(64)

export const liveActions = {
  'typing.set': action({
    summary: 'Tells those who look at a room that you write, or no longer do. Say it again every few seconds.',
    limit: 'live',
    input: z.object({ room, on: z.boolean().default(true) }),
    output: done,
    run({ chat, me }, input) {
      chat.demand('write', input.room, me)
      const row = chat.row('SELECT hide_typing FROM chat_people WHERE id = ?', me.id)
      if (row !== undefined && !flag(row, 'hide_typing'))
        chat.live.tellRoom(input.room, { type: 'typing', by: me.id, on: input.on })
      return {}
    },
  }),
  'presence.room': action({
    summary: 'Who of a room is there. Changes come as live entries of type `presence` in its channel.',
    input: z.object({ room }),
    output: z.object({
      members: z.int(),
      online: z.int().describe('how many members are there'),
      people: z.array(presenceView).describe('up to 200 of them, without those who do not tell'),
    }),
    run: ({ chat, me }, input) => presenceIn(chat, me, input.room),
  }),
  'presence.of': action({
    summary: 'Whether people are there, or when they last were. Tells of those only with whom you share a room.',
    input: z.object({ people: z.array(z.string().max(64)).max(200) }),
    output: z.object({ people: z.array(presenceView) }),
    run: ({ chat, me }, { people }) => ({ people: presenceOf(chat, me, people) }),
  }),
}
