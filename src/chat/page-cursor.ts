/** Where a page of a list ended: opaque to who asks for the next one. */
import { ChatError } from './errors.ts'

type Key = string | number

export const toCursor = (...keys: readonly Key[]): string => Buffer.from(JSON.stringify(keys)).toString('base64url')

/** What a cursor was made of, each of the kind that its example has. @throws ChatError `invalid` */
export function fromCursor<Keys extends readonly Key[]>(
  cursor: string,
  ...examples: Keys
): { [At in keyof Keys]: Keys[At] extends number ? number : string } {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(keys) && keys.length === examples.length && examples.every((like, at) => isLike(keys[at], like)))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each was just compared
      return keys as never
  } catch {
    // told below
  }
  throw new ChatError('invalid', { message: 'after: this is not what a page before gave as `next`' })
}

function isLike(value: unknown, example: Key): boolean {
  return typeof value === typeof example && (typeof value !== 'number' || Number.isSafeInteger(value))
}
