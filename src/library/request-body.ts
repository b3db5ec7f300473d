/**
 * The body of a request to a path of a program's own: read as it comes, nothing
 * is collected, and of more bytes than it may have no more than the limit is
 * read. The runtime has one limit for the whole server and a time limit that
 * bytes do not prolong; here each path has its own, and whoever sends slowly is
 * let be for as long as something comes.
 *
 *   request ──▶ pull ──count──▶ the program          at the limit: BodyError 413
 *                  └──clock──▶ 32 KiB a minute, or the connection is closed
 */
import { JsonError, parseJson } from '../protocol/json-text.ts'
import { readBody } from '../transports/http.ts'

/** The body cannot be taken. A program may catch it, to say so in its own words; else it is answered with the status and the message. */
export class BodyError extends Error {
  override readonly name = 'BodyError'
  /** 400: it is not what it should be. 413: it is too large. 415: its type is not what it should be. */
  readonly status: 400 | 413 | 415
  constructor(status: 400 | 413 | 415, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

export interface JsonOptions {
  /** Else 64 KiB. Never more than the path's `maxBody`. */
  readonly maxBytes?: number | undefined
  /** Levels of objects and arrays in each other. Else 64. */
  readonly maxDepth?: number | undefined
}

/** Of the runtime's server: after how many seconds without a sign of life a connection is closed, 0 for never. */
interface Timer {
  timeout(request: Request, seconds: number): void
}

export class RequestBody {
  /** With a body that has the limit. */
  readonly request: Request
  readonly #original: Request
  readonly #server: Timer
  readonly #limit: number
  #timed = false
  #held = false

  /** `headers`: those that the program is to see. `limit`: bytes. */
  constructor(request: Request, headers: Headers, server: Timer, limit: number) {
    this.#original = request
    this.#server = server
    this.#limit = limit
    const { method } = request
    const length = Number(headers.get('content-length') ?? (headers.has('transfer-encoding') ? Infinity : 0))
    // What is small and says so, the runtime has counted, and nobody needs a minute for.
    const isSmall = length <= Math.min(limit, step) || method === 'GET' || method === 'HEAD' // which have none here
    if (isSmall) this.request = headers === request.headers ? request : new Request(request, { headers })
    else this.request = new Request(request, { method, headers, body: this.#stream(length) })
  }

  /** The connection is not closed, however long nothing happens on it. */
  hold(): void {
    this.#held = true
    this.#server.timeout(this.#original, 0)
  }

  /** The request is answered: the connection may be used again, or else it ends. */
  done(): void {
    if (this.#timed && !this.#held) this.#server.timeout(this.#original, idle)
  }

  /** @throws BodyError */
  async json({ maxBytes = 65_536, maxDepth = 64 }: JsonOptions = {}): Promise<unknown> {
    const type = this.#original.headers.get('content-type') ?? ''
    // A page of another site can send text without being asked about, but not JSON (Fetch standard, CORS-safelisted types).
    if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type))
      throw new BodyError(415, 'send JSON, and say so: Content-Type: application/json')
    const bytes = await readBody(this.request, maxBytes)
    if (bytes === undefined) throw tooLarge(Math.min(maxBytes, this.#limit))
    try {
      return parseJson(utf8.decode(bytes), maxDepth)
    } catch (cause) {
      const why = cause instanceof JsonError ? cause.message : 'not valid UTF-8'
      throw new BodyError(400, `the body is not the JSON that it should be: ${why}`, { cause })
    }
  }

  /** `length`: what is announced. */
  #stream(length: number): ReadableStream<Uint8Array> {
    const limit = this.#limit
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
    let size = 0
    let extendAt = 0 // bytes
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      if (length > limit && length !== Infinity) throw tooLarge(limit) // before anything is read
      if (size >= extendAt) {
        this.#extend()
        extendAt = size + step
      }
      reader ??= this.#original.body?.getReader()
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done || value === undefined) {
        this.done()
        return controller.close()
      }
      size += value.length
      if (size > limit) {
        void reader?.cancel().catch(() => {}) // of a client that has left, which changes nothing
        throw tooLarge(limit)
      }
      controller.enqueue(value)
    }
    return new ReadableStream({ pull, cancel: (why) => reader?.cancel(why) }, { highWaterMark: 0 })
  }

  #extend(): void {
    if (this.#held) return
    this.#timed = true
    this.#server.timeout(this.#original, stall)
  }
}

const step = 32_768 // bytes that must come …
const stall = 60 // … in so many seconds
const idle = 10 // seconds, as everywhere

const tooLarge = (limit: number) => new BodyError(413, `the body is larger than ${limit} bytes`)
const utf8 = new TextDecoder('utf-8', { fatal: true })
