/**
 * What expires is renewed by asking the application:
 *
 *   expired ──▶ asking ──goes on──▶ a new expiry, or none
 *                  ├─── is over ──▶ ended, as if nobody had renewed it
 *                  └─── no answer ▶ goes on for a while, then asked again
 *
 * An application that is down must not empty the server, so silence prolongs.
 */
import type { Client } from './client.ts'
import { ClientError, Disconnect, disconnects, unsubscribes } from './errors.ts'
import type { Renewal } from './hooks.ts'
import type { Node } from './node.ts'
import type { Subscription } from './subscription.ts'

const patience = 60 // seconds until an application that did not answer is asked again

/** Never fails. Afterwards the client has a new expiry, or is closed. */
export async function renewConnection(client: Client): Promise<void> {
  const { node } = client
  if (client.renewing || node.hooks.refresh === undefined) return
  client.renewing = true
  const renewal = await ask(node, () => node.hooks.refresh?.(client))
  client.renewing = false
  if (client.closed) return
  if (renewal instanceof Disconnect) client.disconnect(renewal)
  else if (isOver(node, renewal)) client.disconnect(disconnects.connectionExpired())
  else {
    client.expireAt = renewal.expireAt
    client.info = renewal.info ?? client.info
    client.meta = renewal.meta ?? client.meta
  }
}

/** Never fails. Afterwards the subscription has a new expiry, or is closed. */
export async function renewSubscription(subscription: Subscription): Promise<void> {
  const { client, name, serverSide } = subscription
  const { node } = client
  if (subscription.renewing || node.hooks.subRefresh === undefined) return
  subscription.renewing = true
  const renewal = await ask(node, () => node.hooks.subRefresh?.(client, name))
  subscription.renewing = false
  if (subscription.closed) return
  if (renewal instanceof Disconnect) client.disconnect(renewal)
  else if (isOver(node, renewal)) {
    if (serverSide) client.disconnect(disconnects.subscriptionExpired())
    else client.unsubscribe(name, unsubscribes.expired)
  } else {
    subscription.expireAt = renewal.expireAt
    if (renewal.info !== undefined) subscription.show(renewal.info)
  }
}

type Over = Extract<Renewal, { expired: true }>

function isOver(node: Node, renewal: Renewal): renewal is Over {
  if (renewal.expired) return true
  return renewal.expireAt !== undefined && renewal.expireAt * 1000 <= node.clock.now()
}

async function ask(node: Node, question: () => Renewal | Promise<Renewal> | undefined): Promise<Renewal | Disconnect> {
  try {
    const renewal = await question()
    if (renewal !== undefined) return renewal
  } catch (error) {
    if (error instanceof Disconnect) return error
    if (!(error instanceof ClientError)) node.report(error)
  }
  return { expired: false, expireAt: Math.floor(node.clock.now() / 1000) + patience }
}
