/** The JSON codec against what it was never meant to be given. */
import { describe, expect, test } from 'bun:test'
import { Disconnect } from '../core/errors.ts'
import { JsonCodec } from './json.ts'
import type { Command, Frame } from './messages.ts'
import { Dice, randomJson } from '../../test/dice.ts'

const codec = new JsonCodec(128)
const seeds = Array.from({ length: 2000 }, (_, n) => n + 1)

const commands = [
  '{"id":1,"connect":{"token":"t","data":{"a":1},"name":"js","version":"1","subs":{"a":{"recover":true,"offset":1,"epoch":"e"}},"headers":{"x":"y"}}}',
  '{"id":2,"subscribe":{"channel":"a","token":"t","recover":true,"epoch":"e","offset":3,"data":[1],"flag":3,"positioned":true,"recoverable":true,"join_leave":true}}',
  '{"id":3,"unsubscribe":{"channel":"a"}}',
  '{"id":4,"publish":{"channel":"a","data":{"n":12345678901234567890}}}',
  '{"id":5,"presence":{"channel":"a"}}',
  '{"id":6,"presence_stats":{"channel":"a"}}',
  '{"id":7,"history":{"channel":"a","limit":10,"since":{"offset":3,"epoch":"e"},"reverse":true}}',
  '{"id":8,"rpc":{"method":"m","data":"x"}}',
  '{"send":{"data":{}}}',
  '{"id":9,"refresh":{"token":"t"}}',
  '{"id":10,"sub_refresh":{"channel":"a","token":"t"}}',
  '{}',
] as const

/** What is read, or that it ends the connection with 3501: there is no third. */
function read(frame: Frame): Command[] | undefined {
  try {
    return codec.decode(frame)
  } catch (error) {
    if (error instanceof Disconnect && error.code === 3501) return undefined
    throw error
  }
}

