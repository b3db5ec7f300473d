/**
 * The real server with the real chat, as somebody has it who never configured
 * anything, but on a port and in a folder of its own.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chat, lobby } from '../src/chat/index.ts'
import { ClientError } from '../src/core/errors.ts'
import { loadConfig } from '../src/load-config.ts'
import { createLog } from '../src/log.ts'
import { startServer, type RunningServer } from '../src/server.ts'
import { openSqliteStore } from '../src/stores/sqlite.ts'

export interface LobbyServer extends AsyncDisposable {
  readonly url: string
  /** Ends the server and starts it anew: the same port, the same file. */
  restart(): Promise<void>
  stop(): Promise<void>
  /** Says something in the lobby, as the server. */
  publish(data: unknown, name?: string): Promise<void>
  /** What the log of the lobby holds. */
  messages(): Promise<{ text: string; name: string }[]>
  forget(): Promise<void>
}

export async function startLobbyServer(): Promise<LobbyServer> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-lobby-'))
  let running = await start(folder, 0)
  const port = Number(running.url.port)
  return {
    url: running.url.href,
    async restart() {
      await running.close()
      running = await start(folder, port)
    },
    stop: () => running.close(),
    async publish(data, name) {
      const info =
        name === undefined
          ? undefined
          : { user: `guest:${name}`, client: name, connInfo: JSON.stringify({ name }), chanInfo: undefined }
      await running.node.publish(lobby, { data: JSON.stringify(data), info })
    },
    async messages() {
      const { publications } = await running.node.history(lobby, { limit: 1000 })
      return publications.map(({ data, info }) => ({
        text: JSON.parse(String(data)).text,
        name: JSON.parse(String(info?.connInfo ?? '{}')).name,
      }))
    },
    forget: () => running.node.removeHistory(lobby),
    async [Symbol.asyncDispose]() {
      await running.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function start(folder: string, port: number): Promise<RunningServer> {
  const { config } = loadConfig({
    flags: { 'http_server.address': '127.0.0.1', 'http_server.port': port, 'shutdown.timeout': '2s' } as never,
  })
  const log = createLog('warn', process.stderr)
  const store = await openSqliteStore({ file: join(folder, 'posthouse.db') })
  const { hooks, routes, warm } = chat({
    publish: (channel, draft, options) => running.node.publish(channel, draft, options),
    error: (code, message) => new ClientError(code, message),
    now: Date.now,
    report: (error) => log.error('the page cannot be made', { error }),
  })
  const secrets = { tokenSecret: 'a secret for tests, long enough', apiKey: 'a key for tests' }
  const running = startServer({ config, secrets, store, log, hooks, routes })
  warm()
  return running
}
