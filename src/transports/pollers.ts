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
import type { Visit } from './channel-url.ts'

/** Milliseconds after an answer in which a reader is still counted. */
export const grace = 10_000

export class Pollers {
  readonly #idle = new Map<string, Set<Poller>>()

  /** Returns the function that says that the reader was answered. @throws Disconnect 3504 */
  enter(visit: Visit, ended: (why: Disconnect) => void): () => void {
    const { visitor, address, request, channel } = visit
    const { user } = visitor.identity
    const who = user === '' ? [address, request.headers.get('user-agent')] : []
    const key = JSON.stringify([channel, user, visitor.isBackend, ...who])
    const poller = this.#take(key) ?? new Poller(visit)
    poller.wait(ended)
    return () => {
      if (!poller.rest(() => this.#forget(key, poller))) return
      const idle = this.#idle.get(key)
      if (idle === undefined) this.#idle.set(key, new Set([poller]))
      else idle.add(poller)
    }
  }

  #take(key: string): Poller | undefined {
    for (const poller of this.#idle.get(key) ?? []) {
      this.#forget(key, poller)
      if (!poller.client.closed) return poller
    }
    return undefined
  }

  #forget(key: string, poller: Poller): void {
    const idle = this.#idle.get(key)
    if (idle?.delete(poller) && idle.size === 0) this.#idle.delete(key)
  }
}

class Poller implements Peer {
  readonly client: Client
  readonly #visit: Pick<Visit, 'node' | 'channel' | 'namespace'>
  readonly #info: ClientInfo
  #ended: ((why: Disconnect) => void) | undefined
  #cancel: (() => void) | undefined

  constructor({ node, channel, namespace, visitor, grant }: Visit) {
    this.client = new Client(node, visitor.id, '', visitor.identity, this, visitor.entrance)
    node.admit(this.client)
    this.#visit = { node, channel, namespace }
    this.#info = this.client.infoFor(grant?.info)
    if (namespace.presence) node.presence.add(channel, this.#info)
    if (namespace.joinLeave) node.engine.join(channel, this.#info)
  }

  wait(ended: (why: Disconnect) => void): void {
    this.#cancel?.()
    this.#ended = ended
  }

  /** Whether it may come back. */
  rest(over: () => void): boolean {
    this.#ended = undefined
    if (this.client.closed) return false
    this.#cancel = this.#visit.node.clock.after(grace, () => {
      over()
      this.client.close(disconnects.connectionClosed())
      this.#leave()
    })
    return true
  }

  disconnected(why: Disconnect): void {
    this.#cancel?.()
    this.#leave()
    this.#ended?.(why)
  }

  // A poll reads by a cursor of its own; there is no subscription to tell of.
  publication(): void {}
  joined(): void {}
  left(): void {}
  subscribed(): void {}
  unsubscribed(): void {}
  refreshed(): void {}

  #leave(): void {
    const { node, channel, namespace } = this.#visit
    if (namespace.presence) node.presence.remove(channel, this.client.id)
    if (namespace.joinLeave) node.engine.leave(channel, this.#info)
  }
}
