/**
 * The server API as an OpenAPI 3.1 document, with what a program says of its own
 * paths. Parameters are the schemas that requests are checked with, so what the
 * document allows is what the server takes.
 */
import { z } from 'zod'
import { batch, type Description, descriptions } from './descriptions.ts'
import { methods } from './methods.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * What a program answers at paths of its own: a part of an OpenAPI 3.1 document.
 * References lead to `#/components/…`, as in the whole.
 */
export interface ApiPart {
  /** Path Item Objects by path. An operation says with `security` what it wants; else it is the key of the server API. */
  readonly paths: Json
  readonly tags?: readonly { readonly name: string; readonly description?: string }[] | undefined
  readonly components?: { readonly schemas?: Json; readonly securitySchemes?: Json } | undefined
}

/** @param version of the program @param parts of what runs on the server, which may not take a name away from it */
export function openapi(version: string, parts: readonly ApiPart[] = []): Json {
  const paths: Record<string, Json> = {}
  const schemas: Record<string, Json> = { error: errorSchema }
  for (const [name, { params }] of methods) {
    const description = descriptions.get(name)
    if (description === undefined) continue
    schemas[`${name}_request`] = schemaOf(params, 'input')
    schemas[`${name}_result`] = schemaOf(description.result, 'output')
    paths[`/api/${name}`] = { post: operation(name, description, wrapped(name)) }
  }
  schemas['batch_request'] = schemaOf(batch.params, 'input')
  schemas['batch_result'] = schemaOf(batch.result, 'output')
  paths['/api/batch'] = { post: operation('batch', batch, reference('batch_result')) }
  return {
    openapi: '3.1.1',
    info: { title: parts.length === 0 ? 'Posthouse server API' : 'Posthouse API', version, description: about },
    servers: [{ url: '/' }],
    security: [{ key: [] }, { authorization: [] }],
    tags: [
      ...[...new Set([...descriptions.values()].map(({ group }) => group))].map((name) => ({ name })),
      ...new Map(parts.flatMap(({ tags = [] }) => tags.map((tag) => [tag.name, tag] as const))).values(),
    ],
    paths: Object.assign({}, ...parts.map((part) => part.paths), paths),
    components: {
      schemas: Object.assign({}, ...parts.map(({ components }) => components?.schemas), schemas),
      securitySchemes: {
        ...Object.assign({}, ...parts.map(({ components }) => components?.securitySchemes)),
        key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        authorization: { type: 'apiKey', in: 'header', name: 'Authorization', description: '`apikey <key>`' },
      },
    },
  }
}

const about = `For the backend that publishes and looks after users. A request is a POST with a JSON object; success and refusal
are both answered with 200, \`{"result": …}\` or \`{"error": {"code", "message"}}\`. With the header \`X-Centrifugo-Error-Mode:
transport\` a refusal has a status of its own, and the error is the whole body.`

const errorSchema: Json = {
  type: 'object',
  properties: {
    code: {
      type: 'integer',
      description:
        '100 internal error · 102 unknown channel · 104 no such method · 107 bad request · 108 not available · 112 position cannot be continued from',
    },
    message: { type: 'string' },
  },
  required: ['code', 'message'],
}

function operation(name: string, { group, summary, more, example }: Omit<Description, 'result'>, answer: Json): Json {
  return {
    operationId: name,
    tags: [group],
    summary,
    ...(more !== undefined && { description: more }),
    requestBody: {
      required: true,
      content: { 'application/json': { schema: reference(`${name}_request`), example } },
    },
    responses: {
      '200': { description: 'What came of it.', content: { 'application/json': { schema: answer } } },
      '400': { description: 'The body is no JSON object.' },
      '401': { description: 'The key is missing or wrong.' },
      '413': { description: 'The body is too large.' },
      default: {
        description: 'A refusal, where errors are asked for as statuses.',
        content: { 'application/json': { schema: reference('error') } },
      },
    },
  }
}

function wrapped(name: string): Json {
  const one = (key: string, schema: Json) => ({ type: 'object', properties: { [key]: schema }, required: [key] })
  return { oneOf: [one('result', reference(`${name}_result`)), one('error', reference('error'))] }
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` }
}

/** Without the name of the dialect, which the document says for all of them. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' })
  return rest
}
