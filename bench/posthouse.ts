/** Posthouse itself, as a program on the library: `posthouse.ts <data folder> <port>`. */
import { createServer, json } from '../src/index.ts'
import { loadConfig } from '../src/load-config.ts'
import { createLog } from '../src/log.ts'
import { apiKey } from './publish-load.ts'
import { listen } from './control.ts'

const [dir = '', port = '0'] = process.argv.slice(2)
const open = { allow_subscribe_for_client: true, allow_subscribe_for_anonymous: true }
const kept = { ...open, history_size: 200, history_ttl: 'forever', force_recovery: true }

const { config } = loadConfig({
  flags: {
    'http_server.address': '127.0.0.1',
    'http_server.port': port,
    'data.dir': dir,
    'http_api.key': apiKey,
    'client.ping_interval': '1h', // the readers are too simple to answer
    'client.allow_anonymous_connect_without_token': true,
    'http_stream.enabled': true,
    'sse.enabled': true,
    'mailbox.open': true,
    'channel.namespaces': JSON.stringify([
      { name: 'kept', ...kept },
      { name: 'live', ...open },
      { name: 'user', ...kept, allow_user_limited_channels: true },
    ]),
  },
})
let connections = 0
const server = await createServer({
  config,
  log: createLog('warn', process.stderr),
  // Everybody is another user; whose a mailbox is, its address says.
  onConnect: ({ url }) => ({ user: url.pathname.startsWith('/u/') ? '' : `user-${++connections}` }),
})
listen(Number(server.url.port), (channel, data) => server.publish(channel, json(data)))
