/**
 * Work that waits for other people's machines, in the background: so much at a
 * time, so much of it at one host, so much waiting. What finds no place is not
 * done: a preview is a courtesy. A host that is slow keeps only its own few
 * places, so it delays nobody but those who link to it.
 */
export interface QueueLimits {
  readonly running: number
  readonly runningPerHost: number
  readonly waiting: number
  readonly waitingPerHost: number
}

interface Job {
  readonly host: string
  readonly run: () => Promise<void>
}

export class HostQueue {
  readonly #limits: QueueLimits
  readonly #waiting: Job[] = []
  readonly #running = new Map<string, number>() // per host
  #all = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  /** What the work gives; undefined if there was no place for it. @throws what the work throws */
  run<T>(host: string, work: () => Promise<T>): Promise<T | undefined> {
    if (this.#isFull(host)) return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ host, run: () => work().then(resolve, reject) })
      this.#start()
    })
  }

  #isFull(host: string): boolean {
    const { waiting, waitingPerHost } = this.#limits
    return this.#waiting.length >= waiting || this.#waiting.filter((job) => job.host === host).length >= waitingPerHost
  }

  #start(): void {
    while (this.#all < this.#limits.running) {
      const next = this.#waiting.findIndex(({ host }) => (this.#running.get(host) ?? 0) < this.#limits.runningPerHost)
      const [job] = next < 0 ? [] : this.#waiting.splice(next, 1)
      if (job === undefined) return
      this.#count(job.host, 1)
      void job.run().then(() => {
        this.#count(job.host, -1)
        this.#start()
      })
    }
  }

  #count(host: string, change: 1 | -1): void {
    const left = (this.#running.get(host) ?? 0) + change
    if (left === 0) this.#running.delete(host)
    else this.#running.set(host, left)
    this.#all += change
  }
}
