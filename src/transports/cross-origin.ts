/**
 * What pages of other origins may do with plain HTTP (the CORS protocol, Fetch
 * standard section 3.2): those that are listed may read answers and send the
 * headers that say who they are; the others are told nothing.
 */
import type { Origins } from './origin.ts'
import { wrongOrigin } from './transport.ts'

/** Answers for `work`, so that a page that may ask can read the answer. `methods`: what there is to ask, as in `GET, POST`. */
export async function crossOrigin(
  request: Request,
  origins: Origins,
  methods: string,
  work: () => Response | undefined | Promise<Response | undefined>,
): Promise<Response | undefined> {
  if (!origins.allows(request)) return wrongOrigin()
  const response = request.method === 'OPTIONS' ? preflight(methods) : await work()
  const origin = request.headers.get('origin')
  if (response === undefined || origin === null) return response
  response.headers.set('access-control-allow-origin', origin)
  response.headers.append('vary', 'origin')
  return response
}

function preflight(methods: string): Response {
  return new Response(null, {
    status: 204,
    headers: {
      allow: methods,
      'access-control-allow-methods': methods,
      'access-control-allow-headers': 'authorization, content-type, idempotency-key, last-event-id, x-api-key',
      'access-control-max-age': '600',
    },
  })
}
