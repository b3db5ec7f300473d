/**
 * A real server with the chat for a test: port 0, SQLite in a folder that goes
 * with it. Time stands still unless the test moves it. `await using` closes it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chat, type ChatOptions } from '../../src/chat/index.ts'
import { createServer, type Options, type Posthouse } from '../../src/index.ts'

export interface ChatServer extends AsyncDisposable {
  readonly server: Posthouse
  readonly folder: string
  /** Moves the clock, by milliseconds. */
  readonly pass: (time: number) => void
  readonly now: () => number
}

export interface ChatServerOptions {
  readonly chat?: Partial<ChatOptions>
  readonly server?: Options
  /** The data folder, which is then kept. */
  readonly folder?: string
  /** How often things may be asked, in multiples of the usual; a test asks much. */
  readonly limitFactor?: number
}

export async function startChat(options: ChatServerOptions = {}): Promise<ChatServer> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'posthouse-chat-'))
  let ahead = 0
  const began = Date.now()
  const now = () => began + ahead
  const server = await createServer({
    http_server: { address: '127.0.0.1', port: 0 },
    data: { dir: folder },
    log: { level: 'error' },
    ...options.server,
    application: chat(options.chat, {
      now,
      randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
      checksAnswers: true,
      limitFactor: options.limitFactor ?? 1000,
    }),
  })
  return {
    server,
    folder,
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
