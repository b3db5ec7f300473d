/** Tabs of a browser that exists in the test only: what they post takes a while, in order per tab; any may crash. */
import type { Tabs } from './tabs.ts'

interface Candidate {
  readonly tab: string
  readonly begin: () => void
  readonly end: () => void
}

export class TestBrowser {
  readonly #listeners = new Map<string, (message: unknown) => void>()
  readonly #alive = new Set<string>()
  #watchers: { readonly tab: string; readonly by: string; readonly tell: () => void }[] = []
  #candidates: Candidate[] = [] // the first has the lead
  readonly #queues = new Map<string, (() => void)[]>()
  readonly #deaf = new Map<string, (() => void)[]>()
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  open(id: string): Tabs {
    this.#alive.add(id)
    return {
      id,
      post: (message) => this.#post(id, structuredClone(message)),
      listen: (receive) => {
        this.#listeners.set(id, receive)
        return () => this.#listeners.delete(id)
      },
      lead: (begin, end, force) => this.#lead({ tab: id, begin, end }, force),
      gone: (tab, tell) => {
        const watcher = { tab, by: id, tell }
        this.#watchers.push(watcher)
        return () => void (this.#watchers = this.#watchers.filter((each) => each !== watcher))
      },
      close: () => this.crash(id),
    }
  }

  /** All of it ends at once; what it posted before still arrives. */
  crash(id: string): void {
    if (!this.#alive.delete(id)) return
    this.#listeners.delete(id)
    const [leader] = this.#candidates
    this.#candidates = this.#candidates.filter(({ tab }) => tab !== id)
    if (leader?.tab === id) this.#grant()
    for (const { tab, by, tell } of this.#watchers) if (tab === id && this.#alive.has(by)) this.#soon(by, tell)
  }

  get leader(): string | undefined {
    return this.#candidates[0]?.tab
  }

  /** One step of what is under way, chosen by chance. False if there is nothing. */
  step(): boolean {
    const busy = [...this.#queues].filter(([, queue]) => queue.length > 0)
    const [, queue] = busy[Math.floor(this.#random() * busy.length)] ?? []
    queue?.shift()?.()
    return queue !== undefined
  }

  /** A tab hears nothing until the function that is returned is called; then it hears all of it. */
  deafen(id: string): () => void {
    const held: (() => void)[] = []
    this.#deaf.set(id, held)
    return () => {
      this.#deaf.delete(id)
      for (const call of held) call()
    }
  }

  #lead(candidate: Candidate, force: boolean): () => void {
    if (!this.#alive.has(candidate.tab)) return () => {}
    const before = this.#candidates[0]
    if (force && before !== undefined) {
      this.#candidates.shift()
      this.#soon(before.tab, before.end)
      this.#candidates.unshift(candidate)
    } else this.#candidates.push(candidate)
    if (this.#candidates[0] === candidate) this.#grant()
    return () => {
      const wasFirst = this.#candidates[0] === candidate
      this.#candidates = this.#candidates.filter((each) => each !== candidate)
      if (wasFirst) this.#grant()
    }
  }

  #grant(): void {
    const [next] = this.#candidates
    if (next !== undefined) this.#soon(next.tab, () => this.#candidates[0] === next && next.begin())
  }

  #post(from: string, message: unknown): void {
    if (!this.#alive.has(from)) return
    for (const to of this.#alive) if (to !== from) this.#soon(`${from} to ${to}`, () => this.#hear(to, message))
  }

  #hear(to: string, message: unknown): void {
    const hear = () => this.#listeners.get(to)?.(message)
    const held = this.#deaf.get(to)
    if (held === undefined) hear()
    else held.push(hear)
  }

  #soon(queue: string, call: () => void): void {
    const known = this.#queues.get(queue) ?? []
    this.#queues.set(queue, known)
    known.push(call)
  }
}
