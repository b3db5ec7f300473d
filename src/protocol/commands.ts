/** The commands but connect and subscribe (protocol section 9), each a few lines over the core. */
import type { Client } from '../core/client.ts'
import { disconnects, errors } from '../core/errors.ts'
import type { Action, Namespace } from '../core/rules.ts'
import type { History, OfChannel, Publish, Rpc } from './messages.ts'
import { told } from './payload.ts'
import type { Session } from './session.ts'
import { ttlOf } from './subscribe.ts'

export function unsubscribe(session: Session, client: Client, id: number, { channel }: OfChannel): void {
  if (channel === '') throw disconnects.badRequest()
  client.unsubscribe(channel)
  session.reply(id, { unsubscribe: true })
}

export async function publish(session: Session, client: Client, id: number, asked: Publish): Promise<void> {
  const { node } = client
  const { channel } = asked
  if (channel === '') throw disconnects.badRequest()
  const namespace = node.rules.namespace(channel)
  if (node.hooks.publish === undefined && !client.may('publish', channel, namespace)) throw errors.permissionDenied()
  client.spend() // before anybody is asked
  if (asked.data === undefined && namespace.publicationDataFormat !== 'binary') throw errors.badRequest()
  const data = asked.data ?? new Uint8Array()
  let grant = node.hooks.publish?.(client, { channel, data })
  if (grant instanceof Promise) {
    session.waitForThis()
    grant = await grant
  }
  if (grant === undefined && !client.may('publish', channel, namespace)) throw errors.permissionDenied()
  if (client.closed) return
  await node.publish(channel, { data: grant?.data ?? data, tags: grant?.tags, info: client.infoIn(channel) }, grant)
  session.reply(id, { publish: true })
}

export function presence(session: Session, client: Client, id: number, { channel }: OfChannel): void {
  permit(client, 'presence', channel, (namespace) => namespace.presence)
  session.reply(id, { presence: client.node.presence.list(channel) })
}

export function presenceStats(session: Session, client: Client, id: number, { channel }: OfChannel): void {
  permit(client, 'presence', channel, (namespace) => namespace.presence)
  session.reply(id, { presence_stats: client.node.presence.stats(channel) })
}

export async function history(session: Session, client: Client, id: number, asked: History): Promise<void> {
  const { channel, since, reverse } = asked
  permit(client, 'history', channel, (namespace) => namespace.retention !== undefined)
  if (reverse && since?.offset === 0) throw errors.badRequest()
  const most = client.node.limits.historyPage
  const limit = asked.limit < 0 ? most : Math.min(asked.limit, most)
  const page = await client.node.history(channel, { since: since?.offset, limit, reverse }, since)
  session.reply(id, { history: { publications: page.publications, top: page.top } })
}

export async function rpc(session: Session, client: Client, id: number, { method, data }: Rpc): Promise<void> {
  const { hooks } = client.node
  const handler = hooks.rpc?.get(method)
  if (handler === undefined && hooks.call === undefined)
    throw (hooks.rpc?.size ?? 0) === 0 ? errors.notAvailable() : errors.methodNotFound()
  if (handler === undefined) client.spend()
  const answer = await (handler === undefined ? hooks.call?.(client, method, data) : handler(client, data))
  session.reply(id, { rpc: told(answer, client.node.limits.jsonDepth) })
}

export async function refresh(session: Session, client: Client, id: number, asked: { token: string }): Promise<void> {
  const { node } = client
  if (asked.token === '' || node.hooks.refresh !== undefined) throw disconnects.badRequest()
  const verdict = await node.tokens.connection(asked.token)
  if (!verdict.ok) throw verdict.because === 'expired' ? disconnects.connectionExpired() : disconnects.invalidToken()
  const { user, expireAt, info, subs } = verdict.claims
  if (user !== client.user) throw disconnects.invalidToken()
  if (expireAt !== undefined && expireAt * 1000 <= node.clock.now()) throw errors.expired()
  if (!client.isGranted(new Set(subs.keys()))) throw disconnects.insufficientState()
  client.expireAt = expireAt
  if (info !== undefined) client.show(told(info, node.limits.jsonDepth))
  session.reschedule()
  session.reply(id, { refresh: { ttl: ttlOf(expireAt, node.clock) } })
}

export async function subRefresh(
  session: Session,
  client: Client,
  id: number,
  { channel, token }: { channel: string; token: string },
): Promise<void> {
  const { node } = client
  if (channel === '') throw disconnects.badRequest()
  const subscription = client.subscriptions.get(channel)
  if (subscription === undefined) throw errors.permissionDenied()
  if (node.hooks.renews?.(channel) === true) throw disconnects.badRequest()
  if (token === '') throw errors.badRequest()
  const verdict = await node.tokens.subscription(token)
  // An expired token is answered with 109, so that the client gets a new one; it must never lift the expiry.
  if (!verdict.ok) throw verdict.because === 'expired' ? errors.tokenExpired() : disconnects.invalidToken()
  const { claims } = verdict
  if (claims.channel !== channel || claims.user !== client.user) throw disconnects.invalidToken()
  if (claims.client !== undefined && claims.client !== client.id) throw disconnects.invalidToken()
  const { expireAt } = claims
  if (expireAt !== undefined && expireAt * 1000 <= node.clock.now()) throw errors.expired()
  subscription.expireAt = expireAt
  if (claims.info !== undefined) subscription.show(told(claims.info, node.limits.jsonDepth))
  session.reschedule()
  session.reply(id, { sub_refresh: { ttl: ttlOf(expireAt, node.clock) } })
}

/** First the name (102, 107), then whether there is such a thing (108), then whether this client may (103). */
function permit(client: Client, action: Action, channel: string, exists: (n: Namespace) => boolean): Namespace {
  if (channel === '') throw disconnects.badRequest()
  const namespace = client.node.rules.namespace(channel)
  if (!exists(namespace)) throw errors.notAvailable()
  if (!client.may(action, channel, namespace)) throw errors.permissionDenied()
  return namespace
}
