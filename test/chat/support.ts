/**
 * A real server with the chat for a test: port 0, SQLite in a folder that goes
 * with it. Time stands still unless the test moves it. `await using` closes it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { type Actions, chat, type ChatOptions } from '../../src/chat/index.ts'
import { type Surroundings, surroundings } from '../../src/chat/chat.ts'
import type { Outgoing } from '../../src/chat/outgoing/outgoing.ts'
import { createServer, type Options, type Posthouse } from '../../src/index.ts'

export interface ChatServer extends AsyncDisposable {
  readonly server: Posthouse
  /** A guest of this name. */
  readonly enter: (name: string) => Promise<Caller>
  /** Calls an action in nobody's name, or with a token. */
  readonly call: <Name extends keyof Actions>(name: Name, input: Input<Name>, token?: string) => Promise<Output<Name>>
  readonly folder: string
  /** Moves the clock, by milliseconds. */
  readonly pass: (time: number) => void
  readonly now: () => number
}

/** Somebody who calls actions over HTTP. */
export interface Caller {
  readonly id: string
  readonly name: string
  /** To connect with, or to send as a bearer. */
  readonly token: string
  /** What the action answers. @throws Refusal */
  readonly call: <Name extends keyof Actions>(name: Name, input: Input<Name>) => Promise<Output<Name>>
}

export type Input<Name extends keyof Actions> = z.input<Actions[Name]['input']>
type Output<Name extends keyof Actions> = z.output<Actions[Name]['output']>

/** What an action answers that refuses. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly kind: string
  readonly status: number
  readonly details: Readonly<Record<string, unknown>>
  constructor(status: number, details: Readonly<Record<string, unknown>>) {
    super(`${String(details['name'])}: ${String(details['message'])}`)
    this.kind = String(details['name'])
    this.status = status
    this.details = details
  }
}

export interface ChatServerOptions {
  readonly chat?: Partial<ChatOptions>
  readonly server?: Options
  /** The data folder, which is then kept. */
  readonly folder?: string
  /** How often things may be asked, in multiples of the usual; a test asks much. */
  readonly limitFactor?: number
  /** What can be reached outside. */
  readonly outgoing?: Partial<Outgoing>
  /** Where its clock stands until it is moved; else now. */
  readonly began?: number
  /** Instead of the clock: whoever calls what was to be called later. */
  readonly after?: Surroundings['after']
}

export async function startChat(options: ChatServerOptions = {}): Promise<ChatServer> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'posthouse-chat-'))
  let ahead = 0
  const began = options.began ?? Date.now()
  const now = () => began + ahead
  const server = await createServer({
    http_server: { address: '127.0.0.1', port: 0 },
    data: { dir: folder },
    log: { level: 'error' },
    ...options.server,
    application: chat(options.chat, {
      ...surroundings,
      now,
      checksAnswers: true,
      limitFactor: options.limitFactor ?? 1000,
      outgoing: options.outgoing,
      ...(options.after && { after: options.after }),
    }),
  })
  const call = caller(server)
  return {
    server,
    folder,
    call,
    async enter(name) {
      const { person, token = '' } = await call('people.enter', { name, asToken: true })
      return { id: person.id, name, token, call: (action, input) => call(action, input, token) }
    },
    now,
    pass: (time) => {
      ahead += time
    },
    async [Symbol.asyncDispose]() {
      await server.close()
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

const refusal = z.object({ error: z.record(z.string(), z.unknown()) })

function caller(server: Posthouse): ChatServer['call'] {
  return async (name, input, token) => {
    const response = await fetch(new URL(`/api/chat/${name}`, server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(input),
    })
    const answer: unknown = await response.json()
    if (response.ok) return answer as Output<typeof name>
    throw new Refusal(response.status, refusal.parse(answer).error)
  }
}

/** The kind of error that a call is refused with; `done` if it is not. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    if (error instanceof Refusal) return error.kind
    throw error
  }
  return 'done'
}
