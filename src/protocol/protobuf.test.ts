/** The other side is protobufjs, which knows the messages by their schema (protocol section 3). */
import { expect, test } from 'bun:test'
import protobuf from 'protobufjs'
import { Disconnect } from '../core/errors.ts'
import type { ClientInfo, Publication } from '../core/publication.ts'
import type { Push, Reply as OurReply, SubscribeResult } from './messages.ts'
import { ProtobufCodec } from './protobuf.ts'

const schema = protobuf.parse(
  `
  syntax = "proto3";
  message Error { uint32 code = 1; string message = 2; bool temporary = 3; }
  message Empty {}
  message ClientInfo { string user = 1; string client = 2; bytes conn_info = 3; bytes chan_info = 4; }
  message Publication { bytes data = 4; ClientInfo info = 5; uint64 offset = 6; map<string, string> tags = 7; bool delta = 8; string epoch = 14; }
  message SubscribeRequest {
    string channel = 1; string token = 2; bool recover = 3; string epoch = 6; uint64 offset = 7; bytes data = 8;
    bool positioned = 9; bool recoverable = 10; bool join_leave = 11; string delta = 12; FilterNode tf = 13; int64 flag = 14; int32 type = 15;
  }
  message FilterNode { string op = 1; string key = 2; string cmp = 3; string val = 4; repeated string vals = 5; repeated FilterNode nodes = 6; }
  message SubscribeResult {
    bool expires = 1; uint32 ttl = 2; bool recoverable = 3; string epoch = 6; repeated Publication publications = 7;
    bool recovered = 8; uint64 offset = 9; bool positioned = 10; bytes data = 11; bool was_recovering = 12; bool delta = 13;
  }
  message ConnectRequest {
    string token = 1; bytes data = 2; map<string, SubscribeRequest> subs = 3; string name = 4; string version = 5;
    map<string, string> headers = 6; int64 flag = 7;
  }
  message ConnectResult {
    string client = 1; string version = 2; bool expires = 3; uint32 ttl = 4; bytes data = 5;
    map<string, SubscribeResult> subs = 6; uint32 ping = 7; bool pong = 8; string session = 9; string node = 10;
  }
  message OfChannel { string channel = 1; }
  message PublishRequest { string channel = 1; bytes data = 2; }
  message PresenceResult { map<string, ClientInfo> presence = 1; }
  message PresenceStatsResult { uint32 num_clients = 1; uint32 num_users = 2; }
  message StreamPosition { uint64 offset = 1; string epoch = 2; }
  message HistoryRequest { string channel = 1; int32 limit = 7; StreamPosition since = 8; bool reverse = 9; }
  message HistoryResult { repeated Publication publications = 1; string epoch = 2; uint64 offset = 3; }
  message SendRequest { bytes data = 1; }
  message RPCRequest { bytes data = 1; string method = 2; }
  message RPCResult { bytes data = 1; }
  message RefreshRequest { string token = 1; }
  message RefreshResult { string client = 1; string version = 2; bool expires = 3; uint32 ttl = 4; }
  message SubRefreshRequest { string channel = 1; string token = 2; }
  message SubRefreshResult { bool expires = 1; uint32 ttl = 2; }
  message Command {
    uint32 id = 1; ConnectRequest connect = 4; SubscribeRequest subscribe = 5; OfChannel unsubscribe = 6;
    PublishRequest publish = 7; OfChannel presence = 8; OfChannel presence_stats = 9; HistoryRequest history = 10;
    Empty ping = 11; SendRequest send = 12; RPCRequest rpc = 13; RefreshRequest refresh = 14; SubRefreshRequest sub_refresh = 15;
  }
  message OfInfo { ClientInfo info = 1; }
  message Unsubscribe { uint32 code = 2; string reason = 3; }
  message Subscribe { bool recoverable = 1; string epoch = 4; uint64 offset = 5; bool positioned = 6; bytes data = 7; }
  message Disconnect { uint32 code = 1; string reason = 2; }
  message Refresh { bool expires = 1; uint32 ttl = 2; }
  message Push {
    string channel = 2; Publication pub = 4; OfInfo join = 5; OfInfo leave = 6; Unsubscribe unsubscribe = 7;
    Subscribe subscribe = 9; Disconnect disconnect = 11; Refresh refresh = 12;
  }
  message Reply {
    uint32 id = 1; Error error = 2; Push push = 4; ConnectResult connect = 5; SubscribeResult subscribe = 6;
    Empty unsubscribe = 7; Empty publish = 8; PresenceResult presence = 9; PresenceStatsResult presence_stats = 10;
    HistoryResult history = 11; RPCResult rpc = 13; RefreshResult refresh = 14; SubRefreshResult sub_refresh = 15;
  }`,
  { keepCase: true },
).root
const Command = schema.lookupType('Command')
const Reply = schema.lookupType('Reply')

