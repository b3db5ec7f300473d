/** A server with the chat, apart from the load. Its folder is its argument; how often something may be asked is no matter here. */
import { surroundings } from '../src/chat/chat.ts'
import { chat } from '../src/chat/index.ts'
import { createServer } from '../src/index.ts'
import { fillRoom, type Filling } from './fill-room.ts'

const server = await createServer({
  http_server: { address: '127.0.0.1', port: 0 },
  data: { dir: process.argv[2] ?? '' },
  log: { level: 'error' },
  application: chat({ lobby: '', previews: false }, { ...surroundings, limitFactor: 1e6 }),
})

/** What it costs so far; or a room is filled, and that is said when it is done. */
process.on('message', (question: { readonly fill?: Filling }) => {
  if (question.fill === undefined) process.send?.(process.cpuUsage())
  else void fillRoom(server, question.fill).then(() => process.send?.({ filled: question.fill?.to }))
})
process.send?.({ url: server.url.href })