describe('whatever comes in', () => {
  test('is commands or the end of the connection, and commands are what JSON.parse says', () => {
    let understood = 0
    for (const seed of seeds) {
      const dice = new Dice(seed)
      const lines = Array.from({ length: 1 + dice.roll(3) }, () => dice.pick(commands)).join('\n')
      const frame = dice.roll(8) === 0 ? lines : dice.mutate(lines)
      const given = read(frame)
      if (given === undefined) continue
      understood++
      const parsed = frame
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(given).toHaveLength(parsed.length)
      for (const [n, command] of given.entries()) agree(command, parsed[n] ?? {}, seed)
    }
    expect(understood).toBeWithin(seeds.length / 10, (seeds.length * 9) / 10) // or the dice are loaded
  })

  test('random JSON in every place of a command', () => {
    for (const seed of seeds) {
      const dice = new Dice(seed)
      const value = () => randomJson(dice, 2).replaceAll(/[\r\n]/g, ' ')
      const name = dice.pick([
        'connect',
        'subscribe',
        'publish',
        'history',
        'rpc',
        'send',
        'refresh',
        'sub_refresh',
        'nothing',
      ])
      const field = dice.pick([
        'channel',
        'data',
        'token',
        'subs',
        'since',
        'offset',
        'limit',
        'flag',
        'recover',
        'headers',
        'd\\u0061ta',
      ])
      const line = `{"id":${dice.pick(['1', '0', value()])},"${name}":{"channel":"a","${field}":${value()},"data":${value()}}}`
      const [command] = read(line) ?? []
      if (command !== undefined) agree(command, JSON.parse(line) as Record<string, unknown>, seed)
    }
  })

  test('random bytes', () => {
    for (const seed of seeds) {
      const dice = new Dice(seed)
      const bytes = Uint8Array.from({ length: dice.roll(60) }, () => dice.roll(dice.pick([256, 128])))
      read(bytes)
      read(Buffer.from(bytes).toString('latin1'))
    }
  })

  test.each([
    ['a byte order mark', '\ufeff{}'],
    ['nesting', '{"id":1,"a":'.repeat(100_000)],
    ['lists', `{"id":1,"rpc":{"data":${'['.repeat(200)}${']'.repeat(200)}}}`],
    ['an endless text', `{"id":1,"connect":{"token":"${'x'.repeat(60_000)}`],
    ['many lines', '\n'.repeat(60_000)],
  ])('%s ends the connection', (_what, frame) => {
    expect(read(frame)).toBeUndefined()
  })

  test.each([
    ['{"__proto__":{"connect":{}},"id":1}', { id: 1, unknown: true }],
    ['{"id":1,"constructor":{"prototype":{"x":1}}}', { id: 1, unknown: true }],
    ['{"id":1,"presence":{"__proto__":{"channel":"a"}}}', { id: 1, presence: { channel: '' } }],
    ['{"id":1,"presence":{"channel":"a","channel":"b"}}', { id: 1, presence: { channel: 'b' } }],
    ['{"id":1,"pres\\u0065nce":{"channel":"a"}}', { id: 1, presence: { channel: 'a' } }],
    [
      '{"id":1,"publish":{"channel":"a","data":1},"publish":{"channel":"b","d\\u0061ta":2}}',
      { id: 1, publish: { channel: 'b', data: '2' } },
    ],
    ['{"id":1,"publish":{"channel":"a","data":null}}', { id: 1, publish: { channel: 'a', data: 'null' } }],
    [
      '{"id":1,"publish":{"channel":"a","data": {"b" : 1.0 } }}',
      { id: 1, publish: { channel: 'a', data: '{"b" : 1.0 }' } },
    ],
    ['{"id":1,"rpc":{"method":"m","data":null}}', { id: 1, rpc: { method: 'm', data: undefined } }],
    ['{"id":4294967295,"unsubscribe":{"channel":"\\ud800"}}', { id: 4294967295, unsubscribe: { channel: '\ud800' } }],
  ])('%s is %j', (line, command) => {
    expect(codec.decode(line)).toEqual([command as unknown as Command])
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})

describe('what goes out', () => {
  const someone = { user: 'a"b\\c\n\u2028', client: 'id', connInfo: '{"n":1.0}', chanInfo: undefined }

  test('is one line of JSON, whatever is in the names, and payloads as they were', () => {
    for (const channel of ['a', '"', '\\', '</script>', '\u2028', '驿站', '\n']) {
      const publication = { epoch: 'e"', offset: 1, data: '{"x":1.0}', time: 0, info: someone, tags: { 'k"': 'v\n' } }
      const frame = codec.publication(channel, publication)
      expect(frame).not.toContain('\n')
      expect(frame).toContain('"data":{"x":1.0}')
      expect(JSON.parse(frame)).toEqual({
        push: {
          channel,
          pub: {
            data: { x: 1 },
            info: { user: someone.user, client: 'id', conn_info: { n: 1 } },
            offset: 1,
            epoch: 'e"',
            tags: { 'k"': 'v\n' },
          },
        },
      })
    }
  })

  test('only the first of a log tells its epoch, and what has no offset tells none', () => {
    const publication = { epoch: 'e', offset: 2, data: '1', time: 0, info: undefined, tags: undefined }
    expect(codec.publication('a', publication)).toBe('{"push":{"channel":"a","pub":{"data":1,"offset":2}}}')
    const passing = { ...publication, epoch: '', offset: 0 }
    expect(codec.publication('a', passing)).toBe('{"push":{"channel":"a","pub":{"data":1}}}')
  })

  test('a publication is encoded once', () => {
    const publication = { epoch: 'e', offset: 2, data: '1', time: 0, info: undefined, tags: undefined }
    const other = { ...publication, offset: 3 }
    expect(codec.publication('a', publication)).toBe(codec.publication('a', publication))
    expect(codec.publication('a', other)).toContain('"offset":3')
    expect(codec.publication('a', publication)).toContain('"offset":2')
  })

  test('bytes have no place in it (3506)', () => {
    const publication = { epoch: '', offset: 0, data: new Uint8Array(1), time: 0, info: undefined, tags: undefined }
    for (let n = 0; n < 2; n++) expect(() => codec.publication('a', publication)).toThrow('inappropriate protocol')
    expect(() => codec.reply(1, { rpc: new Uint8Array(1) })).toThrow('inappropriate protocol')
  })

  test('an error tells that it is temporary only if it is', () => {
    const error = { code: 100, message: 'internal "server" error', temporary: true }
    expect(codec.reply(7, { error })).toBe(
      '{"id":7,"error":{"code":100,"message":"internal \\"server\\" error","temporary":true}}',
    )
    expect(codec.reply(7, { error: { ...error, code: 103, temporary: false } })).not.toContain('temporary')
  })
})

/** Which command it is, its channel and its payload are those of the reference. */
function agree(command: Command, parsed: Record<string, unknown>, seed: number): void {
  const kind = Object.keys(command).find((key) => key !== 'id') ?? ''
  expect({ seed, id: command.id }).toEqual({ seed, id: Number(parsed['id'] ?? 0) })
  if (kind === 'pong' || kind === 'unknown') return
  const fields = parsed[kind] as Record<string, unknown>
  const found = (command as unknown as Record<string, Record<string, unknown>>)[kind] ?? {}
  for (const name of ['channel', 'token', 'method']) {
    const value: unknown = found[name]
    const reference: unknown = fields[name] ?? ''
    if (typeof value === 'string') expect<unknown[]>([seed, name, value]).toEqual([seed, name, reference])
  }
  if (!('data' in found)) return
  const { data } = found
  if (typeof data !== 'string') expect(fields['data'] ?? null).toBeNull()
  else expect({ seed, data: JSON.parse(data) as unknown }).toEqual({ seed, data: fields['data'] })
}
