/** What can be done about people, and oneself. */
import * as z from 'zod'
import { action, done } from '../action.ts'
import { personView } from '../views.ts'
import { accountActions } from './account-actions.ts'
import { adminActions } from './admin-actions.ts'
import { block, blocks, unblock } from './blocks.ts'
import { botActions } from './bot-actions.ts'
import { getPeople, rename, searchPeople, setPrivacy, setSettings, wear, whoAmI } from './profile.ts'

const personId = z.string().min(1).max(64)
const onePerson = z.object({ person: personId })
const people = z.object({ people: z.array(personView) })
const settings = z.record(z.string().max(64), z.unknown()).describe('any JSON')

const ownActions = {
  'people.me': action({
    summary: 'Who you are, and what you have set.',
    input: z.object({}),
    output: z.object({
      person: personView,
      admin: z.boolean().describe('of the server'),
      hideSeen: z.boolean(),
      hideTyping: z.boolean(),
      hideRead: z.boolean(),
      quietUntil: z.int().describe('do not disturb until then; 0: you may be disturbed'),
      settings,
    }),
    run: (call) => whoAmI(call.chat, call.me),
  }),
  'people.get': action({
    summary: 'People by their ids; those who are not there are left out.',
    input: z.object({ people: z.array(personId).max(500) }),
    output: people,
    run: (call, { people: ids }) => getPeople(call.chat, ids),
  }),
  'people.search': action({
    summary: 'People whose names begin with something, of those you share a room with.',
    limit: 'search',
    input: z.object({ prefix: z.string().max(100), limit: z.int().min(1).max(50).default(20) }),
    output: people,
    run: (call, { prefix, limit }) => searchPeople(call.chat, call.me, prefix, limit),
  }),
  'people.rename': action({
    summary: 'Changes your name. The former one is free for others then.',
    limit: 'change',
    input: z.object({ name: z.string().max(512) }),
    output: z.object({ person: personView }),
    run: (call, { name }) => rename(call.chat, call.me.id, name),
  }),
  'people.avatar': action({
    summary: 'Sets your picture, a file that you sent; null for the one that is drawn from your name.',
    limit: 'change',
    input: z.object({ file: z.string().max(64).nullable() }),
    output: z.object({ person: personView }),
    run: (call, { file }) => wear(call.chat, call.me, file),
  }),
  'people.privacy': action({
    summary:
      'What others are told of you: that you are here or when you were last, that you write, what you have read.',
    limit: 'change',
    input: z.object({
      hideSeen: z.boolean().optional(),
      hideTyping: z.boolean().optional(),
      hideRead: z.boolean().optional().describe('what has arrived is told, what is read is not'),
    }),
    output: done,
    run: (call, privacy) => setPrivacy(call.chat, call.me, privacy),
  }),
  'people.settings': action({
    summary: 'Keeps settings of apps: what is there replaces what has the same name, null takes it away.',
    limit: 'change',
    input: z.object({ settings }),
    output: z.object({ settings }),
    run: (call, { settings: given }) => setSettings(call.chat, call.me, given),
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
    output: people,
    run: (call) => blocks(call.chat, call.me),
  }),
}

export const peopleActions = { ...ownActions, ...accountActions, ...botActions, ...adminActions }
