/** A connection of the official SDK: what `centrifuge-link.ts` fetches. */
import { Centrifuge, errorCodes, type PublicationContext, State, type TransportEndpoint } from 'centrifuge'
import type { CentrifugeLinkOptions } from './centrifuge-link.ts'
import { CallError, unanswered, waitIn } from './errors.ts'
import type { Entry, Follower, LinkState } from './link.ts'
import type { PositionView } from './types.ts'

/** In which a connection has to answer after a sleep, or when it left a call unanswered. In milliseconds. */
const wakePatience = 3000
const timedOut: number = errorCodes.timeout

/** Whose connection it is: that keeps who listens, also while this is not there yet. */
interface Owner {
  state(now: LinkState): void
  connected(): void
  receive(data: unknown): void
}

export class SdkLink {
  readonly #sdk: Centrifuge
  #proving = false
  #isClosed = false

  constructor({ url, token, sdk = {} }: CentrifugeLinkOptions, owner: Owner) {
    this.#sdk = new Centrifuge(endpoints(url), {
      emulationEndpoint: new URL('/emulation', url).href,
      ...(token !== undefined && { token }),
      ...sdk,
    })
    this.#sdk.on('connecting', ({ code }) => owner.state(code === 0 ? 'connecting' : 'offline'))
    this.#sdk.on('error', () => {
      if (this.#sdk.state === State.Connecting) owner.state('offline')
    })
    this.#sdk.on('connected', () => owner.connected())
    this.#sdk.on('disconnected', ({ code }) => owner.state(code === 0 ? 'offline' : 'refused'))
    this.#sdk.on('publication', ({ channel, data }) => {
      if (channel.startsWith('inbox:')) owner.receive(data)
    })
    this.#sdk.connect()
  }

  async call(method: string, input: unknown): Promise<unknown> {
    try {
      const { data }: { data: unknown } = await this.#sdk.rpc(method, input)
      return data
    } catch (error) {
      if (isReply(error) && error.code === timedOut) this.#doubt()
      throw toCallError(error)
    }
  }

  follow(channel: string, since: PositionView, follower: Follower): () => void {
    const subscription = this.#sdk.newSubscription(channel, { since })
    let first = true
    subscription.on('publication', (context) => follower.receive(entryOf(context)))
    subscription.on('subscribed', ({ wasRecovering, recovered, streamPosition }) => {
      if ((first || wasRecovering) && !recovered) follower.lost?.(streamPosition ?? { offset: 0, epoch: '' })
      first = false
      follower.live?.(true)
    })
    subscription.on('subscribing', () => follower.live?.(false))
    subscription.on('unsubscribed', ({ code, reason }) => {
      follower.live?.(false)
      if (code !== 0) follower.ended?.({ code, message: reason })
    })
    subscription.subscribe()
    return () => {
      subscription.removeAllListeners()
      this.#sdk.removeSubscription(subscription)
    }
  }

  /** A connection that was made before a sleep may be dead without knowing it: it has to answer. */
  wake(): void {
    if (this.#sdk.state === State.Connected) void this.#prove()
    else this.#again()
  }

  /** The network may have gone silent: whoever waits for an answer is not to wait for the next ping as well. */
  #doubt(): void {
    if (this.#sdk.state === State.Connected) void this.#prove()
  }

  async #prove(): Promise<void> {
    if (this.#proving) return
    this.#proving = true
    const timeout = AbortSignal.timeout(wakePatience)
    const late = new Promise<false>((resolve) => timeout.addEventListener('abort', () => resolve(false)))
    const answers = this.#sdk.rpc('chat.people.me', {}).then(
      () => true,
      (error: unknown) => isReply(error) && error.code >= 100,
    )
    const isAlive = await Promise.race([answers, late])
    this.#proving = false
    if (!isAlive && !this.#isClosed) this.#again()
  }

  #again(): void {
    this.#sdk.disconnect()
    this.#sdk.connect()
  }

  close(): void {
    this.#isClosed = true
    this.#sdk.removeAllListeners()
    this.#sdk.disconnect()
  }
}

/** The SDK goes on to the next where one does not get through. */
function endpoints(url: string): TransportEndpoint[] {
  const at = (path: string, scheme = '') => new URL(path, url).href.replace(/^http/, scheme === 'ws' ? 'ws' : 'http')
  return [
    { transport: 'websocket', endpoint: at('/connection/websocket', 'ws') },
    { transport: 'http_stream', endpoint: at('/connection/http_stream') },
    { transport: 'sse', endpoint: at('/connection/sse') },
  ]
}

function entryOf({ data, offset = 0, info }: PublicationContext): Entry {
  const known: unknown = info?.connInfo
  return { data, offset, from: info && { user: info.user, info: known } }
}

function toCallError(error: unknown): CallError {
  if (!isReply(error)) return unanswered(error)
  const lost = error.code < 100 // of the SDK itself: no answer came
  return lost
    ? unanswered(error)
    : new CallError(error.code, error.message, {
        temporary: error.temporary === true,
        ...waitIn(error.message),
        cause: error,
      })
}

function isReply(error: unknown): error is { code: number; message: string; temporary?: boolean } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'number' &&
    'message' in error
  )
}
