/**
 * The barest server on Bun that does the same fan-out, and what Posthouse is
 * measured against: no rules, no log, no limits; a publication is encoded once,
 * and every connection gets one write a turn with all that waits for it. What is
 * published over HTTP in `kept:` is committed, one by one, before the answer.
 */
import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import type { ServerWebSocket } from 'bun'
import { listen } from './control.ts'

interface Reader {
  ws: ServerWebSocket<Reader> | undefined
  frames: string[]
  listed: boolean
}

const db = new Database(join(process.argv[2] ?? '', 'bare.db'))
db.run('PRAGMA journal_mode = WAL')
db.run('PRAGMA synchronous = FULL')
db.run(
  'CREATE TABLE publications (channel TEXT, offset INTEGER, data TEXT, PRIMARY KEY (channel, offset)) WITHOUT ROWID',
)
const keep = db.prepare('INSERT INTO publications VALUES (?, ?, ?)')

const channels = new Map<string, Set<Reader>>()
let offset = 0
let dirty: Reader[] = []

const server = Bun.serve<Reader>({
  hostname: '127.0.0.1',
  port: 0,
  async fetch(request, self) {
    if (request.method === 'POST') {
      const { channel, data }: { channel: string; data: unknown } = JSON.parse(await request.text())
      if (channel.startsWith('kept:')) keep.run(channel, offset + 1, JSON.stringify(data))
      publish(channel, JSON.stringify(data))
      return new Response(`{"result":{"offset":${offset}}}`, { headers: { 'content-type': 'application/json' } })
    }
    const headers = { 'Sec-WebSocket-Protocol': '' }
    const isReader = self.upgrade(request, { data: { ws: undefined, frames: [], listed: false }, headers })
    return isReader ? undefined : new Response('{}')
  },
  websocket: {
    idleTimeout: 0,
    sendPings: false,
    open(ws) {
      ws.data.ws = ws
    },
    message(ws, message) {
      const [, channel = ''] = /"channel":"([^"]*)"/.exec(String(message)) ?? []
      let readers = channels.get(channel)
      if (readers === undefined) channels.set(channel, (readers = new Set()))
      readers.add(ws.data)
      ws.send('{"id":2,"subscribe":{}}')
    },
  },
})

function publish(channel: string, data: string): void {
  const frame = `{"push":{"channel":${JSON.stringify(channel)},"pub":{"data":${data},"offset":${++offset}}}}`
  for (const reader of channels.get(channel) ?? []) {
    reader.frames.push(frame)
    if (reader.listed) continue
    reader.listed = true
    if (dirty.push(reader) === 1) setImmediate(flush)
  }
}

function flush(): void {
  const readers = dirty
  dirty = []
  for (const reader of readers) {
    reader.ws?.send(reader.frames.length === 1 ? (reader.frames[0] ?? '') : reader.frames.join('\n'))
    reader.frames = []
    reader.listed = false
  }
}

listen(server.port ?? 0, publish)
