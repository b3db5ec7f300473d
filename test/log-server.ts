/** A server that keeps all of every channel, and that anybody may read. */
import { createServer, type Posthouse } from '../src/index.ts'

export const startLogServer = (data: { dir: string } | { memory: true }): Promise<Posthouse> =>
  createServer({
    http_server: { address: '127.0.0.1', port: 0 },
    data,
    client: { allow_anonymous_connect_without_token: true },
    channel: {
      without_namespace: {
        history_size: -1,
        history_ttl: 'forever',
        force_recovery: true,
        allowed_delta_types: ['fossil'],
        allow_subscribe_for_client: true,
        allow_subscribe_for_anonymous: true,
      },
      namespaces: [{ name: 'live' }], // keeps nothing
    },
    log: { level: 'none' },
  })
