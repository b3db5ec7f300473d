/**
 * The channels of a node as streams: what is appended is handed on to all
 * readers, by whichever way in they came, and those who read a stream by its
 * URL hear when it ends.
 */
import { errors } from './errors.ts'
import { checkFormat, type Node } from './node.ts'
import type { Position } from './publication.ts'
import type { Namespace } from './rules.ts'
import { StoreError } from './store.ts'
import { isStale, type StreamChange, type StreamChanged, type StreamState } from './stream.ts'

/** Whoever reads a stream. */
export interface StreamWatcher {
  /** It was closed, or deleted (then the state is undefined), and its log ends at `top`. */
  streamEnded(state: StreamState | undefined, top: Position): void
}

export class Streams {
  readonly #node: Node
  readonly #watchers = new Map<string, Set<StreamWatcher>>()

  constructor(node: Node) {
    this.#node = node
  }

  /** @throws ClientError 100 */
  find(channel: string): Promise<StreamState | undefined> {
    return stored(this.#node.store.stream(channel))
  }

  /**
   * Resolves when the change is durable, and handed on.
   * @throws ClientError 100 · 107 · 108 in a channel without history
   */
  async change(channel: string, namespace: Namespace, change: StreamChange): Promise<StreamChanged> {
    if (namespace.retention === undefined) throw errors.notAvailable()
    if ('drafts' in change) for (const { data } of change.drafts) checkFormat(data, namespace.publicationDataFormat)
    const changed = await stored(this.#node.store.change(channel, change, namespace.retention))
    if ('drafts' in change && (changed.outcome === 'appended' || changed.outcome === 'created')) {
      const { top, time } = changed
      let offset = top.offset - change.drafts.length
      for (const { data, info, tags } of change.drafts)
        this.#node.engine.publish(channel, { epoch: top.epoch, offset: ++offset, data, time, info, tags })
    }
    const ended = changed.outcome === 'deleted' || (changed.outcome === 'appended' && changed.state?.closed === true)
    if (ended) for (const watcher of this.#watchers.get(channel) ?? []) watcher.streamEnded(changed.state, changed.top)
    return changed
  }

  /** Notes that somebody reads, where reading keeps a stream from expiring. */
  async touch(channel: string, namespace: Namespace, state: StreamState | undefined): Promise<void> {
    if (state === undefined || !isStale(state, this.#node.clock.now())) return
    await this.change(channel, namespace, { kind: 'touch' })
  }

  watch(channel: string, watcher: StreamWatcher): void {
    const watchers = this.#watchers.get(channel)
    if (watchers === undefined) this.#watchers.set(channel, new Set([watcher]))
    else watchers.add(watcher)
  }

  unwatch(channel: string, watcher: StreamWatcher): void {
    const watchers = this.#watchers.get(channel)
    if (watchers?.delete(watcher) && watchers.size === 0) this.#watchers.delete(channel)
  }
}

async function stored<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof StoreError) throw errors.internal({ cause: error })
    throw error
  }
}
