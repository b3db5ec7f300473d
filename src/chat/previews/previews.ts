/**
 * Previews, made in the background: each link once at a time and once in a
 * while, failures too. Nobody waits for one: a message is there without it, and
 * the preview follows when it has come, or never.
 */
import { HostQueue, type QueueLimits } from '../outgoing/host-queue.ts'
import type { Preview } from './preview.ts'
import { Recent } from './recent.ts'

export interface PreviewsOptions {
  /** `preview`, with what it goes out by. */
  readonly make: (url: string, signal: AbortSignal) => Promise<Preview | undefined>
  readonly now?: () => number // ms, monotonic
  readonly limits?: Partial<PreviewLimits>
}

export interface PreviewLimits extends QueueLimits {
  readonly keptBytes: number // of previews, with their images
  readonly keptFor: number // ms
  readonly failureKeptFor: number // ms
}

const usual: PreviewLimits = {
  running: 8,
  runningPerHost: 2,
  waiting: 200,
  waitingPerHost: 20,
  keptBytes: 32 * 1_048_576,
  keptFor: 3_600_000,
  failureKeptFor: 600_000,
}

export class Previews {
  readonly #make: PreviewsOptions['make']
  readonly #queue: HostQueue
  readonly #recent: Recent<Preview | undefined>
  readonly #underway = new Map<string, Promise<Preview | undefined>>()
  readonly #closing = new AbortController()

  constructor({ make, now = () => performance.now(), limits = {} }: PreviewsOptions) {
    const all = { ...usual, ...limits }
    this.#make = make
    this.#queue = new HostQueue(all)
    this.#recent = new Recent({
      now,
      bytes: all.keptBytes,
      sizeOf,
      lifeOf: (found) => (found === undefined ? all.failureKeptFor : all.keptFor),
    })
  }

  /** @param url as `links` gives it. Undefined if there is nothing to show, or too much to do. @throws what `make` throws */
  of(url: string): Promise<Preview | undefined> {
    const kept = this.#recent.get(url)
    if (kept !== undefined) return Promise.resolve(kept.value)
    const underway = this.#underway.get(url)
    if (underway !== undefined) return underway
    const started = this.#queue.run(new URL(url).host, () => this.#ask(url)).finally(() => this.#underway.delete(url))
    this.#underway.set(url, started)
    return started
  }

  /** What is under way ends without a preview, and nothing new begins. */
  close(): void {
    this.#closing.abort(new Error('closing'))
  }

  async #ask(url: string): Promise<Preview | undefined> {
    const { signal } = this.#closing
    if (signal.aborted) return undefined
    const found = await this.#make(url, signal)
    if (!signal.aborted) this.#recent.set(url, found)
    return found
  }
}

function sizeOf(found: Preview | undefined): number {
  if (found === undefined) return 0
  const texts = [found.url, found.host, found.title, found.description ?? '', found.siteName ?? '']
  return 2 * texts.join('').length + (found.image?.bytes.length ?? 0)
}
