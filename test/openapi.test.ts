/**
 * The document of the server API against the server it describes, and the page
 * that is drawn from it in a real browser.
 */
import { expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import * as z from 'zod'
import { descriptions } from '../src/api/descriptions.ts'
import { methods } from '../src/api/methods.ts'
import { openapi } from '../src/api/openapi.ts'
import { createServer } from '../src/index.ts'
import { loadConfig } from '../src/load-config.ts'
import { chromiumPath, openBrowser, takeScreenshot } from './chromium.ts'
import { startTestServer, temporaryFolder } from './server.ts'

const key = 'the key of this test, long enough'

/** A server as it comes, without any configuration. */
async function startPlainServer() {
  const folder = temporaryFolder()
  const flags = { 'http_server.port': '0', 'http_server.address': '127.0.0.1', 'data.dir': folder }
  const { config } = loadConfig({ flags, environment: { POSTHOUSE_HTTP_API_KEY: key } })
  const nothing = () => {}
  const server = await createServer({ config, log: { debug: nothing, info: nothing, warn: nothing, error: nothing } })
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

// The structure of an OpenAPI 3.1 document, as far as this one uses it (OpenAPI Specification 3.1.1, section 4.8).
const schemaSchema: z.ZodType = z.lazy(() =>
  z.union([
    z.strictObject({ $ref: z.string().startsWith('#/components/schemas/') }),
    z.strictObject({
      type: z.enum(['object', 'string', 'integer', 'number', 'boolean', 'array', 'null']).optional(),
      description: z.string().min(1).optional(),
      default: z.unknown().optional(),
      format: z.string().optional(),
      contentEncoding: z.string().optional(),
      pattern: z.string().optional(),
      minLength: z.int().optional(),
      maxLength: z.int().optional(),
      minimum: z.number().optional(),
      maximum: z.number().optional(),
      minItems: z.int().optional(),
      maxItems: z.int().optional(),
      items: schemaSchema.optional(),
      properties: z.record(z.string(), schemaSchema).optional(),
      required: z.array(z.string()).optional(),
      propertyNames: schemaSchema.optional(),
      additionalProperties: z.union([z.boolean(), schemaSchema]).optional(),
      oneOf: z.array(schemaSchema).optional(),
      anyOf: z.array(schemaSchema).optional(),
    }),
  ]),
)
const content = z.strictObject({
  'application/json': z.strictObject({ schema: schemaSchema, example: z.unknown().optional() }),
})
const documentSchema = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  servers: z.array(z.strictObject({ url: z.string() })),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  tags: z.array(z.strictObject({ name: z.string() })),
  paths: z.record(
    z.string().startsWith('/'),
    z.strictObject({
      post: z.strictObject({
        operationId: z.string(),
        tags: z.array(z.string()).length(1),
        summary: z.string().min(1),
        description: z.string().optional(),
        requestBody: z.strictObject({ required: z.literal(true), content }),
        responses: z.record(
          z.string().regex(/^(default|[1-5]\d\d)$/),
          z.strictObject({ description: z.string().min(1), content: content.optional() }),
        ),
      }),
    }),
  ),
  components: z.strictObject({
    schemas: z.record(z.string().regex(/^[\w.-]+$/), schemaSchema),
    securitySchemes: z.record(
      z.string(),
      z.strictObject({
        type: z.literal('apiKey'),
        in: z.literal('header'),
        name: z.string(),
        description: z.string().optional(),
      }),
    ),
  }),
})

const made = () => documentSchema.parse(JSON.parse(JSON.stringify(openapi('1.2.3'))))

test('the document has the structure of OpenAPI 3.1', () => {
  const document = made()
  const text = JSON.stringify(document)
  for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
    expect(Object.keys(document.components.schemas)).toContain(name)
  for (const [, { post }] of Object.entries(document.paths))
    expect(document.tags.map(({ name }) => name)).toEqual(expect.arrayContaining(post.tags))
  const ids = Object.values(document.paths).map(({ post }) => post.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const scheme of document.security)
    expect(document.components.securitySchemes).toContainAllKeys(Object.keys({ key: 0, authorization: 0, ...scheme }))
})

test('the document has every method, and none that there is not', () => {
  const paths = Object.keys(made().paths).toSorted()
  expect(paths).toEqual([...methods.keys(), 'batch'].map((name) => `/api/${name}`).toSorted())
  expect([...descriptions.keys()].toSorted()).toEqual([...methods.keys()].toSorted())
})

test('every parameter that a backend has to understand says what it is', () => {
  const { schemas } = made().components
  for (const name of methods.keys()) {
    const { properties } = z
      .object({ properties: z.record(z.string(), z.unknown()).default({}) })
      .parse(schemas[`${name}_request`])
    for (const [field, schema] of Object.entries(properties)) {
      if (['disconnect', 'override'].includes(field)) continue // made of parts that say it
      expect(`${name}.${field}: ${JSON.stringify(schema)}`).toContain('"description"')
    }
  }
})

test('every example does on a server as it comes what the document says', async () => {
  await using server = await startPlainServer()
  for (const [path, { post }] of Object.entries(made().paths)) {
    const { example } = post.requestBody.content['application/json']
    const response = await fetch(new URL(path, server.url), {
      method: 'POST',
      headers: { 'x-api-key': key },
      body: JSON.stringify(example),
    })
    const body: unknown = await response.json()
    expect([path, response.status]).toEqual([path, 200])
    if (post.operationId === 'batch') {
      expect(JSON.stringify(body)).not.toContain('"error"')
      continue
    }
    const { result } = z.strictObject({ result: z.unknown() }).parse(body)
    strict(descriptions.get(post.operationId)?.result).parse(result)
  }
})

