/**
 * The server and the chat as `posthouse serve` starts them for somebody who
 * configured nothing, but on a port and in a folder of their own.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chat, lobby } from '../src/chat/index.ts'
import { createServer } from '../src/index.ts'
import { loadConfig } from '../src/load-config.ts'
import { createLog } from '../src/log.ts'

export interface LobbyServer extends AsyncDisposable {
  readonly url: string
  stop(): Promise<void>
  /** Starts it again: the same port, the same file. */
  start(): Promise<void>
  /** Says something in the lobby, in somebody's name or in the server's own. */
  publish(data: unknown, name?: string): Promise<void>
  /** What the log of the lobby holds. */
  messages(): Promise<{ text: string; name: string | undefined }[]>
}

export async function startLobbyServer(): Promise<LobbyServer> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-lobby-'))
  let running = await start(folder, '0')
  const { port } = running.url
  return {
    url: running.url.href,
    stop: () => running.close(),
    async start() {
      running = await start(folder, port)
    },
    async publish(data, name) {
      const info = name === undefined ? undefined : { user: `guest:${name}`, client: name, info: { name } }
      await running.publish(lobby, data, { info })
    },
    async messages() {
      const response = await fetch(new URL('/api/history', running.url), {
        method: 'POST',
        headers: { 'x-api-key': running.secrets.apiKey },
        body: JSON.stringify({ channel: lobby, limit: 300 }),
      })
      const { result }: { result: { publications: readonly Said[] } } = await response.json()
      return result.publications.map(({ data, info }) => ({ text: data.text, name: info?.conn_info?.name }))
    },
    async [Symbol.asyncDispose]() {
      await running.close()
      await rm(folder, { recursive: true })
    },
  }
}

interface Said {
  readonly data: { readonly text: string }
  readonly info?: { readonly conn_info?: { readonly name: string } }
}

function start(folder: string, port: string) {
  const { config } = loadConfig({
    flags: {
      'http_server.address': '127.0.0.1',
      'http_server.port': port,
      'data.dir': folder,
      'shutdown.timeout': '3s',
    },
  })
  return createServer({ config, log: createLog('error', process.stderr), application: chat() })
}
