/**
 * The server API, one entry a method: what it takes, and what it calls. Names
 * and shapes are those of the Centrifugo server API, so that its client
 * libraries work. Results are JSON text, because payloads go into them as their
 * publishers wrote them.
 */
import { z } from 'zod'
import type { Override } from '../core/auth.ts'
import { Disconnect, disconnects, errors, unsubscribes } from '../core/errors.ts'
import type { Node, PublishOptions, Which } from '../core/node.ts'
import type { Draft, Payload, Position } from '../core/publication.ts'
import { plainRequest } from '../core/subscription.ts'
import { encodeHistory, encodePresence } from '../protocol/json.ts'
import { rawJson } from '../protocol/json-text.ts'
import { toPayload } from '../protocol/payload.ts'
import { encodeError } from './errors.ts'
import { matches } from './glob.ts'

/** A request: its checked parameters, and the text they were parsed from. */
interface Call<Params> {
  readonly node: Node
  readonly params: Params
  readonly text: string
}

export interface Method {
  readonly params: z.ZodType
  /** @throws ClientError, z.ZodError */
  readonly run: (node: Node, params: unknown, text: string) => Promise<string> | string
}

function method<Schema extends z.ZodType>(
  params: Schema,
  run: (call: Call<z.output<Schema>>) => Promise<string> | string,
): Method {
  return { params, run: (node, given, text) => run({ node, params: params.parse(given), text }) }
}

/** What is null is as good as absent, as for the backends whose languages have zero values. */
const maybe = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => value ?? undefined, schema.optional())
/** An empty text likewise. */
const shortText = (most: number) =>
  maybe(z.string().max(most).refine(isWellFormed, 'half of a surrogate pair')).transform(nonEmpty)

const channel = z.string().min(1).describe('The name of a channel.')
const user = z.string().describe('The user whose connections are meant; empty for anonymous ones.')
const uint = z.int().min(0)
const since = z.object({ offset: uint.default(0), epoch: z.string().default('') })
const raw = z.unknown().optional().describe('Any JSON; it is handed on as it is written.') // a payload; taken from the text
const base64 = maybe(z.base64()).transform(nonEmpty).describe('The same as bytes, in base 64; goes over the JSON.')
const which = {
  client: shortText(256).describe('Only the connection with this client id.'),
  session: shortText(256).describe('Only the connection with this session.'),
}
const endsAt = maybe(uint).describe('When it ends, in seconds since 1970; 0 or absent for never.')
const flag = maybe(z.object({ value: z.boolean().default(false) }))
const override = maybe(
  z.object({
    presence: flag,
    join_leave: flag,
    force_push_join_leave: flag,
    force_recovery: flag,
    force_positioning: flag,
  }),
)

const publishing = {
  data: raw,
  b64data: base64,
  skip_history: maybe(z.boolean()).describe('Deliver it to who is there, and keep it not.'),
  delta: maybe(z.boolean()).describe('Send it as the difference to the one before, to clients that can read that.'),
  tags: maybe(z.record(z.string(), z.string())).describe('Texts by name, which go with the publication.'),
  idempotency_key: shortText(256).describe('With a key that was used before, nothing is published again.'),
  version: maybe(uint).describe('With a version that is not above the last one of the channel, nothing is published.'),
  version_epoch: shortText(256).describe('Versions are compared within one of these.'),
}

/** Channels of one broadcast. */
const broadcastLimit = 10_000
/** Of them published at a time. */
const broadcastStep = 500

const publish = method(z.object({ channel, ...publishing }), async (call) => {
  const { position } = await call.node.publish(call.params.channel, draft(call), options(call.params))
  return encodePosition(position)
})

const broadcast = method(
  z.object({
    channels: z.array(channel).min(1).max(broadcastLimit).describe('The names of the channels.'),
    ...publishing,
  }),
  async (call) => {
    const content = draft(call)
    const responses: string[] = []
    const { channels } = call.params
    for (let at = 0; at < channels.length; at += broadcastStep) {
      const some = channels.slice(at, at + broadcastStep)
      const outcomes = some.map((name) => call.node.publish(name, content, options(call.params)))
      for (const outcome of await Promise.allSettled(outcomes)) {
        if (outcome.status === 'fulfilled') responses.push(`{"result":${encodePosition(outcome.value.position)}}`)
        else responses.push(`{"error":${encodeError(call.node, outcome.reason)}}`)
      }
    }
    return `{"responses":[${responses.join(',')}]}`
  },
)

const subscribe = method(
  z.object({
    user,
    channel,
    ...which,
    info: raw,
    b64info: base64,
    data: raw,
    b64data: base64,
    expire_at: endsAt,
    recover_since: maybe(since).describe('Continue from this position.'),
    override,
  }),
  async (call) => {
    const { params, node } = call
    const grant = {
      info: payload(call, 'info', params.b64info),
      data: payload(call, 'data', params.b64data),
      expireAt: params.expire_at === 0 ? undefined : params.expire_at,
      override: toOverride(params.override),
    }
    const request = { ...plainRequest, since: params.recover_since }
    await node.subscribe(params.user, params.channel, grant, params, request)
    return '{}'
  },
)

