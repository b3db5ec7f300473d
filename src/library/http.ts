/** Plain HTTP: what a program answers at its own paths. */
import type { ApiPart } from '../api/openapi.ts'
import type { Door } from '../doors.ts'
import { Origins } from '../transports/origin.ts'
import { wrongOrigin } from '../transports/transport.ts'
import { Visit } from '../transports/visit.ts'
import { BodyError, type JsonOptions, RequestBody } from './request-body.ts'

/** What it throws becomes a 500, and is told to the log only; but for a BodyError, which is answered as what it is. */
export type HttpHandler = (request: Request, visit: HttpVisit) => Response | Promise<Response>

export interface HttpOptions {
  /** Bytes that the body of a request may have. Else `http_api.body_size_limit`. */
  readonly maxBody?: number | undefined
  /** Origins whose pages may send anything but GET and HEAD, or `any`, which come without cookies. Else `client.allowed_origins` decides. */
  readonly origins?: readonly string[] | 'any' | undefined
  /** What is answered there, for the document of the API and the page `/docs`; asked for when somebody reads it. */
  readonly describe?: (() => ApiPart) | undefined
}

export class HttpVisit extends Visit {
  readonly #body: RequestBody

  /** Made by the server. @internal */
  constructor(request: ConstructorParameters<typeof Visit>[0], pattern: string, body: RequestBody) {
    super(request, pattern)
    this.#body = body
  }

  /** The answer may take its time: without this, a connection on which nothing happens for 10 s is closed. */
  hold(): void {
    this.#body.hold()
  }

  /** The body, which must be JSON and say so. @throws BodyError 400, 413, 415 */
  json(options?: JsonOptions): Promise<unknown> {
    return this.#body.json(options)
  }
}

/** `maxBody`: bytes. @internal */
export function httpDoor(pattern: string, handler: HttpHandler, maxBody: number, { origins }: HttpOptions): Door {
  const listed = origins && new Origins(origins === 'any' ? ['*'] : origins)
  return async (given, server) => {
    const arrival = listed === undefined ? given : given.under(listed)
    const { request, headers, address, secure, host } = arrival
    const { method, url } = request
    // A link from elsewhere leads here with cookies, as links do; a form or a script of another site is refused.
    if (method !== 'GET' && method !== 'HEAD' && !arrival.isAllowed) return wrongOrigin()
    const params = 'params' in request ? (request.params as Record<string, string>) : {}
    const body = new RequestBody(request, headers, server, maxBody)
    const visit = new HttpVisit({ headers, url, address, secure, host, params }, pattern, body)
    if (visit.isAstray) return new Response('there is nothing here\n', { status: 404 })
    try {
      return await handler(body.request, visit)
    } catch (error) {
      if (error instanceof BodyError) return new Response(`${error.message}\n`, { status: error.status })
      if (request.signal.aborted) return new Response(null, { status: 499 }) // in the middle of its body: nobody's fault
      throw error
    } finally {
      body.done()
    }
  }
}
