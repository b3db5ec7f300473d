/** What a person at a terminal is told when the server has started. */
import type { Config, Posthouse } from '../index.ts'

export function welcome({ url, secrets }: Posthouse, config: Config): string {
  const host = ['::', '0.0.0.0', ''].includes(config.http_server.address) ? 'localhost' : url.hostname
  const base = `${url.protocol}//${host}:${url.port}`
  const isFirst = secrets.fresh.length > 0
  const key = isFirst ? secrets.apiKey : '<your API key>'
  return [
    '',
    `  Posthouse listens. Open ${base} and pick a nickname.`,
    '',
    '  Push from any backend:',
    `    curl ${base}/api/publish -H 'X-API-Key: ${key}' \\`,
    `      -d '{"channel": "public:lobby", "data": {"type": "message", "text": "hello from curl"}}'`,
    '',
    ...(isFirst
      ? [
          `  API key       ${secrets.apiKey}`,
          `  token secret  ${secrets.tokenSecret}`,
          `  Both are kept in ${config.data.dir}/secrets.json and will not be shown again.`,
        ]
      : [`  The API key is in ${config.data.dir}/secrets.json, or in your configuration.`]),
    '',
  ].join('\n')
}
