/** What goes wrong, as it is answered over HTTP: a status, and in JSON what the other doors say. */
import { BodyError } from '../index.ts'
import type { Chat } from './chat.ts'
import { ChatError } from './errors.ts'

/** Headers of every answer. */
export const safe = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

export function refusal(error: ChatError, status: number, headers: Record<string, string> = {}): Response {
  const wait = error.retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(error.retryAfter / 1000)) }
  return Response.json(error, { status, headers: { ...safe, ...wait, ...headers } })
}

/** Of whatever was thrown. What is our own fault is told to the log only. */
export function answerOf(chat: Chat, error: unknown): Response {
  if (error instanceof ChatError) return refusal(error, error.status)
  if (error instanceof BodyError)
    return refusal(
      new ChatError(error.status === 413 ? 'tooLarge' : 'invalid', { message: error.message }),
      error.status,
    )
  chat.server.report(error)
  const words = {
    code: 100,
    name: 'internal',
    message: 'Something went wrong here',
    hint: 'Try again; the log of the server says what it was.',
  }
  return Response.json({ error: words }, { status: 500, headers: safe })
}
