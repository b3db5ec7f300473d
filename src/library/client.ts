/** A connected client, as a program sees it: who it is, and what may be done with it. */
import type { Client as Connection } from '../core/client.ts'
import { Disconnect, disconnects, type Unsubscribe, unsubscribes } from '../core/errors.ts'
import type { ClientInfo } from '../core/publication.ts'
import { fromPayload } from './values.ts'

export class Client {
  readonly #connection: Connection

  /** Made by the server, once for each connection: the same client is the same object. @internal */
  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Of this connection; a user may have several. Others may see it. */
  get id(): string {
    return this.#connection.id
  }

  /** Empty for somebody anonymous. */
  get user(): string {
    return this.#connection.user
  }

  /** What others see of it besides. */
  get info(): unknown {
    return fromPayload(this.#connection.info)
  }

  /** What only the server knows of it: `meta` of its identity. */
  get meta(): unknown {
    return fromPayload(this.#connection.meta)
  }

  /** To which it is subscribed. */
  get channels(): readonly string[] {
    return [...this.#connection.subscriptions.keys()]
  }

  get isClosed(): boolean {
    return this.#connection.closed
  }

  /** Ends one of its subscriptions, if there is one. Codes from 2500 on: the client subscribes again. @throws ClientError 102, 107; RangeError */
  unsubscribe(channel: string, code?: number, reason?: string): void {
    const { node, user, id } = this.#connection
    node.unsubscribe(user, channel, toUnsubscribe(code, reason), { client: id })
  }

  /** Ends the connection. Codes up to 3499 and from 4000 to 4499: the client comes back. */
  disconnect(code?: number, reason?: string): void {
    this.#connection.disconnect(toDisconnect(code, reason))
  }

  /** How others see it in a channel. @internal */
  infoIn(channel: string): ClientInfo {
    return this.#connection.infoIn(channel)
  }
}

const known = new WeakMap<Connection, Client>()

/** @internal */
export function clientOf(connection: Connection): Client {
  let client = known.get(connection)
  if (client === undefined) known.set(connection, (client = new Client(connection)))
  return client
}

/** @internal @throws RangeError for a code that none has (protocol section 13) */
export function toUnsubscribe(code = 2000, reason = ''): Unsubscribe {
  if (!(Number.isInteger(code) && code >= 2000 && code <= 2999))
    throw new RangeError(`a client cannot be unsubscribed with ${code}; codes go from 2000 to 2999`)
  return { code, reason: reason === '' ? unsubscribes.server.reason : reason }
}

/** @internal @throws RangeError for a code that is not a server's or an application's (protocol section 12) */
export function toDisconnect(code = 3503, reason = ''): Disconnect {
  if (!(Number.isInteger(code) && code >= 3000 && code <= 4999))
    throw new RangeError(`a client cannot be disconnected with ${code}; codes go from 3000 to 4999`)
  if (Buffer.byteLength(reason) > 123) throw new RangeError('the reason of a disconnect has at most 123 bytes')
  // An empty reason would make the SDKs come back, whatever the code says.
  return new Disconnect(code, reason === '' ? disconnects.forceDisconnect().reason : reason)
}
