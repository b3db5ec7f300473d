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

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
