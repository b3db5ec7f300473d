/**
 * All outgoing webhooks of the server. Each delivers by itself and in its own
 * order; together they make only so many requests at a time, and so many to one
 * host. Those that were slow or failed the last time share places of their
 * own, so that a hundred dead receivers take nothing from those that live.
 */
import { HostQueue } from '../outgoing/host-queue.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import { attempt, type Endpoint, type Outcome, type WebhookEvent } from './attempt.ts'
import { Delivery, type Webhook, type WebhookClock, type WebhookLog } from './delivery.ts'

export interface WebhooksOptions {
  readonly outgoing: Outgoing
  readonly log: WebhookLog
  readonly clock?: WebhookClock
  readonly random?: () => number // 0 up to 1
  readonly report: (error: unknown) => void
}

export class Webhooks {
  readonly #outgoing: Outgoing
  readonly #clock: WebhookClock
  readonly #tools: Omit<WebhooksOptions, 'outgoing' | 'clock'>
  readonly #deliveries = new Map<string, Delivery>()
  readonly #healthy = lane(48, 8)
  readonly #troubled = lane(16, 4)

  constructor({ outgoing, clock = systemClock, ...tools }: WebhooksOptions) {
    this.#outgoing = outgoing
    this.#clock = clock
    this.#tools = tools
  }

  /**
   * Starts one where its progress says. One that runs already gets its new URL and secrets, and goes on where it is.
   * One that is being removed has to be gone first.
   */
  set(webhook: Webhook): void {
    const running = this.#deliveries.get(webhook.id)
    if (running !== undefined) return running.redirect(webhook)
    const { report, random = Math.random } = this.#tools
    const tools = { log: this.#log, report, random, clock: this.#clock, attempt: this.#attempt.bind(this) }
    const delivery = new Delivery(webhook, tools)
    this.#deliveries.set(webhook.id, delivery)
    delivery.wake()
  }

  /** Something was published that it may want. */
  wake(id: string): void {
    this.#deliveries.get(id)?.wake()
  }

  /** At once, instead of when it would be time. */
  retry(id: string): void {
    this.#deliveries.get(id)?.retry()
  }

  /** When it resolves, nothing of it is under way. */
  async remove(id: string): Promise<void> {
    const delivery = this.#deliveries.get(id)
    this.#deliveries.delete(id)
    await delivery?.stop()
  }

  /** All of them. What was under way is broken off, and repeated after the next start. */
  async close(): Promise<void> {
    await Promise.all([...this.#deliveries.keys()].map((id) => this.remove(id)))
  }

  /** One that is switched off is forgotten here, so that it can be set anew. */
  get #log(): WebhookLog {
    const { log } = this.#tools
    return {
      read: (id, after) => log.read(id, after),
      save: (id, progress) => log.save(id, progress),
      switchOff: async (id, because, progress) => {
        await log.switchOff(id, because, progress)
        this.#deliveries.delete(id)
      },
    }
  }

  async #attempt(to: Endpoint, id: string, event: WebhookEvent, slow: boolean, signal: AbortSignal): Promise<Outcome> {
    const places = slow ? this.#troubled : this.#healthy
    const host = URL.parse(to.url)?.host ?? ''
    // The time that is signed is that of the request, not of the wait for a place.
    const work = () => attempt(this.#outgoing, to, id, event, () => this.#clock.now(), signal)
    const outcome = await places.run(host, work)
    if (outcome === undefined)
      throw new Error('a webhook found no place to wait, though there is no limit: this is a bug')
    return outcome
  }
}

/** One webhook waits for one place at most: their number is the limit of what waits. */
function lane(running: number, runningPerHost: number): HostQueue {
  return new HostQueue({ running, runningPerHost, waiting: Infinity, waitingPerHost: Infinity })
}

const systemClock: WebhookClock = {
  now: Date.now,
  after(ms, task) {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  },
}
