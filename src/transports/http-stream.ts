/**
 * `POST /connection/http_stream` (protocol section 15): the commands in the body,
 * the answers in an answer that stays open. What the client says later comes
 * through `/emulation`.
 */
import type { Server } from 'bun'
import type { Arrival } from './arrival.ts'
import { answerEarly, readBody, refusal } from './http.ts'
import { asTheyAre, lines } from './layouts.ts'
import { openStream, type Stream } from './stream.ts'
import { tooManyConnections, type TransportContext } from './transport.ts'

export interface HttpStreamOptions {
  readonly maxBody: number // bytes
  readonly sessions: Map<string, Stream>
}

export async function httpStream(
  arrival: Arrival,
  server: Server<unknown>,
  context: TransportContext,
  { maxBody, sessions }: HttpStreamOptions,
): Promise<Response> {
  const { request } = arrival
  const { codecs } = context
  const early = answerEarly(arrival, ['POST'])
  if (early !== undefined) return early
  if (!context.admits()) return tooManyConnections(arrival.cors())
  const said = await readBody(request, maxBody)
  if (said === undefined) return refusal(413, `the body is larger than ${maxBody} bytes`, arrival)
  const protobuf = request.headers.get('content-type') === 'application/octet-stream'
  return openStream(arrival, server, context, {
    transport: 'http_stream',
    codec: protobuf ? codecs.protobuf : codecs.json,
    layout: protobuf ? asTheyAre(codecs.protobuf) : lines,
    said,
    sessions,
  })
}
