/**
 * The connections of each user. Most users have one, and it stands here by
 * itself: a set for each would be a twentieth of what an idle connection takes.
 */
import type { Client } from './client.ts'

export class Users {
  readonly #clients = new Map<string, Client | Set<Client>>()

  /** Users with a connection. */
  get size(): number {
    return this.#clients.size
  }

  of(user: string): readonly Client[] {
    const clients = this.#clients.get(user)
    if (clients === undefined) return []
    return clients instanceof Set ? [...clients] : [clients]
  }

  /** How many connections a user has. */
  count(user: string): number {
    const clients = this.#clients.get(user)
    if (clients === undefined) return 0
    return clients instanceof Set ? clients.size : 1
  }

  add(client: Client): void {
    const others = this.#clients.get(client.user)
    if (others === undefined) this.#clients.set(client.user, client)
    else if (others instanceof Set) others.add(client)
    else if (others !== client) this.#clients.set(client.user, new Set([others, client]))
  }

  delete(client: Client): void {
    const clients = this.#clients.get(client.user)
    if (clients instanceof Set) clients.delete(client)
    if (clients === client || (clients instanceof Set && clients.size === 0)) this.#clients.delete(client.user)
  }
}
