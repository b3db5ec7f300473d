/**
 * What a page asks first is asked over HTTP while its connection is being made:
 * that saves the time that takes. Whatever the answer does not know yet is told
 * by the log, which is followed from the position that it names.
 */
import { CallError } from './errors.ts'
import type { Link } from './link.ts'

/**
 * By HTTP if that answers before the connection is there, else by the connection.
 * To be asked more than once must do no harm. @throws CallError
 */
export async function sooner<T>(link: Link, overHttp: () => Promise<T>, overLink: () => Promise<T>): Promise<T> {
  if (link.state.value !== 'connecting') return overLink()
  const connected = Promise.withResolvers<undefined>()
  const stop = link.connected(() => connected.resolve(undefined))
  const answer = await Promise.race([outcomeOf(overHttp()), connected.promise])
  stop()
  if (answer === undefined) return overLink()
  if ('value' in answer) return answer.value
  if (answer.error instanceof CallError && answer.error.temporary) return overLink()
  throw answer.error
}

async function outcomeOf<T>(asked: Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  try {
    return { value: await asked }
  } catch (error) {
    return { error }
  }
}
