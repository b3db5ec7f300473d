/**
 * What `ask-early.ts` asked, a script of a few lines that stands in the page. A
 * proxy that adds a policy of its own may keep it from running: then the app
 * asks by itself.
 */
import type { HttpOptions } from '../../src/chat-client/index.ts'

export interface Early {
  /** Answers by the path and the body that they are to. */
  readonly early?: Map<string, Promise<Response>>
}

/** Milliseconds since the page began. What is asked for later is asked anew: it may have changed. */
const fresh = 10_000

/** As `fetch`, but what was asked already is not asked again: each answer is given once, and none to somebody else. */
export function earlyFetch(): NonNullable<HttpOptions['fetch']> {
  const { early = new Map<string, Promise<Response>>() } = globalThis as Early
  return async (url, request) => {
    const key = url.pathname + (typeof request.body === 'string' ? request.body : '')
    const asked = early.get(key)
    early.delete(key)
    if (asked === undefined || performance.now() > fresh) return fetch(url, request)
    const answer = await asked
    if (answer.status === 401) early.clear() // whoever logs in asks for themselves
    return answer
  }
}
