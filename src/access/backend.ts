/**
 * An application's backend, asked over HTTP at one address (protocol section 24).
 *
 *   POST, a JSON object ──▶ 200 {"result": …}      the answer
 *                           200 {"error": …}       the command is refused with that code
 *                           200 {"disconnect": …}  the connection ends with that code
 *                           anything else          error 100, which passes: the client tries again
 *
 * A backend that hangs must not take the server with it: a question has a time
 * limit that covers the whole answer, the answer a size limit, and questions
 * that are open at a time are counted; one too many is refused at once (111).
 */
import * as z from 'zod'
import type { Entrance } from '../core/auth.ts'
import { ClientError, Disconnect, errors } from '../core/errors.ts'
import { isJson, parseJson, rawJson } from '../protocol/json-text.ts'
import { boundedBody } from './bounded-body.ts'

export interface BackendOptions {
  readonly endpoint: string
  readonly timeout: number // ms
  readonly concurrency: number // questions that are open at a time; beyond: error 111
  readonly headers: readonly string[] // of the client's HTTP request, that are handed on
  readonly emulated: readonly string[] // of what the client calls headers, likewise; the former go over them
  readonly fixed: Readonly<Record<string, string>>
  readonly binary: boolean // payloads in base 64, whatever they are
  readonly withMeta: boolean
  /** What a status other than 200 means, if it means something. */
  readonly statuses: ReadonlyMap<number, () => ClientError | Disconnect>
}

/** The result of an answer: parsed, and as it was written. Undefined if there is none. */
export type Answered = { readonly value: unknown; readonly text: string } | undefined

/** Bytes of an answer. */
const longestAnswer = 1_048_576
const deepest = 128
const quiet = 1000 // ms between two reports of one backend: with a thousand clients it fails a thousand times

export class Backend {
  readonly options: BackendOptions
  readonly #report: (error: unknown) => void
  #open = 0
  #reportedAt = -Infinity

  constructor(options: BackendOptions, report: (error: unknown) => void) {
    this.options = options
    this.#report = report
  }

  /**
   * Asks. @param question a JSON object @param read makes the answer of its result; what it cannot read is an Error
   * @throws ClientError, Disconnect: what the backend said, or 100, or 111
   */
  async ask<T>(question: string, entrance: Entrance, read: (answered: Answered) => T): Promise<T> {
    if (this.#open >= this.options.concurrency) throw errors.tooManyRequests()
    this.#open++
    try {
      return read(await this.#ask(question, entrance))
    } catch (error) {
      if (error instanceof ClientError || error instanceof Disconnect) throw error
      this.#tell(error)
      throw errors.internal({ cause: error })
    } finally {
      this.#open--
    }
  }

  async #ask(question: string, entrance: Entrance): Promise<Answered> {
    const { endpoint, timeout, statuses } = this.options
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: this.#headers(entrance),
      body: question,
      redirect: 'error', // a question holds cookies and payloads: they go where the configuration says
      signal: AbortSignal.timeout(timeout),
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      const meaning = statuses.get(response.status)
      throw meaning === undefined ? new Error(`the answer has the status ${response.status}`) : meaning()
    }
    return readAnswer(await boundedBody(response, longestAnswer))
  }

  #headers(entrance: Entrance): Headers {
    const { fixed, emulated, headers } = this.options
    const sent = new Headers(fixed)
    copy(entrance.emulated, emulated, sent)
    copy(entrance.headers, headers, sent)
    sent.set('content-type', 'application/json')
    return sent
  }

  #tell(cause: unknown): void {
    const now = performance.now()
    if (now - this.#reportedAt < quiet) return
    this.#reportedAt = now
    this.#report(new Error(`the backend at ${this.options.endpoint} gave no answer that can be used`, { cause }))
  }
}

function copy(from: Entrance['headers'], names: readonly string[], to: Headers): void {
  for (const [name, value] of from) {
    if (!names.includes(name.toLowerCase())) continue
    try {
      to.set(name, value)
    } catch {
      // A client may call anything a header; what cannot be one (a line break in it) is not sent.
    }
  }
}

const uint32 = z.int().min(0).max(4_294_967_295)
const answerSchema = z.object({
  result: z.unknown().optional(),
  error: z
    .object({ code: uint32.min(1), message: z.string().default(''), temporary: z.boolean().default(false) })
    .nullish(),
  disconnect: z.object({ code: z.int().min(3000).max(4999), reason: z.string().default('') }).nullish(),
})

/** @throws what the answer says, or an Error */
function readAnswer(text: string): Answered {
  const { result, error, disconnect } = answerSchema.parse(parseJson(text, deepest))
  if (disconnect) throw disconnectOf(disconnect.code, disconnect.reason)
  if (error) throw new ClientError(error.code, error.message, error.temporary)
  const raw = rawJson(text, 'result')
  return raw === undefined ? undefined : { value: result, text: raw }
}

/** With a reason that fits into a close frame and that the SDKs take for a reason (protocol section 12). */
export function disconnectOf(code: number, reason: string): Disconnect {
  let fitting = reason.trim().slice(0, 123)
  if (fitting === '' || isJson(reason)) fitting = `disconnect ${fitting}`.trim()
  while (Buffer.byteLength(fitting) > 123) fitting = fitting.slice(0, -1)
  return new Disconnect(code, fitting.toWellFormed())
}
