/** Push without WebSocket: a page waits by long poll for what is sent to its uid, or to all. */
import { createServer, files } from 'posthouse'

const server = await createServer({
  http_server: { port: 8000 },
  client: { allow_anonymous_connect_without_token: true },
  channel: {
    namespaces: [
      {
        name: 'push',
        channel_regex: '.+', // a uid may be in any script
        history_size: 1000,
        history_ttl: '168h',
        force_recovery: true,
        allow_subscribe_for_client: true,
        allow_subscribe_for_anonymous: true,
      },
    ],
  },
})

await server.write({ sql: 'CREATE TABLE IF NOT EXISTS push_uids (uid TEXT PRIMARY KEY) STRICT', params: [] })
const page = files(new URL('index.html', import.meta.url))

server.http('/', async (request, visit) => {
  const uid = visit.query.get('uid')
  if (uid) await server.write({ sql: 'INSERT OR IGNORE INTO push_uids VALUES (?)', params: [uid] })
  return page(request, visit)
})

server.http('/send', async (request, visit) => {
  if (request.method !== 'POST') return page(request, visit)
  const form = new URLSearchParams(await request.text())
  const uid = form.get('uid')
  const uids = uid ? [uid] : server.sql('SELECT uid FROM push_uids').map((row) => String(row['uid']))
  const channels = uids.map((each) => `push:${each}`)
  await server.broadcast(channels, form.get('text') ?? '')
  return new Response(null, { status: 303, headers: { location: '/send' } })
})

server.http('/style.css', files(new URL('../style.css', import.meta.url)))

console.log(`push: ${server.url.href}?uid=1 and ${server.url.href}send`)
