/** The subscribe command (protocol section 7). */
import type { SubscriptionGrant } from '../core/auth.ts'
import type { Client } from '../core/client.ts'
import type { Clock } from '../core/clock.ts'
import { disconnects, errors } from '../core/errors.ts'
import type { SubscribeQuestion } from '../core/hooks.ts'
import type { Namespace } from '../core/rules.ts'
import { Ended, type Subscribed, type SubscribeRequest } from '../core/subscription.ts'
import type { TagsFilter } from '../core/tags.ts'
import { fossil } from './delta.ts'
import { compileFilter, type FilterNode } from './filter.ts'
import type { Subscribe, SubscribeResult } from './messages.ts'
import { toldGrant } from './payload.ts'
import type { Session } from './session.ts'

export async function subscribe(session: Session, client: Client, id: number, asked: Subscribe): Promise<void> {
  const { node } = session
  const { channel } = asked
  if (channel === '' || (asked.delta !== '' && asked.delta !== fossil)) throw disconnects.badRequest()
  const namespace = node.rules.namespace(channel)
  if (asked.type !== 0) throw errors.permissionDenied() // only stream channels exist here
  if (client.subscriptions.has(channel)) throw errors.alreadySubscribed()
  using attempt = node.attempts.begin(client, channel)
  const grant = await allow(client, asked, namespace)
  if (attempt.isOver) throw new Ended()
  const [subscription, subscribed] = await client.subscribe(channel, namespace, grant, {
    ...requestOf(asked),
    filter: filterOf(asked.tf),
  })
  if (subscription.closed) throw new Ended()
  if (asked.rejectUnrecovered && subscribed.wasRecovering && subscribed.recoverable && !subscribed.recovered) {
    client.unsubscribe(channel)
    throw errors.unrecoverablePosition()
  }
  // Where the application renews the subscription, its end is not the client's to care for.
  const ttl = node.hooks.renews?.(channel) === true ? undefined : ttlOf(grant.expireAt, node.clock)
  session.reply(id, { subscribe: toResult(subscribed, ttl) })
  session.reschedule()
  subscription.release()
}

/** Whether the client may subscribe, and with what. A token decides if there is one. */
async function allow(client: Client, asked: Subscribe, namespace: Namespace): Promise<SubscriptionGrant> {
  const { node } = client
  if (asked.token === '') {
    const grant = await allowWithoutToken(client, asked, namespace)
    if (grant === undefined) throw errors.permissionDenied()
    return grant
  }
  const verdict = await node.tokens.subscription(asked.token)
  if (!verdict.ok) throw verdict.because === 'expired' ? errors.tokenExpired() : errors.permissionDenied()
  const claims = { ...verdict.claims, ...toldGrant(verdict.claims, node.limits.jsonDepth) }
  // A correct token for somebody or something else is a proof of misuse, not a mistake.
  if (claims.channel !== asked.channel || claims.user !== client.user) throw disconnects.invalidToken()
  if (claims.client !== undefined && claims.client !== client.id) throw disconnects.invalidToken()
  if (node.auth.insecure) return { ...claims, expireAt: undefined }
  if (claims.expireAt !== undefined && claims.expireAt * 1000 <= node.clock.now()) throw errors.expired()
  return claims
}

/**
 * Names that say who may (`$…`, `…#42`) decide; then the application, where it
 * is asked; then the rules. Undefined: no. @throws what the application throws; ClientError 110
 */
export async function allowWithoutToken(
  client: Client,
  { channel, data }: SubscribeQuestion,
  namespace: Namespace,
): Promise<SubscriptionGrant | undefined> {
  const { rules, hooks, clock, limits } = client.node
  const isDecided = rules.isPrivate(channel) || rules.limitedTo(channel) !== undefined
  const grant = isDecided ? undefined : await hooks.subscribe?.(client, { channel, data })
  if (grant === undefined) return client.may('subscribe', channel, namespace) ? {} : undefined
  if (grant.expireAt !== undefined && grant.expireAt * 1000 <= clock.now()) throw errors.expired()
  return toldGrant(grant, limits.jsonDepth)
}

export function requestOf(asked: Subscribe): SubscribeRequest {
  return {
    since: asked.recover ? { epoch: asked.epoch, offset: asked.offset } : undefined,
    positioned: asked.positioned,
    recoverable: asked.recoverable,
    joinLeave: asked.joinLeave,
    delta: asked.delta === fossil,
  }
}

/** @throws ClientError 107 for one that means nothing */
function filterOf(root: FilterNode | undefined): TagsFilter | undefined {
  if (root === undefined) return undefined
  const filter = compileFilter(root)
  if (filter === undefined) throw errors.badRequest()
  return filter
}

export function toResult(subscribed: Subscribed, ttl: number | undefined): SubscribeResult {
  return { ...subscribed, ttl }
}

/** Seconds that are left, rounded up, as the client is told them. */
export function ttlOf(expireAt: number | undefined, clock: Clock): number | undefined {
  return expireAt === undefined ? undefined : Math.max(1, Math.ceil(expireAt - clock.now() / 1000))
}
