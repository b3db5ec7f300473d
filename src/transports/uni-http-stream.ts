/**
 * `POST /connection/uni_http_stream` (protocol section 16): the connect request
 * in the body, then one push a line, for `curl` and whoever reads lines.
 */
import type { Server } from 'bun'
import { Disconnect } from '../core/errors.ts'
import type { Arrival } from './arrival.ts'
import { answerEarly, readBody, refusal } from './http.ts'
import { lines } from './layouts.ts'
import { openStream } from './stream.ts'
import { tooManyConnections, type TransportContext } from './transport.ts'

/** `maxBody`: bytes. */
export async function uniHttpStream(
  arrival: Arrival,
  server: Server<unknown>,
  context: TransportContext,
  maxBody: number,
): Promise<Response> {
  const { request } = arrival
  const { codecs } = context
  const early = answerEarly(arrival, ['POST'])
  if (early !== undefined) return early
  if (!context.admits()) return tooManyConnections(arrival.cors())
  const said = await readBody(request, maxBody)
  if (said === undefined) return refusal(413, `the body is larger than ${maxBody} bytes`, arrival)
  try {
    codecs.uni.decode(said) // with bare hands one wants to be told so by the status
  } catch (error) {
    if (!(error instanceof Disconnect)) throw error
    return refusal(400, 'the body is no connect request', arrival)
  }
  return openStream(arrival, server, context, {
    transport: 'uni_http_stream',
    codec: codecs.uni,
    layout: lines,
    said,
    sessions: undefined,
  })
}
