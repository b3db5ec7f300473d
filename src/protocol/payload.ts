import type { SubscriptionGrant } from '../core/auth.ts'
import type { Payload } from '../core/publication.ts'
import { JsonError, parseJson, singleLine } from './json-text.ts'

/** Bytes from outside as a payload: JSON, if that is what they are, else as they are. */
export function toPayload(bytes: Uint8Array, maxDepth: number): Payload {
  try {
    const text = utf8.decode(bytes)
    parseJson(text, maxDepth)
    return singleLine(text)
  } catch (error) {
    if (error instanceof JsonError || error instanceof TypeError) return bytes
    throw error
  }
}

/** What a token, or the application, gave as bytes, for clients that can only be told JSON. */
export function told(payload: Payload | undefined, maxDepth: number): Payload | undefined {
  return payload instanceof Uint8Array ? toPayload(payload, maxDepth) : payload
}

/** The same for a grant. */
export function toldGrant(grant: SubscriptionGrant, maxDepth: number): SubscriptionGrant {
  return { ...grant, info: told(grant.info, maxDepth), data: told(grant.data, maxDepth) }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
