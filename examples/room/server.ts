/** A room with nicknames: one enters by a name that nobody else has, and is known by a signed cookie. */
import { createServer, errors, files, StoreError } from 'posthouse'

const day = 24 * 3600 // seconds

const server = await createServer({
  http_server: { port: 8000 },
  channel: {
    namespaces: [
      {
        name: 'room',
        history_size: 200,
        history_ttl: 'forever',
        force_recovery: true,
        presence: true,
        join_leave: true,
        force_push_join_leave: true,
        allow_subscribe_for_client: true,
        allow_publish_for_subscriber: true,
        allow_history_for_client: true,
        allow_presence_for_subscriber: true,
      },
    ],
  },
  onConnect(request) {
    const user = server.cookies.get(request, 'name')
    if (user === undefined) throw errors.unauthorized()
    return { user, data: { user } }
  },
})

// One name, one person: the table refuses the second, whoever was first by a hair.
await server.write({
  sql: 'CREATE TABLE IF NOT EXISTS room_names (name TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT',
  params: [],
})

server.http('/login', async (request) => {
  const name = new URLSearchParams(await request.text()).get('name')?.trim().slice(0, 30) ?? ''
  if (name === '') return seeOther('/')
  const now = Math.floor(Date.now() / 1000)
  try {
    await server.write(
      { sql: 'DELETE FROM room_names WHERE until < ?', params: [now] },
      { sql: 'INSERT INTO room_names VALUES (?, ?)', params: [name, now + day] },
    )
  } catch (error) {
    if (!(error instanceof StoreError) || error.temporary) throw error
    return seeOther(`/?taken=${encodeURIComponent(name)}`)
  }
  return seeOther('/', server.cookies.set('name', name, { maxAge: day }))
})

server.http('/quit', async (request) => {
  const name = server.cookies.get(request, 'name') ?? ''
  await server.write({ sql: 'DELETE FROM room_names WHERE name = ?', params: [name] })
  server.disconnect(name)
  return seeOther('/', server.cookies.clear('name'))
})

server.http('/', files(new URL('index.html', import.meta.url)))
server.http('/style.css', files(new URL('../style.css', import.meta.url)))
server.http('/centrifuge.js', files(new URL('../dist/centrifuge.js', import.meta.resolve('centrifuge'))))

function seeOther(location: string, cookie?: string): Response {
  return new Response(null, { status: 303, headers: { location, ...(cookie && { 'set-cookie': cookie }) } })
}

console.log(`room: ${server.url.href}`)
