/** What can be done about people, and oneself. */
import * as z from 'zod'
import { action, done } from '../action.ts'
import { personView } from '../views.ts'
import { block, blocks, unblock } from './blocks.ts'
import { enter } from './enter.ts'
import { findPeople, personView as toView } from './person.ts'

const onePerson = z.object({ person: z.string().min(1).max(64) })

const asToken = z
  .boolean()
  .default(false)
  .describe('answer with a token, for a program, instead of setting a cookie, for a browser')

export const peopleActions = {
  'people.me': action({
    summary: 'Who you are.',
    input: z.object({}),
    output: z.object({ person: personView }),
    run: ({ me }) => ({ person: toView(me) }),
  }),
  'people.get': action({
    summary: 'People by their ids. Who is not there is left out.',
    input: z.object({ people: z.array(z.string().max(64)).max(200) }),
    output: z.object({ people: z.array(personView) }),
    run: ({ chat }, { people }) => ({ people: findPeople(chat, people).map(toView) }),
  }),
  'people.enter': action({
    summary: 'Comes in as a guest: a name is enough.',
    access: 'anyone',
    limit: 'enter',
    httpOnly: true,
    input: z.object({ name: z.string().max(512), asToken }),
    output: z.object({ person: personView, token: z.string().optional() }),
    run: (call, { name, asToken: wanted }) => enter(call, name, wanted),
  }),
  'people.block': action({
    summary: 'Refuses direct messages and invitations from somebody, who is told so when they try.',
    limit: 'change',
    input: onePerson,
    output: done,
    run: (call, { person }) => block(call.chat, call.me, person),
  }),
  'people.unblock': action({
    summary: 'Takes them again.',
    limit: 'change',
    input: onePerson,
    output: done,
    run: (call, { person }) => unblock(call.chat, call.me, person),
  }),
  'people.blocks': action({
    summary: 'From whom you take nothing.',
    input: z.object({}),
    output: z.object({ people: z.array(personView) }),
    run: (call) => blocks(call.chat, call.me),
  }),
}
