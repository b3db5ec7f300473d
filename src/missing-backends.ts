/** Finds what asks a backend that is nowhere: it would refuse everything, and nobody would know why. */
import type { Config } from './config.ts'

type Missing = { readonly path: readonly (string | number)[]; readonly message: string }

/** What asks for a backend that is not there. */
export function* missingBackends({
  channel,
  rpc,
  proxies,
}: Pick<Config, 'channel' | 'rpc' | 'proxies'>): Generator<Missing> {
  const names = new Set(proxies.map(({ name }) => name))
  const missing = (name: string, endpoint: string, section: string) =>
    name === 'default'
      ? endpoint === '' && `asks a backend, and ${section}.endpoint does not say where it answers`
      : !names.has(name) && `asks a backend "${name}", which is not in proxies`
  for (const event of ['subscribe', 'publish', 'sub_refresh'] as const) {
    const families = [
      [['channel', 'without_namespace'], channel.without_namespace] as const,
      ...channel.namespaces.map((each, index) => [['channel', 'namespaces', index], each] as const),
    ]
    for (const [path, options] of families) {
      if (!options[`${event}_proxy_enabled`]) continue
      const message = missing(options[`${event}_proxy_name`], channel.proxy[event].endpoint, `channel.proxy.${event}`)
      if (message) yield { path: [...path, `${event}_proxy_enabled`], message }
    }
  }
  const families = [
    [['rpc', 'without_namespace'], rpc.without_namespace] as const,
    ...rpc.namespaces.map((each, index) => [['rpc', 'namespaces', index], each] as const),
  ]
  for (const [path, { proxy_enabled, proxy_name }] of families) {
    const message = proxy_enabled && missing(proxy_name, rpc.proxy.endpoint, 'rpc.proxy')
    if (message) yield { path: [...path, 'proxy_enabled'], message }
  }
}
