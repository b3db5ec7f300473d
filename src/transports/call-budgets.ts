/**
 * How often somebody may publish by single requests. A connection has a limit
 * of its own; requests have nothing in common but who sends them, so that is
 * what is counted: the user, or the address of those who are nobody.
 */
import { errors } from '../core/errors.ts'
import type { Node } from '../core/node.ts'
import { RateLimit } from '../core/rate-limit.ts'

export class CallBudgets {
  readonly #node: Node
  readonly #budgets = new Map<string, RateLimit>() // the one used last is last

  constructor(node: Node) {
    this.#node = node
  }

  /** @throws ClientError 111 when there were too many */
  spend(user: string, address: string): void {
    const { clock, limits } = this.#node
    if (limits.callsPerSecond === 0) return
    const now = clock.monotonic()
    const key = user === '' ? `address ${address}` : `user ${user}`
    const budget = this.#budgets.get(key) ?? new RateLimit(limits.callsPerSecond, now)
    this.#budgets.delete(key)
    this.#budgets.set(key, budget)
    // Who is forgotten has a full budget again; with this many others in between it is full anyway.
    if (this.#budgets.size > most)
      for (const oldest of this.#budgets.keys()) {
        this.#budgets.delete(oldest)
        break
      }
    if (!budget.take(now)) throw errors.tooManyRequests()
  }
}

const most = 10_000
