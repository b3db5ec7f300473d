/** How a call went, as the screens take it. */
import { CallError } from '../../src/chat-client/index.ts'
import type { Outcome, Problem } from '../lib/outcome.ts'

export async function outcomeOf<T>(call: Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await call }
  } catch (error) {
    return { ok: false, problem: problemOf(error) }
  }
}

/** As `outcomeOf`, where nothing is to be known but whether it was done. */
export async function doneBy(call: Promise<unknown>): Promise<Outcome> {
  const outcome = await outcomeOf(call)
  return outcome.ok ? { ok: true, value: undefined } : outcome
}

export function problemOf(error: unknown): Problem {
  if (!(error instanceof CallError)) return { name: 'internal', message: error instanceof Error ? error.message : '' }
  const { kind, message, retryAfter, suggestion } = error
  return {
    name: kind,
    message,
    ...(retryAfter !== undefined && { retryAfter }),
    ...(suggestion !== undefined && { suggestion }),
  }
}
