/**
 * Puts a server together: store, engine and node inside, the ways in and the
 * API in front of them, all on one port.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiKeyCheck } from './access/api-key.ts'
import { TokenVerifier } from './access/token.ts'
import { backendHooks } from './access/backend-hooks.ts'
import { docs } from './api/docs.ts'
import type { ApiPart } from './api/openapi.ts'
import { api } from './api/routes.ts'
import { backendSettings } from './backend-settings.ts'
import { channelRules } from './channel-rules.ts'
import type { Config } from './config.ts'
import { systemClock } from './core/clock.ts'
import type { Engine } from './core/engine.ts'
import { disconnects } from './core/errors.ts'
import { defaultLimits, type Limits } from './core/limits.ts'
import { type Hooks, joinHooks } from './core/hooks.ts'
import { Node } from './core/node.ts'
import { RateLimit } from './core/rate-limit.ts'
import { Rules } from './core/rules.ts'
import type { Store } from './core/store.ts'
import { LocalEngine } from './engines/local.ts'
import type { Log } from './log.ts'
import { JsonCodec } from './protocol/json.ts'
import { ProtobufCodec } from './protocol/protobuf.ts'
import { UniCodec } from './protocol/uni.ts'
import type { Secrets } from './secrets.ts'
import { tlsOf } from './tls.ts'
import { tokenSettings } from './token-settings.ts'
import { Arrival, type ArrivalOptions } from './transports/arrival.ts'
import { ChannelUrl, prefix as channelUrlPrefix } from './transports/channel-url.ts'
import { connectionDoors, type Door } from './doors.ts'
import { mailboxDoor } from './mailbox-door.ts'
import { MailboxBookmarks } from './transports/mailbox-bookmarks.ts'
import { readBody } from './transports/http.ts'
import { Flusher } from './transports/outbox.ts'
import { Origins } from './transports/origin.ts'
import { Proxies } from './transports/proxies.ts'
import type { Leaving, Socket, TransportContext } from './transports/transport.ts'
import { cookiesOf } from './transports/visit.ts'
import { version } from './version.ts'

export interface ServerParts {
  readonly config: Config
  readonly secrets: Pick<Secrets, 'tokenSecret' | 'apiKey'>
  readonly store: Store
  /** How publications come to their readers; within this process, unless it is said. */
  readonly engine?: Engine | undefined
  readonly log: Log
  readonly hooks?: Hooks | undefined
}

/** A door that is made for this server. */
export type DoorMaker = (context: TransportContext) => Door

export interface RunningServer {
  readonly node: Node
  readonly url: URL
  readonly port: number
  /**
   * Opens one more door. A path may have parts such as `:name`, and `*` at its end.
   * @throws Error if there is one at this path
   */
  open(path: string, make: DoorMaker): void
  /** Adds to the document of the API. */
  describe(part: () => ApiPart): void
  /** Takes nobody new, sends the clients away to come back (3001), and ends what was begun. */
  close(): Promise<void>
}

