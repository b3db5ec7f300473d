/**
 * The body of an answer, as much of it as was allowed for and no more: the rest
 * is never read, a body that never ends is cut off like any other. Compressed
 * bodies are counted as they unfold, so a bomb ends where a long page does.
 */
import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip } from 'node:zlib'
import { Failure } from './failure.ts'

export interface Allowance {
  readonly bytes: number // unfolded; 0: the body is not read
  readonly excess: 'cut' | 'refuse'
}

export interface Body {
  readonly bytes: Uint8Array
  readonly cut: boolean
}

/** What the reader below understands. */
export const encodings = 'gzip, br'

/** @throws Failure `size`, `answer`; what the stream throws */
export async function readBody(response: IncomingMessage, { bytes: limit, excess }: Allowance): Promise<Body> {
  if (limit === 0) return { bytes: new Uint8Array(), cut: true }
  const announced = Number(response.headers['content-length'] ?? 0)
  if (excess === 'refuse' && announced > limit) throw tooLong()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of unfolded(response, limit)) {
    chunks.push(chunk)
    length += chunk.length
    if (length > limit) break
  }
  if (length > limit && excess === 'refuse') throw tooLong()
  return { bytes: new Uint8Array(Buffer.concat(chunks).subarray(0, limit)), cut: length > limit }
}

function unfolded(response: IncomingMessage, limit: number): AsyncIterable<Uint8Array> {
  const decoder = decoderOf(response.headers['content-encoding'])
  if (decoder === undefined) return response
  // What fails here fails the decoder, from which the reader hears of it.
  return pipeline(
    response,
    (source) => atMost(source, limit + slack),
    decoder,
    () => undefined,
  )
}

/** Compressed bytes out of which nothing unfolds have to end too. */
async function* atMost(source: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let length = 0
  for await (const chunk of source) {
    length += chunk.length
    if (length > limit) throw tooLong()
    yield chunk
  }
}

function decoderOf(encoding = 'identity'): (Readable & NodeJS.WritableStream) | undefined {
  const name = encoding.trim().toLowerCase()
  if (name === '' || name === 'identity') return undefined
  // Some servers leave out the end; browsers do not mind either.
  if (name === 'gzip' || name === 'x-gzip') return createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })
  if (name === 'br') return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH })
  throw new Failure('answer', 'the answer is encoded in a way that was not asked for')
}

const tooLong = () => new Failure('size', 'the answer is longer than is read')
const slack = 65_536
