/**
 * Publications as the body of a stream, and back.
 *
 * A log holds payloads: JSON texts, which every reader can take, and bytes. A
 * stream of JSON has one message in each. Text is kept as a JSON string, so
 * that those who read JSON can read it, too, and comes back as it was written.
 * All else is bytes.
 */
import type { Payload } from '../core/publication.ts'
import { mediaType } from '../core/stream.ts'
import { JsonError, parseJson, rawElements, singleLine } from '../protocol/json-text.ts'

/** `plain`: a channel that nobody created, where JSON and text stand side by side. */
export type Mode = 'json' | 'text' | 'bytes' | 'plain'

export function modeOf(contentType: string): Mode {
  if (contentType === '') return 'plain'
  const type = mediaType(contentType)
  if (type === 'application/json') return 'json'
  return type.startsWith('text/') ? 'text' : 'bytes'
}

/**
 * What a body says in a stream of this mode; `claimed` is its content type,
 * which matters in a channel that nobody created: JSON is taken apart as JSON,
 * `application/octet-stream` is bytes. Of what curl sends without being told, a
 * JSON object or array is one message, and everything else is text.
 * @throws JsonError
 */
export function payloadsOf(body: Uint8Array, mode: Mode, claimed: string, maxDepth: number): Payload[] {
  if (body.length === 0) return []
  const type = mediaType(claimed)
  if (mode === 'json' || (mode === 'plain' && (type === 'application/json' || type.endsWith('+json'))))
    return messagesOf(body, maxDepth)
  if (mode === 'bytes' || (mode === 'plain' && type === 'application/octet-stream')) return [body]
  const text = decode(body)
  if (text === undefined) return [body]
  const isNamed = mode === 'text' || (type !== '' && type !== curls)
  return [isNamed ? JSON.stringify(text) : guess(text, maxDepth)]
}

/** A JSON object or array is taken as such, everything else as text. */
export function guess(text: string, maxDepth: number): string {
  if (!/^\s*[[{]/.test(text)) return JSON.stringify(text)
  try {
    parseJson(text, maxDepth)
    return singleLine(text)
  } catch (error) {
    if (error instanceof JsonError) return JSON.stringify(text)
    throw error
  }
}

/** The whole body of a page. */
export function bodyOf(payloads: readonly Payload[], mode: Mode): string | Uint8Array<ArrayBuffer> {
  if (mode === 'json' || mode === 'plain') return `[${payloads.map(jsonOf).join(',')}]`
  return Buffer.concat(payloads.map(bytesOf))
}

/** For those who read JSON; bytes are spelled as in the server API. */
function jsonOf(payload: Payload): string {
  return typeof payload === 'string' ? payload : `{"b64data":"${base64(payload)}"}`
}

/** For those who read messages one by one: text is itself, bytes are bytes, all else is JSON. */
export function messageOf(payload: Payload, mode: Mode): string | Uint8Array {
  if (typeof payload !== 'string') return payload
  return mode === 'json' || !isString(payload) ? payload : textOf(payload)
}

/** In streams of text and of bytes. */
function bytesOf(payload: Payload): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(isString(payload) ? textOf(payload) : payload) : payload
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** One level of an array is taken apart (section 7.1 of the protocol). */
function messagesOf(body: Uint8Array, maxDepth: number): string[] {
  const text = decode(body)
  if (text === undefined) throw new JsonError('not UTF-8')
  const value = parseJson(text, maxDepth)
  return Array.isArray(value) ? rawElements(text).map(singleLine) : [singleLine(text.trim())]
}

function decode(body: Uint8Array): string | undefined {
  try {
    return utf8.decode(body)
  } catch {
    return undefined // not UTF-8, which is an answer
  }
}

const isString = (json: string): boolean => json.startsWith('"')
const textOf = (json: string): string => String(JSON.parse(json))

const curls = 'application/x-www-form-urlencoded' // what curl claims of everything
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
