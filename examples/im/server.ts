/** Private and group chat: everybody has a mailbox, and a group is a list of those who are in it. */
import { createServer, files } from 'posthouse'

const groups = { family: ['ann', 'bob', 'cy'], climbers: ['ann', 'cy'] }

const server = await createServer({
  http_server: { port: 8000 },
  mailbox: { open: true }, // a name needs no proof
  channel: {
    namespaces: [
      {
        name: 'user', // the mailboxes
        channel_regex: '.+', // a name may be in any script
        history_size: 1000,
        history_ttl: '720h',
        force_recovery: true,
        allow_user_limited_channels: true,
      },
    ],
  },
})

server.http('/chat/:username', files(new URL('index.html', import.meta.url)))
server.http('/groups', () => Response.json(groups))
server.http('/style.css', files(new URL('../style.css', import.meta.url)))

console.log(`im: ${server.url.href}chat/ann and ${server.url.href}chat/bob`)
