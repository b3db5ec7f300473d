/**
 * How often a password may be guessed: failures are counted, by the account and
 * the network they come from, and by the account alone. The second is what
 * stops many addresses that guess together; it could also shut the owner out,
 * so it does not hold for networks from which the account has been logged in
 * before, and it comes back within a minute.
 *
 * Names that nobody has are counted like others, so that nothing can be learned.
 * How often one address may try at all, whatever the names, see `limits.ts`.
 */
import { RateLimits } from '../../index.ts'
import { ChatError } from '../errors.ts'

const minute = 60_000
const fromNetwork = { count: 10, per: 10 * minute }
const toAccount = { count: 60, per: 60 * minute, burst: 20 }
const keys = 50_000

export interface Attempt {
  readonly name: string // its key
  readonly network: string
  /** Whether this account has been logged in from there. */
  readonly isFamiliar: boolean
}

export class LoginAttempts {
  readonly #networks: RateLimits
  readonly #accounts: RateLimits

  constructor(now: () => number) {
    this.#networks = new RateLimits({ ...fromNetwork, maxKeys: keys, now })
    this.#accounts = new RateLimits({ ...toAccount, maxKeys: keys, now })
  }

  /** Before the password is looked at, so that a hundred at once are not one. @throws ChatError `tooMany` */
  begin({ name, network, isFamiliar }: Attempt): void {
    const wait = isFamiliar ? 0 : this.#accounts.peek(name)
    const waitHere = this.#networks.peek(`${network} ${name}`)
    if (Math.max(wait, waitHere) > 0) throw new ChatError('tooMany', { retryAfter: Math.max(wait, waitHere) })
    if (!isFamiliar) this.#accounts.take(name)
    this.#networks.take(`${network} ${name}`)
  }

  /** It was the right one. */
  succeeded({ name, network }: Attempt): void {
    this.#accounts.forget(name)
    this.#networks.forget(`${network} ${name}`)
  }
}
