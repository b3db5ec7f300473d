/** A request that brings the commands of a connection whose stream is elsewhere (protocol section 15). */
import { JsonError, parseJson } from './json-text.ts'
import type { Frame } from './messages.ts'
import { WireError, WireReader } from './wire-reader.ts'

export interface EmulationRequest {
  readonly node: string
  readonly session: string
  readonly data: Frame
}

/** Undefined for what is none. */
export function decodeEmulation(body: Uint8Array, protobuf: boolean): EmulationRequest | undefined {
  try {
    return protobuf ? fromProtobuf(body) : fromJson(body)
  } catch (error) {
    if (error instanceof WireError || error instanceof TypeError || error instanceof JsonError) return undefined
    throw error
  }
}

function fromJson(body: Uint8Array): EmulationRequest | undefined {
  const parsed = parseJson(utf8.decode(body), maxDepth)
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const { node = '', session, data } = parsed as Partial<Record<string, unknown>>
  if (typeof node !== 'string' || typeof session !== 'string' || typeof data !== 'string') return undefined
  return { node, session, data }
}

function fromProtobuf(body: Uint8Array): EmulationRequest {
  const request = { node: '', session: '', data: new Uint8Array() as Uint8Array }
  const reader = new WireReader(body)
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) request.node = reader.text()
    else if (field === 2) request.session = reader.text()
    else if (field === 3) request.data = reader.bytes()
    else reader.skip()
  }
  return request
}

const maxDepth = 8 // the commands are a text in it, with a depth of their own
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