const unsubscribe = method(z.object({ user, channel, ...which }), ({ node, params }) => {
  node.unsubscribe(params.user, params.channel, unsubscribes.server, params)
  return '{}'
})

const disconnect = method(
  z.object({
    user,
    ...which,
    whitelist: maybe(z.array(z.string())).describe('Client ids of connections that stay.'),
    disconnect: maybe(
      z.object({
        // The ranges that the protocol leaves to servers and applications (section 12).
        code: z.int().min(3000).max(4999).default(3503),
        reason: z
          .string()
          .refine((reason) => Buffer.byteLength(reason) <= 123 && isWellFormed(reason), 'more than 123 bytes of UTF-8')
          .refine((reason) => !isJson(reason), 'JSON, which the SDKs would take for something else')
          .default(''),
      }),
    ),
  }),
  ({ node, params }) => {
    node.disconnect(params.user, toDisconnect(params.disconnect), {
      ...params,
      except: params.whitelist,
    } satisfies Which)
    return '{}'
  },
)

const refresh = method(
  z.object({
    user,
    ...which,
    expired: maybe(z.boolean()).describe('End the connections, as if their time were over (3005).'),
    expire_at: endsAt,
    info: raw,
  }),
  (call) => {
    const { node, params } = call
    if (params.expired === true) node.disconnect(params.user, disconnects.connectionExpired(), params)
    else {
      const expireAt = params.expire_at === 0 ? undefined : params.expire_at
      node.refresh(params.user, expireAt, payload(call, 'info', undefined), params)
    }
    return '{}'
  },
)

const presence = method(z.object({ channel }), ({ node, params }) => {
  if (!node.rules.namespace(params.channel).presence) throw errors.notAvailable()
  return encodePresence(node.presence.list(params.channel))
})

const presenceStats = method(z.object({ channel }), ({ node, params }) => {
  if (!node.rules.namespace(params.channel).presence) throw errors.notAvailable()
  const { clients, users } = node.presence.stats(params.channel)
  return `{"num_clients":${clients},"num_users":${users}}`
})

const history = method(
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

const historyRemove = method(z.object({ channel }), async ({ node, params }) => {
  await node.removeHistory(params.channel)
  return '{}'
})

const channels = method(
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

const info = method(z.object({}), ({ node }) => {
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

/** A Map, so that no name of a method reaches into an object's prototype. */
export const methods: ReadonlyMap<string, Method> = new Map([
  ['publish', publish],
  ['broadcast', broadcast],
  ['subscribe', subscribe],
  ['unsubscribe', unsubscribe],
  ['disconnect', disconnect],
  ['refresh', refresh],
  ['presence', presence],
  ['presence_stats', presenceStats],
  ['history', history],
  ['history_remove', historyRemove],
  ['channels', channels],
  ['info', info],
])

// --------------------------------------------------------------------------------

type Publishing = z.output<z.ZodObject<typeof publishing>>

function draft(call: Call<Publishing>): Draft {
  const data = payload(call, 'data', call.params.b64data)
  if (data === undefined && call.params.data !== null) throw errors.badRequest()
  return { data: data ?? 'null', tags: call.params.tags }
}

function options(params: Publishing): PublishOptions {
  return {
    skipHistory: params.skip_history,
    delta: params.delta,
    idempotencyKey: params.idempotency_key,
    version: params.version || undefined,
    versionEpoch: params.version_epoch,
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

function isWellFormed(value: string): boolean {
  return value.isWellFormed()
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value)
    return true
  } catch {
    return false
  }
}

/** A payload given as JSON, or as bytes in base 64. */
function payload(call: Call<unknown>, name: string, inBase64: string | undefined): Payload | undefined {
  if (inBase64 === undefined) return rawJson(call.text, name)
  return toPayload(Uint8Array.fromBase64(inBase64), call.node.limits.jsonDepth)
}

function encodePosition({ epoch, offset }: Position): string {
  return offset === 0 ? '{}' : `{"offset":${offset},"epoch":${JSON.stringify(epoch)}}`
}

function toDisconnect(given: { code: number; reason: string } | undefined): Disconnect {
  if (given === undefined) return disconnects.forceDisconnect()
  // An empty reason would make the SDKs come back, whatever the code says.
  return new Disconnect(given.code, given.reason === '' ? disconnects.forceDisconnect().reason : given.reason)
}

function toOverride(given: z.output<typeof override>): Override | undefined {
  return (
    given && {
      presence: given.presence?.value,
      joinLeave: given.join_leave?.value,
      forcePushJoinLeave: given.force_push_join_leave?.value,
      forceRecovery: given.force_recovery?.value,
      forcePositioning: given.force_positioning?.value,
    }
  )
}
