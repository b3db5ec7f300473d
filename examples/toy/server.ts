/** An app and a toy that talk to each other, by text and by sound, and whichever sleeps gets it on waking. */
import { createServer, files } from 'posthouse'

const server = await createServer({
  http_server: { port: 8000 },
  mailbox: { open: true }, // a name needs no proof
})

const page = files(new URL('index.html', import.meta.url))
server.http('/app/:id', page)
server.http('/toy/:id', page)
server.http('/style.css', files(new URL('../style.css', import.meta.url)))

console.log(`toy: ${server.url.href}app/1 and ${server.url.href}toy/1`)
