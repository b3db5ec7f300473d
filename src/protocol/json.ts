/**
 * The JSON encoding (protocol section 2.1): objects joined by line breaks,
 * payloads embedded as they are, zero values left out but for a few.
 */
import { disconnects } from '../core/errors.ts'
import type { ClientInfo, Payload, Position, Publication } from '../core/publication.ts'
import { baseIn, DeltaFrames, patchOf } from './delta.ts'
import { decodeCommand } from './json-command.ts'
import { JsonError } from './json-text.ts'
import type { Codec, Command, Connected, Expiry, Frame, Push, Reply, SubscribeResult } from './messages.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class JsonCodec implements Codec {
  readonly name = 'json'
  readonly ping = '{}'
  readonly #maxDepth: number
  // A publication goes to all readers of its channel one after the other, so the last one is the one asked for again.
  #last: Publication | undefined
  #lastFrame = ''
  readonly #deltas = new DeltaFrames<string>()

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth
  }

  decode(frame: Frame): Command[] {
    try {
      const given = typeof frame === 'string' ? frame : utf8.decode(frame)
      const text = given.endsWith('\n') ? given.slice(0, -1) : given
      if (!text.includes('\n')) return [decodeCommand(text, this.#maxDepth)]
      return text.split('\n').map((line) => decodeCommand(line, this.#maxDepth))
    } catch (error) {
      if (error instanceof JsonError || error instanceof TypeError) throw disconnects.badRequest({ cause: error })
      throw error
    }
  }

  reply(id: number, reply: Reply): string {
    return `{"id":${id},${encodeReply(reply)}}`
  }

  push(push: Push): string {
    return `{"push":${encodePush(push)}}`
  }

  publication(channel: string, publication: Publication, base?: Publication | null): string {
    if (base !== undefined) {
      const frame = this.#deltas.find(publication, base)
      return frame ?? this.#deltas.keep(publication, base, `{"push":${encodeLive(channel, publication, base)}}`)
    }
    if (publication !== this.#last) {
      this.#lastFrame = `{"push":${encodeLive(channel, publication)}}`
      this.#last = publication
    }
    return this.#lastFrame
  }

  join(frames: readonly string[]): string {
    return frames.join('\n')
  }
}

/** @throws Disconnect 3506 */
function embed(payload: Payload): string {
  if (typeof payload !== 'string') throw disconnects.inappropriateProtocol()
  return payload
}

/** A push of a publication that is live. */
export function encodeLive(channel: string, publication: Publication, base?: Publication | null): string {
  return `{"channel":${JSON.stringify(channel)},"pub":${encodePublication(publication, true, base)}}`
}

/**
 * `live`: it is on its way to subscribers now, and may be the first that those
 * who joined an empty log hear of its epoch. With a `base`, the data is a
 * string that holds the payload's text, or the patch that makes it of the base.
 */
function encodePublication(publication: Publication, live: boolean, base?: Publication | null): string {
  const { data, info, offset, epoch, tags } = publication
  const whole = embed(data)
  const patch = base && patchOf(publication, base)
  let text = `{"data":${base === undefined ? whole : JSON.stringify(patch ?? whole)}`
  if (patch !== undefined && patch !== null) text += ',"delta":true'
  if (info !== undefined) text += `,"info":${encodeInfo(info)}`
  if (offset !== 0) text += `,"offset":${offset}`
  if (live && offset === 1) text += `,"epoch":${JSON.stringify(epoch)}`
  if (tags !== undefined) text += `,"tags":${JSON.stringify(tags)}`
  return `${text}}`
}

function encodeInfo({ user, client, connInfo, chanInfo }: ClientInfo): string {
  let text = `{"user":${JSON.stringify(user)},"client":${JSON.stringify(client)}`
  if (connInfo !== undefined) text += `,"conn_info":${embed(connInfo)}`
  if (chanInfo !== undefined) text += `,"chan_info":${embed(chanInfo)}`
  return `${text}}`
}

export function encodePresence(clients: ReadonlyMap<string, ClientInfo>): string {
  return `{"presence":${object(clients, encodeInfo)}}`
}

export function encodeHistory(publications: readonly Publication[], { epoch, offset }: Position): string {
  const list = publications.map((each) => encodePublication(each, false)).join(',')
  return `{"publications":[${list}],"epoch":${JSON.stringify(epoch)},"offset":${offset}}`
}

function encodeReply(reply: Reply): string {
  if ('publish' in reply) return '"publish":{}'
  if ('subscribe' in reply) return `"subscribe":${encodeSubscribed(reply.subscribe)}`
  if ('connect' in reply) return `"connect":${encodeConnected(reply.connect)}`
  if ('error' in reply) {
    const { code, message, temporary } = reply.error
    return `"error":{"code":${code},"message":${JSON.stringify(message)}${temporary ? ',"temporary":true' : ''}}`
  }
  if ('unsubscribe' in reply) return '"unsubscribe":{}'
  if ('presence' in reply) return `"presence":${encodePresence(reply.presence)}`
  if ('presence_stats' in reply) {
    const { clients, users } = reply.presence_stats
    return `"presence_stats":{"num_clients":${clients},"num_users":${users}}`
  }
  if ('history' in reply) return `"history":${encodeHistory(reply.history.publications, reply.history.top)}`
  if ('rpc' in reply) return `"rpc":${fields(reply.rpc === undefined ? [] : [`"data":${embed(reply.rpc)}`])}`
  if ('refresh' in reply) return `"refresh":${fields(expiry(reply.refresh))}`
  return `"sub_refresh":${fields(expiry(reply.sub_refresh))}`
}

export function encodePush(push: Push): string {
  if ('disconnect' in push) {
    const { code, reason } = push.disconnect
    return `{"disconnect":{"code":${code},"reason":${JSON.stringify(reason)}}}`
  }
  if ('refresh' in push) return `{"refresh":${fields(expiry(push.refresh))}}`
  const channel = `{"channel":${JSON.stringify(push.channel)},`
  if ('join' in push) return `${channel}"join":{"info":${encodeInfo(push.join)}}}`
  if ('leave' in push) return `${channel}"leave":{"info":${encodeInfo(push.leave)}}}`
  if ('subscribe' in push) return `${channel}"subscribe":${encodeStart(push.subscribe)}}`
  const { code, reason } = push.unsubscribe
  return `${channel}"unsubscribe":{"code":${code},"reason":${JSON.stringify(reason)}}}`
}

export function encodeConnected(connected: Connected): string {
  const { client, version, data, subs, ping, pong, session, node } = connected
  const list = [`"client":${JSON.stringify(client)}`, `"version":${JSON.stringify(version)}`, ...expiry(connected)]
  if (data !== undefined) list.push(`"data":${embed(data)}`)
  if (subs.size > 0) list.push(`"subs":${object(subs, encodeSubscribed)}`)
  if (ping > 0) list.push(`"ping":${ping}`)
  if (pong) list.push('"pong":true')
  if (session !== '') list.push(`"session":${JSON.stringify(session)}`)
  if (node !== '') list.push(`"node":${JSON.stringify(node)}`)
  return fields(list)
}

function encodeSubscribed(result: SubscribeResult): string {
  const list = expiry(result)
  if (result.recoverable) list.push('"recoverable":true')
  if (result.positioned) list.push(...place(result.position))
  if (result.publications.length > 0) {
    const { publications, delta } = result
    const texts = publications.map((each, i) =>
      encodePublication(each, false, delta ? baseIn(publications, i) : undefined),
    )
    list.push(`"publications":[${texts.join(',')}]`)
  }
  if (result.recovered) list.push('"recovered":true')
  if (result.positioned) list.push('"positioned":true')
  if (result.data !== undefined) list.push(`"data":${embed(result.data)}`)
  if (result.wasRecovering) list.push('"was_recovering":true')
  if (result.delta) list.push('"delta":true')
  return fields(list)
}

/** A subscribe push has no place for what was recovered; it follows as publications. */
function encodeStart({ recoverable, positioned, position, data }: SubscribeResult): string {
  const list = recoverable ? ['"recoverable":true'] : []
  if (positioned) list.push(...place(position), '"positioned":true')
  if (data !== undefined) list.push(`"data":${embed(data)}`)
  return fields(list)
}

function place({ epoch, offset }: Position): string[] {
  const list = epoch === '' ? [] : [`"epoch":${JSON.stringify(epoch)}`]
  if (offset > 0) list.push(`"offset":${offset}`)
  return list
}

function expiry({ ttl }: Expiry): string[] {
  return ttl === undefined ? [] : ['"expires":true', `"ttl":${ttl}`]
}

function fields(list: readonly string[]): string {
  return `{${list.join(',')}}`
}

function object<T>(map: ReadonlyMap<string, T>, encode: (value: T) => string): string {
  const list: string[] = []
  for (const [key, value] of map) list.push(`${JSON.stringify(key)}:${encode(value)}`)
  return fields(list)
}
