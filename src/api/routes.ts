/**
 * `POST /api/<method>`: the server API over HTTP (section 25 of the protocol).
 * Success and refusal are both 200, `{"result":…}` or `{"error":…}`; in the error
 * mode `transport` a refusal has a status of its own, and the error is the body.
 */
import { errors } from '../core/errors.ts'
import type { Node } from '../core/node.ts'
import { JsonError, parseJson, rawElements, rawJson } from '../protocol/json-text.ts'
import { encodeError, statusOf, toApiError } from './errors.ts'
import { methods } from './methods.ts'

export interface ApiOptions {
  readonly node: Node
  readonly isAllowed: (request: Request) => boolean
  readonly transportErrors: boolean
  readonly maxBody: number // bytes
  /** The body of a request; undefined if it has more bytes. */
  readonly read: (request: Request, maxBody: number) => Promise<Uint8Array | undefined>
}

const prefix = '/api/'

export async function api(request: Request, path: string, options: ApiOptions): Promise<Response> {
  if (request.method !== 'POST') {
    return new Response('use POST\n', { status: 405, headers: { allow: 'POST' } })
  }
  if (!options.isAllowed(request)) return new Response(null, { status: 401 }) // before the body is read
  const { node } = options
  const transport = options.transportErrors || request.headers.get('x-centrifugo-error-mode') === 'transport'
  const body = await options.read(request, options.maxBody)
  if (body === undefined) return tooLarge(options.maxBody)
  let text: string
  let params: unknown
  try {
    text = decodeText(body)
    params = parseJson(text, node.limits.jsonDepth)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    return new Response(`the body must be a JSON object: ${error.message}\n`, { status: 400 })
  }
  const name = path.slice(prefix.length)
  if (name === 'batch') return json(`{"replies":[${(await batch(node, text)).join(',')}]}`)
  try {
    const method = methods.get(name)
    if (method === undefined) throw errors.methodNotFound()
    return json(`{"result":${await method.run(node, params, text)}}`)
  } catch (error) {
    const wrong = toApiError(node, error)
    return transport ? json(JSON.stringify(wrong), statusOf(wrong)) : json(JSON.stringify({ error: wrong }))
  }
}

/** What is no UTF-8 would come out as something that nobody wrote. @throws JsonError */
function decodeText(body: Uint8Array): string {
  try {
    return utf8.decode(body)
  } catch (error) {
    throw new JsonError('not valid UTF-8', { cause: error })
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Several commands in one request; each has a reply, in order. */
async function batch(node: Node, text: string): Promise<string[]> {
  const commands = rawElements(rawJson(text, 'commands') ?? '[]')
  const isParallel = rawJson(text, 'parallel') === 'true'
  const replies: Promise<string>[] = []
  for (const command of commands) {
    const reply = runCommand(node, command)
    replies.push(reply)
    if (!isParallel) await reply
  }
  return Promise.all(replies)
}

async function runCommand(node: Node, text: string): Promise<string> {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null) throw errors.badRequest()
    const [name = ''] = Object.keys(parsed)
    const method = methods.get(name)
    if (method === undefined) throw errors.methodNotFound()
    const params = rawJson(text, name)
    if (params === undefined) throw errors.badRequest()
    return `{${JSON.stringify(name)}:${await method.run(node, JSON.parse(params), params)}}`
  } catch (error) {
    return `{"error":${encodeError(node, error)}}`
  }
}

function json(body: string, status = 200): Response {
  return new Response(body, { status, headers: { 'content-type': 'application/json' } })
}

function tooLarge(limit: number): Response {
  return new Response(`the body is larger than ${limit} bytes\n`, { status: 413 })
}
