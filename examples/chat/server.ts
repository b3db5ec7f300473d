/** A chat of everybody with everybody: the lobby that a server has when nobody configures one. */
import { createServer, files } from 'posthouse'

const server = await createServer({
  http_server: { port: 8000 },
  websocket: { compression: true },
})

server.http('/', files(new URL('index.html', import.meta.url)))
server.http('/style.css', files(new URL('../style.css', import.meta.url)))
server.http('/centrifuge.js', files(new URL('../dist/centrifuge.js', import.meta.resolve('centrifuge'))))

console.log(`chat: ${server.url.href}`)
