/**
 * `/connection/sse` (protocol section 15): the commands in the query, because an
 * EventSource can send nothing else, or in the body of a POST; the answers as
 * server-sent events. What the client says later comes through `/emulation`.
 */
import type { Server } from 'bun'
import { answerEarly, readBody, refusal } from './http.ts'
import { events } from './layouts.ts'
import { openStream, type Stream } from './stream.ts'
import { tooManyConnections, type TransportContext } from './transport.ts'

export interface SseOptions {
  readonly maxBody: number // bytes
  readonly sessions: Map<string, Stream>
}

export async function sse(
  request: Request,
  server: Server<unknown>,
  context: TransportContext,
  { maxBody, sessions }: SseOptions,
): Promise<Response> {
  const { origins, codecs } = context
  const early = answerEarly(request, ['GET', 'POST'], origins)
  if (early !== undefined) return early
  if (!context.admits()) return tooManyConnections(origins.cors(request))
  const inQuery = request.method === 'GET'
  const said = inQuery ? new URL(request.url).searchParams.get('cf_connect') : await readBody(request, maxBody)
  if (said === undefined) return refusal(413, `the body is larger than ${maxBody} bytes`, request, origins)
  if (said === null) return refusal(400, 'cf_connect is missing', request, origins)
  // A link that somebody is made to follow must do nothing in their name but connect.
  if (typeof said === 'string' && said.trim().includes('\n')) {
    return refusal(400, 'cf_connect holds more than one command', request, origins)
  }
  return openStream(request, server, context, { transport: 'sse', codec: codecs.json, layout: events, said, sessions })
}
