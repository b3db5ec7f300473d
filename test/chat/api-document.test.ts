/** The document of the API has every action of the chat, and what they answer is what it says. */
import { expect, test } from 'bun:test'
import * as z from 'zod'
import { actions } from '../../src/chat/actions.ts'
import { chatErrors } from '../../src/chat/errors.ts'
import { chromiumPath, openBrowser, takeScreenshot } from '../chromium.ts'
import { startChat } from './support.ts'

type Json = Readonly<Record<string, unknown>>
const content = z.object({ 'application/json': z.object({ schema: z.looseObject({ $ref: z.string().optional() }) }) })
const document = z.object({
  openapi: z.string().startsWith('3.1.'),
  tags: z.array(z.object({ name: z.string() })),
  paths: z.record(
    z.string(),
    z.object({
      post: z.object({
        operationId: z.string(),
        tags: z.array(z.string()),
        summary: z.string().min(10),
        security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
        requestBody: z.object({ content: z.looseObject({}) }),
        responses: z.record(z.string(), z.object({ description: z.string().min(1), content: content.optional() })),
      }),
    }),
  ),
  components: z.object({
    schemas: z.record(z.string(), z.record(z.string(), z.unknown())),
    securitySchemes: z.record(z.string(), z.unknown()),
  }),
})

async function read(server: { readonly url: URL }) {
  const text = await (await fetch(new URL('/api/openapi.json', server.url))).text()
  return { text, ...document.parse(JSON.parse(text)) }
}

test('every action is in the document, with its schemas and its errors', async () => {
  await using chat = await startChat()
  const { text, paths, components, tags } = await read(chat.server)
  for (const name of Object.keys(actions)) {
    const { post } = paths[`/api/chat/${name}`] ?? {}
    expect([name, post?.operationId]).toEqual([name, name])
    expect(tags.map((tag) => tag.name)).toEqual(expect.arrayContaining(post?.tags ?? []))
    const responses = Object.entries(post?.responses ?? {})
    expect(responses.map(([status]) => status)).toEqual(expect.arrayContaining(['200', '400', '429', '503', 'default']))
    for (const [status, response] of responses)
      expect([name, response.content?.['application/json'].schema.$ref]).toEqual([
        name,
        status === '200'
          ? `#/components/schemas/chat_${name.replace('.', '_')}_result`
          : '#/components/schemas/ChatError',
      ])
  }
  for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
    expect(Object.keys(components.schemas)).toContain(name)
  for (const { post } of Object.values(paths))
    for (const scheme of post.security ?? [])
      expect(Object.keys(components.securitySchemes)).toEqual(expect.arrayContaining(Object.keys(scheme)))
  for (const [name, { code }] of Object.entries(chatErrors)) expect(text).toContain(`${code} \`${name}\``)
  const ids = Object.values(paths).map(({ post }) => post.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/publish', '/hooks/{token}']))
})

test('what actions answer is what the document says, and nothing more', async () => {
  await using chat = await startChat()
  const { components } = await read(chat.server)
  const { ann, asked } = await act(chat)
  for (const [name, input] of asked(ann.room)) {
    const response = await fetch(new URL(`/api/chat/${name}`, chat.server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ann.token}` },
      body: JSON.stringify(input),
    })
    const schema = { $ref: `#/$defs/chat_${name.replace('.', '_')}_result`, $defs: components.schemas }
    const checked = z.fromJSONSchema(local(schema) as Parameters<typeof z.fromJSONSchema>[0])
    expect([name, response.status]).toEqual([name, 200])
    expect([name, checked.safeParse(await response.json()).error]).toEqual([name, undefined])
  }
  const refused = await fetch(new URL('/api/chat/rooms.get', chat.server.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  const error = z.fromJSONSchema(
    local({ $ref: '#/$defs/ChatError', $defs: components.schemas }) as Parameters<typeof z.fromJSONSchema>[0],
  )
  expect(error.parse(await refused.json())).toMatchObject({ error: { code: 401, name: 'notLoggedIn' } })
})

/** Where everything is referred to within one schema. */
function local(schema: Json): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/'))
}

/** A room in which something of everything has happened, and questions about it. */
async function act(chat: Awaited<ReturnType<typeof startChat>>) {
  const [guest, bob] = [await chat.enter('Ann'), await chat.enter('Bob')]
  const { room } = await guest.call('rooms.create', { kind: 'group', name: 'Tea', members: [bob.id] })
  const send = (text: string, reply?: number) =>
    guest.call('messages.send', { room, clientId: crypto.randomUUID(), text, reply })
  const first = await send('hello @Bob')
  const second = await send('and', first.offset)
  await send('gone').then(({ offset }) => guest.call('messages.recall', { room, offset }))
  await bob.call('messages.react', { room, offset: first.offset, emoji: '👍' })
  await guest.call('messages.edit', { room, offset: first.offset, text: 'hello, @Bob' })
  await guest.call('messages.pin', { room, offset: first.offset })
  await guest.call('webhooks.create', { room, direction: 'in', name: 'Builds' })
  const { position } = await guest.call('messages.page', { room })
  const asked = (id: string): [string, unknown][] => [
    ['rooms.list', {}],
    ['rooms.get', { room: id }],
    ['rooms.open', { room: id }],
    ['rooms.members', { room: id }],
    ['messages.page', { room: id }],
    ['messages.around', { room: id, at: { offset: second.offset } }],
    ['messages.get', { room: id, offsets: [first.offset] }],
    ['messages.pins', { room: id }],
    ['messages.history', { room: id, offset: first.offset }],
    ['messages.changes', { room: id, since: position }],
    ['messages.search', { query: 'hello' }],
    ['messages.send', { room: id, clientId: 'the-client-id', text: 'x' }],
    ['presence.room', { room: id }],
    ['webhooks.list', { room: id }],
    ['people.me', {}],
    ['sessions.list', {}],
    ['invitations.create', { room: id }],
    ['invitations.list', { room: id }],
  ]
  return { ann: { ...guest, room }, asked: (id: string) => asked(id).filter(([name]) => name in actions) }
}

test.skipIf(chromiumPath === undefined)(
  'on the page one comes in, and then asks with the token',
  async () => {
    await using chat = await startChat()
    await using browser = await openBrowser()
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    const choose = async (name: string) => {
      await page.getByRole('link', { name, exact: true }).click()
      await page.getByRole('heading', { name: `POST /api/chat/${name}`, exact: true }).waitFor()
    }
    const send = async (body: string) => {
      await page.getByLabel('Request').fill(body)
      await page.getByRole('button', { name: 'Send' }).click()
      await page.locator('output.good').waitFor()
      return JSON.parse(await page.getByLabel('Response').innerText()) as Record<string, string>
    }
    await page.goto(new URL('/docs', chat.server.url).href)
    await choose('people.enter')
    const { token = '' } = await send('{"name": "Ann", "asToken": true}')
    await page.getByLabel('Token').fill(token)
    await choose('rooms.create')
    expect(await page.getByLabel('Request').inputValue()).toBe('{\n  "kind": "public",\n  "name": ""\n}')
    const { room } = await send('{"kind": "public", "name": "Tea"}')
    expect(room).toMatch(/^\w{16}$/)
    await choose('messages.page')
    await page.locator('td', { hasText: 'list of Message' }).waitFor()
    await takeScreenshot(page, 'docs-chat')
    expect(complaints).toEqual([])
  },
  30_000,
)
