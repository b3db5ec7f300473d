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

/**
 * What a program gives as a payload: bytes become JSON if they are JSON, and text has to be.
 * Other text would break the frames of everybody who is told. @throws JsonError
 */
function checked(payload: Payload, maxDepth: number): Payload {
  if (typeof payload !== 'string') return toPayload(payload, maxDepth)
  parseJson(payload, maxDepth)
  return singleLine(payload)
}

/** The same for what may be absent. */
export function told(payload: Payload | undefined, maxDepth: number): Payload | undefined {
  return payload === undefined ? undefined : checked(payload, maxDepth)
}

/** The same for a grant. */
export function toldGrant(grant: SubscriptionGrant, maxDepth: number): SubscriptionGrant {
  return { ...grant, info: told(grant.info, maxDepth), data: told(grant.data, maxDepth) }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
