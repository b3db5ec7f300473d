/**
 * `POST /emulation` (protocol section 15): what the client of a stream has to say.
 * The secret of the session says which stream is meant, and that the client may.
 * Commands are handled in the order in which the requests were complete; the
 * replies come in the stream.
 */
import { decodeEmulation } from '../protocol/emulation.ts'
import type { Arrival } from './arrival.ts'
import { answerEarly, readBody, refusal } from './http.ts'
import type { Stream } from './stream.ts'
import type { TransportContext } from './transport.ts'

export interface EmulationOptions {
  readonly maxBody: number // bytes
  readonly sessions: ReadonlyMap<string, Stream>
}

export async function emulation(
  arrival: Arrival,
  { node }: TransportContext,
  { maxBody, sessions }: EmulationOptions,
): Promise<Response> {
  const { request } = arrival
  const early = answerEarly(arrival, ['POST'])
  if (early !== undefined) return early
  const body = await readBody(request, maxBody)
  if (body === undefined) return refusal(413, `the body is larger than ${maxBody} bytes`, arrival)
  const asked = decodeEmulation(body, request.headers.get('content-type') === 'application/octet-stream')
  if (asked === undefined) return refusal(400, 'the body is no emulation request', arrival)
  const stream = asked.node === '' || asked.node === node.id ? sessions.get(asked.session) : undefined
  // A client that hears of it comes back at once, and does not wait for a reply that never comes.
  if (stream === undefined) return refusal(404, 'there is no such session here', arrival)
  stream.receive(asked.data)
  await stream.ready() // whoever says much is answered when there is room for more
  return new Response(null, { status: 204, headers: arrival.cors() })
}
