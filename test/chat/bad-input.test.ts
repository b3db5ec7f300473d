/**
 * Whatever is sent to an action that is not what it takes, is answered alike at
 * both doors: `invalid`, with a sentence that says where. Made from the schemas,
 * for every action there is.
 */
import { expect, test } from 'bun:test'
import { Centrifuge, State } from 'centrifuge'
import * as z from 'zod'
import type { Action } from '../../src/chat/action.ts'
import { actions } from '../../src/chat/actions.ts'
import { type ChatServer, startChat } from './support.ts'

type Schema = Readonly<Record<string, unknown>> & { readonly pattern?: string }
const all = Object.entries<Action>(actions)
const schemaOf = ({ input }: Action): Schema => z.toJSONSchema(input, { io: 'input' })

/** Something that fits; of a text with a pattern, the first of these that does. */
function fitting(schema: Schema): unknown {
  const { type, const: only, enum: values, anyOf, oneOf, properties = {}, required = [] } = schema
  if ('const' in schema) return only
  if (Array.isArray(values)) return values[0]
  const [choice] = [anyOf, oneOf].find(Array.isArray) ?? []
  if (choice !== undefined) return fitting(choice as Schema)
  if (type === 'object')
    return Object.fromEntries(
      (required as string[]).map((name) => [name, fitting((properties as Record<string, Schema>)[name] ?? {})]),
    )
  if (type === 'array')
    return Array.from({ length: Number(schema['minItems'] ?? 0) }, () => fitting(schema['items'] as Schema))
  if (type === 'integer' || type === 'number') return Math.max(1, Number(schema['minimum'] ?? 1))
  if (type === 'boolean') return true
  return fittingText(schema)
}

function fittingText({ pattern, minLength = 0 }: Schema): string {
  const candidates = [
    'aaaaaaaa',
    'x'.repeat(Number(minLength)),
    'a.b',
    '2026-01-01',
    '👍',
    'https://example.com/',
    '192.0.2.1',
    '2001:db8::1',
  ]
  const found = candidates.find((each) => each.length >= Number(minLength) && new RegExp(pattern ?? '', 'u').test(each))
  if (found === undefined) throw new Error(`nothing fits ${String(pattern)}`)
  return found
}

/** What does not fit a schema, each with why. */
function* unfit(schema: Schema): Generator<[why: string, value: unknown]> {
  const { type, anyOf, oneOf, maxLength, pattern, maximum, minimum, maxItems, minItems, items, properties } = schema
  const others: Record<string, unknown> = {
    text: 'a text',
    number: 7,
    flag: true,
    list: [[]],
    object: { a: 1 },
    nothing: null,
  }
  const own: Record<string, string> = {
    string: 'text',
    integer: 'number',
    number: 'number',
    boolean: 'flag',
    array: 'list',
    object: 'object',
    null: 'nothing',
  }
  const choices = [anyOf, oneOf].find(Array.isArray) as Schema[] | undefined
  const taken = new Set((choices ?? [schema]).map((each) => own[String(each['type'])]))
  if (type !== undefined || choices !== undefined)
    for (const [name, value] of Object.entries(others)) if (!taken.has(name)) yield [name, value]
  if (choices !== undefined) return
  if (maxLength !== undefined) yield ['too long', 'x'.repeat(Number(maxLength) + 1)]
  if (pattern !== undefined) yield ['of other letters', '\u0000 ../%2e']
  if (Array.isArray(schema['enum'])) yield ['none of them', '__proto__']
  if (type === 'integer') yield ['a fraction', 1.5]
  if (maximum !== undefined) yield ['too large', Math.min(Number(maximum) * 2 + 1, 1e300)]
  if (minimum !== undefined && Number(minimum) > -Number.MAX_SAFE_INTEGER) yield ['too small', Number(minimum) - 1]
  if (maxItems !== undefined) {
    const one = fitting(items as Schema)
    yield ['too many', Array.from({ length: Number(maxItems) + 1 }, () => one)]
  }
  if (Number(minItems ?? 0) > 0) yield ['too few', []]
  if (type === 'array') for (const [why, value] of unfit(items as Schema)) yield [`within: ${why}`, [value]]
  if (type === 'object')
    for (const [name, part] of Object.entries((properties ?? {}) as Record<string, Schema>))
      for (const [why, value] of unfit(part))
        yield [`${name}: ${why}`, { ...(fitting(schema) as object), [name]: value }]
}

/** Inputs that an action does not take. */
function* badInputs(act: Action): Generator<[why: string, input: unknown]> {
  const schema = schemaOf(act)
  const good = fitting(schema) as Record<string, unknown>
  for (const [why, value] of unfit({ ...schema, properties: schema['properties'] ?? {} }))
    if (value !== null) yield [why, value] // nothing at all is as good as `{}`
  for (const name of (schema['required'] ?? []) as string[]) {
    const { [name]: _, ...rest } = good
    yield [`${name} is missing`, rest]
    yield [`${name} is what all objects have`, { ...rest, __proto__: { [name]: good[name] } }]
    yield [`${name} is given by __proto__`, JSON.parse(`{"__proto__": ${JSON.stringify(good)}}`)]
  }
}

/** Bytes of one message over the realtime connection; what is longer ends that. */
const messageLimit = 65_536

interface Answer {
  readonly code: number
  readonly message: string
}

