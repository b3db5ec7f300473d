/** What the configuration says of backends, in the words of the hooks. */
import type { BackendConfig } from './backend-options.ts'
import { Backend, disconnectOf } from './access/backend.ts'
import type { Backends } from './access/backend-hooks.ts'
import type { Config } from './config.ts'
import { ClientError, errors } from './core/errors.ts'
import type { Rules } from './core/rules.ts'

type Event = 'subscribe' | 'publish' | 'sub_refresh'
type Namespaces = Pick<Config['channel'], 'without_namespace' | 'namespaces'>

/** @param report hears why a backend's answers cannot be used */
export function backendSettings(config: Config, rules: Rules, report: (error: unknown) => void): Backends {
  const { client, channel, rpc, proxies } = config
  const all: Backend[] = []
  const make = (options: BackendConfig): Backend => {
    const backend = new Backend(optionsOf(options, client.proxy_concurrency_limit), report)
    all.push(backend)
    return backend
  }
  const named = new Map(proxies.map((each) => [each.name, make(each)]))
  /** Which backend each namespace asks about an event; undefined if none asks any. */
  const by = (event: Event) => {
    const standard = channel.proxy[event].endpoint === '' ? undefined : make(channel.proxy[event])
    const asked = new Map<string, Backend>()
    for (const [namespace, name] of namesOf(event, channel)) {
      const backend = name === 'default' ? standard : named.get(name)
      if (backend !== undefined) asked.set(namespace, backend)
    }
    return asked.size === 0 ? undefined : (name: string) => asked.get(rules.namespace(name).name)
  }
  return {
    connect: client.proxy.connect.enabled ? make(client.proxy.connect) : undefined,
    refresh: client.proxy.refresh.enabled ? make(client.proxy.refresh) : undefined,
    subscribe: by('subscribe'),
    publish: by('publish'),
    subRefresh: by('sub_refresh'),
    rpc: byMethod(rpc, rpc.proxy.endpoint === '' ? undefined : make(rpc.proxy), named),
    all,
  }
}

/** The namespaces that ask about an event, with the name of whom they ask. */
function namesOf(event: Event, { without_namespace, namespaces }: Namespaces): [namespace: string, name: string][] {
  return [{ ...without_namespace, name: '' }, ...namespaces]
    .filter((options) => options[`${event}_proxy_enabled`])
    .map((options) => [options.name, options[`${event}_proxy_name`]])
}

function byMethod(
  { without_namespace, namespaces, namespace_boundary }: Config['rpc'],
  standard: Backend | undefined,
  named: ReadonlyMap<string, Backend>,
): Backends['rpc'] {
  const families = new Map([['', without_namespace], ...namespaces.map((each) => [each.name, each] as const)])
  if (![...families.values()].some((each) => each.proxy_enabled)) return undefined
  return (method) => {
    const boundary = method.indexOf(namespace_boundary)
    const family = families.get(boundary < 0 ? '' : method.slice(0, boundary))
    if (family === undefined || (boundary >= 0 && family === without_namespace)) throw errors.methodNotFound()
    const backend = family.proxy_name === 'default' ? standard : named.get(family.proxy_name)
    if (!family.proxy_enabled || backend === undefined) throw errors.notAvailable()
    return backend
  }
}

function optionsOf(options: BackendConfig, concurrency: number): Backend['options'] {
  return {
    endpoint: options.endpoint,
    timeout: options.timeout,
    concurrency,
    headers: options.http_headers.filter((name) => !ours.has(name)),
    emulated: options.emulated_headers.filter((name) => !ours.has(name)),
    fixed: options.http.static_headers,
    binary: options.binary_encoding,
    withMeta: options.include_connection_meta,
    statuses: new Map(
      options.http.status_to_code_transforms.map(({ status_code, to_error, to_disconnect }) => [
        status_code,
        () =>
          to_error === undefined
            ? disconnectOf(to_disconnect?.code ?? 3004, to_disconnect?.reason ?? '')
            : new ClientError(to_error.code, to_error.message, to_error.temporary),
      ]),
    ),
  }
}

/** Headers that are about one request and its body: those of another do not go with it (RFC 9110 section 7.6.1). */
const ours = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
