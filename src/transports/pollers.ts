/**
 * Those who read by long polls, as clients: present while they wait, and for a
 * while after each answer, so that nobody comes and goes with every one. Whoever
 * asks again within that time is taken for the one that was answered before,
 * if it is the same user (or, of those who are nobody, the same address and
 * browser) in the same channel.
 */
import { Client, type Peer } from '../core/client.ts'
import { type Disconnect, disconnects } from '../core/errors.ts'
import type { ClientInfo } from '../core/publication.ts'
import type { Namespace } from '../core/rules.ts'
import type { Sleeper } from '../core/wheel.ts'
import type { Visit } from './channel-url.ts'

/** Milliseconds after an answer in which a reader is still counted. */
export const grace = 10_000

/** What a reader waits with. */
export interface Poll {
  /** The client is closed; this says why. */
  ended(why: Disconnect): void
}

export class Pollers {
  readonly #idle = new Map<string, Set<Poller>>()

  /** The reader, who waits until it is told to rest. @throws Disconnect 3504, or as `settle` does */
  enter(visit: Visit, poll: Poll): Poller {
    visit.settle()
    const key = keyOf(visit)
    const poller = this.#take(key) ?? new Poller(visit, this, key)
    poller.wait(poll)
    return poller
  }

  /** It was answered. */
  keep(poller: Poller): void {
    const idle = this.#idle.get(poller.key)
    if (idle === undefined) this.#idle.set(poller.key, new Set([poller]))
    else idle.add(poller)
  }

  forget(poller: Poller): void {
    const idle = this.#idle.get(poller.key)
    if (idle?.delete(poller) && idle.size === 0) this.#idle.delete(poller.key)
  }

  #take(key: string): Poller | undefined {
    for (const poller of this.#idle.get(key) ?? []) {
      this.forget(poller)
      if (!poller.client.closed) return poller
    }
    return undefined
  }
}

function keyOf({ visitor, address, request, channel }: Visit): string {
  const { user } = visitor.identity
  const who = user === '' ? [address, request.headers.get('user-agent')] : []
  return JSON.stringify([channel, user, visitor.isBackend, ...who])
}

export class Poller implements Peer, Sleeper {
  readonly client: Client
  readonly key: string
  readonly #pollers: Pollers
  readonly #channel: string
  readonly #namespace: Namespace
  readonly #info: ClientInfo | undefined // only where others see it
  #poll: Poll | undefined // while it waits
  #restsUntil = 0 // monotonic ms

  constructor({ node, channel, namespace, visitor, grant }: Visit, pollers: Pollers, key: string) {
    this.client = new Client(node, visitor.id, '', visitor.identity, this, visitor.entrance)
    this.key = key
    this.#pollers = pollers
    this.#channel = channel
    this.#namespace = namespace
    node.admit(this.client)
    if (!namespace.presence && !namespace.joinLeave) return
    this.#info = this.client.infoFor(grant?.info)
    if (namespace.presence) node.presence.add(channel, this.#info)
    if (namespace.joinLeave) node.engine.join(channel, this.#info)
  }

  wait(poll: Poll): void {
    if (this.#restsUntil > 0) this.client.node.wheel.remove(this.#restsUntil, this)
    this.#poll = poll
  }

  /** Answered: it may come back for a while. */
  rest(): void {
    this.#poll = undefined
    if (this.client.closed) return
    const { clock, wheel } = this.client.node
    this.#restsUntil = clock.monotonic() + grace
    wheel.add(this.#restsUntil, this)
    this.#pollers.keep(this)
  }

  /** It did not. */
  wake(): undefined {
    if (this.#poll !== undefined || this.client.closed) return
    this.#pollers.forget(this)
    this.client.close(disconnects.connectionClosed())
    this.#leave()
  }

  disconnected(why: Disconnect): void {
    this.#pollers.forget(this)
    this.client.node.wheel.remove(this.#restsUntil, this)
    this.#leave()
    this.#poll?.ended(why)
  }

  // A poll reads by a cursor of its own; there is no subscription to tell of.
  reads(channel: string): boolean {
    return channel === this.#channel
  }

  unsubscribed(_channel: string, { code }: { code: number }): void {
    this.client.disconnect(code < 2500 ? disconnects.forceDisconnect() : disconnects.forceReconnect())
  }

  publication(): void {}
  joined(): void {}
  left(): void {}
  subscribed(): void {}
  refreshed(): void {}

  #leave(): void {
    if (this.#info === undefined) return
    const { node, id } = this.client
    if (this.#namespace.presence) node.presence.remove(this.#channel, id)
    if (this.#namespace.joinLeave) node.engine.leave(this.#channel, this.#info)
  }
}