const codec = new ProtobufCodec(16)
const encoder = new TextEncoder()
const frame = (...commands: object[]) =>
  codec.join(commands.map((each) => Command.encodeDelimited(Command.fromObject(each)).finish()))
const decode = (...commands: object[]) => codec.decode(frame(...commands))
const asText = (value: unknown): unknown =>
  value instanceof Uint8Array
    ? new TextDecoder().decode(value)
    : Array.isArray(value)
      ? value.map(asText)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asText(each)]))
        : value
/** What the other side reads, bytes as text. */
const heard = (bytes: Uint8Array) => asText(Reply.toObject(Reply.decodeDelimited(bytes), { longs: Number }))

const farthest = Number.MAX_SAFE_INTEGER
const nothingAsked = {
  channel: '',
  token: '',
  data: undefined,
  recover: false,
  epoch: '',
  offset: 0,
  positioned: false,
  recoverable: false,
  joinLeave: false,
  delta: '',
  tf: undefined,
  rejectUnrecovered: false,
  type: 0,
}

const nothingWanted = { op: '', key: '', cmp: '', val: '', vals: [], nodes: [] }

test('every command arrives as it was meant', () => {
  const data = encoder.encode('{"n": 12345678901234567890}')
  expect(
    decode(
      {
        id: 1,
        connect: {
          token: 't',
          data,
          name: 'js',
          version: '1',
          subs: { a: { recover: true, offset: farthest, epoch: 'e' } },
          headers: { x: 'y' },
        },
      },
      {
        id: 2,
        subscribe: {
          channel: 'ä',
          token: 't',
          data,
          recover: true,
          epoch: 'e',
          offset: 300,
          positioned: true,
          recoverable: true,
          join_leave: true,
          delta: 'fossil',
          tf: {
            op: 'and',
            nodes: [
              { key: 'k', cmp: 'in', vals: ['a', '好'] },
              { key: 'k', cmp: 'eq', val: 'a' },
            ],
          },
          flag: 3,
          type: -1,
        },
      },
      { id: 3, unsubscribe: { channel: 'a' } },
      { id: 4, publish: { channel: 'a', data } },
      { id: 5, presence: { channel: 'a' } },
      { id: 6, presence_stats: { channel: 'a' } },
      { id: 7, history: { channel: 'a', limit: -1, since: { offset: 5, epoch: 'e' }, reverse: true } },
      { id: 8, rpc: { method: 'm', data } },
      { send: { data } },
      { id: 9, refresh: { token: 't' } },
      { id: 4_294_967_295, sub_refresh: { channel: 'a', token: 't' } },
      {},
      { id: 1, ping: {} },
    ),
  ).toEqual([
    {
      id: 1,
      connect: {
        token: 't',
        data: '{"n": 12345678901234567890}',
        name: 'js',
        version: '1',
        subs: new Map([['a', { ...nothingAsked, channel: 'a', recover: true, offset: farthest, epoch: 'e' }]]),
        headers: new Map([['x', 'y']]),
      },
    },
    {
      id: 2,
      subscribe: {
        channel: 'ä',
        token: 't',
        data: '{"n": 12345678901234567890}',
        recover: true,
        epoch: 'e',
        offset: 300,
        positioned: true,
        recoverable: true,
        joinLeave: true,
        delta: 'fossil',
        tf: {
          ...nothingWanted,
          op: 'and',
          nodes: [
            { ...nothingWanted, key: 'k', cmp: 'in', vals: ['a', '好'] },
            { ...nothingWanted, key: 'k', cmp: 'eq', val: 'a' },
          ],
        },
        rejectUnrecovered: true,
        type: -1,
      },
    },
    { id: 3, unsubscribe: { channel: 'a' } },
    { id: 4, publish: { channel: 'a', data: '{"n": 12345678901234567890}' } },
    { id: 5, presence: { channel: 'a' } },
    { id: 6, presence_stats: { channel: 'a' } },
    { id: 7, history: { channel: 'a', limit: -1, since: { offset: 5, epoch: 'e' }, reverse: true } },
    { id: 8, rpc: { method: 'm', data: '{"n": 12345678901234567890}' } },
    { id: 0, send: { data: '{"n": 12345678901234567890}' } },
    { id: 9, refresh: { token: 't' } },
    { id: 4_294_967_295, sub_refresh: { channel: 'a', token: 't' } },
    { id: 0, pong: true },
    { id: 1, unknown: true },
  ])
})

