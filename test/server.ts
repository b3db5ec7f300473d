/**
 * A real server for a test: port 0, SQLite in a folder that goes with it,
 * tokens signed with its secret. `await using` closes it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type JWTPayload, SignJWT } from 'jose'
import { configSchema } from '../src/config.ts'
import type { Hooks } from '../src/core/hooks.ts'
import { openSecrets } from '../src/secrets.ts'
import { type RunningServer, startServer } from '../src/server.ts'
import { openSqliteStore } from '../src/stores/sqlite.ts'
import { Wire, type WireOptions } from './wire.ts'

export const secret = 'the secret of the tests, long enough'
export const apiKey = 'the key of the tests'

type Section = Readonly<Record<string, unknown>>

export interface TestOptions {
  /** By name; '' for channels without namespace. */
  readonly namespaces?: Readonly<Record<string, Section>>
  readonly client?: Section
  readonly channel?: Section
  readonly http_api?: Section
  readonly swagger?: Section
  readonly rpc?: Section
  readonly proxies?: readonly Section[]
  readonly websocket?: Section
  readonly mailbox?: Section
  readonly channel_url?: Section
  readonly uni_websocket?: Section
  readonly application?: { readonly hooks: Hooks }
  /** The data folder, which is then kept. */
  readonly folder?: string
  readonly port?: number
}

/** Everything is allowed, to everybody. */
export const open = {
  presence: true,
  allow_subscribe_for_client: true,
  allow_subscribe_for_anonymous: true,
  allow_publish_for_client: true,
  allow_publish_for_anonymous: true,
  allow_history_for_client: true,
  allow_history_for_anonymous: true,
  allow_presence_for_client: true,
  allow_presence_for_anonymous: true,
}

/** Open, and nothing is lost. */
export const logged = { ...open, history_size: 1000, history_ttl: '1h', force_recovery: true }

export function testConfig({ namespaces = {}, ...options }: TestOptions, folder: string) {
  const { '': withoutNamespace = {}, ...named } = namespaces
  return configSchema.parse({
    http_server: { address: '127.0.0.1', port: options.port ?? 0 },
    data: { dir: folder },
    client: { allow_anonymous_connect_without_token: true, token: { hmac_secret_key: secret }, ...options.client },
    channel: {
      without_namespace: withoutNamespace,
      namespaces: Object.entries(named).map(([name, rules]) => ({ name, ...rules })),
      ...options.channel,
    },
    http_api: { key: apiKey, ...options.http_api },
    swagger: options.swagger ?? {},
    rpc: options.rpc ?? {},
    proxies: options.proxies ?? [],
    websocket: options.websocket ?? {},
    mailbox: options.mailbox ?? {},
    channel_url: options.channel_url ?? {},
    uni_websocket: options.uni_websocket ?? {},
    shutdown: { timeout: '2s' },
  })
}

export class TestServer implements AsyncDisposable {
  readonly #server: RunningServer
  /** What the server's own faults were; a test may look, and at the end there are none. */
  readonly faults: unknown[]
  readonly #wires: Wire[] = []
  readonly #end: () => void

  constructor(server: RunningServer, faults: unknown[], end: () => void) {
    this.#server = server
    this.faults = faults
    this.#end = end
  }

  get publish(): RunningServer['node']['publish'] {
    return (...args) => this.#server.node.publish(...args)
  }

  get url(): URL {
    return this.#server.url
  }

  get webSocket(): string {
    return `ws://${this.#server.url.host}/connection/websocket`
  }

  /** A bare connection. */
  async wire(options: WireOptions = {}): Promise<Wire> {
    const wire = await Wire.open(this.webSocket, options)
    this.#wires.push(wire)
    return wire
  }

  /** One that said who it is, by a token unless it is nobody. */
  async connect(user = '', claims: JWTPayload = {}): Promise<Wire> {
    const wire = await this.wire()
    await wire.ask({ connect: user === '' ? {} : { token: await sign({ sub: user, ...claims }) } })
    return wire
  }

  /** Calls the server API. */
  async api(method: string, params: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const response = await fetch(new URL(`/api/${method}`, this.url), {
      method: 'POST',
      headers: { 'x-api-key': apiKey, ...headers },
      body: typeof params === 'string' || params instanceof Blob ? params : JSON.stringify(params),
    })
    const text = await response.text()
    return { status: response.status, text, body: parsed(text) }
  }

  async close(): Promise<void> {
    for (const wire of this.#wires) wire.close()
    await this.#server.close()
    this.#end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
    if (this.faults.length > 0) throw new AggregateError(this.faults, 'the server had faults of its own')
  }
}

export interface ApiAnswer {
  readonly status: number
  readonly text: string
  readonly body: unknown
}

export async function startTestServer(options: TestOptions = {}): Promise<TestServer> {
  const folder = options.folder ?? temporaryFolder()
  const faults: unknown[] = []
  const nothing = () => {}
  const config = testConfig(options, folder)
  const secrets = openSecrets(config)
  const store = await openSqliteStore({ file: join(folder, 'posthouse.db') })
  const log = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (event: string, fields?: { readonly error?: unknown }) => faults.push(fields?.error ?? event),
  }
  const server = startServer({ config, secrets, store, log, hooks: options.application?.hooks })
  return new TestServer(server, faults, () => options.folder ?? rmSync(folder, { recursive: true, force: true }))
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'posthouse-server-'))
}

/** A token, for a connection or (with `channel`) a subscription. */
export function sign(claims: JWTPayload, algorithm = 'HS256', key = secret): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: algorithm }).sign(new TextEncoder().encode(key))
}

/** Seconds since 1970, so many from now. */
export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
