import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configReference } from '../src/config-reference.ts'
import { ConfigError } from '../src/config-file.ts'
import { options as table } from '../src/config.ts'
import { channelRules } from '../src/channel-rules.ts'
import { Rules } from '../src/core/rules.ts'
import { loadConfig, type Loaded, type Sources } from '../src/load-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'posthouse-config-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

function fileOf(content: unknown, extension = 'json'): string {
  const path = join(folder, `${++files}.${extension}`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const load = (content: unknown, more: Sources = {}) => loadConfig({ file: fileOf(content), ...more })

/** The problems of a configuration, without the name of its file. */
function problems(sources: Sources | (() => Loaded)): readonly string[] {
  try {
    if (typeof sources === 'function') sources()
    else loadConfig(sources)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((each) => each.replace(/^\S*\d+\.\w+: /, ''))
    throw error
  }
  return []
}

const warnings = (content: unknown) => load(content).warnings.map((each) => each.replace(/^\S*\d+\.\w+: /, ''))

const secret = 'a-secret-of-more-than-thirty-two-bytes'

describe('without any configuration', () => {
  const { config, warnings: none } = loadConfig({})
  const { naming, withoutNamespace, namespaces } = channelRules(config.channel)
  const rules = new Rules(naming, withoutNamespace, namespaces)
  const stranger = { user: '', insecure: false }
  const may = (
    action: 'subscribe' | 'publish' | 'history' | 'presence',
    channel: string,
    user = '',
    subscribed = false,
  ) => rules.allows(action, { ...stranger, user }, channel, rules.namespace(channel), subscribed)

  test('there is nothing to warn about', () => {
    expect(none).toEqual([])
  })

  test('the port is 8000, the data is in ./data, and guests may come', () => {
    expect(config.http_server).toMatchObject({ address: '', port: 8000 })
    expect(config.data.dir).toBe('./data')
    expect(config.client.allow_anonymous_connect_without_token).toBe(true)
    expect(config.client.allowed_origins).toEqual([])
    expect(config.client.publish_rate_limit).toBeGreaterThan(0)
  })

  test('the lobby is open to everybody', () => {
    for (const action of ['subscribe', 'publish', 'history', 'presence'] as const)
      for (const user of ['', '42']) expect(may(action, 'public:lobby', user)).toBe(true)
    expect(rules.namespace('public:lobby')).toMatchObject({
      retention: { size: 200, age: Number.POSITIVE_INFINITY },
      presence: true,
      joinLeave: true,
      forceRecovery: true,
    })
  })

  test('an inbox is open to its user, to read', () => {
    expect(may('subscribe', 'user:#42', '42')).toBe(true)
    expect(may('history', 'user:#42', '42', true)).toBe(true)
    for (const user of ['', '43']) expect(may('subscribe', 'user:#42', user)).toBe(false)
    expect(may('subscribe', 'user:', '42')).toBe(false)
    expect(may('publish', 'user:#42', '42', true)).toBe(false)
    expect(config.mailbox).toMatchObject({ allow_send_for_client: true, open: false, namespace: 'user' })
    expect(may('history', 'user:#42', '43')).toBe(false)
  })

  test('all else is closed', () => {
    for (const action of ['subscribe', 'publish', 'history', 'presence'] as const)
      for (const user of ['', '42']) expect(may(action, 'news', user, true)).toBe(false)
    expect(() => rules.namespace('other:x')).toThrow('unknown channel')
    expect(may('subscribe', '$public:x', '42')).toBe(false)
  })
})

const named = (environment: Record<string, string>) =>
  loadConfig({ environment }).config.channel.namespaces.map(({ name }) => name)

describe('what stands in for a section', () => {
  test('gives way to a section of the file', () => {
    expect(load({ channel: {} }).config.channel.namespaces).toEqual([])
    expect(load({ http_server: { port: 1 } }).config.channel.namespaces).toHaveLength(2)
  })

  test.each([{ client: {} }, { channel: {} }, { client: { insecure: false }, channel: {} }])(
    'lets nobody in without a token where the file speaks of clients or channels: %j',
    (content) => {
      expect(load(content).config.client).toMatchObject({
        allow_anonymous_connect_without_token: false,
        publish_rate_limit: 0,
      })
    },
  )

  test('gives way to namespaces from the environment, and not to other options of channels', () => {
    expect(named({ POSTHOUSE_CHANNEL_NAMESPACES: '[{"name":"chat"}]' })).toEqual(['chat'])
    expect(named({ POSTHOUSE_CHANNEL_MAX_LENGTH: '100' })).toEqual(['public', 'user'])
  })
})

describe('precedence', () => {
  const flags = { 'http_server.port': '4' }
  const environment = { POSTHOUSE_HTTP_SERVER_PORT: '3' }
  const file = fileOf({ http_server: { port: 2 } })
  const cases: readonly [sources: Sources, port: number][] = [
    [{}, 8000],
    [{ file }, 2],
    [{ environment }, 3],
    [{ flags }, 4],
    [{ file, environment }, 3],
    [{ file, flags }, 4],
    [{ file, environment, flags }, 4],
  ]
  test.each(cases)('is flag, environment, file, default: %#', (sources, port) => {
    expect(loadConfig(sources).config.http_server.port).toBe(port)
  })

  test('every option outside of namespaces has a variable of its own', () => {
    const variables = table.flatMap(({ variable }) => variable ?? [])
    expect(new Set(variables).size).toBe(variables.length)
    expect(variables).toContain('POSTHOUSE_CLIENT_TOKEN_HMAC_SECRET_KEY')
    expect(variables).toContain('POSTHOUSE_CHANNEL_WITHOUT_NAMESPACE_HISTORY_SIZE')
  })

  test('text means what it says for each kind of option', () => {
    const { config } = loadConfig({
      environment: {
        POSTHOUSE_CLIENT_INSECURE: 'TRUE',
        POSTHOUSE_HEALTH_ENABLED: '0',
        POSTHOUSE_CLIENT_ALLOWED_ORIGINS: 'https://a.example, https://b.example https://c.example',
        POSTHOUSE_CLIENT_PING_INTERVAL: '1m',
        POSTHOUSE_CHANNEL_WITHOUT_NAMESPACE_HISTORY_SIZE: '-1',
        POSTHOUSE_CHANNEL_WITHOUT_NAMESPACE_HISTORY_TTL: 'forever',
        POSTHOUSE_LOG_LEVEL: 'debug',
      },
    })
    expect(config.client.insecure).toBe(true)
    expect(config.health.enabled).toBe(false)
    expect(config.client.allowed_origins).toEqual(['https://a.example', 'https://b.example', 'https://c.example'])
    expect(Number(config.client.ping_interval)).toBe(60_000)
    expect(channelRules(config.channel).withoutNamespace.retention).toMatchObject({
      size: Number.POSITIVE_INFINITY,
      age: Number.POSITIVE_INFINITY,
    })
    expect(config.log.level).toBe('debug')
  })

  test('a list may be JSON', () => {
    const listed = { POSTHOUSE_CLIENT_ALLOWED_ORIGINS: '["https://a.example"]' }
    expect(loadConfig({ environment: listed }).config.client.allowed_origins).toEqual(['https://a.example'])
  })
})

// A configuration such as a chat behind a backend has, in the three notations.
const wanted = {
  client: {
    token: { hmac_secret_key: secret, audience: 'chat', issuer: 'https://backend.example' },
    allowed_origins: ['https://chat.example'],
    user_connection_limit: 8,
    ping_interval: '20s',
  },
  channel: {
    without_namespace: { presence: true },
    namespaces: [
      { name: 'rooms', history_size: 100, history_ttl: '300s', force_recovery: true, allow_subscribe_for_client: true },
      { name: 'feed', channel_regex: '^(?P<id>[a-z]+)$', publication_data_format: 'json_object' },
    ],
  },
  http_api: { key: 'another-secret-of-more-than-16' },
  http_server: { port: '8001' },
}
const yaml = `
client:
  token:
    hmac_secret_key: ${secret}
    audience: chat
    issuer: https://backend.example
  allowed_origins: [https://chat.example]
  user_connection_limit: 8
  ping_interval: 20s
channel:
  without_namespace:
    presence: true
  namespaces:
    - name: rooms
      history_size: 100
      history_ttl: 300s
      force_recovery: true
      allow_subscribe_for_client: true
    - name: feed
      channel_regex: ^(?P<id>[a-z]+)$
      publication_data_format: json_object
http_api:
  key: another-secret-of-more-than-16
http_server:
  port: 8001
admin:
`
const toml = `
[client]
allowed_origins = ["https://chat.example"]
user_connection_limit = 8
ping_interval = "20s"
[client.token]
hmac_secret_key = "${secret}"
audience = "chat"
issuer = "https://backend.example"
[channel.without_namespace]
presence = true
[[channel.namespaces]]
name = "rooms"
history_size = 100
history_ttl = "300s"
force_recovery = true
allow_subscribe_for_client = true
[[channel.namespaces]]
name = "feed"
channel_regex = "^(?P<id>[a-z]+)$"
publication_data_format = "json_object"
[http_api]
key = "another-secret-of-more-than-16"
[http_server]
port = 8001
`

describe('a configuration of Centrifugo v6', () => {
  test.each([
    ['json', JSON.stringify(wanted)],
    ['yaml', yaml],
    ['yml', yaml],
    ['toml', toml],
    ['JSON', `\uFEFF${JSON.stringify(wanted)}`],
  ])('loads from %s without a warning', (extension, content) => {
    const { config, warnings: said } = loadConfig({ file: fileOf(content, extension) })
    expect(said).toEqual([])
    expect(config.http_server.port).toBe(8001)
    expect(config.client.token).toMatchObject({ hmac_secret_key: secret, audience: 'chat' })
    expect(Number(config.client.ping_interval)).toBe(20_000)
    expect(config.client.allow_anonymous_connect_without_token).toBe(false)
    const { namespaces, withoutNamespace } = channelRules(config.channel)
    expect(withoutNamespace).toMatchObject({ name: '', presence: true, retention: undefined })
    expect(namespaces).toHaveLength(2)
    expect(namespaces[0]).toMatchObject({
      name: 'rooms',
      retention: { size: 100, age: 300_000, metaAge: 2_592_000_000 },
      forceRecovery: true,
      allowSubscribeForClient: true,
      allowPublishForClient: false,
    })
    expect(namespaces[1]?.channelRegex?.test('abc')).toBe(true)
    expect(namespaces[1]?.channelRegex?.test('ABC')).toBe(false)
    expect(namespaces[1]?.publicationDataFormat).toBe('json_object')
  })

  test('may say at length that a feature is off', () => {
    const off = {
      sse: { enabled: false, handler_prefix: '/connection/sse', max_request_body_size: 65_536 },
      consumers: [],
      proxies: [],
      http_server: { internal_port: '', tls: { enabled: false }, http3: { enabled: false } },
      http_api: { handler_prefix: '/api', external: false },
      channel: {
        namespaces: [{ name: 'ab', delta_publish: false, subscribe_proxy_name: 'default', map: { mode: '' } }],
      },
      client: { proxy: { connect: { enabled: false, timeout: '1s' } }, concurrency: 0 },
      broker: { enabled: false, type: 'memory' },
    }
    expect(warnings(off)).toEqual([])
  })

  test('that asks for what is not there yet is told by name', () => {
    const content = {
      uni_grpc: { enabled: true },
      consumers: [{ name: 'kafka' }],
      client: {
        proxy: { connect: { enabled: true, endpoint: 'http://localhost:3000', grpc: { compression: true } } },
      },
      channel: { namespaces: [{ name: 'ab' }, { name: 'cd', map: { mode: 'persistent' } }] },
      http_api: { handler_prefix: '/other' },
    }
    expect(warnings(content)).toEqual([
      'uni_grpc: not supported yet',
      'consumers: not supported yet',
      'client.proxy.connect.grpc: not supported yet',
      'channel.namespaces[1].map: not supported yet',
      'http_api.handler_prefix: not supported yet',
    ])
  })

  test('that asks for what makes no difference here is told why', () => {
    const content = { engine: { type: 'memory' }, client: { presence_update_interval: '30s' } }
    expect(warnings(content)).toEqual([
      'engine: has no effect here: publications are kept in the data folder and survive a restart',
      'client.presence_update_interval: has no effect here: presence is exact and needs no renewal',
    ])
  })

  const refused: readonly [content: object, start: string][] = [
    [{ engine: { type: 'redis', redis: { address: 'x' } } }, 'engine.type "redis" is not supported'],
    [{ broker: { enabled: true, type: 'nats' } }, 'broker.type "nats" is not supported'],
    [{ presence_manager: { enabled: true, type: 'redis' } }, 'presence_manager.type "redis" is not supported'],
    [{ http_server: { tls_autocert: { enabled: 'true' } } }, 'http_server.tls_autocert.enabled is not supported yet'],
    [{ client: { proxy: { connect: { enabled: true } } } }, 'client.proxy.connect.endpoint is missing'],
    [
      { channel: { proxy: { subscribe: { endpoint: 'grpc://localhost:3000' } } } },
      'channel.proxy.subscribe.endpoint must be an address that begins with http:// or https://',
    ],
    [
      { http_server: { internal_port: '9000' }, http_api: { insecure: true } },
      'http_server.internal_port is not supported yet, and with http_api.insecure',
    ],
    [
      { channel: { namespaces: [{ name: 'ab', subscribe_proxy_enabled: true }] } },
      'channel.namespaces[0].subscribe_proxy_enabled asks a backend, and channel.proxy.subscribe.endpoint does not',
    ],
    [
      { channel: { without_namespace: { publish_proxy_enabled: true, publish_proxy_name: 'mine' } } },
      'channel.without_namespace.publish_proxy_enabled asks a backend "mine", which is not in proxies',
    ],
    [
      { rpc: { namespaces: [{ name: 'ab', proxy_enabled: true }] } },
      'rpc.namespaces[0].proxy_enabled asks a backend, and rpc.proxy.endpoint does not say where',
    ],
    [{ proxies: [{ name: 'default', endpoint: 'http://localhost' }] }, 'proxies[0].name "default" is taken'],
    [{ proxies: [{ name: 'mine' }] }, 'proxies[0].endpoint is missing'],
    [
      {
        channel: {
          namespaces: [{ name: 'ab', subscribe_stream_proxy_enabled: true, allow_subscribe_for_client: true }],
        },
      },
      'channel.namespaces[0].subscribe_stream_proxy_enabled is not supported yet, and channel.namespaces[0].allow_subscribe',
    ],
    [
      { channel: { namespaces: [{ name: 'ab', subscription_type: 'map' }] } },
      'channel.namespaces[0].subscription_type "map" is not supported yet',
    ],
  ]
  test.each(refused)('that would lose something, or open a door, is refused: %j', (content, start) => {
    const [problem, ...more] = problems(() => load(content))
    expect(problem).toStartWith(start)
    expect(more).toEqual([])
  })

  test('is refused for its broker only where that is switched on', () => {
    expect(warnings({ broker: { enabled: false, type: 'redis' } })).toEqual([])
  })
})

const channels = (options: object) => ({ channel: { namespaces: [{ name: 'ab', ...options }] } })

const says = (from: string) => `${from} must be a whole number from 0 to 65535, not "x"`

function messageOf(sources: Sources): unknown {
  try {
    return loadConfig(sources)
  } catch (error) {
    return error instanceof Error ? error.message : error
  }
}

describe('a wrong value', () => {
  const whole = 'must be a whole number'
  const values: readonly [content: object, problem: string | RegExp][] = [
    [{ http_server: { port: 65_536 } }, `http_server.port ${whole} from 0 to 65535, not 65536`],
    [{ http_server: { port: -1 } }, `http_server.port ${whole} from 0 to 65535, not -1`],
    [{ http_server: { port: 1.5 } }, `http_server.port ${whole} from 0 to 65535, not 1.5`],
    [{ http_server: { port: 'eighty' } }, `http_server.port ${whole} from 0 to 65535, not "eighty"`],
    [{ http_server: { port: true } }, `http_server.port ${whole} from 0 to 65535, not true`],
    [{ http_server: { port: '' } }, `http_server.port ${whole} from 0 to 65535, not ""`],
    [{ http_server: 8000 }, 'http_server must be a table of options, not 8000'],
    [{ client: [] }, 'client must be a table of options, not []'],
    [{ client: { insecure: 'maybe' } }, 'client.insecure must be true or false, not "maybe"'],
    [{ client: { insecure: 2 } }, 'client.insecure must be true or false, not 2'],
    [{ client: { channel_limit: 0 } }, `client.channel_limit ${whole} of 1 or more, not 0`],
    [{ client: { allowed_origins: [1] } }, 'client.allowed_origins must be a list of texts, not [1]'],
    [{ client: { token: { audience: 5 } } }, 'client.token.audience must be text, in quotes, not 5'],
    [{ client: { stale_close_delay: 10 } }, /^client\.stale_close_delay must be a duration with its unit.*, not 10$/],
    [
      { client: { stale_close_delay: '0s' } },
      /^client\.stale_close_delay must be a duration with its unit.*, not "0s"$/,
    ],
    [{ client: { stale_close_delay: '597h' } }, /at most 596h, not "597h"$/],
    [
      { client: { ping_interval: '1500ms' } },
      /^client\.ping_interval must be a duration of whole seconds.*, not "1500ms"$/,
    ],
    [{ client: { ping_interval: '8s' } }, 'client.pong_timeout must be shorter than ping_interval'],
    [{ shutdown: { timeout: 'forever' } }, /^shutdown\.timeout must be a duration.*, not "forever"$/],
    [
      { log: { level: 'loud' } },
      'log.level must be one of "trace", "debug", "info", "warn", "error", "none", not "loud"',
    ],
    [{ channel: { namespaces: {} } }, /^channel\.namespaces must be a list of namespaces.*, not {}$/],
    [{ channel: { namespaces: ['a'] } }, 'channel.namespaces[0] must be a table of options, not "a"'],
    [
      channels({ name: 'a' }),
      'channel.namespaces[0].name must be at least two letters, digits, "-", "_" or ".", not "a"',
    ],
    [{ channel: { namespaces: [{}] } }, /^channel\.namespaces\[0]\.name must be at least two .*, not missing$/],
    [{ channel: { namespaces: [{ name: 'ab' }, { name: 'ab' }] } }, 'channel.namespaces[1].name "ab" is there twice'],
    [channels({ history_size: 10 }), /^channel\.namespaces\[0]\.history_ttl is missing/],
    [channels({ history_ttl: '1s' }), /^channel\.namespaces\[0]\.history_size is missing/],
    [
      channels({ history_size: -2, history_ttl: '1s' }),
      `channel.namespaces[0].history_size ${whole} of -1 or more, not -2`,
    ],
    [
      channels({ history_size: 1, history_ttl: '2h', history_meta_ttl: '1h' }),
      'channel.namespaces[0].history_meta_ttl must not be shorter than history_ttl',
    ],
    [
      channels({ force_recovery: true }),
      'channel.namespaces[0].force_recovery needs a history: set history_size and history_ttl',
    ],
    [
      channels({ force_recovery_mode: 'x' }),
      /^channel\.namespaces\[0]\.force_recovery_mode must be one of "", "stream", "cache"/,
    ],
    [
      channels({ channel_regex: '(' }),
      /^channel\.namespaces\[0]\.channel_regex is no regular expression that can be used here/,
    ],
    [channels({ channel_regex: '[[:alpha:]]+' }), /classes such as \[:alpha:] are not known/],
    [channels({ channel_regex: '\\Aabc\\z' }), /is no regular expression that can be used here/],
    [{ channel: { without_namespace: { force_recovery: true } } }, /^channel\.without_namespace\.force_recovery needs/],
    [{ channel: { namespace_boundary: '' } }, /^channel\.namespace_boundary must be text, in quotes, and not empty/],
    [{ data: { dir: '' } }, 'data.dir must be the path of a folder, not ""'],
    [
      { client: { subscribe_to_user_personal_channel: { enabled: true, personal_channel_namespace: 'me' } } },
      /personal_channel_namespace "me" is no namespace of channel\.namespaces$/,
    ],
    [
      { client: { token: { audience: 'a', audience_regex: 'b' } } },
      /audience_regex must not be there together with audience/,
    ],
    [{ client: { subscription_token: { enabled: true } } }, /^client\.subscription_token\.hmac_secret_key is missing/],
  ]
  test.each(values)('is refused with its place and what is allowed: %j', (content, expected) => {
    const [problem, ...more] = problems(() => load(content))
    if (typeof expected === 'string') expect(problem).toBe(expected)
    else expect(problem).toMatch(expected)
    expect(more).toEqual([])
  })

  test('names where it comes from', () => {
    const file = fileOf({ http_server: { port: 'x' } })
    expect(messageOf({ file })).toBe(says(`${file}: http_server.port`))
    expect(messageOf({ environment: { POSTHOUSE_HTTP_SERVER_PORT: 'x' } })).toBe(says('POSTHOUSE_HTTP_SERVER_PORT'))
    expect(messageOf({ flags: { 'http_server.port': 'x' } })).toBe(says('--http_server.port'))
    expect(messageOf({ environment: { POSTHOUSE_CHANNEL_NAMESPACES: '[{"name":"ab","history_size":"x"}]' } })).toBe(
      'POSTHOUSE_CHANNEL_NAMESPACES[0].history_size must be a whole number of -1 or more, not "x"',
    )
    expect(messageOf({ environment: { POSTHOUSE_CHANNEL_NAMESPACES: 'chat' } })).toStartWith(
      'POSTHOUSE_CHANNEL_NAMESPACES must be a list of namespaces',
    )
  })

  test('does not hide another', () => {
    expect(
      problems(() => load({ http_server: { port: -1 }, log: { level: 5 }, engine: { type: 'redis' } })),
    ).toHaveLength(3)
  })
})

const nested = (path: string, value: unknown) =>
  path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)

describe('a secret', () => {
  const paths = ['client.token.hmac_secret_key', 'client.token.hmac_previous_secret_key', 'http_api.key']

  test.each(paths)('that is empty, short or no text is refused, and never shown: %s', (path) => {
    for (const value of ['', 'hunter2', 'fifteen-letters', null, 1234567890123456, ['x']]) {
      const [problem, ...more] = problems(() => load(nested(path, value)))
      expect(problem).toStartWith(`${path} must be a secret of at least 16 characters`)
      expect(problem).not.toMatch(/hunter2|fifteen|1234/)
      expect(more).toEqual([])
    }
    expect(problems({ environment: { [`POSTHOUSE_${path.replaceAll('.', '_').toUpperCase()}`]: '' } })).toHaveLength(1)
    expect(problems(() => load(nested(path, secret)))).toEqual([])
  })

  test('that stands next to a mistake in the file is not quoted', () => {
    for (const [content, extension] of [
      [`{"client": {"token": {"hmac_secret_key": "${secret}" "x"}}}`, 'json'],
      [`client:\n  token:\n    hmac_secret_key: "${secret}" x\n`, 'yaml'],
      [`[client.token]\nhmac_secret_key = "${secret}" x\n`, 'toml'],
    ] as const) {
      const [problem] = problems({ file: fileOf(content, extension) })
      expect(problem).toStartWith('cannot be parsed')
      expect(problem).not.toContain(secret)
      expect(problem).toContain('line')
    }
  })

  test('below 32 bytes is warned about', () => {
    expect(warnings({ client: { token: { hmac_secret_key: 'sixteen-letters!' } } })).toEqual([
      'client.token.hmac_secret_key has fewer than the 32 bytes that RFC 7518 section 3.2 asks for',
    ])
  })
})

describe('an unknown name', () => {
  const names: readonly [content: object, suggestion: string | undefined][] = [
    [{ http_server: { prot: 1 } }, 'http_server.port'],
    [{ http_sever: {} }, 'http_server'],
    [{ token_hmac_secret_key: 'x' }, 'client.token.hmac_secret_key'],
    [{ allowed_origins: [] }, 'client.allowed_origins'],
    [{ namespaces: [] }, 'channel.namespaces'],
    [{ port: 1 }, 'http_server.port'],
    [{ client: { alowed_origins: [] } }, 'client.allowed_origins'],
    [{ client: { token: { hmac_secret: 'x' } } }, 'client.token.hmac_secret_key'],
    [{ channel: { without_namespace: { presense: true } } }, 'channel.without_namespace.presence'],
    [
      { channel: { namespaces: [{ name: 'ab', allow_suscribe_for_client: true }] } },
      'channel.namespaces[].allow_subscribe_for_client',
    ],
    [{ wholly: { different: 1 } }, undefined],
    [{ constructor: 1, toString: 2 }, undefined],
  ]
  test.each(names)('is warned about with the nearest known one: %j', (content, suggestion) => {
    for (const warning of warnings(content))
      expect(warning).toEndWith(
        suggestion === undefined ? ': unknown option' : `: unknown option; did you mean ${suggestion}?`,
      )
    expect(warnings(content).length).toBeGreaterThan(0)
  })

  test('in the environment is warned about, too', () => {
    const environment = {
      POSTHOUSE_HTTP_SERVER_PROT: '1',
      POSTHOUSE_UNI_GRPC_ENABLED: 'true',
      POSTHOUSE_CONFIG: '/x',
      CENTRIFUGO_HTTP_SERVER_PORT: '1',
      PATH: '/bin',
    }
    expect(loadConfig({ environment }).warnings).toEqual([
      'POSTHOUSE_HTTP_SERVER_PROT: unknown option; did you mean POSTHOUSE_HTTP_SERVER_PORT?',
      'POSTHOUSE_UNI_GRPC_ENABLED: not supported yet',
      'CENTRIFUGO_HTTP_SERVER_PORT: not read; here the names begin with POSTHOUSE_',
    ])
  })
})

describe('a file', () => {
  test.each([
    ['/nowhere/posthouse.json', 'cannot be read: ENOENT'],
    [fileOf('', 'ini'), 'the name of a configuration file ends in .json, .yaml, .yml or .toml'],
    [fileOf('[]'), 'must be a table of options'],
    [fileOf('5'), 'must be a table of options'],
    [fileOf('a: b: c', 'yaml'), 'cannot be parsed'],
    [fileOf('a = ', 'toml'), 'cannot be parsed'],
    [fileOf('{"a": 1,\n"b" 2}'), 'cannot be parsed'],
  ])('that cannot be used is refused in one sentence: %s', (file, reason) => {
    try {
      loadConfig({ file })
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      expect(error.problems).toHaveLength(1)
      expect(error.message).toStartWith(`${file}: ${reason}`)
    }
  })

  test('that is empty is as good as none', () => {
    expect(loadConfig({ file: fileOf('', 'yaml') }).config).toEqual(loadConfig({}).config)
    expect(loadConfig({ file: fileOf('# nothing', 'toml') }).config).toEqual(loadConfig({}).config)
  })
})

test.each([
  [{ client: { insecure: true } }, 'client.insecure is on'],
  [{ http_api: { insecure: true } }, 'http_api.insecure is on'],
  [{ client: { allowed_origins: ['*'] } }, 'client.allowed_origins has "*"'],
  [
    { client: { allowed_origins: ['https://a.example/'] } },
    'client.allowed_origins has "https://a.example/", which no',
  ],
  [{ client: { allowed_origins: ['a.example'] } }, 'client.allowed_origins has "a.example", which no'],
])('a risk, or a value that can have no effect, is warned about: %j', (content, start) => {
  const [warning, ...more] = warnings(content)
  expect(warning).toStartWith(start)
  expect(more).toEqual([])
})

test('origins are taken as they are', () => {
  const allowed_origins = ['https://a.example', 'http://localhost:3000', 'https://*.example', 'capacitor://localhost']
  expect(warnings({ client: { allowed_origins } })).toEqual([])
})

const camel = (path: string) => path.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

test('every option of a namespace reaches the rule of the same name', () => {
  const flags = table.filter(
    ({ path, flag }) => flag && path.startsWith('channel.namespaces[].') && !path.includes('_proxy_'),
  )
  expect(flags.length).toBeGreaterThan(15)
  const rules = (options: object) => {
    const settings = { name: 'ab', history_size: 1, history_ttl: '1h', ...options }
    return channelRules(load({ channel: { namespaces: [settings] } }).config.channel).namespaces[0] ?? {}
  }
  const onlyWith: Record<string, object> = {
    auto_cache_recover: { force_recovery: true, force_recovery_mode: 'cache' },
  }
  for (const { path } of flags) {
    const name = path.replace('channel.namespaces[].', '')
    const before = new Map<string, unknown>(Object.entries(rules(onlyWith[name] ?? {})))
    const after: [string, unknown][] = Object.entries(rules({ ...onlyWith[name], [name]: true }))
    const changed = after.filter(([each, value]) => JSON.stringify(value) !== JSON.stringify(before.get(each)))
    expect(changed).toEqual([[camel(name), true]])
  }
})

test('the formats of patches and the mode of recovery are checked', () => {
  const wrong = (options: object) => () => load({ channel: { namespaces: [{ name: 'ab', ...options }] } })
  expect(wrong({ allowed_delta_types: ['xdelta'] })).toThrow('allowed_delta_types')
  expect(wrong({ auto_cache_recover: true })).toThrow('needs force_recovery and force_recovery_mode')
  const { config } = load({ channel: { namespaces: [{ name: 'ab', allowed_delta_types: ['fossil'] }] } })
  expect(channelRules(config.channel).namespaces[0]?.allowedDeltaTypes).toEqual(['fossil'])
})

test('every default that is written down is the one in force', () => {
  const values: Record<string, string> = {}
  for (const { path, default: value, secret: isSecret } of table)
    if (value !== '' && !isSecret && !path.includes('[') && path !== 'channel.namespaces') values[path] = value
  const environment: Record<string, string | undefined> = Object.fromEntries(
    table.flatMap(({ path, variable }) => (variable !== undefined && path in values ? [[variable, values[path]]] : [])),
  )
  delete environment['POSTHOUSE_CLIENT_ALLOW_ANONYMOUS_CONNECT_WITHOUT_TOKEN']
  delete environment['POSTHOUSE_CLIENT_PUBLISH_RATE_LIMIT']
  delete environment['POSTHOUSE_MAILBOX_ALLOW_SEND_FOR_CLIENT']
  expect(loadConfig({ environment }).config).toEqual(loadConfig({}).config)
})

test('the page of the documentation is the one that the table makes', async () => {
  const page = await Bun.file(join(import.meta.dir, '../docs/reference/configuration.md')).text()
  expect(page.trimEnd()).toBe(configReference()) // if not: bun src/cli/main.ts config --markdown > docs/reference/configuration.md
})