test('of several commands in one, the protocol says which counts', () => {
  expect(decode({ id: 1, rpc: { method: 'm' }, send: {}, publish: { channel: 'a' } })).toEqual([
    { id: 1, publish: { channel: 'a', data: undefined } },
  ])
})

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
const field = (number: number, bytes: Uint8Array) =>
  Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length), ...bytes])

test('a filter is followed as deep as JSON would be, and no deeper', () => {
  const nested = (depth: number): object => (depth === 0 ? {} : { op: 'not', nodes: [nested(depth - 1)] })
  const asked = (depth: number) => () => decode({ id: 1, subscribe: { channel: 'a', tf: nested(depth) } })
  expect(asked(15)()).toHaveLength(1)
  expect(asked(16)).toThrow('bad request')
  let filter = new Uint8Array()
  for (let depth = 0; depth < 5000; depth++) filter = field(6, filter)
  const command = Uint8Array.of(
    8,
    1,
    ...field(5, Uint8Array.of(...field(1, encoder.encode('a')), ...field(13, filter))),
  )
  expect(() => codec.decode(Uint8Array.of(...varint(command.length), ...command))).toThrow('bad request')
})

test('bytes that are not JSON stay bytes, and do not keep the frame', () => {
  const sent = frame({ id: 1, publish: { channel: 'a', data: Uint8Array.of(0, 255, 1) } })
  const [command] = codec.decode(sent)
  sent.fill(7)
  expect(command).toEqual({ id: 1, publish: { channel: 'a', data: Uint8Array.of(0, 255, 1) } })
})

const info: ClientInfo = { user: 'ann', client: 'c1', connInfo: '{"name":"Ann"}', chanInfo: Uint8Array.of(65) }
const publication: Publication = {
  epoch: 'xyz',
  offset: farthest,
  data: '"好 \u{1F600}"',
  time: 1,
  info,
  tags: { k: 'v', l: '' },
}
const published = {
  data: '"好 \u{1F600}"',
  info: { user: 'ann', client: 'c1', conn_info: '{"name":"Ann"}', chan_info: 'A' },
  offset: farthest,
  tags: { k: 'v', l: '' },
}
const subscribed: SubscribeResult = {
  ttl: 90,
  positioned: true,
  recoverable: true,
  position: { epoch: 'xyz', offset: 7 },
  wasRecovering: true,
  recovered: true,
  publications: [publication],
  data: 'null',
  delta: false,
}
const subscribeResult = {
  expires: true,
  ttl: 90,
  recoverable: true,
  epoch: 'xyz',
  publications: [published],
  recovered: true,
  offset: 7,
  positioned: true,
  data: 'null',
  was_recovering: true,
}
const connected = {
  client: 'c1',
  version: 'v',
  data: '{}',
  subs: new Map([['a', subscribed]]),
  ping: 25,
  pong: true,
  session: 's',
  node: 'n',
  ttl: undefined,
}

