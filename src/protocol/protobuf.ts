/**
 * The Protobuf encoding (protocol sections 2.2 and 3): messages behind their
 * length, payloads as the publisher's bytes. A ping is an empty message.
 *
 * Written by hand over a small writer and reader, for the reasons in
 * docs/dependencies.md; the tests hold it against a library.
 */
import { disconnects } from '../core/errors.ts'
import type { ClientInfo, Publication } from '../core/publication.ts'
import { baseIn, DeltaFrames, patchOf } from './delta.ts'
import type { Codec, Command, Connected, Expiry, Frame, Push, Reply, SubscribeResult } from './messages.ts'
import { decodeCommand } from './protobuf-command.ts'
import { WireError, WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

export class ProtobufCodec implements Codec {
  readonly name = 'protobuf'
  readonly ping = Uint8Array.of(0)
  readonly #maxDepth: number
  readonly #writer = new WireWriter()
  // A publication goes to all readers of its channel one after the other, so the last one is the one asked for again.
  #last: Publication | undefined
  #lastFrame: Uint8Array = new Uint8Array()
  readonly #deltas = new DeltaFrames<Uint8Array>()

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth
  }

  decode(frame: Frame): Command[] {
    if (typeof frame === 'string' || frame.length === 0) throw disconnects.badRequest()
    try {
      const commands: Command[] = []
      const reader = new WireReader(frame)
      while (!reader.done) commands.push(decodeCommand(reader.delimited(), this.#maxDepth))
      return commands
    } catch (error) {
      if (error instanceof WireError) throw disconnects.badRequest({ cause: error })
      throw error
    }
  }

  reply(id: number, reply: Reply): Uint8Array {
    const writer = this.#writer
    return writer.delimited(() => {
      writer.integer(1, id)
      writeReply(writer, reply)
    })
  }

  push(push: Push): Uint8Array {
    const writer = this.#writer
    return writer.delimited(() => writer.message(4, () => writePush(writer, push)))
  }

  publication(channel: string, publication: Publication, base?: Publication | null): Uint8Array {
    if (base !== undefined) {
      const frame = this.#deltas.find(publication, base)
      return frame ?? this.#deltas.keep(publication, base, this.#live(channel, publication, base))
    }
    if (publication !== this.#last) {
      this.#lastFrame = this.#live(channel, publication)
      this.#last = publication
    }
    return this.#lastFrame
  }

  join(frames: readonly Uint8Array[]): Uint8Array {
    const joined = new Uint8Array(frames.reduce((size, frame) => size + frame.length, 0))
    let at = 0
    for (const frame of frames) {
      joined.set(frame, at)
      at += frame.length
    }
    return joined
  }

  #live(channel: string, publication: Publication, base?: Publication | null): Uint8Array {
    const writer = this.#writer
    return writer.delimited(() =>
      writer.message(4, () => {
        writer.text(2, channel)
        writer.message(4, () => writePublication(writer, publication, true, base))
      }),
    )
  }
}

/**
 * `live`: it is on its way to subscribers now, and may be the first that those
 * who joined an empty log hear of its epoch. With a `base`, the data may be the
 * patch that makes it of the base.
 */
function writePublication(
  writer: WireWriter,
  publication: Publication,
  live: boolean,
  base?: Publication | null,
): void {
  const { data, info, offset, epoch, tags } = publication
  const patch = patchOf(publication, base ?? null)
  writer.bytes(4, patch ?? data)
  if (info !== undefined) writer.message(5, () => writeInfo(writer, info))
  writer.integer(6, offset)
  for (const [key, value] of Object.entries(tags ?? {})) {
    writer.message(7, () => {
      writer.text(1, key)
      writer.text(2, value)
    })
  }
  writer.flag(8, patch !== undefined)
  if (live && offset === 1) writer.text(14, epoch)
}

function writeInfo(writer: WireWriter, { user, client, connInfo, chanInfo }: ClientInfo): void {
  writer.text(1, user)
  writer.text(2, client)
  writer.bytes(3, connInfo)
  writer.bytes(4, chanInfo)
}

function writeReply(writer: WireWriter, reply: Reply): void {
  if ('publish' in reply) return writer.message(8, nothing)
  if ('error' in reply) {
    const { code, message, temporary } = reply.error
    return writer.message(2, () => {
      writer.integer(1, code)
      writer.text(2, message)
      writer.flag(3, temporary)
    })
  }
  if ('connect' in reply) return writer.message(5, () => writeConnected(writer, reply.connect))
  if ('subscribe' in reply) return writer.message(6, () => writeSubscribed(writer, reply.subscribe))
  if ('unsubscribe' in reply) return writer.message(7, nothing)
  if ('presence' in reply) {
    return writer.message(9, () => writer.map(1, reply.presence, (info) => writeInfo(writer, info)))
  }
  if ('presence_stats' in reply) {
    const { clients, users } = reply.presence_stats
    return writer.message(10, () => {
      writer.integer(1, clients)
      writer.integer(2, users)
    })
  }
  if ('history' in reply) {
    const { publications, top } = reply.history
    return writer.message(11, () => {
      for (const each of publications) writer.message(1, () => writePublication(writer, each, false))
      writer.text(2, top.epoch)
      writer.integer(3, top.offset)
    })
  }
  if ('rpc' in reply) return writer.message(13, () => writer.bytes(1, reply.rpc))
  if ('refresh' in reply) return writer.message(14, () => writeExpiry(writer, 3, reply.refresh))
  writer.message(15, () => writeExpiry(writer, 1, reply.sub_refresh))
}

function writePush(writer: WireWriter, push: Push): void {
  if ('disconnect' in push) {
    const { code, reason } = push.disconnect
    return writer.message(11, () => {
      writer.integer(1, code)
      writer.text(2, reason)
    })
  }
  if ('refresh' in push) return writer.message(12, () => writeExpiry(writer, 1, push.refresh))
  writer.text(2, push.channel)
  if ('join' in push) return writer.message(5, () => writer.message(1, () => writeInfo(writer, push.join)))
  if ('leave' in push) return writer.message(6, () => writer.message(1, () => writeInfo(writer, push.leave)))
  if ('subscribe' in push) return writer.message(9, () => writeStart(writer, push.subscribe))
  const { code, reason } = push.unsubscribe
  writer.message(7, () => {
    writer.integer(2, code)
    writer.text(3, reason)
  })
}

function writeConnected(writer: WireWriter, connected: Connected): void {
  writer.text(1, connected.client)
  writer.text(2, connected.version)
  writeExpiry(writer, 3, connected)
  writer.bytes(5, connected.data)
  writer.map(6, connected.subs, (result) => writeSubscribed(writer, result))
  writer.integer(7, connected.ping)
  writer.flag(8, connected.pong)
  writer.text(9, connected.session)
  writer.text(10, connected.node)
}

function writeSubscribed(writer: WireWriter, result: SubscribeResult): void {
  writeExpiry(writer, 1, result)
  writer.flag(3, result.recoverable)
  if (result.positioned) writer.text(6, result.position.epoch)
  for (const [index, each] of result.publications.entries()) {
    const base = result.delta ? baseIn(result.publications, index) : undefined
    writer.message(7, () => writePublication(writer, each, false, base))
  }
  writer.flag(8, result.recovered)
  if (result.positioned) writer.integer(9, result.position.offset)
  writer.flag(10, result.positioned)
  writer.bytes(11, result.data)
  writer.flag(12, result.wasRecovering)
  writer.flag(13, result.delta)
}

/** A subscribe push has no place for what was recovered; it follows as publications. */
function writeStart(writer: WireWriter, { recoverable, positioned, position, data }: SubscribeResult): void {
  writer.flag(1, recoverable)
  if (positioned) {
    writer.text(4, position.epoch)
    writer.integer(5, position.offset)
  }
  writer.flag(6, positioned)
  writer.bytes(7, data)
}

/** `expires` in the given field, `ttl` in the one after it. */
function writeExpiry(writer: WireWriter, field: number, { ttl }: Expiry): void {
  writer.flag(field, ttl !== undefined)
  writer.integer(field + 1, ttl ?? 0)
}

const nothing = () => {}
