import type { Engine, Receiver } from '../core/engine.ts'
import type { ClientInfo, Publication } from '../core/publication.ts'

/** The engine of a server that is alone: what is published is received in the same instant, once and in order. */
export class LocalEngine implements Engine {
  readonly #receivers = new Map<string, Receiver>()

  publish(channel: string, publication: Publication): void {
    this.#receivers.get(channel)?.receive(publication)
  }

  join(channel: string, info: ClientInfo): void {
    this.#receivers.get(channel)?.joined(info)
  }

  leave(channel: string, info: ClientInfo): void {
    this.#receivers.get(channel)?.left(info)
  }

  follow(channel: string, receiver: Receiver): void {
    this.#receivers.set(channel, receiver)
  }

  unfollow(channel: string): void {
    this.#receivers.delete(channel)
  }
}