const replies: [OurReply, object][] = [
  [
    { error: { code: 100, message: 'internal server error', temporary: true } },
    { error: { code: 100, message: 'internal server error', temporary: true } },
  ],
  [
    { connect: connected },
    {
      connect: {
        client: 'c1',
        version: 'v',
        data: '{}',
        subs: { a: subscribeResult },
        ping: 25,
        pong: true,
        session: 's',
        node: 'n',
      },
    },
  ],
  [{ subscribe: subscribed }, { subscribe: subscribeResult }],
  [
    { subscribe: { ...subscribed, positioned: false, publications: [], data: undefined, ttl: undefined } },
    { subscribe: { recoverable: true, recovered: true, was_recovering: true } },
  ],
  [{ unsubscribe: true }, { unsubscribe: {} }],
  [{ publish: true }, { publish: {} }],
  [{ presence: new Map([['c1', info]]) }, { presence: { presence: { c1: published.info } } }],
  [{ presence: new Map() }, { presence: {} }],
  [{ presence_stats: { clients: 200, users: 0 } }, { presence_stats: { num_clients: 200 } }],
  [
    { history: { publications: [publication, publication], top: { epoch: 'xyz', offset: 2 ** 40 } } },
    { history: { publications: [published, published], epoch: 'xyz', offset: 2 ** 40 } },
  ],
  [{ rpc: Uint8Array.of(1, 2) }, { rpc: { data: '\u0001\u0002' } }],
  [{ rpc: undefined }, { rpc: {} }],
  [{ refresh: { ttl: 60 } }, { refresh: { expires: true, ttl: 60 } }],
  [{ sub_refresh: { ttl: undefined } }, { sub_refresh: {} }],
]

test.each(replies)('the reply %j is read by another implementation', (reply, expected) => {
  expect(heard(codec.reply(4_294_967_295, reply))).toEqual({ id: 4_294_967_295, ...expected })
})

const pushes: [Push, object][] = [
  [
    { channel: 'a', join: info },
    { channel: 'a', join: { info: published.info } },
  ],
  [
    { channel: 'a', leave: info },
    { channel: 'a', leave: { info: published.info } },
  ],
  [
    { channel: 'a', unsubscribe: { code: 2500, reason: 'insufficient state' } },
    { channel: 'a', unsubscribe: { code: 2500, reason: 'insufficient state' } },
  ],
  [
    { channel: 'a', subscribe: subscribed },
    { channel: 'a', subscribe: { recoverable: true, epoch: 'xyz', offset: 7, positioned: true, data: 'null' } },
  ],
  [{ disconnect: new Disconnect(3001, 'shutdown') }, { disconnect: { code: 3001, reason: 'shutdown' } }],
  [{ refresh: { ttl: 5 } }, { refresh: { expires: true, ttl: 5 } }],
]

test.each(pushes)('the push %j is read by another implementation', (push, expected) => {
  expect(heard(codec.push(push))).toEqual({ push: expected })
})

test('a publication is encoded once for all its readers', () => {
  const first = codec.publication('a', publication)
  expect(codec.publication('a', publication)).toBe(first)
  expect(heard(first)).toEqual({ push: { channel: 'a', pub: published } })
  const second = codec.publication('a', { ...publication, offset: 1, tags: undefined, info: undefined })
  expect(heard(second)).toEqual({ push: { channel: 'a', pub: { data: published.data, offset: 1, epoch: 'xyz' } } })
})

test('for those who know deltas, what differs from the base is encoded once; without a base all of it', () => {
  const text = (n: number) => `{"text":"${'一样'.repeat(30)}","n":${n}}`
  const [one, two] = [1, 2].map((n) => ({ ...publication, info: undefined, tags: undefined, data: text(n), offset: n }))
  if (one === undefined || two === undefined) throw new Error('there are two')
  const patched = codec.publication('a', two, one)
  expect(codec.publication('a', two, { ...one })).toBe(patched) // the same place in the log, read from the store
  expect(heard(patched)).toEqual({
    push: { channel: 'a', pub: { data: expect.stringMatching(/^35\n33@0,/), offset: 2, delta: true } },
  })
  const whole = codec.publication('a', two, null)
  expect(codec.publication('a', two, null)).toBe(whole)
  expect(codec.publication('a', two, one)).toBe(patched)
  expect(heard(whole)).toEqual({ push: { channel: 'a', pub: { data: text(2), offset: 2 } } })
  expect(heard(codec.publication('a', two))).toEqual(heard(whole))
  const reply = heard(codec.reply(1, { subscribe: { ...subscribed, publications: [one, two], delta: true } }))
  expect(reply).toMatchObject({
    subscribe: {
      delta: true,
      publications: [{ data: text(1) }, { data: expect.stringMatching(/^35\n/), delta: true }],
    },
  })
})

