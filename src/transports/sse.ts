/**
 * `/connection/sse` (protocol section 15): the commands in the query, because an
 * EventSource can send nothing else, or in the body of a POST; the answers as
 * server-sent events. What the client says later comes through `/emulation`.
 */
import type { Server } from 'bun'
import type { Arrival } from './arrival.ts'
import { answerEarly, readBody, refusal } from './http.ts'
import { events } from './layouts.ts'
import { openStream, type Stream } from './stream.ts'
import { tooManyConnections, type TransportContext } from './transport.ts'

export interface SseOptions {
  readonly maxBody: number // bytes
  readonly sessions: Map<string, Stream>
}

export async function sse(
  arrival: Arrival,
  server: Server<unknown>,
  context: TransportContext,
  { maxBody, sessions }: SseOptions,
): Promise<Response> {
  const { request } = arrival
  const { codecs } = context
  const early = answerEarly(arrival, ['GET', 'POST'])
  if (early !== undefined) return early
  if (!context.admits()) return tooManyConnections(arrival.cors())
  const inQuery = request.method === 'GET'
  const said = inQuery ? new URL(request.url).searchParams.get('cf_connect') : await readBody(request, maxBody)
  if (said === undefined) return refusal(413, `the body is larger than ${maxBody} bytes`, arrival)
  if (said === null) return refusal(400, 'cf_connect is missing', arrival)
  // A link that somebody is made to follow must do nothing in their name but connect.
  if (typeof said === 'string' && said.trim().includes('\n')) {
    return refusal(400, 'cf_connect holds more than one command', arrival)
  }
  return openStream(arrival, server, context, { transport: 'sse', codec: codecs.json, layout: events, said, sessions })
}
