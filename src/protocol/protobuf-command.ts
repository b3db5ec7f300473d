/**
 * The bytes of one command become a command (field numbers: protocol section 3).
 * What is malformed is not the protocol (3501), what is unknown is ignored.
 */
import type { Payload } from '../core/publication.ts'
import type { FilterNode } from './filter.ts'
import type { Command, Connect, History, OfChannel, Publish, Rpc, Subscribe } from './messages.ts'
import { toPayload } from './payload.ts'
import { WireError, WireReader } from './wire-reader.ts'

/** @throws WireError */
export function decodeCommand(bytes: Uint8Array, maxDepth: number): Command {
  let id = 0
  const parts: (WireReader | undefined)[] = []
  const reader = new WireReader(bytes)
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) id = reader.uint32()
    else if (field >= 4 && field <= 15) parts[field] = reader.message()
    else reader.skip()
  }
  // The order in which the fields are looked at is that of the protocol, section 4.
  if (parts[4]) return { id, connect: decodeConnect(parts[4], maxDepth) }
  if (parts[5]) return { id, subscribe: decodeSubscribe(parts[5], maxDepth) }
  if (parts[6]) return { id, unsubscribe: decodeChannel(parts[6]) }
  if (parts[7]) return { id, publish: decodePublish(parts[7], maxDepth) }
  if (parts[8]) return { id, presence: decodeChannel(parts[8]) }
  if (parts[9]) return { id, presence_stats: decodeChannel(parts[9]) }
  if (parts[10]) return { id, history: decodeHistory(parts[10]) }
  if (parts[13]) return { id, rpc: decodeRpc(parts[13], maxDepth) }
  if (parts[12]) return { id, send: decodeSend(parts[12], maxDepth) }
  if (parts[14]) return { id, refresh: { token: decodeTexts(parts[14], 1)[0] ?? '' } }
  if (parts[15]) {
    const [channel = '', token = ''] = decodeTexts(parts[15], 2)
    return { id, sub_refresh: { channel, token } }
  }
  return id === 0 ? { id, pong: true } : { id, unknown: true }
}

function decodeConnect(reader: WireReader, maxDepth: number): Connect {
  let token = ''
  let data: Payload | undefined
  let name = ''
  let version = ''
  const subs = new Map<string, Subscribe>()
  const headers = new Map<string, string>()
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) token = reader.text()
    else if (field === 2) data = dataOf(reader, maxDepth)
    else if (field === 3) {
      const [channel, value] = decodeEntry(reader.message())
      subs.set(channel, { ...decodeSubscribe(new WireReader(value), maxDepth), channel })
    } else if (field === 4) name = reader.text()
    else if (field === 5) version = reader.text()
    else if (field === 6) {
      const [key = '', value = ''] = decodeTexts(reader.message(), 2)
      headers.set(key, value)
    } else reader.skip()
  }
  return { token, data, name, version, subs, headers }
}

function decodeSubscribe(reader: WireReader, maxDepth: number): Subscribe {
  const asked = { ...nothingAsked }
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) asked.channel = reader.text()
    else if (field === 2) asked.token = reader.text()
    else if (field === 3) asked.recover = reader.flag()
    else if (field === 6) asked.epoch = reader.text()
    else if (field === 7) asked.offset = reader.uint53()
    else if (field === 8) asked.data = dataOf(reader, maxDepth)
    else if (field === 9) asked.positioned = reader.flag()
    else if (field === 10) asked.recoverable = reader.flag()
    else if (field === 11) asked.joinLeave = reader.flag()
    else if (field === 12) asked.delta = reader.text()
    else if (field === 13) asked.tf = decodeFilter(reader.message(), maxDepth)
    else if (field === 14) asked.rejectUnrecovered = (reader.int32() & 2) !== 0
    else if (field === 15) asked.type = reader.int32()
    else reader.skip()
  }
  return asked
}

const nothingAsked = {
  channel: '',
  token: '',
  data: undefined as Payload | undefined,
  recover: false,
  epoch: '',
  offset: 0,
  positioned: false,
  recoverable: false,
  joinLeave: false,
  delta: '',
  tf: undefined as FilterNode | undefined,
  rejectUnrecovered: false,
  type: 0,
}

function decodeFilter(reader: WireReader, maxDepth: number): FilterNode {
  if (maxDepth === 0) throw new WireError('a filter is nested too deeply')
  const texts = ['', '', '', '', '']
  const vals: string[] = []
  const nodes: FilterNode[] = []
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field < 5) texts[field] = reader.text()
    else if (field === 5) vals.push(reader.text())
    else if (field === 6) nodes.push(decodeFilter(reader.message(), maxDepth - 1))
    else reader.skip()
  }
  const [, op = '', key = '', cmp = '', val = ''] = texts
  return { op, key, cmp, val, vals, nodes }
}

function decodeChannel(reader: WireReader): OfChannel {
  return { channel: decodeTexts(reader, 1)[0] ?? '' }
}

function decodePublish(reader: WireReader, maxDepth: number): Publish {
  let channel = ''
  let data: Payload | undefined
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) channel = reader.text()
    else if (field === 2) data = dataOf(reader, maxDepth)
    else reader.skip()
  }
  return { channel, data }
}

function decodeHistory(reader: WireReader): History {
  let channel = ''
  let limit = 0
  let since: History['since']
  let reverse = false
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) channel = reader.text()
    else if (field === 7) limit = reader.int32()
    else if (field === 8) since = decodePosition(reader.message())
    else if (field === 9) reverse = reader.flag()
    else reader.skip()
  }
  return { channel, limit, since, reverse }
}

function decodePosition(reader: WireReader): { epoch: string; offset: number } {
  const position = { epoch: '', offset: 0 }
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) position.offset = reader.uint53()
    else if (field === 2) position.epoch = reader.text()
    else reader.skip()
  }
  return position
}

function decodeRpc(reader: WireReader, maxDepth: number): Rpc {
  let method = ''
  let data: Payload | undefined
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) data = dataOf(reader, maxDepth)
    else if (field === 2) method = reader.text()
    else reader.skip()
  }
  return { method, data }
}

function decodeSend(reader: WireReader, maxDepth: number): { data: Payload | undefined } {
  let data: Payload | undefined
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) data = dataOf(reader, maxDepth)
    else reader.skip()
  }
  return { data }
}

/** One entry of a map whose values are messages. */
function decodeEntry(reader: WireReader): [key: string, value: Uint8Array] {
  let key = ''
  let value: Uint8Array = new Uint8Array()
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) key = reader.text()
    else if (field === 2) value = reader.bytes()
    else reader.skip()
  }
  return [key, value]
}

/** The texts in the fields from 1 on. */
function decodeTexts(reader: WireReader, count: number): string[] {
  const texts: string[] = Array.from({ length: count }, () => '')
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field <= count) texts[field - 1] = reader.text()
    else reader.skip()
  }
  return texts
}

/** proto3 has no empty bytes apart from none. */
function dataOf(reader: WireReader, maxDepth: number): Payload | undefined {
  const bytes = reader.bytes()
  if (bytes.length === 0) return undefined
  const payload = toPayload(bytes, maxDepth)
  return typeof payload === 'string' ? payload : payload.slice() // the frame's own memory is not kept
}
