/**
 * Actions over HTTP: those that set a cookie are there only, and a page needs
 * to know who it is before it connects.
 */
import { CallError, unanswered } from './errors.ts'
import type { ActionName, Input, Output } from './types.ts'

export interface HttpOptions {
  readonly url: string
  readonly token?: string | undefined
  /** Instead of the program's own. */
  readonly fetch?: ((url: URL, request: RequestInit) => Promise<Response>) | undefined
}

/** A server that says nothing for so long is not there. In milliseconds. */
const patience = 15_000

/** @throws CallError */
export async function callOverHttp<Name extends ActionName>(
  name: Name,
  input: Input<Name>,
  { url, token, fetch: ask = fetch }: HttpOptions,
): Promise<Output<Name>> {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  let response: Response
  let answer: unknown
  try {
    response = await ask(new URL(`/api/chat/${name}`, url), {
      method: 'POST',
      headers,
      body: JSON.stringify(input),
      credentials: 'same-origin',
      signal: AbortSignal.timeout(patience),
    })
    answer = await response.json()
  } catch (cause) {
    throw unanswered(cause)
  }
  if (response.ok) return answer as Output<Name>
  throw refusalOf(answer)
}

function refusalOf(answer: unknown): CallError {
  const said: unknown = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : undefined
  const fields: Readonly<Record<string, unknown>> = typeof said === 'object' && said !== null ? { ...said } : {}
  const { code, name, message, retryAfter, suggestion, hint } = fields
  return new CallError(
    typeof code === 'number' ? code : 0,
    typeof message === 'string' ? message : 'The server refused',
    {
      ...(typeof name === 'string' && { kind: name }),
      temporary: typeof retryAfter === 'number' || code === 503,
      ...(typeof retryAfter === 'number' && { retryAfter }),
      ...(typeof suggestion === 'string' && { suggestion }),
      ...(typeof hint === 'string' && { hint }),
    },
  )
}