export function startServer(parts: ServerParts): RunningServer {
  const { config, secrets, store, log } = parts
  const node = createNode(parts)
  const limit = node.limits.connections
  const newcomers = new RateLimit(node.limits.connectionsPerSecond, systemClock.monotonic())
  const described: (() => ApiPart)[] = []
  let closing = false
  const depth = node.limits.jsonDepth
  const context: TransportContext = {
    node,
    flusher: new Flusher(),
    codecs: { json: new JsonCodec(depth), protobuf: new ProtobufCodec(depth), uni: new UniCodec(depth) },
    admits: () =>
      !closing &&
      server.pendingWebSockets + server.pendingRequests <= limit &&
      (node.limits.connectionsPerSecond === 0 || newcomers.take(systemClock.monotonic())),
    raw: new Set(),
  }
  const hasKey = apiKeyCheck(secrets.apiKey)
  const apiOptions = {
    node,
    isAllowed: ({ headers }: Request) => config.http_api.insecure || hasKey(headers),
    transportErrors: config.http_api.error_mode === 'transport',
    maxBody: config.http_api.body_size_limit,
    read: readBody,
  }
  const doors = connectionDoors(config, context)
  const bookmarks = new MailboxBookmarks(store, systemClock)
  if (!config.mailbox.disabled) doors['/u/*'] = mailboxDoor(config, context, bookmarks, hasKey)
  if (!config.http_api.disabled)
    doors['/api/*'] = ({ request }) => api(request, new URL(request.url).pathname, apiOptions)
  if (!config.channel_url.disabled) {
    const channels = new ChannelUrl({
      ...context,
      hasKey,
      maxBody: config.http_api.body_size_limit,
      longPollTimeout: config.channel_url.long_poll_timeout,
      heartbeatInterval: config.channel_url.heartbeat_interval,
    })
    doors[`${channelUrlPrefix}*`] = (arrival, self) => channels.answer(arrival, self)
  }
  if (!config.http_api.disabled && config.swagger.enabled)
    for (const [path, page] of Object.entries(docs(version, described))) doors[path] = ({ request }) => page(request)
  if (config.health.enabled) doors['/health'] = () => health(store)
  const { trusted_proxies: proxies, tls: ownTls } = config.http_server
  const arriving: ArrivalOptions = {
    origins: new Origins(config.client.allowed_origins),
    proxies: proxies.length === 0 ? undefined : new Proxies(proxies),
    secure: ownTls.enabled,
  }
  const route = (door: Door) => (request: Request, self: Bun.Server<Socket>) =>
    door(new Arrival(request, self, arriving), self)
  const routes = Object.fromEntries(Object.entries(doors).map(([path, door]) => [path, route(door)]))
  const notFound = () => new Response('there is nothing here\n', { status: 404 })

  const tls = tlsOf(config.http_server)
  const options = {
    ...(tls && { tls }),
    ...(config.http_server.address !== '' && { hostname: config.http_server.address }),
    port: config.http_server.port,
    maxRequestBodySize: Number.MAX_SAFE_INTEGER, // each door has a limit, and says so; here it would be one for all
    idleTimeout: 10, // the default, in seconds; said, because Bun would print a warning of its own when it is over
    routes,
    fetch: notFound,
    error(error: Error) {
      log.error('request failed', { error })
      return new Response('internal server error\n', { status: 500 })
    },
    websocket: {
      perMessageDeflate: config.websocket.compression,
      maxPayloadLength: config.websocket.message_size_limit,
      backpressureLimit: 0, // the outbox has the limit, and says so; here it would drop without a word
      idleTimeout: 0, // the session pings, with a deadline of its own
      sendPings: false,
      open: (ws) => ws.data.open(ws),
      message: (ws, message) => ws.data.message(message),
      drain: (ws) => ws.data.drain(),
      pong: (ws, data) => ws.data.pong(data),
      close: (ws, code, reason) => ws.data.close(code, reason),
    },
  } satisfies Bun.Serve.Options<Socket>
  const server = listen(node, options)
  return {
    node,
    url: server.url,
    port: server.port ?? 0,
    open(path, make) {
      if (Object.hasOwn(routes, path)) throw new Error(`there is something at ${path} already`)
      routes[path] = route(make(context))
      server.reload(options)
    },
    describe: (part) => void described.push(part),
    close() {
      closing = true
      return close(server, node, store, context.raw, bookmarks, config.shutdown.timeout)
    },
  }
}

/** @throws an error with the code `EADDRINUSE` if the port is taken */
function listen(node: Node, options: Bun.Serve.Options<Socket>): Bun.Server<Socket> {
  try {
    return Bun.serve(options)
  } catch (error) {
    node.stop()
    throw error
  }
}

