/**
 * A connection of the official SDK. The SDK is fetched by it: a page has its
 * first answers over HTTP (`sooner.ts`) while that is still on its way.
 */
import type { Options } from 'centrifuge'
import { unanswered } from './errors.ts'
import type { Follower, Link, LinkState } from './link.ts'
import { Watched } from './observable.ts'
import type { SdkLink } from './sdk-link.ts'
import type { PositionView } from './types.ts'

export interface CentrifugeLinkOptions {
  /** Of the server, such as `https://chat.example.com`. */
  readonly url: string
  /** Of a session or a bot; without it, the cookie of the browser says who this is. */
  readonly token?: string | undefined
  /** What is done before it is imported, such as waiting for the first drawing of a page; and again, where it fails. */
  readonly before?: (() => Promise<unknown>) | undefined
  /** Goes to the SDK. */
  readonly sdk?: Partial<Options> | undefined
}

/** After which it is fetched again where the network failed, in milliseconds. */
const again = 2000

export class CentrifugeLink implements Link {
  readonly state = new Watched<LinkState>('connecting')
  readonly #options: CentrifugeLinkOptions
  readonly #inbox = new Set<(data: unknown) => void>()
  readonly #connected = new Set<() => void>()
  readonly #made: Promise<SdkLink>
  #link: SdkLink | undefined
  #isClosed = false

  constructor(options: CentrifugeLinkOptions) {
    this.#options = options
    this.#made = this.#make()
    this.#made.catch(() => undefined) // it was closed: whoever calls hears of it
  }

  async call(method: string, input: unknown): Promise<unknown> {
    return (this.#link ?? (await this.#made)).call(method, input)
  }

  follow(channel: string, since: PositionView, follower: Follower): () => void {
    if (this.#link !== undefined) return this.#link.follow(channel, since, follower)
    let isOver = false
    let stop = (): void => void (isOver = true)
    this.#made.then(
      (link) => isOver || (stop = link.follow(channel, since, follower)),
      () => undefined,
    )
    return () => stop()
  }

  inbox(receive: (data: unknown) => void): () => void {
    this.#inbox.add(receive)
    return () => void this.#inbox.delete(receive)
  }

  connected(tell: () => void): () => void {
    this.#connected.add(tell)
    if (this.state.value === 'connected') tell()
    return () => void this.#connected.delete(tell)
  }

  wake(): void {
    this.#link?.wake()
  }

  close(): void {
    this.#isClosed = true
    this.#link?.close()
  }

  async #make(): Promise<SdkLink> {
    const { SdkLink: Made } = await this.#fetch()
    if (this.#isClosed) throw unanswered()
    this.#link = new Made(this.#options, {
      state: (now) => (this.state.value = now),
      connected: () => {
        this.state.value = 'connected'
        for (const tell of this.#connected) tell()
      },
      receive: (data) => {
        for (const receive of this.#inbox) receive(data)
      },
    })
    return this.#link
  }

  async #fetch(): Promise<{ readonly SdkLink: typeof SdkLink }> {
    while (!this.#isClosed) {
      try {
        await this.#options.before?.()
        return await import('./sdk-link.ts')
      } catch {
        this.state.value = 'offline'
        await new Promise((resolve) => setTimeout(resolve, again))
      }
    }
    throw unanswered()
  }
}
