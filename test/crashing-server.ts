/** `posthouse serve` as a process that is killed and started again, on the same folder and port. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const main = join(import.meta.dir, '..', 'src', 'cli', 'main.ts')
const apiKey = 'the key of the crash test'

export class CrashingServer implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'posthouse-crash-'))
  readonly #flags: readonly string[]
  #port = 0
  #child: Bun.Subprocess<'ignore', 'pipe', 'pipe'> | undefined
  /** What it logged that it should not have, in all its lives. */
  readonly faults: string[] = []
  /** What has no flags: secrets. */
  environment: Readonly<Record<string, string>> = {}

  constructor(...flags: readonly string[]) {
    this.#flags = flags
  }

  /** The data. */
  get folder(): string {
    return this.#folder
  }

  get url(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** Begins a life. Resolves when it listens, or has ended before. */
  start(): Promise<void> {
    const args = ['serve', '--data', this.#folder, '--address', '127.0.0.1', '--port', String(this.#port)]
    const child = Bun.spawn([process.execPath, '--no-orphans', main, ...args, ...this.#flags], {
      env: { ...process.env, POSTHOUSE_HTTP_API_KEY: apiKey, ...this.environment },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    })
    this.#child = child
    const { promise, resolve } = Promise.withResolvers<void>()
    void this.#listen(child.stdout, resolve)
    void this.#listen(child.stderr, () => {})
    return promise
  }

  /** As a power cut would: nothing is finished, nobody is told. */
  async kill(): Promise<void> {
    if (this.#child === undefined) return
    if (this.#child.exitCode !== null) this.faults.push(`it ended by itself, with status ${this.#child.exitCode}`)
    this.#child.kill('SIGKILL')
    await this.#child.exited
    this.#child = undefined
  }

  /** The text of the answer; undefined if there was none. */
  async api(method: string, body: string): Promise<string | undefined> {
    try {
      const headers = { 'x-api-key': apiKey }
      return await (await fetch(`http://${this.url}/api/${method}`, { method: 'POST', headers, body })).text()
    } catch {
      return undefined // it is dead, or died over it
    }
  }

  async end(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end()
  }

  async #listen(stream: ReadableStream<Uint8Array<ArrayBuffer>>, listening: () => void): Promise<void> {
    let text = ''
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const port = /"url":"http:\/\/[^"]*:(\d+)\/"/.exec(text)?.[1]
      if (port === undefined) continue
      this.#port = Number(port)
      listening()
    }
    listening()
    for (const line of text.split('\n'))
      if (/"level":"error"|^posthouse:|panic|rror:/.test(line)) this.faults.push(line)
  }
}