/** Nothing more than what is described, at any depth. */
function strict(schema: z.ZodType | undefined): z.ZodType {
  if (schema instanceof z.ZodObject)
    return z.strictObject(
      Object.fromEntries(Object.entries(schema.shape).map(([name, part]) => [name, strict(part as z.ZodType)])),
    )
  if (schema instanceof z.ZodArray) return z.array(strict(schema.element as z.ZodType))
  if (schema instanceof z.ZodOptional) return strict(schema.unwrap() as z.ZodType).optional()
  if (schema instanceof z.ZodUnion) return z.union(schema.options.map((each) => strict(each as z.ZodType)))
  if (schema instanceof z.ZodRecord) return z.record(z.string(), strict(schema.valueType as z.ZodType))
  if (schema === undefined) throw new Error('there is no schema')
  return schema
}

test('results hold no more than is described where there is something to tell', async () => {
  const rules = { presence: true, history_size: 10, history_ttl: '1h' }
  await using server = await startTestServer({
    namespaces: { ab: { ...rules, allow_subscribe_for_client: true, allow_publish_for_client: true } },
  })
  const wire = await server.connect('42', { info: { name: 'Ann' } })
  await wire.ask({ subscribe: { channel: 'ab:c' } })
  await wire.ask({ publish: { channel: 'ab:c', data: 1 } })
  await server.api('publish', { channel: 'ab:c', data: 2, tags: { x: 'y' } })
  const asked = {
    presence: { channel: 'ab:c' },
    presence_stats: { channel: 'ab:c' },
    channels: {},
    history: { channel: 'ab:c', limit: 9 },
  }
  for (const [name, params] of Object.entries(asked)) {
    const { result } = z.object({ result: z.unknown() }).parse((await server.api(name, params)).body)
    strict(descriptions.get(name)?.result).parse(result)
    expect(JSON.stringify(result)).toMatch(/42|1|ab:c/)
  }
  const mixed = await server.api('broadcast', { channels: ['ab:c', 'unknown:x'], data: 1 })
  const { result } = z.object({ result: z.unknown() }).parse(mixed.body)
  strict(descriptions.get('broadcast')?.result).parse(result)
  expect(JSON.stringify(result)).toContain('"code":102')
})

test('the document and the page are for everybody to read, cached by tag, and for nothing else', async () => {
  await using server = await startPlainServer()
  for (const path of ['/api/openapi.json', '/docs', '/docs/page.css', '/docs/page.js']) {
    const first = await fetch(new URL(path, server.url))
    expect([path, first.status]).toEqual([path, 200])
    expect(first.headers.get('content-security-policy')).toStartWith("default-src 'none'")
    expect(await first.text()).not.toMatch(/https?:\/\//) // nothing from elsewhere
    const again = await fetch(new URL(path, server.url), {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    })
    expect(again.status).toBe(304)
    expect((await fetch(new URL(path, server.url), { method: 'POST' })).status).toBe(405)
  }
})

test('there is no page where it is switched off, or there is no server API', async () => {
  for (const off of [{ swagger: { enabled: false } }, { http_api: { disabled: true } }]) {
    await using server = await startTestServer(off)
    for (const path of ['/docs', '/docs/page.js']) expect((await fetch(new URL(path, server.url))).status).toBe(404)
    expect((await fetch(new URL('/api/openapi.json', server.url))).ok).toBe(false)
  }
})

test.skipIf(chromiumPath === undefined)(
  'in a browser the page sends what one writes, and shows the answer',
  async () => {
    await using server = await startPlainServer()
    await using browser = await openBrowser()
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, colorScheme: 'light' })
    const [complaints, asked]: [string[], string[]] = [[], []]
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('request', (request) => asked.push(request.url()))

    const choose = async (name: string) => {
      await page.getByRole('link', { name, exact: true }).click()
      await page.getByRole('heading', { name: `POST /api/${name}`, exact: true }).waitFor()
    }
    await page.goto(new URL('/docs', server.url).href)
    await choose('publish')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('401: the key is missing or wrong').waitFor()
    expect(complaints.splice(0)).toEqual([expect.stringContaining('401')]) // the browser's own line

    await page.getByLabel('API key').fill(key)
    await page.getByLabel('Request').fill('{"channel":"public:lobby","data":{"text":"<img src=x onerror=alert(1)>"}}')
    await page.getByLabel('Request').press('Control+Enter')
    await page.locator('output.good').waitFor()
    expect(JSON.parse(await page.getByLabel('Response').innerText())).toMatchObject({ result: { offset: 1 } })
    await takeScreenshot(page, 'docs-publish')

    await choose('history')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('onerror=alert(1)').waitFor() // as text
    await takeScreenshot(page, 'docs-history')
    await choose('publish')
    expect(await page.getByLabel('Request').inputValue()).toContain('onerror') // what one wrote is still there

    const kept = await page.evaluate(
      () => `${JSON.stringify([localStorage, sessionStorage])} ${document.cookie} ${location.href}`,
    )
    expect(kept).not.toContain(key)
    expect(complaints).toEqual([])
    expect(asked.filter((url) => !url.startsWith(server.url.href) && !url.startsWith('data:'))).toEqual([])
    expect(asked.join()).not.toContain(encodeURIComponent(key))

    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 390, height: 844 })
    await takeScreenshot(page, 'docs-phone-dark')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  },
)
