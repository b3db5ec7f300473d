/**
 * Work that waits for other people's machines: so much at a time, so much of it
 * at one host, so much waiting. What finds no place is not done. A host that
 * is slow keeps only its own few places, so it delays nobody but those who
 * have to do with it.
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
  readonly #jobs: Job[] = [] // that wait
  readonly #waiting = new Map<string, number>() // per host
  readonly #running = new Map<string, number>() // per host
  #all = 0 // that run

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  /** What the work gives; undefined if there was no place for it. @throws what the work throws */
  run<T>(host: string, work: () => Promise<T>): Promise<T | undefined> {
    const { waiting, waitingPerHost } = this.#limits
    if (this.#jobs.length >= waiting || count(this.#waiting, host, 0) >= waitingPerHost)
      return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      this.#jobs.push({ host, run: () => work().then(resolve, reject) })
      count(this.#waiting, host, 1)
      this.#start()
    })
  }

  #start(): void {
    while (this.#all < this.#limits.running) {
      const next = this.#jobs.findIndex(({ host }) => count(this.#running, host, 0) < this.#limits.runningPerHost)
      const [job] = next < 0 ? [] : this.#jobs.splice(next, 1)
      if (job === undefined) return
      count(this.#waiting, job.host, -1)
      void this.#run(job)
    }
  }

  async #run({ host, run }: Job): Promise<void> {
    count(this.#running, host, 1)
    this.#all++
    await run()
    count(this.#running, host, -1)
    this.#all--
    this.#start()
  }
}

function count(counts: Map<string, number>, host: string, change: -1 | 0 | 1): number {
  const counted = (counts.get(host) ?? 0) + change
  if (counted === 0) counts.delete(host)
  else counts.set(host, counted)
  return counted
}
