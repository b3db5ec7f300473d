/**
 * The lobby of the first minute: who a guest is (`connect`), what a guest may
 * say (`chat.send`), and the page they do it on.
 */
import { type Application, type CallContext, ClientError, type Identity, json, type Posthouse } from '../index.ts'
import { asksForGuest, guest } from './guest.ts'
import { message } from './message.ts'
import { page } from './page.ts'
import * as z from 'zod'

export const lobby = 'public:lobby'

export function lobbyPage(server: Posthouse, now: () => number = Date.now): Application {
  const { routes, warm } = page((error) => server.report(error))
  for (const [path, handler] of Object.entries(routes)) server.http(path, handler)
  server.rpc('chat.send', z.unknown(), (said, context) => send(server, now, said, context))
  return { onConnect: ({ token, data }) => (token === '' ? identify(data) : undefined), started: warm }
}

function identify(asked: unknown): Identity | undefined {
  if (!asksForGuest(asked)) return undefined
  const made = guest(asked)
  if ('refused' in made) throw new ClientError(refusals[made.refused], `this ${made.refused} cannot be used`)
  return { user: made.user, info: json(made.info), data: { user: made.user } }
}

/** The reply tells where the message stands; a message sent again is answered like the first time. */
async function send(server: Posthouse, now: () => number, said: unknown, { client, user }: CallContext) {
  if (user === '') throw new ClientError(103, 'permission denied')
  const made = message(said, now())
  if ('refused' in made) throw new ClientError(107, `bad request: ${made.refused}`)
  // The key carries the user, so that nobody can take somebody else's message out of the way.
  const options = { info: client, idempotencyKey: `${user}/${made.id}` }
  const { offset } = await server.publish(lobby, json(made.json), options)
  return { offset }
}

/** Errors of the application at connect; the page asks for another name at the first. */
const refusals = { name: 400, guest: 401 } as const
