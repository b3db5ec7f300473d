/** Plain HTTP: what a program answers at its own paths. */
import type { Door } from '../doors.ts'
import { Visit } from '../transports/visit.ts'

/** What it throws becomes a 500, and is told to the log only. */
export type HttpHandler = (request: Request, visit: HttpVisit) => Response | Promise<Response>

export class HttpVisit extends Visit {
  readonly #hold: () => void

  constructor(request: ConstructorParameters<typeof Visit>[0], pattern: string, hold: () => void) {
    super(request, pattern)
    this.#hold = hold
  }

  /** The answer may take its time: without this, a connection on which nothing happens for 10 s is closed. */
  hold(): void {
    this.#hold()
  }
}

/** @internal */
export function httpDoor(pattern: string, handler: HttpHandler): Door {
  return (request, server) => {
    const address = server.requestIP(request)?.address ?? ''
    const params = 'params' in request ? (request.params as Record<string, string>) : {}
    const { headers, url } = request
    const visit = new HttpVisit({ headers, url, address, params }, pattern, () => server.timeout(request, 0))
    return visit.isAstray ? new Response('there is nothing here\n', { status: 404 }) : handler(request, visit)
  }
}
