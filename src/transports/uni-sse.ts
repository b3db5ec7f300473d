/**
 * `/connection/uni_sse` (protocol section 16): server-sent events for those who
 * only listen, an `EventSource` without any library. The connect request is in
 * the query, or the body of a POST, or nowhere.
 */
import type { Server } from 'bun'
import type { Arrival } from './arrival.ts'
import { answerEarly, readBody, refusal } from './http.ts'
import { events } from './layouts.ts'
import { openStream } from './stream.ts'
import { tooManyConnections, type TransportContext } from './transport.ts'

/** `maxBody`: bytes. */
export async function uniSse(
  arrival: Arrival,
  server: Server<unknown>,
  context: TransportContext,
  maxBody: number,
): Promise<Response> {
  const { request } = arrival
  const { codecs } = context
  const early = answerEarly(arrival, ['GET', 'POST'])
  if (early !== undefined) return early
  if (!context.admits()) return tooManyConnections(arrival.cors())
  const said =
    request.method === 'GET'
      ? (new URL(request.url).searchParams.get('cf_connect') ?? '')
      : await readBody(request, maxBody)
  if (said === undefined) return refusal(413, `the body is larger than ${maxBody} bytes`, arrival)
  return openStream(arrival, server, context, {
    transport: 'uni_sse',
    codec: codecs.uni,
    layout: events,
    said,
    sessions: undefined,
  })
}
