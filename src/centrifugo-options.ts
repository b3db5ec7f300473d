/**
 * What a Centrifugo v6 configuration may say that Posthouse cannot do: not
 * supported yet, without effect, or refused, because to go on would open a
 * door that the file holds shut or forget what it wants remembered.
 *
 * Source: Centrifugo v6, configuration reference.
 */

/** Options, or whole sections, that are not supported yet. The value is Centrifugo's default, where that is not empty or off. */
export const notYet: Readonly<Record<string, string>> = {
  'http_server.internal_address': '',
  'http_server.internal_port': '',
  'http_server.tls_autocert': '',
  'http_server.tls_external': '',
  'http_server.internal_tls': '',
  'http_server.http3': '',
  'http_server.h2c_external': '',
  'log.file': '',
  map_broker: '',
  ...ofBackend('client.proxy.connect'),
  ...ofBackend('client.proxy.refresh'),
  'client.concurrency': '',
  'client.channel_position_max_time_lag': '0s',
  'client.connect_include_server_time': '',
  'client.insecure_skip_token_signature_verify': '',
  'client.user_id_http_header': '',
  'client.connect_code_to_unidirectional_disconnect': '',
  'client.subscribe_to_user_personal_channel.single_connection': '',
  ...ofBackend('channel.proxy.subscribe'),
  ...ofBackend('channel.proxy.publish'),
  ...ofBackend('channel.proxy.sub_refresh'),
  'channel.proxy.subscribe_stream': '',
  'channel.proxy.map_publish': '',
  'channel.proxy.map_remove': '',
  'channel.proxy.shared_poll_refresh': '',
  ...ofChannels('channel.without_namespace'),
  ...ofChannels('channel.namespaces[]'),
  ...ofBackend('rpc.proxy'),
  ...ofBackend('proxies[]'),
  'rpc.ping': '',
  consumers: '',
  'http_api.handler_prefix': '/api',
  'http_api.external': '',
  grpc_api: '',
  'websocket.handler_prefix': '/connection/websocket',
  'sse.handler_prefix': '/connection/sse',
  'http_stream.handler_prefix': '/connection/http_stream',
  webtransport: '',
  'uni_websocket.handler_prefix': '/connection/uni_websocket',
  'uni_websocket.disable_disconnect_push': '',
  'uni_sse.handler_prefix': '/connection/uni_sse',
  'uni_sse.connect_code_to_http_response': '',
  'uni_http_stream.handler_prefix': '/connection/uni_http_stream',
  'uni_http_stream.connect_code_to_http_response': '',
  uni_grpc: '',
  'emulation.handler_prefix': '/emulation',
  admin: '',
  prometheus: '',
  'health.handler_prefix': '/health',
  'swagger.handler_prefix': '/swagger',
  debug: '',
  dev: '',
  init: '',
  opentelemetry: '',
  graphite: '',
  shared_poll: '',
  'node.name': '',
  pid_file: '',
  enable_unreleased_features: '',
}

function ofBackend(path: string): Record<string, string> {
  return { [`${path}.grpc`]: '', [`${path}.grpc_metadata`]: '', [`${path}.http.tls`]: '' }
}

function ofChannels(path: string): Record<string, string> {
  return {
    [`${path}.subscribe_stream_proxy_enabled`]: '',
    [`${path}.subscribe_stream_proxy_name`]: 'default',
    [`${path}.subscribe_stream_proxy_bidirectional`]: '',
    [`${path}.subscription_type`]: 'stream',
    [`${path}.map`]: '',
    [`${path}.shared_poll`]: '',
  }
}

const noTemplates = 'the address of the keys is used as it is written, and nothing of a token is put into it'

