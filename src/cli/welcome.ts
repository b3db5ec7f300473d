/** What a person at a terminal is told when the server has started. */
import { lobbyHook } from '../chat/index.ts'
import type { Config, Posthouse } from '../index.ts'

export function welcome(server: Posthouse, config: Config): string {
  const { url, secrets } = server
  const host = ['::', '0.0.0.0', ''].includes(config.http_server.address) ? 'localhost' : url.hostname
  const base = `${url.protocol}//${host}:${url.port}`
  const isFirst = secrets.fresh.length > 0
  const key = isFirst ? secrets.apiKey : '<your API key>'
  return [
    '',
    `  Posthouse listens. Open ${base} and pick a nickname.`,
    '',
    ...(isFirst && config.chat.enabled && config.chat.lobby !== ''
      ? [
          '  Say something in the lobby from a terminal:',
          `    curl ${base}${lobbyHook(server)} -d 'hello from curl'`,
          '',
        ]
      : []),
    '  Push to any channel from any backend:',
    `    curl ${base}/api/publish -H 'X-API-Key: ${key}' \\`,
    `      -d '{"channel": "public:news", "data": {"text": "hello"}}'`,
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
