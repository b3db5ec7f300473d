/** What a method of the server API is, and the parameters that several of them take. */
import { z } from 'zod'
import type { Node } from '../core/node.ts'
import type { Payload } from '../core/publication.ts'
import { rawJson } from '../protocol/json-text.ts'
import { toPayload } from '../protocol/payload.ts'

/** A request: its checked parameters, and the text they were parsed from. */
export interface Call<Params> {
  readonly node: Node
  readonly params: Params
  readonly text: string
}

export interface Method {
  readonly params: z.ZodType
  /** @throws ClientError, z.ZodError */
  readonly run: (node: Node, params: unknown, text: string) => Promise<string> | string
}

export function method<Schema extends z.ZodType>(
  params: Schema,
  run: (call: Call<z.output<Schema>>) => Promise<string> | string,
): Method {
  return { params, run: (node, given, text) => run({ node, params: params.parse(given), text }) }
}

/** What is null is as good as absent, as for the backends whose languages have zero values. */
export const maybe = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => value ?? undefined, schema.optional())
/** An empty text likewise. */
export const shortText = (most: number) =>
  maybe(z.string().max(most).refine(isWellFormed, 'half of a surrogate pair')).transform(nonEmpty)

export const channel = z.string().min(1).describe('The name of a channel.')
export const user = z.string().describe('The user whose connections are meant; empty for anonymous ones.')
export const uint = z.int().min(0)
export const since = z.object({ offset: uint.default(0), epoch: z.string().default('') })
export const raw = z.unknown().optional().describe('Any JSON; it is handed on as it is written.') // a payload; taken from the text
export const base64 = maybe(z.base64())
  .transform(nonEmpty)
  .describe('The same as bytes, in base 64; goes over the JSON.')

/** A payload given as JSON, or as bytes in base 64. */
export function payload(call: Call<unknown>, name: string, inBase64: string | undefined): Payload | undefined {
  if (inBase64 === undefined) return rawJson(call.text, name)
  return toPayload(Uint8Array.fromBase64(inBase64), call.node.limits.jsonDepth)
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

export function isWellFormed(value: string): boolean {
  return value.isWellFormed()
}
