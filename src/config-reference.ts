/** The page of the documentation that lists every option, made of the table. */
import { options, type Option } from './config.ts'

export function configReference(): string {
  const inNamespaces = options.filter(({ variable }) => variable === undefined)
  const others = options.filter(
    ({ variable, path }) => variable !== undefined && !path.startsWith('channel.without_namespace.'),
  )
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

${entries(inNamespaces)}`
}

function entries(rows: readonly Option[]): string {
  return rows.map(entry).join('\n\n')
}

function entry({ path, default: value, meaning, allowed, variable, secret }: Option): string {
  const facts = [
    ...(secret ? [] : [`Default ${value === '' ? 'empty' : `\`${value}\``}.`]),
    ...(variable === undefined ? [] : [`Environment \`${variable}\`.`]),
  ]
  const name = path.replace('channel.namespaces[].', '')
  return [`### \`${name}\``, `${meaning} Must be ${allowed}.`, facts.join(' ')]
    .filter((each) => each !== '')
    .join('\n\n')
}
