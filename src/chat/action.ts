/**
 * What can be done in the chat, each defined once: a name, what goes in, what
 * comes out, and what is done. It is offered twice, as a call over the realtime
 * connection (`chat.<name>`) and as `POST /api/chat/<name>`, with the same
 * answers and the same errors.
 */
import * as z from 'zod'
import type { Client } from '../index.ts'
import type { Chat } from './chat.ts'
import { ChatError } from './errors.ts'
import type { LimitName } from './limits.ts'
import type { Person } from './people/person.ts'

/** Who calls, from where. */
export interface CallParts {
  readonly chat: Chat
  readonly person: Person | undefined
  /** The session that says so; undefined for a token of the server. */
  readonly session: string | undefined
  /** The connection, if it came over one. */
  readonly client?: Client | undefined
  readonly address: string
  /** How the program of the caller calls itself. */
  readonly agent: string
  /** Whether it came over TLS, as far as anybody can know. */
  readonly secure: boolean
  /** It brought the key of the server API: the program that runs the server. */
  readonly isServer?: boolean | undefined
}

export class Call implements CallParts {
  readonly chat: Chat
  readonly person: Person | undefined
  readonly session: string | undefined
  readonly client: Client | undefined
  readonly address: string
  readonly agent: string
  readonly secure: boolean
  readonly isServer: boolean
  /** Values of `Set-Cookie` that the answer carries; over the realtime connection there is no such thing. */
  readonly cookies: string[] = []

  constructor(parts: CallParts) {
    this.chat = parts.chat
    this.person = parts.person
    this.session = parts.session
    this.client = parts.client
    this.address = parts.address
    this.agent = parts.agent
    this.secure = parts.secure
    this.isServer = parts.isServer ?? false
  }

  /** Who calls. @throws ChatError `notLoggedIn` */
  get me(): Person {
    if (this.person === undefined) throw new ChatError('notLoggedIn')
    return this.person
  }
}

export interface Action<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  /** One sentence, for the document of the API. */
  readonly summary: string
  /** `person`: whoever has said who they are; `admin`: administrators of the server, and its own key. Else `person`. */
  readonly access?: 'anyone' | 'person' | 'admin'
  readonly input: Input
  readonly output: Output
  /** How often it may be asked; see `limits.ts`. */
  readonly limit?: LimitName
  /** Answers with a cookie, so it is there over HTTP only. */
  readonly httpOnly?: true
  run(call: Call, input: z.output<Input>): Promise<z.input<Output>> | z.input<Output>
}

/** Ties the types of an action together. */
export function action<Input extends z.ZodType, Output extends z.ZodType>(
  definition: Action<Input, Output>,
): Action<Input, Output> {
  return definition
}

/** Nothing to say but that it is done. */
export const done = z.object({})

/** Does it for a caller. @throws ChatError */
export async function perform(act: Action, call: Call, input: unknown): Promise<unknown> {
  const { access = 'person', limit = 'call' } = act
  demandAccess(access, call)
  call.chat.limits.take(limit, call)
  const checked = act.input.safeParse(input ?? {})
  if (!checked.success) throw new ChatError('invalid', { message: sentence(checked.error) })
  return act.run(call, checked.data)
}

/** @throws ChatError `notLoggedIn`, `forbidden` */
function demandAccess(access: Required<Action>['access'], call: Call): void {
  if (access === 'anyone' || (access === 'admin' && call.isServer)) return
  if (!call.me.admin && access === 'admin')
    throw new ChatError('forbidden', { message: 'This is for administrators of the server' })
}

function sentence({ issues }: z.ZodError): string {
  return issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ')
}
