/** The connect command (protocol sections 5 and 14): who is this, and what does it get without asking. */
import { type ConnectRequest, type Entrance, identify, type Identity, type SubscriptionGrant } from '../core/auth.ts'
import { Client } from '../core/client.ts'
import { ClientError, disconnects, errors } from '../core/errors.ts'
import type { Hooks } from '../core/hooks.ts'
import type { Namespace } from '../core/rules.ts'
import { plainRequest, type Subscription } from '../core/subscription.ts'
import type { Connect, SubscribeResult } from './messages.ts'
import type { Origin, Session } from './session.ts'
import { told, toldGrant } from './payload.ts'
import { allowWithoutToken, requestOf, toResult, ttlOf } from './subscribe.ts'

export async function connect(session: Session, id: number, asked: Connect, origin: Origin): Promise<void> {
  const { node } = session
  const { data, name, version } = asked
  const carried = asked.token === '' ? (node.auth.tokenIn?.(origin.headers) ?? '') : ''
  const token = asked.token || carried
  const { jsonDepth } = node.limits
  const request: ConnectRequest = {
    client: crypto.randomUUID(),
    token,
    data,
    name,
    version,
    channels: [...asked.subs.keys()],
    transport: origin.transport,
    protocol: session.codec.name,
    headers: origin.headers,
    emulated: asked.headers,
    url: origin.url,
    address: origin.address,
    secure: origin.secure,
    host: origin.host,
  }
  const found = await identify(request, node.auth, node.tokens, node.hooks, node.clock.now() / 1000)
  if (session.isClosed) return
  const identity = { ...found, info: told(found.info, jsonDepth), data: told(found.data, jsonDepth) }
  const entrance = entranceOf(request, node.hooks.keeps)
  const client = new Client(node, request.client, session.secret, identity, session, entrance)
  session.client = client
  try {
    node.admit(client)
    const opened = await subscribeAll(client, await serverSide(client, identity, asked), asked)
    if (session.isClosed) return
    const subscriptions = opened.filter(([subscription]) => !subscription.closed) // by the server API, meanwhile
    session.reply(id, {
      connect: {
        client: client.id,
        version: node.version,
        data: identity.data,
        subs: new Map(subscriptions.map(([subscription, result]) => [subscription.name, result])),
        ping: session.pings ? Math.max(1, Math.round(node.limits.pingInterval / 1000)) : 0,
        pong: session.pongs,
        session: session.secret,
        node: session.emulated ? node.id : '',
        ttl:
          // Whoever brought a cookie has no other token to bring in time; it comes back with a new cookie when this one is over.
          identity.refreshable === true && carried === '' && node.hooks.refresh === undefined
            ? ttlOf(client.expireAt, node.clock)
            : undefined,
      },
    })
    session.established(client)
    for (const [subscription] of subscriptions) subscription.release()
  } catch (error) {
    session.client = undefined
    client.close(disconnects.connectionClosed())
    throw error
  }
}

type Wanted = ReadonlyMap<string, readonly [Namespace, SubscriptionGrant]>

/** What the identity brings, and what the client asked for and could have by itself. The latter is left out silently where it could not. */
async function serverSide(client: Client, identity: Identity, asked: Connect): Promise<Wanted> {
  const { rules, auth, limits, hooks } = client.node
  const wanted = new Map<string, readonly [Namespace, SubscriptionGrant]>()
  const personal = client.user === '' ? undefined : auth.personalChannel?.(client.user)
  if (personal !== undefined) wanted.set(personal, [rules.namespace(personal), {}])
  for (const [channel, grant] of identity.subs ?? []) {
    wanted.set(channel, [rules.namespace(channel), toldGrant(grant, limits.jsonDepth)])
  }

  const own = [...asked.subs.keys()].filter((channel) => !wanted.has(channel))
  // Of channels that it could not have by far, nobody is asked.
  if (hooks.subscribe !== undefined && wanted.size + own.length > limits.channelsPerClient)
    throw disconnects.channelLimit()
  using all = new DisposableStack()
  const attempts = own.map((channel) => all.use(client.node.attempts.begin(client, channel)))
  const allowed = await Promise.all(own.map((channel) => allowOwn(client, channel)))
  for (const [at, channel] of own.entries()) {
    const [namespace, grant] = allowed[at] ?? []
    if (namespace !== undefined && grant !== undefined) wanted.set(channel, [namespace, grant])
  }
  for (const { channel, isOver } of attempts) if (isOver) wanted.delete(channel)
  return wanted
}

async function allowOwn(client: Client, channel: string): Promise<readonly [Namespace, SubscriptionGrant] | undefined> {
  const namespace = namespaceOf(client, channel)
  if (namespace === undefined) return undefined
  try {
    const grant = await allowWithoutToken(client, { channel, data: undefined }, namespace)
    return grant && [namespace, grant]
  } catch (error) {
    if (error instanceof ClientError && !error.temporary) return undefined
    throw error
  }
}

/** Of all that came with the connection, what the hooks will want to see again; one for all where that is nothing. */
export function entranceOf(
  { transport, protocol, headers, emulated }: Pick<ConnectRequest, 'transport' | 'protocol' | 'headers' | 'emulated'>,
  keeps: Hooks['keeps'],
): Entrance {
  const [seen, said] = [keeps?.headers ?? none, keeps?.emulated ?? none]
  if (seen.size > 0 || said.size > 0)
    return {
      transport,
      protocol,
      headers: [...headers].filter(([name]) => seen.has(name)),
      emulated: [...emulated].filter(([name]) => said.has(name.toLowerCase())),
    }
  const key = `${transport}/${protocol}`
  const shared = bare.get(key) ?? { transport, protocol, headers: [], emulated: [] }
  bare.set(key, shared)
  return shared
}

const none: ReadonlySet<string> = new Set()
const bare = new Map<string, Entrance>() // one for each transport and protocol

/** An impossible name is left out; an unknown namespace ends the connection. @throws Disconnect 3501 */
function namespaceOf(client: Client, channel: string): Namespace | undefined {
  try {
    return client.node.rules.namespace(channel)
  } catch (error) {
    if (error instanceof ClientError && error.code === errors.unknownChannel().code) throw disconnects.badRequest()
    return undefined
  }
}

/** If one of them fails, the whole connect fails with it. */
async function subscribeAll(
  client: Client,
  wanted: Wanted,
  asked: Connect,
): Promise<[Subscription, SubscribeResult][]> {
  if (wanted.size > client.node.limits.channelsPerClient) throw disconnects.channelLimit()
  return Promise.all(
    [...wanted].map(async ([channel, [namespace, grant]]): Promise<[Subscription, SubscribeResult]> => {
      const from = asked.subs.get(channel)
      const request = from === undefined ? plainRequest : requestOf(from)
      const [subscription, subscribed] = await client.subscribe(channel, namespace, grant, request, true)
      return [subscription, toResult(subscribed, undefined)]
    }),
  )
}
