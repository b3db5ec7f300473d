/**
 * The texts of a mailbox:
 *
 *   {"to":"bob","data":…,"clientId":…,"expires":60}       what a sender says
 *   {"from":"alice","data":…,"id":…,"time":…}             what the receiver gets
 *   {"ack":id}  and  {"ack":id,"by":"bob","id":…,"time":…}  what comes back
 *
 * Bytes travel as `b64data`, also in the log: a Centrifuge client that speaks
 * JSON may read the same channel, and raw bytes would end its connection.
 */
import * as z from 'zod'
import type { Draft, Publication } from '../core/publication.ts'
import { JsonError, parseJson, rawJson } from '../protocol/json-text.ts'
import { placeOf } from '../protocol/place.ts'
import { badRequest } from './bad-request.ts'

export interface Letter {
  readonly to: readonly string[] | undefined
  readonly from: string | undefined
  readonly data: string // JSON text
  readonly isBytes: boolean // `data` is `{"b64data":…}`
  readonly clientId: string | undefined
  readonly expires: number | undefined // seconds
}

/** What a client says: a letter, or that it has read one. */
export type Said = { readonly letter: Letter } | { readonly ack: string }

/** @throws ClientError 107, with what is wrong */
export function readSaid(text: string, maxDepth: number): Said {
  let value: unknown
  try {
    value = parseJson(text, maxDepth)
  } catch (error) {
    if (error instanceof JsonError) throw badRequest(error.message)
    throw error
  }
  const parsed = saidSchema.safeParse(value)
  if (!parsed.success) throw badRequest(z.prettifyError(parsed.error).replaceAll(/\s+/g, ' '))
  const { ack, to, from, b64data, clientId, expires } = parsed.data
  if (ack !== undefined) return { ack }
  const data = b64data === undefined ? rawJson(text, 'data') : encodeBytes(b64data)
  if (data === undefined) throw badRequest('"data" is missing, or null')
  return {
    letter: {
      to: to === undefined ? undefined : typeof to === 'string' ? [to] : to,
      from,
      data,
      isBytes: b64data !== undefined,
      clientId,
      expires,
    },
  }
}

/** A letter that is nothing but bytes; whom it is for is said elsewhere. */
export function letterOf(bytes: Uint8Array): Letter {
  const nothing = { to: undefined, from: undefined, clientId: undefined, expires: undefined }
  return { ...nothing, data: encodeBytes(bytes.toBase64()), isBytes: true }
}

/** With what the application put in the place of its data. */
export function rewritten(letter: Letter, data: Draft['data']): Letter {
  if (typeof data === 'string') return { ...letter, data, isBytes: false }
  return { ...letter, data: encodeBytes(data.toBase64()), isBytes: true }
}

/** `until`: milliseconds since 1970 at which it is no longer delivered. */
export function draftOf({ data, isBytes }: Letter, info: Draft['info'], until: number | undefined): Draft {
  const tags = { ...(isBytes && { [kindTag]: 'bytes' }), ...(until !== undefined && { [expiryTag]: String(until) }) }
  return { data, info, tags: Object.keys(tags).length > 0 ? tags : undefined }
}

/** What tells a sender that its letter was read. */
export function ackOf(id: string, by: string, info: Draft['info']): Draft {
  return { data: JSON.stringify({ ack: id, by }), info, tags: { [kindTag]: 'ack' } }
}

export const isAck = ({ tags }: Publication): boolean => tags?.[kindTag] === 'ack'

/** When it is no longer delivered, in milliseconds since 1970. */
export function expiryOf({ tags }: Pick<Publication, 'tags'>): number {
  const text = tags?.[expiryTag] ?? ''
  return /^\d{1,16}$/.test(text) ? Number(text) : Infinity
}

/** What the receiver is handed. Made once for all of the receiver's connections. */
export function encodeMessage(publication: Publication): string {
  if (publication !== last) {
    last = publication
    lastText = encode(publication)
  }
  return lastText
}

/** The bytes that were sent, if it was bytes. */
export function bytesOf({ data, tags }: Publication): Uint8Array | undefined {
  if (typeof data !== 'string') return data
  const text = tags?.[kindTag] === 'bytes' ? rawJson(data, 'b64data') : undefined
  return text === undefined ? undefined : Uint8Array.fromBase64(String(JSON.parse(text)))
}

// --------------------------------------------------------------------------------

const kindTag = 'mailbox.kind'
const expiryTag = 'mailbox.expires'

let last: Publication | undefined
let lastText = ''

function encode(publication: Publication): string {
  const { data, info, time } = publication
  const end = `,"id":${JSON.stringify(placeOf(publication))},"time":${time}}`
  if (isAck(publication) && typeof data === 'string') return `${data.slice(0, -1)}${end}`
  const from = info === undefined ? '' : `"from":${JSON.stringify(info.user)},`
  const bytes = bytesOf(publication)
  return `{${from}${bytes === undefined ? `"data":${String(data)}` : encodeBytes(bytes.toBase64()).slice(1, -1)}${end}`
}

const encodeBytes = (base64: string): string => `{"b64data":${JSON.stringify(base64)}}`

const name = z.string().min(1).max(255)
const saidSchema = z.object({
  ack: z.string().max(100).optional(),
  to: z.union([name, z.array(name).min(1)]).optional(),
  from: name.optional(),
  b64data: z.base64().optional(),
  clientId: z.string().min(1).max(128).optional(),
  expires: z.number().positive().max(1e10).optional(), // three hundred years
})
