/** The methods of the server API that tell what is there: who, what was published, which channels; and the one that forgets. */
import { z } from 'zod'
import { errors } from '../core/errors.ts'
import { encodeHistory, encodePresence } from '../protocol/json.ts'
import { matches } from './glob.ts'
import { channel, maybe, method, since } from './method.ts'

export const presence = method(z.object({ channel }), ({ node, params }) => {
  if (!node.rules.namespace(params.channel).presence) throw errors.notAvailable()
  return encodePresence(node.presence.list(params.channel))
})

export const presenceStats = method(z.object({ channel }), ({ node, params }) => {
  if (!node.rules.namespace(params.channel).presence) throw errors.notAvailable()
  const { clients, users } = node.presence.stats(params.channel)
  return `{"num_clients":${clients},"num_users":${users}}`
})

export const history = method(
  z.object({
    channel,
    limit: z.int().min(-1).default(0).describe('How many at most; 0 for the position alone, -1 for all.'),
    since: maybe(since).describe('Only what came after it; with `reverse`, before it.'),
    reverse: z.boolean().default(false).describe('The newest first.'),
  }),
  async ({ node, params }) => {
    if (params.reverse && params.since?.offset === 0) throw errors.badRequest()
    const limit = params.limit === -1 ? Infinity : params.limit
    const query = { since: params.since?.offset, limit, reverse: params.reverse }
    const { publications, top } = await node.history(params.channel, query, params.since)
    return encodeHistory(publications, top)
  },
)

export const historyRemove = method(z.object({ channel }), async ({ node, params }) => {
  await node.removeHistory(params.channel)
  return '{}'
})

export const channels = method(
  z.object({
    pattern: z.string().default('').describe('`*` stands for anything, `?` for one character; empty for all.'),
  }),
  ({ node, params }) => {
    const found: string[] = []
    for (const [name, clients] of node.channels()) {
      if (params.pattern !== '' && !matches(params.pattern, name)) continue
      found.push(`${JSON.stringify(name)}:{"num_clients":${clients}}`)
    }
    return `{"channels":{${found.join(',')}}}`
  },
)

export const info = method(z.object({}), ({ node }) => {
  let subscriptions = 0
  let followed = 0
  for (const [, clients] of node.channels()) {
    followed++
    subscriptions += clients
  }
  const self = {
    uid: node.id,
    name: node.id,
    version: node.version,
    num_clients: node.clients.size,
    num_users: node.users,
    num_subs: subscriptions,
    num_channels: followed,
    uptime: Math.floor((node.clock.now() - node.startedAt) / 1000),
  }
  return JSON.stringify({ nodes: [self] })
})
