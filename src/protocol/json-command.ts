/**
 * One line of JSON becomes a command. What has the wrong type is not the
 * protocol (3501), what is unknown is ignored, and payloads keep their text.
 */
import type { Position } from '../core/publication.ts'
import type { FilterNode } from './filter.ts'
import { JsonError, parseJson, rawJson } from './json-text.ts'
import type { Command, Connect, History, Subscribe } from './messages.ts'

/** @throws JsonError */
export function decodeCommand(line: string, maxDepth: number): Command {
  const command = asObject(parseJson(line, maxDepth))
  if (command === undefined) throw new JsonError('a command is an object')
  const id = uint(command, 'id', maxId)
  // The order in which the fields are looked at is that of the protocol, section 4.
  const connect = object(command, 'connect')
  if (connect) return { id, connect: decodeConnect(line, connect) }
  const subscribe = object(command, 'subscribe')
  if (subscribe) {
    return {
      id,
      subscribe: decodeSubscribe(text(subscribe, 'channel'), subscribe, payload(line, 'subscribe', subscribe)),
    }
  }
  const unsubscribe = object(command, 'unsubscribe')
  if (unsubscribe) return { id, unsubscribe: ofChannel(unsubscribe) }
  const publish = object(command, 'publish')
  if (publish) return { id, publish: { ...ofChannel(publish), data: published(line, publish) } }
  const presence = object(command, 'presence')
  if (presence) return { id, presence: ofChannel(presence) }
  const stats = object(command, 'presence_stats')
  if (stats) return { id, presence_stats: ofChannel(stats) }
  const history = object(command, 'history')
  if (history) return { id, history: decodeHistory(history) }
  const rpc = object(command, 'rpc')
  if (rpc) return { id, rpc: { method: text(rpc, 'method'), data: payload(line, 'rpc', rpc) } }
  const send = object(command, 'send')
  if (send) return { id, send: { data: payload(line, 'send', send) } }
  const refresh = object(command, 'refresh')
  if (refresh) return { id, refresh: { token: text(refresh, 'token') } }
  const subRefresh = object(command, 'sub_refresh')
  if (subRefresh) return { id, sub_refresh: { ...ofChannel(subRefresh), token: text(subRefresh, 'token') } }
  return id === 0 ? { id, pong: true } : { id, unknown: true }
}

function decodeConnect(line: string, fields: Fields): Connect {
  const subs = new Map<string, Subscribe>()
  const wanted = object(fields, 'subs') ?? {}
  for (const channel of Object.keys(wanted)) {
    subs.set(channel, decodeSubscribe(channel, object(wanted, channel) ?? {}, undefined))
  }
  const headers = new Map<string, string>()
  const given = object(fields, 'headers') ?? {}
  for (const name of Object.keys(given)) headers.set(name, text(given, name))
  return {
    token: text(fields, 'token'),
    data: payload(line, 'connect', fields),
    name: text(fields, 'name'),
    version: text(fields, 'version'),
    subs,
    headers,
  }
}

function decodeSubscribe(channel: string, fields: Fields, data: string | undefined): Subscribe {
  return {
    channel,
    token: text(fields, 'token'),
    data,
    recover: flag(fields, 'recover'),
    epoch: text(fields, 'epoch'),
    offset: uint(fields, 'offset'),
    positioned: flag(fields, 'positioned'),
    recoverable: flag(fields, 'recoverable'),
    joinLeave: flag(fields, 'join_leave'),
    delta: text(fields, 'delta'),
    tf: decodeFilter(object(fields, 'tf')),
    rejectUnrecovered: (integer(fields, 'flag') & 2) !== 0,
    type: integer(fields, 'type'),
  }
}

function decodeFilter(fields: Fields | undefined): FilterNode | undefined {
  if (fields === undefined) return undefined
  return {
    op: text(fields, 'op'),
    key: text(fields, 'key'),
    cmp: text(fields, 'cmp'),
    val: text(fields, 'val'),
    vals: list(fields, 'vals').map((value) => (typeof value === 'string' ? value : wrongIn('vals'))),
    nodes: list(fields, 'nodes').map((node) => decodeFilter(asObject(node)) ?? wrongIn('nodes')),
  }
}

function decodeHistory(fields: Fields): History {
  const since = object(fields, 'since')
  return {
    ...ofChannel(fields),
    limit: integer(fields, 'limit'),
    since: since && position(since),
    reverse: flag(fields, 'reverse'),
  }
}

type Fields = Readonly<Record<string, unknown>>

function position(fields: Fields): Position {
  return { epoch: text(fields, 'epoch'), offset: uint(fields, 'offset') }
}

function ofChannel(fields: Fields): { channel: string } {
  return { channel: text(fields, 'channel') }
}

function payload(line: string, command: string, fields: Fields): string | undefined {
  return own(fields, 'data') === undefined ? undefined : rawJson(line, command, 'data')
}

/** To publish null is to publish something. */
function published(line: string, fields: Fields): string | undefined {
  return payload(line, 'publish', fields) ?? (own(fields, 'data') === null ? 'null' : undefined)
}

function text(fields: Fields, name: string): string {
  const value = own(fields, name)
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw wrong(name)
  return value
}

function flag(fields: Fields, name: string): boolean {
  const value = own(fields, name)
  if (value === undefined || value === null) return false
  if (typeof value !== 'boolean') throw wrong(name)
  return value
}

function integer(fields: Fields, name: string): number {
  const value = own(fields, name)
  if (value === undefined || value === null) return 0
  if (!Number.isSafeInteger(value)) throw wrong(name)
  return Number(value)
}

function uint(fields: Fields, name: string, most = Number.MAX_SAFE_INTEGER): number {
  const value = integer(fields, name)
  if (value < 0 || value > most) throw wrong(name)
  return value
}

function object(fields: Fields, name: string): Fields | undefined {
  const value = own(fields, name)
  if (value === undefined || value === null) return undefined
  const found = asObject(value)
  if (found === undefined) throw wrong(name)
  return found
}

function list(fields: Fields, name: string): readonly unknown[] {
  const value = own(fields, name)
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrong(name)
  return value
}

function asObject(value: unknown): Fields | undefined {
  return isObject(value) ? value : undefined
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

/** @throws JsonError */
function wrongIn(name: string): never {
  throw wrong(name)
}

function wrong(name: string): JsonError {
  return new JsonError(`${name} has the wrong type`)
}

const maxId = 2 ** 32 - 1