/** Options that have no effect here, and why. */
export const withoutEffect: Readonly<Record<string, string>> = {
  engine: 'publications are kept in the data folder and survive a restart',
  broker: 'publications are kept in the data folder and survive a restart',
  presence_manager: 'presence is kept in this process',
  'client.token.insecure_skip_jwks_endpoint_safety_check': noTemplates,
  'client.subscription_token.insecure_skip_jwks_endpoint_safety_check': noTemplates,
  'client.presence_update_interval': 'presence is exact and needs no renewal',
  'websocket.read_buffer_size': 'the runtime sizes its buffers itself',
  'websocket.write_buffer_size': 'the runtime sizes its buffers itself',
  'http_server.tls.server_ca_pem': 'it is for those who connect, not for those who listen',
  'http_server.tls.insecure_skip_verify': 'it is for those who connect, not for those who listen',
  'http_server.tls.server_name': 'it is for those who connect, not for those who listen',
  'websocket.use_write_buffer_pool': 'the runtime sizes its buffers itself',
  'websocket.write_timeout': 'a client that does not read is disconnected by client.queue_max_size',
  'websocket.compression_level': 'the runtime has one level',
  'websocket.decompressed_message_size_limit': 'message_size_limit holds after decompression, too',
  'uni_websocket.message_size_limit': 'websocket.message_size_limit holds for both',
  'uni_websocket.compression': 'websocket.compression holds for both',
  'uni_websocket.compression_min_size': 'websocket.compression_min_size holds for both',
  'uni_websocket.compression_level': 'the runtime has one level',
  'uni_websocket.read_buffer_size': 'the runtime sizes its buffers itself',
  'uni_websocket.write_buffer_size': 'the runtime sizes its buffers itself',
  'uni_websocket.use_write_buffer_pool': 'the runtime sizes its buffers itself',
  'uni_websocket.write_timeout': 'a client that does not read is disconnected by client.queue_max_size',
  'node.info_metrics_aggregate_interval': 'metrics are not collected in intervals',
  usage_stats: 'nothing is ever sent to anyone',
}

export interface Refusal {
  readonly path: string
  readonly because: string
}

/** What must not be passed over with a warning. @param file the configuration as it was written, from all sources */
export function* refusals(file: unknown): Generator<Refusal> {
  yield* elsewhere(file)
  yield* unencrypted(file)
  yield* unguarded(file)
}

/** Where publications are kept is nothing to be quiet about. */
function* elsewhere(file: unknown): Generator<Refusal> {
  for (const part of ['engine', 'broker', 'presence_manager']) {
    const [type, enabled] = [at(file, part, 'type'), part === 'engine' || isOn(at(file, part, 'enabled'))]
    if (enabled && type !== undefined && type !== 'memory')
      yield {
        path: `${part}.type`,
        because: `${shown(type)} is not supported: Posthouse runs as one process and keeps publications in its data folder; take the line out to start it that way`,
      }
  }
}

function* unencrypted(file: unknown): Generator<Refusal> {
  if (isOn(at(file, 'http_server', 'tls_autocert', 'enabled')))
    yield {
      path: 'http_server.tls_autocert.enabled',
      because:
        'is not supported yet, and without it all would go unencrypted; use http_server.tls, or put a proxy that speaks TLS in front, and take it out',
    }
}

/** Doors that a backend, or a second port, was to guard. */
function* unguarded(file: unknown): Generator<Refusal> {
  const internal = at(file, 'http_server', 'internal_port')
  if (internal !== undefined && internal !== '' && isOn(at(file, 'http_api', 'insecure')))
    yield {
      path: 'http_server.internal_port',
      because:
        'is not supported yet, and with http_api.insecure everybody who reaches the one port could use the server API; take one of them out',
    }
  yield* unguardedChannels(at(file, 'channel', 'without_namespace'), 'channel.without_namespace')
  const namespaces = at(file, 'channel', 'namespaces')
  if (Array.isArray(namespaces))
    for (const [index, namespace] of namespaces.entries())
      yield* unguardedChannels(namespace, `channel.namespaces[${index}]`)
}

function* unguardedChannels(options: unknown, path: string): Generator<Refusal> {
  for (const [proxy, doors] of Object.entries(guarded))
    for (const open of doors)
      if (isOn(at(options, proxy)) && isOn(at(options, open))) yield guard(`${path}.${proxy}`, `${path}.${open}`)
  const type = at(options, 'subscription_type')
  if (type !== undefined && type !== '' && type !== 'stream')
    yield { path: `${path}.subscription_type`, because: `${shown(type)} is not supported yet; take the namespace out` }
}

const guarded: Readonly<Record<string, readonly string[]>> = {
  subscribe_stream_proxy_enabled: [
    'allow_subscribe_for_client',
    'allow_publish_for_client',
    'allow_publish_for_subscriber',
  ],
}

function guard(path: string, open: string): Refusal {
  return {
    path,
    because: `is not supported yet, and ${open} would let in whom your backend was to be asked about; take one of them out`,
  }
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value
  for (const name of path) here = typeof here === 'object' && here !== null ? Reflect.get(here, name) : undefined
  return here
}

/** Said in any way that switches something on: where it is about doors, in doubt it is on. */
export function isOn(value: unknown): boolean {
  if (typeof value === 'string') return !['', 'false', 'f', '0'].includes(value.toLowerCase())
  return value !== undefined && value !== null && value !== false && value !== 0
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
