/**
 * The processes of a measurement: servers and load, each apart from the others,
 * so that what one costs is not counted as another's. They are asked over the
 * channel between processes, one question at a time, and none outlives the
 * benchmark.
 */
import { join } from 'node:path'

/** What a server costs so far. */
export interface Usage {
  readonly cpu: number // µs of processor time, user and system, all threads
  readonly rss: number // bytes of resident memory
}

const alive = new Set<Child>()

export class Child {
  readonly name: string
  readonly #process: Bun.Subprocess
  #answer = Promise.withResolvers<unknown>()
  /** What it says by itself when it has started. */
  readonly started: Promise<unknown>

  /** Starts a program of this folder, under Bun if it is TypeScript, else under Node. */
  constructor(program: string, ...args: readonly string[]) {
    this.name = program
    const runtime = program.endsWith('.ts') ? [process.execPath, '--no-orphans'] : ['node']
    this.#process = Bun.spawn([...runtime, join(import.meta.dir, program), ...args], {
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'inherit',
      serialization: 'json', // the only one that Node speaks, too
      ipc: (message) => this.#answer.resolve(message),
      onExit: () => {
        alive.delete(this)
        this.#answer.reject(new Error(`${program} ended`))
      },
    })
    alive.add(this)
    this.started = within(30, this.#answer.promise, `${program} does not start`)
    this.started.catch(() => {}) // whoever waits for it hears of it
  }

  /** The answer of the child; each has its own questions. */
  async ask<Answer>(question: object): Promise<Answer> {
    await this.started
    this.#answer = Promise.withResolvers()
    this.#process.send(question)
    const answer = await within(30, this.#answer.promise, `${this.name} does not answer ${JSON.stringify(question)}`)
    return answer as Answer
  }

  /** At once: it cannot say goodbye. */
  async kill(): Promise<void> {
    this.#answer.promise.catch(() => {}) // that it ended is no news now
    this.#process.kill('SIGKILL')
    await this.#process.exited
  }
}

export async function killAll(): Promise<void> {
  await Promise.all([...alive].map((child) => child.kill()))
}

/** @throws Error saying `trouble` after so many seconds */
async function within<T>(seconds: number, promise: Promise<T>, trouble: string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(trouble)), seconds * 1000)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