async function doors(chat: ChatServer) {
  const ann = await chat.enter('Ann')
  await chat.server.write({ sql: 'UPDATE chat_people SET admin = 1 WHERE id = ?', params: [ann.id] })
  const client = new Centrifuge(`ws://127.0.0.1:${chat.server.port}/connection/websocket`, { token: ann.token })
  client.connect()
  await client.ready()
  const http = async (name: string, body: string): Promise<Answer | 'done'> => {
    const response = await fetch(new URL(`/api/chat/${name}`, chat.server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ann.token}` },
      body,
    })
    const answer = (await response.json()) as { error: Answer & { name: string } }
    if (response.ok) return 'done'
    expect([name, body.slice(0, 100), response.status < 500, answer.error.name]).toEqual([
      name,
      body.slice(0, 100),
      true,
      expect.stringMatching(/^(?!internal)/),
    ])
    return { code: answer.error.code, message: answer.error.message }
  }
  const rpc = (name: string, input: unknown): Promise<Answer | 'done'> =>
    client.rpc(`chat.${name}`, input).then(
      () => 'done' as const,
      ({ code, message }: Answer) => ({ code, message }),
    )
  return { http, rpc, close: () => client.disconnect(), isOpen: () => client.state === State.Connected }
}

test('what does not fit is refused alike at both doors, by every action', async () => {
  await using chat = await startChat({ limitFactor: 100_000, server: { client: { publish_rate_limit: 0 } } })
  const { http, rpc, close, isOpen } = await doors(chat)
  let tried = 0
  for (const [name, act] of all) {
    for (const [why, input] of badInputs(act)) {
      const body = JSON.stringify(input)
      const over = await http(name, body)
      expect([name, why, over]).toEqual([name, why, { code: 400, message: expect.stringMatching(/./) }])
      if (act.httpOnly !== true && body.length < messageLimit)
        expect([name, why, await rpc(name, JSON.parse(body))]).toEqual([name, why, over])
      tried++
    }
  }
  expect(tried).toBeGreaterThan(all.length * 4)
  expect(isOpen()).toBeTrue() // after all that
  close()
}, 120_000)

test('what fits, and means nothing, is no fault of the server', async () => {
  await using chat = await startChat({ limitFactor: 100_000, server: { client: { publish_rate_limit: 0 } } })
  const { http, rpc, close } = await doors(chat)
  const ending = /logout|delete|revoke|demote|ban|setPassword|password|register|claim|login/i // what ends the session that asks, or changes who it is
  for (const [name, act] of all.filter(([each]) => !ending.test(each))) {
    const good = fitting(schemaOf(act))
    await http(name, JSON.stringify(good)) // which looks that it is not `internal`
    if (act.httpOnly === true) continue
    const answer = await rpc(name, good)
    expect([name, answer === 'done' || answer.code >= 400]).toEqual([name, true])
  }
  close()
}, 60_000)

test('every text and every list that is taken has an end', () => {
  const endless: string[] = []
  const look = (place: string, schema: Schema): void => {
    const { type, maxLength, pattern, enum: values, maxItems, items, properties = {}, anyOf, oneOf } = schema
    const bounded =
      maxLength !== undefined ||
      schema['format'] !== undefined ||
      values !== undefined ||
      /[}$]\$$|\{\d+,\d+\}\$$/.test(pattern ?? '')
    if (type === 'string' && !bounded && !('const' in schema)) endless.push(place)
    if (type === 'array' && maxItems === undefined) endless.push(place)
    if (items !== undefined) look(`${place}[]`, items as Schema)
    for (const [name, part] of Object.entries(properties as Record<string, Schema>)) look(`${place}.${name}`, part)
    for (const part of [anyOf, oneOf].filter(Array.isArray).flat()) look(place, part as Schema)
  }
  for (const [name, act] of all) look(name, schemaOf(act))
  expect(endless).toEqual([])
})

test('what is no JSON, is not said to be, or is too much, is refused in the same form', async () => {
  await using chat = await startChat()
  const { token } = await chat.enter('Ann')
  const send = async (body: string | Uint8Array<ArrayBuffer>, type = 'application/json') => {
    const headers = { authorization: `Bearer ${token}`, ...(type !== '' && { 'content-type': type }) }
    const response = await fetch(new URL('/api/chat/rooms.list', chat.server.url), { method: 'POST', headers, body })
    const { error } = (await response.json()) as { error: { name: string; code: number; hint: string } }
    expect(error.hint).not.toBe('')
    return [response.status, error.name, error.code]
  }
  expect(await send('')).toEqual([400, 'invalid', 400])
  expect(await send('{')).toEqual([400, 'invalid', 400])
  expect(await send('{"a":1,}')).toEqual([400, 'invalid', 400])
  expect(await send(new Uint8Array([0x22, 0xff, 0x22]))).toEqual([400, 'invalid', 400])
  expect(await send('['.repeat(10_000))).toEqual([400, 'invalid', 400])
  expect(await send('{}', 'text/plain')).toEqual([415, 'invalid', 400])
  expect(await send('{}', '')).toEqual([415, 'invalid', 400])
  expect(await send(JSON.stringify('x'.repeat(2_000_000)))).toEqual([413, 'tooLarge', 413])
}, 20_000)

test('a message may be as long as is allowed, however its characters are written', async () => {
  await using chat = await startChat({ chat: { messageLimit: 100_000 } })
  const ann = await chat.enter('Ann')
  const { room } = await ann.call('rooms.create', { kind: 'group', name: 'Tea' })
  const text = '长'.repeat(100_000)
  const body = JSON.stringify({ room, clientId: 'the-longest', text }).replaceAll('长', '\\u957f')
  const response = await fetch(new URL('/api/chat/messages.send', chat.server.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ann.token}` },
    body,
  })
  expect(response.status).toBe(200)
  const { messages } = await ann.call('messages.page', { room })
  expect(messages.at(-1)?.text === text).toBeTrue()
})
