/**
 * The chat, as an application on the library: who a guest is (`connect`), what
 * a guest may say (`chat.send`), and the page they do it on. It uses public
 * doors only; what it can't do through them, no user of the library can.
 */
import { asksForGuest, guest } from './guest.ts'
import { message } from './message.ts'
import { page, type Handler } from './page.ts'

export const lobby = 'public:lobby'

/** Text is JSON, as the publisher or the client wrote it. */
type Payload = string | Uint8Array

interface Info {
  readonly user: string
  readonly client: string
  readonly connInfo: Payload | undefined
  readonly chanInfo: Payload | undefined
}

/** A connected user, as the library hands it to a method. */
interface Caller {
  readonly user: string // '' for anonymous
  /** How others see the caller in a channel. */
  infoIn(channel: string): Info
}

/** What the chat needs of a server. */
export interface Server {
  /** Resolves when the publication is durable. One with a key that the channel knows is not made again. */
  publish(
    channel: string,
    draft: { readonly data: string; readonly info: Info },
    options: { readonly idempotencyKey: string },
  ): Promise<{ readonly position: { readonly offset: number } }>
  /** What a command is refused with. */
  error(code: number, message: string): Error
  now(): number // milliseconds since 1970
  /** Hears of our own faults. */
  report(error: unknown): void
}

interface Identity {
  readonly user: string
  readonly info: string
  readonly data: string // for the connect reply
}

export interface Chat {
  readonly hooks: {
    /** Undefined for a connection that does not ask to be a guest: the rules for anonymous clients decide. */
    connect(request: { readonly data: Payload | undefined }): Identity | undefined
    readonly rpc: ReadonlyMap<string, (caller: Caller, data: Payload | undefined) => Promise<string>>
  }
  readonly routes: Readonly<Record<string, Handler>>
  /** Call it once the server listens. */
  readonly warm: () => void
}

export function chat(server: Server): Chat {
  const { routes, warm } = page((error) => server.report(error))
  return { hooks: { connect: (request) => connect(server, request.data), rpc: methods(server) }, routes, warm }
}

function connect(server: Server, data: Payload | undefined): Identity | undefined {
  const asked = parse(data)
  if (!asksForGuest(asked)) return undefined
  const made = guest(asked)
  if ('refused' in made) throw server.error(refusals[made.refused], `this ${made.refused} cannot be used`)
  return { ...made, data: JSON.stringify({ user: made.user }) }
}

function methods(server: Server): Chat['hooks']['rpc'] {
  return new Map([['chat.send', (caller, data) => send(server, caller, data)]])
}

/** The reply tells where the message stands; a message sent again is answered like the first time. */
async function send(server: Server, caller: Caller, data: Payload | undefined): Promise<string> {
  if (caller.user === '') throw server.error(103, 'permission denied')
  const made = message(parse(data), server.now())
  if ('refused' in made) throw server.error(107, `bad request: ${made.refused}`)
  const draft = { data: made.json, info: caller.infoIn(lobby) }
  // The key carries the user, so that nobody can take somebody else's message out of the way.
  const { position } = await server.publish(lobby, draft, { idempotencyKey: `${caller.user}/${made.id}` })
  return JSON.stringify({ offset: position.offset })
}

/** Errors of the application at connect; the page asks for another name at the first. */
const refusals = { name: 400, guest: 401 } as const

function parse(data: Payload | undefined): unknown {
  return typeof data === 'string' ? JSON.parse(data) : undefined // the library has checked that it is JSON
}
