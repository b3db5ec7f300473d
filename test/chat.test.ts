/** What the chat promises to whoever speaks the protocol: by the official client, against the real server. */
import { expect, test } from 'bun:test'
import { Centrifuge } from 'centrifuge'
import { startLobbyServer, type LobbyServer } from './lobby-server.ts'

const secret = '0b54a4e0-5c3f-4a6e-9c3b-0d6f6f1f7a11'

function client(server: LobbyServer, data?: unknown): Centrifuge {
  return new Centrifuge(server.url.replace('http', 'ws') + 'connection/websocket', { data })
}

/** What the server answers to connect: the data of its reply, or the code it refuses with. */
function enter(guest: Centrifuge): Promise<unknown> {
  return new Promise((resolve) => {
    guest.on('connected', ({ data }) => resolve(data))
    guest.on('disconnected', ({ code }) => resolve(code))
    guest.connect()
  })
}

/** The code that a call is refused with. */
async function refusal(call: Promise<unknown>): Promise<unknown> {
  try {
    return { answered: await call }
  } catch (error) {
    return error instanceof Object && 'code' in error ? error.code : error
  }
}

test('a guest is told who it is, and others see its name', async () => {
  await using server = await startLobbyServer()
  const ann = client(server, { name: ' Ann ', guest: secret })
  expect(await enter(ann)).toEqual({ user: expect.stringMatching(/^guest:[0-9a-f]{16}$/) })
  const lobby = ann.newSubscription('public:lobby')
  lobby.subscribe()
  await lobby.ready()
  const { clients } = await lobby.presence()
  expect(Object.values(clients)).toMatchObject([{ connInfo: { name: 'Ann' } }])
  ann.disconnect()
})

test('a name or a secret that cannot be is refused with a code of its own', async () => {
  await using server = await startLobbyServer()
  expect(await enter(client(server, { name: '\u200B', guest: secret }))).toBe(400)
  expect(await enter(client(server, { name: 'Ann', guest: 'me' }))).toBe(401)
})

test('a message is published in the name of who sent it, whatever it says of itself, and once', async () => {
  await using server = await startLobbyServer()
  const [ann, bo] = [
    client(server, { name: 'Ann', guest: secret }),
    client(server, { name: 'Bo', guest: secret.replace('0', '1') }),
  ]
  await Promise.all([enter(ann), enter(bo)])
  const clientId = '0192f7a0-5c3f-7a6e-9c3b-0d6f6f1f7a11'
  const said = { text: 'hi', clientId, name: 'Mallory', user: 'guest:m' }
  const answers = await Promise.all(Array.from({ length: 10 }, () => ann.rpc('chat.send', said)))
  expect(answers).toEqual(Array.from({ length: 10 }, () => ({ data: { offset: 1 } })))
  expect(await bo.rpc('chat.send', { text: 'me too', clientId })).toEqual({ data: { offset: 2 } })
  expect(await server.messages()).toMatchObject([
    { text: 'hi', name: 'Ann' },
    { text: 'me too', name: 'Bo' },
  ])
  ann.disconnect()
  bo.disconnect()
})

test('nothing is published for somebody without a name, nor what is no message', async () => {
  await using server = await startLobbyServer()
  const nobody = client(server)
  const ann = client(server, { name: 'Ann', guest: secret })
  await Promise.all([enter(nobody), enter(ann)])
  const clientId = crypto.randomUUID()
  expect(await refusal(nobody.rpc('chat.send', { text: 'hi', clientId }))).toBe(103)
  for (const data of [
    null,
    {},
    [],
    { text: '', clientId },
    { text: 'a'.repeat(4001), clientId },
    { text: 'hi', clientId: 'x' },
  ])
    expect(await refusal(ann.rpc('chat.send', data))).toBe(107)
  expect(await server.messages()).toEqual([])
  nobody.disconnect()
  ann.disconnect()
})