function createNode({ config, secrets, store, engine = new LocalEngine(), log, hooks = {} }: ServerParts): Node {
  const { client } = config
  const { naming, withoutNamespace, namespaces } = channelRules(config.channel)
  const personal = client.subscribe_to_user_personal_channel
  const prefix =
    personal.personal_channel_namespace === ''
      ? ''
      : `${personal.personal_channel_namespace}${naming.namespaceBoundary}`
  const report = (error: unknown) => log.error('internal error', { error })
  const settings = tokenSettings(config, { secret: secrets.tokenSecret, clock: systemClock, report })
  const connections = new TokenVerifier(settings.connection, systemClock)
  const subscriptions = new TokenVerifier(settings.subscription, systemClock)
  const rules = new Rules(naming, withoutNamespace, namespaces)
  const backends = backendSettings(config, rules, report)
  return new Node({
    id: crypto.randomUUID(),
    rules,
    limits: limitsOf(config),
    auth: {
      insecure: client.insecure,
      allowAnonymous: client.allow_anonymous_connect_without_token,
      disallowAnonymousTokens: client.disallow_anonymous_connection_tokens,
      tokenIn: client.token.cookie === '' ? undefined : (headers) => cookiesOf(headers).get(client.token.cookie) ?? '',
      personalChannel: personal.enabled ? (user) => `${prefix}${naming.userBoundary}${user}` : undefined,
    },
    tokens: {
      connection: (token) => connections.connection(token),
      subscription: (token) => subscriptions.subscription(token),
    },
    store,
    engine,
    clock: systemClock,
    random: Math.random,
    hooks: backends.all.length === 0 ? hooks : joinHooks(hooks, backendHooks(backends)),
    version: `Posthouse ${version}`,
    report,
  })
}

function limitsOf({ client }: Config): Limits {
  return {
    ...defaultLimits,
    connections: client.connection_limit || openFiles() - spareFiles,
    connectionsPerSecond: client.connection_rate_limit,
    connectionsPerUser: client.user_connection_limit || Infinity,
    channelsPerClient: client.channel_limit,
    callsPerSecond: client.publish_rate_limit,
    queuedCommands: client.command_queue_limit,
    outboxSize: client.queue_max_size,
    heldSize: client.catch_up_max_size,
    historyPage: client.history_max_publication_limit,
    recoveredPublications: client.recovery_max_publication_limit,
    pingInterval: client.ping_interval,
    pongTimeout: client.pong_timeout,
    staleCloseDelay: client.stale_close_delay,
    expiredCloseDelay: client.expired_close_delay,
    expiredSubCloseDelay: client.expired_sub_close_delay,
    positionCheckDelay: client.channel_position_check_delay,
  }
}

/** Kept free for the database, uploads and answers while all connections are taken. */
const spareFiles = 200

/** How many files this process may have open, sockets among them. */
function openFiles(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync(join('/proc', 'self', 'limits'), 'utf8')) ?? []
    return Number(soft ?? fallback)
  } catch {
    return fallback // not Linux
  }
}

const fallback = 10_000

function health(store: Store): Response {
  if (store.trouble === undefined) return Response.json({})
  return Response.json({ status: 'degraded', because: store.trouble }, { status: 503 })
}

async function close(
  server: Bun.Server<Socket>,
  node: Node,
  store: Store,
  raw: ReadonlySet<Leaving>,
  bookmarks: MailboxBookmarks,
  timeout: number,
): Promise<void> {
  const deadline = Date.now() + timeout
  const stopped = server.stop() // nobody new; what is under way goes on
  let sent = 0
  const pauseNow = async () => ++sent % 256 === 0 && Bun.sleep(1) // so that they do not all come back in the same instant
  for (const client of node.clients.values()) {
    client.disconnect(disconnects.shutdown())
    await pauseNow()
  }
  for (const connection of raw) {
    connection.leave()
    await pauseNow()
  }
  for (const session of node.newcomers) session.disconnected(disconnects.shutdown())
  node.stop()
  await inTime(stopped, deadline - 500)
  await bookmarks.close()
  await store.close()
  await server.stop(true)
}

/** Waits until it is done, or late. Leaves no timer behind. */
async function inTime(done: Promise<void>, deadline: number): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, Math.max(0, deadline - Date.now()))
  await Promise.race([done, late.promise])
  clearTimeout(timer)
}