test('bytes are patched as bytes, and never text with bytes', () => {
  const bytes = Uint8Array.from({ length: 200 }, (_, i) => 128 + (i % 64)) // all of them inside of characters, were it text
  const base = { ...publication, data: bytes }
  const changed = { ...publication, data: bytes.with(100, 0), offset: 2 }
  const pub = Reply.toObject(Reply.decodeDelimited(codec.publication('a', changed, base)))['push'].pub
  expect(pub.delta).toBe(true)
  expect(pub.data.length).toBeLessThan(40)
  expect(heard(codec.publication('a', { ...publication, offset: 3 }, base))).not.toHaveProperty('push.pub.delta')
})

test.each([0, 1, 41, 42, 43, 124, 125, 126, 127, 128, 16_380, 16_384, 200_000])(
  'a payload of %i characters arrives whole',
  (size) => {
    const data = `"${'é'.repeat(size)}"`
    const sent = codec.publication('a', { ...publication, data })
    expect(heard(sent)).toEqual({ push: { channel: 'a', pub: { ...published, data } } })
    expect(decode({ id: 1, publish: { channel: 'a', data: encoder.encode(data) } })).toEqual([
      { id: 1, publish: { channel: 'a', data } },
    ])
  },
)

test('frames are joined in order, and a ping is an empty message', () => {
  const joined = codec.join([codec.reply(1, { publish: true }), codec.ping, codec.reply(2, { publish: true })])
  const reader = protobuf.Reader.create(joined)
  const ids: unknown[] = []
  while (reader.pos < reader.len) ids.push(Reply.toObject(Reply.decodeDelimited(reader))['id'])
  expect(ids).toEqual([1, undefined, 2])
})

const malformed: [string, Uint8Array | string][] = [
  ['nothing', new Uint8Array()],
  ['a text', '{}'],
  ['a length beyond the end', Uint8Array.of(5, 8, 1)],
  ['a length that never ends', new Uint8Array(11).fill(255)],
  ['a field 0', Uint8Array.of(2, 0, 0)],
  ['a group', Uint8Array.of(2, 0x33, 0x34)],
  ['a command that is a number', Uint8Array.of(2, 0x20, 1)],
  ['an id of more than 32 bits', Uint8Array.of(6, 8, 255, 255, 255, 255, 127)],
  ['an offset of 2^53', Uint8Array.of(13, 8, 1, 0x2a, 9, 0x38, 128, 128, 128, 128, 128, 128, 128, 16)],
  ['a channel that is not UTF-8', Uint8Array.of(7, 8, 1, 0x32, 3, 10, 1, 255)],
]

test.each(malformed)('%s is not the protocol', (_, bytes) => {
  expect(() => codec.decode(bytes)).toThrow(expect.objectContaining({ code: 3501 }))
})

/** A pseudo-random generator, so that a failing seed can be run again. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

test('whatever arrives becomes commands or ends as 3501', () => {
  const whole = frame(
    {
      id: 1,
      connect: {
        token: 't',
        data: encoder.encode('{}'),
        subs: { a: { recover: true, offset: 9, epoch: 'e' } },
        headers: { x: 'y' },
      },
    },
    { id: 2, history: { channel: 'a', limit: -1, since: { offset: 5, epoch: 'e' } } },
    { id: 3, publish: { channel: 'a', data: encoder.encode('[1]') } },
    { id: 4, sub_refresh: { channel: 'a', token: 't' } },
  )
  let refused = 0
  const seeds = 20_000
  for (let seed = 1; seed <= seeds; seed++) {
    const roll = dice(seed)
    const bytes = whole.slice(0, 1 + roll(whole.length))
    for (let changes = roll(6); changes > 0; changes--) bytes[roll(bytes.length)] = roll(256)
    try {
      for (const { id } of codec.decode(bytes)) expect(id, `seed ${seed}`).toBeWithin(0, 2 ** 32)
    } catch (error) {
      if (!(error instanceof Disconnect) || error.code !== 3501) throw new Error(`seed ${seed}`, { cause: error })
      refused++
    }
  }
  expect(refused).toBeWithin(1, seeds)
})
