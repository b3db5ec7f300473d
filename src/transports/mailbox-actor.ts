/** In whose name somebody may read and send: its own, or, with the API key or where the mailboxes are open, in anybody's. */
import type { Identity } from '../core/auth.ts'
import type { HttpIdentity } from './http-identity.ts'

export class MailboxActor {
  readonly #identity: Identity | undefined
  readonly isTrusted: boolean

  private constructor(identity: Identity | undefined, isTrusted: boolean) {
    this.#identity = identity
    this.isTrusted = isTrusted
  }

  /** Undefined for nobody, where one has to be somebody. `isOpen`: a name needs no proof. */
  static of(who: HttpIdentity, isOpen: boolean): MailboxActor | undefined {
    if (who.kind === 'backend') return new MailboxActor(undefined, true)
    if (who.kind === 'user') return new MailboxActor(who.identity, false)
    return who.kind === 'nobody' && isOpen ? new MailboxActor(undefined, false) : undefined
  }

  /** The one user that this is, if it is bound to one. */
  get user(): string | undefined {
    return this.#identity?.user
  }

  mayBe(user: string): boolean {
    return this.#identity === undefined || this.#identity.user === user
  }

  /** As whom it connects; only for a user that it may be. */
  as(user: string): Identity {
    return this.#identity ?? { user }
  }
}
