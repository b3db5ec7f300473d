import { expect, test } from 'bun:test'
import { chat, lobby, type Server } from './index.ts'

const secret = '0b54a4e0-5c3f-4a6e-9c3b-0d6f6f1f7a11'
const clientId = '0192f7a0-5c3f-7a6e-9c3b-0d6f6f1f7a11'

class Refusal extends Error {
  readonly code: number
  constructor(code: number, text: string) {
    super(text)
    this.code = code
  }
}

function start() {
  const published: unknown[] = []
  const server: Server = {
    publish: async (...publication) => ({ position: { offset: published.push(publication) } }),
    error: (code, text) => new Refusal(code, text),
    now: () => 1_700_000_000_000,
    report: (error) => expect.unreachable(String(error)),
  }
  return { published, ...chat(server) }
}

const someone = (user: string) => ({
  user,
  infoIn: (channel: string) => ({ user, client: 'c1', connInfo: `{"name":"Ann"}`, chanInfo: `{"in":"${channel}"}` }),
})

test('a guest is let in and told its user id; the name is what others see', () => {
  const { hooks } = start()
  const identity = hooks.connect({ data: JSON.stringify({ name: ' Ann ', guest: secret }) })
  expect(identity?.info).toBe('{"name":"Ann"}')
  expect(JSON.parse(identity?.data ?? '')).toEqual({ user: identity?.user })
})

test('a connection that does not ask to be a guest is left to the rules', () => {
  const { hooks } = start()
  for (const data of [undefined, '{}', '"guest"', 'null', new Uint8Array(3)])
    expect(hooks.connect({ data })).toBeUndefined()
})

test('a name or a secret that cannot be is refused with a code of its own', () => {
  const { hooks } = start()
  const code = (data: unknown): unknown => {
    try {
      return hooks.connect({ data: JSON.stringify(data) })
    } catch (error) {
      return error instanceof Refusal ? error.code : error
    }
  }
  expect(code({ name: '\u200b', guest: secret })).toBe(400)
  expect(code({ name: 'Ann', guest: 'me' })).toBe(401)
})

test('a message is published in the name of who sent it, whatever it says of itself', async () => {
  const { hooks, published } = start()
  const send = hooks.rpc.get('chat.send')
  const ann = someone('guest:a')
  expect(await send?.(ann, JSON.stringify({ text: 'hi', clientId, name: 'Mallory', user: 'guest:b' }))).toBe(
    '{"offset":1}',
  )
  const data = `{"type":"message","id":"${clientId}","text":"hi","time":1700000000000}`
  expect(published).toEqual([[lobby, { data, info: ann.infoIn(lobby) }, { idempotencyKey: `guest:a/${clientId}` }]])
})

test('nothing is published for somebody without a name, nor what is no message', async () => {
  const { hooks, published } = start()
  const send = hooks.rpc.get('chat.send')
  const said = JSON.stringify({ text: 'hi', clientId })
  expect(send?.(someone(''), said)).rejects.toMatchObject({ code: 103 })
  for (const data of [undefined, '{}', '[]', 'null', JSON.stringify({ text: '', clientId })])
    expect(send?.(someone('guest:a'), data)).rejects.toMatchObject({ code: 107 })
  expect(published).toEqual([])
})
