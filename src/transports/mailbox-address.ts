/**
 * Which channel is a user's mailbox: the one that carries the user's name and
 * is for nobody else, `user:#alice`. It is the user's own channel for Centrifuge
 * clients, too, so what is sent arrives whichever door the receiver came through.
 */
import { errors } from '../core/errors.ts'
import type { Namespace, Rules } from '../core/rules.ts'
import type { Retention } from '../core/store.ts'

export interface Mailbox {
  readonly user: string
  readonly channel: string
  readonly namespace: Namespace
  readonly retention: Retention
}

export class MailboxAddresses {
  readonly #rules: Rules
  readonly #prefix: string

  /** `prefix`: what stands before the user, such as `user:#`. */
  constructor(rules: Rules, prefix: string) {
    this.#rules = rules
    this.#prefix = prefix
  }

  /** @throws ClientError 102, 107 for a name that cannot be one user's · 108 where nothing is kept */
  find(user: string): Mailbox {
    const channel = this.#prefix + user
    const namespace = this.#rules.namespace(channel)
    // A user called "a,b" or "x#a" would have a mailbox that user "a" may read by the rules of channel names.
    const owners = this.#rules.limitedTo(channel)
    if (user === '' || owners?.length !== 1 || owners[0] !== user) throw errors.badRequest()
    if (namespace.retention === undefined) throw errors.notAvailable()
    return { user, channel, namespace, retention: namespace.retention }
  }
}
