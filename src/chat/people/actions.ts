/** What can be done about people, and oneself. */
import * as z from 'zod'
import { action } from '../action.ts'
import { personView } from '../views.ts'
import { enter } from './enter.ts'

const asToken = z
  .boolean()
  .default(false)
  .describe('answer with a token, for a program, instead of setting a cookie, for a browser')

export const peopleActions = {
  'people.enter': action({
    summary: 'Comes in as a guest: a name is enough.',
    access: 'anyone',
    limit: 'enter',
    httpOnly: true,
    input: z.object({ name: z.string().max(512), asToken }),
    output: z.object({ person: personView, token: z.string().optional() }),
    run: (call, { name, asToken: wanted }) => enter(call, name, wanted),
  }),
}
