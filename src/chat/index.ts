/**
 * The chat, as an application on the library: who a guest is (`connect`), what
 * a guest may say (`chat.send`), and the page they do it on. It uses public
 * doors only; what it can't do through them, no user of the library can.
 */
import {
  ClientError,
  type Application,
  type Client,
  type Identity,
  type Payload,
  type Posthouse,
  type RpcHandler,
} from '../index.ts'
import { asksForGuest, guest } from './guest.ts'
import { message } from './message.ts'
import { page } from './page.ts'

export const lobby = 'public:lobby'

export function chat(server: Posthouse, now: () => number = Date.now): Application {
  const { routes, warm } = page((error) => server.report(error))
  const rpc = new Map<string, RpcHandler>([['chat.send', (client, data) => send(server, now, client, data)]])
  return { hooks: { connect: ({ data }) => connect(data), rpc }, routes, started: warm }
}

function connect(data: Payload | undefined): Identity | undefined {
  const asked = parse(data)
  if (!asksForGuest(asked)) return undefined
  const made = guest(asked)
  if ('refused' in made) throw new ClientError(refusals[made.refused], `this ${made.refused} cannot be used`)
  return { ...made, data: JSON.stringify({ user: made.user }) }
}

/** The reply tells where the message stands; a message sent again is answered like the first time. */
async function send(server: Posthouse, now: () => number, client: Client, data: Payload | undefined): Promise<string> {
  if (client.user === '') throw new ClientError(103, 'permission denied')
  const made = message(parse(data), now())
  if ('refused' in made) throw new ClientError(107, `bad request: ${made.refused}`)
  const draft = { data: made.json, info: client.infoIn(lobby) }
  // The key carries the user, so that nobody can take somebody else's message out of the way.
  const { position } = await server.publish(lobby, draft, { idempotencyKey: `${client.user}/${made.id}` })
  return JSON.stringify({ offset: position.offset })
}

/** Errors of the application at connect; the page asks for another name at the first. */
const refusals = { name: 400, guest: 401 } as const

function parse(data: Payload | undefined): unknown {
  return typeof data === 'string' ? JSON.parse(data) : undefined // the library has checked that it is JSON
}
