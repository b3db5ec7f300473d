/** The page of the documentation that lists every option, made of the table. */
import { options, type Option } from './config.ts'

export function configReference(): string {
  const inNamespaces = options.filter(({ path }) => path.startsWith('channel.namespaces[].'))
  const ofMethods = options.filter(({ path }) => path.startsWith('rpc.namespaces[].'))
  const ofBackends = options.filter(({ path }) => path.startsWith('proxies[].') && path !== 'proxies[].name')
  const others = options.filter(({ variable, path }) => variable !== undefined && !isRepeated(path))
  return `# Configuration

This page is made of the table in \`src/config.ts\`: \`posthouse config --markdown\` prints it.

A configuration file is JSON, YAML or TOML, told by its name: \`posthouse serve --config posthouse.yaml\`, or
\`POSTHOUSE_CONFIG=posthouse.yaml\`. A flag (\`--http_server.port 9000\`) goes over an environment variable
(\`POSTHOUSE_HTTP_SERVER_PORT=9000\`), that over the file, and the file over the default. Secrets have no flags, because
other users of the machine can read a command line.

Names and structure are those of Centrifugo v6, so its configuration file starts Posthouse. Options that it has and
Posthouse does not support yet are warned about by name; where to go on without one would open a door or lose what was
to be kept, the start is refused. \`posthouse config check <file>\` tells both.

Durations have a unit: \`300s\`, \`1h30m\`, \`720h\`, \`250ms\`. History is kept without end by \`history_size: -1\` and
\`history_ttl: "forever"\`.

## Options

${entries(others)}

## Options of channels

They stand in each entry of \`channel.namespaces\`, and but for the name in \`channel.without_namespace\`, for the channels
without a namespace (\`POSTHOUSE_CHANNEL_WITHOUT_NAMESPACE_PRESENCE\`).

${entries(inNamespaces)}

## Options of methods

They stand in each entry of \`rpc.namespaces\`, and but for the name in \`rpc.without_namespace\`, for the methods without a
namespace.

${entries(ofMethods)}

## Options of backends

They stand in \`client.proxy.connect\`, \`client.proxy.refresh\`, \`channel.proxy.subscribe\`, \`channel.proxy.publish\`,
\`channel.proxy.sub_refresh\` and \`rpc.proxy\` (\`POSTHOUSE_CLIENT_PROXY_CONNECT_ENDPOINT\`), and with a \`name\` of two or more
letters, digits, \`-\`, \`_\` or \`.\` in each entry of \`proxies\`. [How a backend answers](backend.md) is a page of its own.

${entries(ofBackends)}`
}

const backends = /^(client\.proxy\.(connect|refresh)|channel\.proxy\.\w+|rpc\.proxy)\./

/** Said once for all the places where it stands. */
function isRepeated(path: string): boolean {
  if (path.startsWith('channel.without_namespace.') || path.startsWith('rpc.without_namespace.')) return true
  return backends.test(path) && !path.endsWith('.enabled')
}

function entries(rows: readonly Option[]): string {
  return rows.map(entry).join('\n\n')
}

function entry({ path, default: value, meaning, allowed, variable, secret }: Option): string {
  const facts = [
    ...(secret ? [] : [`Default ${value === '' ? 'empty' : `\`${value}\``}.`]),
    ...(variable === undefined ? [] : [`Environment \`${variable}\`.`]),
  ]
  const name = path.replace(/^.*\[\]\./, '')
  return [`### \`${name}\``, `${meaning} Must be ${allowed}.`, facts.join(' ')]
    .filter((each) => each !== '')
    .join('\n\n')
}
