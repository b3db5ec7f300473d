/** A server with the chat, apart from the load. Its folder is its argument; how often something may be asked is no matter here. */
import { surroundings } from '../src/chat/chat.ts'
import { chat } from '../src/chat/index.ts'
import { createServer } from '../src/index.ts'

const server = await createServer({
  http_server: { address: '127.0.0.1', port: 0 },
  data: { dir: process.argv[2] ?? '' },
  log: { level: 'error' },
  application: chat({ lobby: '', previews: false }, { ...surroundings, limitFactor: 1e6 }),
})
process.on('message', () => process.send?.(process.cpuUsage()))
process.send?.({ url: server.url.href })
