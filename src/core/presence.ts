import type { ClientInfo } from './publication.ts'

/** Who is in which channel now, on this node. One entry a connection, whatever its way in. */
export class Presence {
  readonly #channels = new Map<string, Map<string, ClientInfo>>()

  add(channel: string, info: ClientInfo): void {
    let clients = this.#channels.get(channel)
    if (clients === undefined) this.#channels.set(channel, (clients = new Map()))
    clients.set(info.client, info)
  }

  remove(channel: string, client: string): void {
    const clients = this.#channels.get(channel)
    if (clients?.delete(client) && clients.size === 0) this.#channels.delete(channel)
  }

  /** By client id. */
  list(channel: string): ReadonlyMap<string, ClientInfo> {
    return this.#channels.get(channel) ?? nobody
  }

  /** All anonymous clients together count as one user. */
  stats(channel: string): { clients: number; users: number } {
    const clients = this.list(channel)
    const users = new Set<string>()
    for (const { user } of clients.values()) users.add(user)
    return { clients: clients.size, users: users.size }
  }
}

const nobody: ReadonlyMap<string, ClientInfo> = new Map()
