/**
 * Between the values of a program and what travels. What a program publishes is
 * written as JSON once; bytes stay bytes; and a text that is JSON already goes
 * out as it is, so that numbers above 2^53 and the order of keys survive.
 */
import { defaultLimits } from '../core/limits.ts'
import type { Payload } from '../core/publication.ts'
import { parseJson, singleLine } from '../protocol/json-text.ts'

/** JSON that is written already. Made by `json`. */
export class JsonText {
  readonly text: string
  /** Use `json`, which checks. @internal */
  constructor(text: string) {
    this.text = text
  }
  toJSON(): unknown {
    return JSON.parse(this.text)
  }
}

const maxDepth = defaultLimits.jsonDepth

/** A text that is JSON already, to be passed on as it is written. @throws JsonError if it is not */
export function json(text: string): JsonText {
  parseJson(text, maxDepth)
  return new JsonText(singleLine(text))
}

/** @throws TypeError for what JSON cannot say: undefined, a function, a bigint, a circle */
export function toPayload(value: unknown): Payload {
  if (value instanceof Uint8Array) return value
  if (value instanceof JsonText) return value.text
  const text: unknown = JSON.stringify(value)
  if (typeof text !== 'string')
    throw new TypeError(`JSON has no ${typeof value}, and nothing else can be published but bytes`)
  return text
}

/** As `toPayload`, where nothing is something to say, too. */
export function toPayloadIfAny(value: unknown): Payload | undefined {
  return value === undefined ? undefined : toPayload(value)
}

/** The value of JSON, or bytes as they are. */
export function fromPayload(payload: Payload | undefined): unknown {
  return typeof payload === 'string' ? JSON.parse(payload) : payload
}
