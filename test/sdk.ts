/** The official client, unchanged, as an application would use it. */
import { Centrifuge, type Options, type Subscription, type SubscriptionOptions } from 'centrifuge'

type Events = Pick<Centrifuge, 'on' | 'removeListener'> | Pick<Subscription, 'on' | 'removeListener'>

/** Ended by `using`. Reconnects without the pauses that spare a real server. */
export class Sdk extends Centrifuge implements Disposable {
  constructor(url: string, options: Partial<Options> = {}) {
    super(url, { minReconnectDelay: 10, maxReconnectDelay: 100, ...options })
  }

  /** Connects and waits until it is. */
  async begin(): Promise<this> {
    const connected = next(this, 'connected')
    this.connect()
    await connected
    return this
  }

  /** Subscribes and waits until it is. */
  async subscribe(channel: string, options: Partial<SubscriptionOptions> = {}): Promise<Reading> {
    const subscription = this.newSubscription(channel, {
      minResubscribeDelay: 10,
      maxResubscribeDelay: 100,
      ...options,
    })
    const reading = new Reading(subscription)
    const subscribed = next(subscription, 'subscribed')
    subscription.subscribe()
    await subscribed
    return reading
  }

  [Symbol.dispose](): void {
    this.disconnect()
  }
}

/** A subscription and what was read through it. */
export class Reading {
  readonly subscription: Subscription
  readonly data: unknown[] = []
  readonly offsets: (number | undefined)[] = []

  constructor(subscription: Subscription) {
    this.subscription = subscription
    subscription.on('publication', ({ data, offset }) => {
      this.data.push(data)
      this.offsets.push(offset)
    })
  }

  /** All that was read, once there are so many. */
  async until(count: number): Promise<unknown[]> {
    while (this.data.length < count) await next(this.subscription, 'publication')
    return this.data
  }
}

/** What comes with the next event of a kind. */
export function next<Context = unknown>(from: Events, event: string): Promise<Context> {
  return new Promise((resolve, reject) => {
    const emitter = from as unknown as Emitter
    const timer = setTimeout(() => reject(new Error(`waited for the event ${event}`)), patience)
    const listener = (context: unknown) => {
      clearTimeout(timer)
      emitter.removeListener(event, listener)
      resolve(context as Context)
    }
    emitter.on(event, listener)
  })
}

interface Emitter {
  on(event: string, listener: (context: unknown) => void): void
  removeListener(event: string, listener: (context: unknown) => void): void
}

const patience = 10_000 // ms
