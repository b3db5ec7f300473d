/**
 * An echo, on Posthouse or on the barest server on Bun: `echo-server.ts <kind>`.
 * Both handle the same limits by the runtime; the difference is what Posthouse
 * puts between the runtime and a program's handler.
 */
import { createServer } from '../src/index.ts'
import { listen } from './control.ts'

const nothing = () => undefined

if (process.argv[2] === 'posthouse') {
  const server = await createServer({
    http_server: { address: '127.0.0.1', port: 0 },
    data: { memory: true },
    log: { level: 'warn' },
  })
  server.socket('/echo', { message: (socket, message) => socket.send(message) })
  listen(server.port, nothing)
} else {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request, self) {
      self.upgrade(request, { headers: { 'Sec-WebSocket-Protocol': '' } })
      return undefined
    },
    websocket: {
      idleTimeout: 0,
      sendPings: false,
      message: (ws, message) => void ws.send(message),
    },
  })
  listen(server.port ?? 0, nothing)
}
