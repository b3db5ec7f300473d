/** Echo: what comes in goes out again, text as text and bytes as bytes. Any client of RFC 6455 can be tried against it. */
import { createServer, files } from 'posthouse'

const server = await createServer({
  http_server: { port: 8000 },
  data: { memory: true },
  websocket: { compression: true, message_size_limit: 16 * 1024 * 1024 },
})

server.http('/', files(new URL('index.html', import.meta.url)))
server.http('/style.css', files(new URL('../style.css', import.meta.url)))
server.socket('/echo', {
  origins: 'any',
  message(socket, message) {
    if (!socket.send(message)) socket.close(1013, 'you do not read what comes back')
  },
})

console.log(`echo: ${server.url.href}`)
