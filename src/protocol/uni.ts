/**
 * The encoding for those who only listen (protocol section 16). What comes in is
 * one connect request without a command around it; what goes out are pushes
 * without a reply around them, the first of them saying that it is connected.
 */
import { type Disconnect, disconnects } from '../core/errors.ts'
import type { Publication } from '../core/publication.ts'
import { DeltaFrames } from './delta.ts'
import { decodeCommand } from './json-command.ts'
import { JsonError, parseJson } from './json-text.ts'
import { encodeConnected, encodeLive, encodePush } from './json.ts'
import type { Codec, Command, Frame, Push, Reply } from './messages.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class UniCodec implements Codec {
  readonly name = 'json'
  readonly ping = '{}'
  readonly #maxDepth: number
  #last: Publication | undefined
  #lastFrame = ''
  readonly #deltas = new DeltaFrames<string>()

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth
  }

  /** Nothing, or `null`, is a request that asks for nothing. */
  decode(frame: Frame): Command[] {
    try {
      const text = typeof frame === 'string' ? frame : utf8.decode(frame)
      const request = text.trim() === '' ? '{}' : text
      const parsed = parseJson(request, this.#maxDepth) // by itself, so that it cannot end early and go on
      if (typeof parsed !== 'object' || Array.isArray(parsed)) throw new JsonError('a connect request is an object')
      return [decodeCommand(`{"id":1,"connect":${parsed === null ? '{}' : request}}`, this.#maxDepth + 1)]
    } catch (error) {
      if (error instanceof JsonError || error instanceof TypeError) throw disconnects.badRequest({ cause: error })
      throw error
    }
  }

  /** The only answer that can be said is that it is connected. @throws Disconnect instead of an error */
  reply(_id: number, reply: Reply): string {
    if ('connect' in reply) return `{"connect":${encodeConnected(reply.connect)}}`
    throw 'error' in reply ? insteadOf(reply.error.code) : disconnects.internal()
  }

  push(push: Push): string {
    return encodePush(push)
  }

  publication(channel: string, publication: Publication, base?: Publication | null): string {
    if (base !== undefined) {
      const frame = this.#deltas.find(publication, base)
      return frame ?? this.#deltas.keep(publication, base, encodeLive(channel, publication, base))
    }
    if (publication !== this.#last) {
      this.#lastFrame = encodeLive(channel, publication)
      this.#last = publication
    }
    return this.#lastFrame
  }

  join(frames: readonly string[]): string {
    return frames.join('\n')
  }
}

/** How a connection ends whose connect request was answered with this error. */
function insteadOf(error: number): Disconnect {
  if (error === 109 || error === 110) return disconnects.connectionExpired()
  if (error === 111) return disconnects.tooManyRequests()
  return error === 103 ? disconnects.permissionDenied() : disconnects.internal()
}
