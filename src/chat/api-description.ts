/**
 * The actions of the chat as a part of the document of the API: made of the
 * schemas that each of them checks its input with and promises its answer by.
 */
import * as z from 'zod'
import type { ApiPart } from '../index.ts'
import type { Action } from './action.ts'
import { type ChatErrorName, chatErrors } from './errors.ts'

type Json = Readonly<Record<string, unknown>>
type Schemas = Record<string, unknown>

export function describeActions(actions: Readonly<Record<string, Action>>): ApiPart {
  const schemas: Schemas = { ChatError: chatError }
  const paths = Object.entries(actions).map(([name, act]) => [pathOf(name), { post: operation(name, act, schemas) }])
  const tags = [...new Set(Object.keys(actions).map(tagOf))].map((name) => ({ name }))
  const bearer = { type: 'http', scheme: 'bearer', description: 'A token of a person or a bot.' }
  const session = {
    type: 'apiKey',
    in: 'cookie',
    name: 'posthouse_session',
    description: 'How a browser is logged in.',
  }
  return { tags, paths: Object.fromEntries(paths), components: { schemas, securitySchemes: { bearer, session } } }
}

const pathOf = (name: string): string => `/api/chat/${name}`
const tagOf = (name: string): string => `Chat: ${name.slice(0, name.indexOf('.'))}`

/** The JSON schema of one side of an action; what it shares with others is put among `schemas`. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Schemas): Json {
  const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' })
  for (const [id, definition] of Object.entries($defs)) schemas[id] = atComponents(definition)
  return atComponents(rest) as Json
}

/** Zod puts what has a name beside the schema; in the document it has a place of its own. */
function atComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(atComponents)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, part]) => !(key === 'id' && typeof part === 'string')) // the name itself is no word of OpenAPI's dialect
      .map(([key, part]) => [
        key,
        key === '$ref' && typeof part === 'string'
          ? part.replace('#/$defs/', '#/components/schemas/')
          : atComponents(part),
      ]),
  )
}

function operation(name: string, act: Action, schemas: Schemas): Json {
  const { summary, access = 'person', httpOnly = false } = act
  const key = name.replaceAll('.', '_')
  schemas[`chat_${key}_request`] = schemaOf(act.input, 'input', schemas)
  schemas[`chat_${key}_result`] = schemaOf(act.output, 'output', schemas)
  return {
    operationId: name,
    tags: [tagOf(name)],
    summary,
    description: httpOnly
      ? 'Over HTTP only, for it may answer with a cookie.'
      : `Over the realtime connection it is the call \`chat.${name}\`, with the same JSON.`,
    security: securities[access],
    requestBody: { required: true, content: { 'application/json': { schema: reference(`chat_${key}_request`) } } },
    responses: {
      '200': { description: 'Done.', content: { 'application/json': { schema: reference(`chat_${key}_result`) } } },
      ...refusals(act),
    },
  }
}

/** What any of them may answer; the rest is `default`, and every kind is in the schema of the error. */
function refusals({ access = 'person' }: Action): Json {
  const usual: ChatErrorName[] = ['invalid', 'tooLarge', 'tooMany', 'unavailable']
  if (access !== 'anyone') usual.push('notLoggedIn')
  const error = { 'application/json': { schema: reference('ChatError') } }
  const named = usual.map((kind) => {
    const { status, code, message, hint } = chatErrors[kind]
    return [String(status), { description: `\`${kind}\` (${code}): ${message}. ${hint}`, content: error }]
  })
  return {
    ...Object.fromEntries(named),
    default: { description: 'It is refused; the error says why, and what to do.', content: error },
  }
}

const securities: Readonly<Record<NonNullable<Action['access']>, readonly Json[]>> = {
  anyone: [],
  person: [{ bearer: [] }, { session: [] }],
  admin: [{ bearer: [] }, { session: [] }, { key: [] }],
}

const kinds = Object.entries(chatErrors).map(([name, { code, status, message }]) => ({ name, code, status, message }))

const chatError: Json = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        code: {
          type: 'integer',
          description: `Over the realtime connection it is the code of the error. ${kinds
            .map(({ code, name }) => `${code} \`${name}\``)
            .join(' · ')} · 100 \`internal\``,
        },
        name: { type: 'string', enum: [...kinds.map(({ name }) => name), 'internal'] },
        message: { type: 'string', description: 'A sentence that a person can read.' },
        hint: { type: 'string', description: 'What to do.' },
        retryAfter: { type: 'integer', description: 'Milliseconds after which it may be tried again.' },
        suggestion: { type: 'string', description: 'What could be taken instead.' },
      },
      required: ['code', 'name', 'message', 'hint'],
    },
  },
  required: ['error'],
}

const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })
