/**
 * One HTTP request to one address.
 *
 * The library is given the address, never the name: there is nothing left for
 * it to resolve. The name goes where it belongs, into the Host header and into
 * TLS, where the certificate has to carry it. (That is `host` and `servername`
 * of `node:https`, which Bun honours, and which no proxy from the environment
 * comes between. A `createConnection` of our own would be ignored beside
 * `agent: false`, and the name looked up again.)
 */
import { type IncomingMessage, request as openHttp, type RequestOptions } from 'node:http'
import { request as openHttps } from 'node:https'
import type { Destination } from './destination.ts'
import { Failure } from './failure.ts'

export interface Sent {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

export interface Trust {
  /** Roots, in PEM, that are trusted instead of the usual ones. */
  readonly ca?: string | undefined
}

/** Nothing was connected, so nothing was sent: another address may be tried. */
export class NoConnection extends Error {
  override readonly name = 'NoConnection'
}

/**
 * The head of the answer; its body is read from it. Whoever is done, or never
 * wants it, calls `destroy` on it.
 * @param patience ms until the connection is there
 * @throws NoConnection, Failure `answer`, and what sockets throw
 */
export function hop(
  to: Destination,
  address: string,
  sent: Sent,
  { ca }: Trust,
  patience: number,
  signal: AbortSignal,
) {
  const secure = to.url.protocol === 'https:'
  const options = {
    ...requestOptions(to, address, sent),
    ...(secure ? { servername: to.name, rejectUnauthorized: true } : {}),
  }
  return new Promise<IncomingMessage>((resolve, reject) => {
    const request = secure ? openHttps({ ...options, ...(ca === undefined ? {} : { ca }) }) : openHttp(options)
    const abort = () => void request.destroy(signal.reason instanceof Error ? signal.reason : new Error('cancelled'))
    const late = setTimeout(() => request.destroy(new NoConnection('no connection in time')), patience)
    let connected = false
    let early = 0
    request.on('socket', (socket) =>
      socket.once('connect', () => {
        connected = true
        clearTimeout(late)
      }),
    )
    request.on('error', (error) => reject(connected ? error : new NoConnection(error.message, { cause: error })))
    request.on('upgrade', (_, socket) => {
      socket.destroy()
      reject(new Failure('answer', 'the answer changes to another protocol'))
    })
    // Answers before the answer (1xx) are allowed, but not without end.
    request.on('information', () => {
      if (++early > mostEarly) request.destroy(new Failure('answer', 'too many answers before the answer'))
    })
    request.on('response', resolve)
    request.on('close', () => {
      clearTimeout(late)
      signal.removeEventListener('abort', abort)
      reject(new Error('the connection was closed before the answer'))
    })
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    else request.end(sent.body)
  })
}

function requestOptions({ url, port }: Destination, address: string, sent: Sent): RequestOptions {
  const length = sent.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(sent.body)) }
  return {
    host: address,
    port,
    method: sent.method,
    path: `${url.pathname}${url.search}`,
    headers: { ...sent.headers, ...length, host: url.host, connection: 'close' },
    setHost: false,
    agent: false,
    maxHeaderSize,
  }
}

const maxHeaderSize = 16_384
const mostEarly = 8
