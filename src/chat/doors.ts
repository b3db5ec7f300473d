/** The two ways to each action: over the realtime connection, and over HTTP. */
import * as z from 'zod'
import type { CallContext, HttpVisit } from '../index.ts'
import { type Action, Call, perform } from './action.ts'
import type { Actions } from './actions.ts'
import { describeActions } from './api-description.ts'
import type { Chat } from './chat.ts'
import { ChatError } from './errors.ts'
import { answerOf, refusal, safe } from './http-answers.ts'
import { isFromServer } from './people/server-key.ts'
import { findActive } from './people/person.ts'
import { findSession, tokenOf } from './people/sessions.ts'

const maxBody = 1_048_576 // the longest message that can be allowed, each of its characters escaped
const strangersBody = 65_536 // of who has not said who they are

export function openDoors(chat: Chat, actions: Actions): void {
  const byName = new Map<string, Action>(Object.entries(actions))
  for (const [name, act] of byName)
    if (act.httpOnly !== true)
      chat.server.rpc(`chat.${name}`, z.unknown(), (input, context) => called(chat, act, input, context), {
        ownLimits: true, // by person and by what is asked, at both doors: a thousand lines may be sent in a row
      })
  const describe = () => describeActions(actions)
  chat.server.http('/api/chat/:name', (request, visit) => answer(chat, byName, request, visit), { maxBody, describe })
}

async function called(chat: Chat, act: Action, input: unknown, { client, user }: CallContext): Promise<unknown> {
  const { session, address = '', agent = '' } = metaOf(client.meta)
  const person = user === '' ? undefined : findActive(chat, user)
  return checked(
    chat,
    act,
    await perform(act, new Call({ chat, person, session, client, address, agent, secure: false }), input),
  )
}

async function answer(
  chat: Chat,
  actions: ReadonlyMap<string, Action>,
  request: Request,
  visit: HttpVisit,
): Promise<Response> {
  const act = actions.get(visit.params['name'] ?? '')
  try {
    if (act === undefined) throw new ChatError('notFound', { message: 'There is no such action; /docs lists them' })
    if (request.method !== 'POST')
      return refusal(new ChatError('invalid', { message: 'Use POST' }), 405, { allow: 'POST' })
    const session = findSession(chat, tokenOf(chat, request))
    const input = await visit.json({ maxBytes: session === undefined ? strangersBody : maxBody })
    const agent = visit.headers.get('user-agent') ?? ''
    const call = new Call({
      chat,
      person: session?.person,
      session: session?.id,
      address: visit.address,
      agent,
      secure: visit.secure,
      isServer: isFromServer(chat, visit.headers),
    })
    const output = checked(chat, act, await perform(act, call, input))
    const response = Response.json(output, { headers: safe })
    for (const cookie of call.cookies) response.headers.append('set-cookie', cookie)
    return response
  } catch (error) {
    return answerOf(chat, error)
  }
}

/** Types hold what comes out to its schema; in tests it is checked once more, as readers will see it: that, and nothing more. */
function checked(chat: Chat, act: Action, output: unknown): unknown {
  if (!chat.checksAnswers) return output
  const seen: unknown = JSON.parse(JSON.stringify(output))
  const described: unknown = act.output.parse(seen)
  if (!Bun.deepEquals(seen, described))
    throw new TypeError(`an answer says more than is described: ${JSON.stringify(seen)}`)
  return described
}

const meta = z.object({ session: z.string().optional(), address: z.string().optional(), agent: z.string().optional() })

function metaOf(given: unknown): z.infer<typeof meta> {
  const checkedMeta = meta.safeParse(given)
  return checkedMeta.success ? checkedMeta.data : {}
}
