/**
 * An example as its reader has it: copied into an empty folder, beside a
 * `node_modules` with what the tutorial says to install, and run there as a
 * program of its own, which can be killed and started again. Only the port
 * differs: a free one, on this machine alone.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './server.ts'

const root = join(import.meta.dir, '..')
const portLine = 'http_server: { port: 8000 }'

export class Example implements AsyncDisposable {
  readonly #folder = temporaryFolder()
  readonly #name: string
  #child: Bun.Subprocess<'ignore', 'pipe', 'pipe'> | undefined
  #host = ''
  /** What it logged as its own faults. */
  readonly faults: string[] = []

  constructor(name: string) {
    this.#name = name
    cpSync(join(root, 'examples', name), join(this.#folder, name), { recursive: true })
    cpSync(join(root, 'examples', 'style.css'), join(this.#folder, 'style.css'))
    const modules = join(this.#folder, 'node_modules')
    mkdirSync(modules)
    symlinkSync(root, join(modules, 'posthouse'))
    symlinkSync(join(root, 'node_modules', 'centrifuge'), join(modules, 'centrifuge'))
  }

  static async start(name: string): Promise<Example> {
    const example = new Example(name)
    await example.start()
    return example
  }

  /** Of the address: host and port. */
  get host(): string {
    return this.#host
  }

  url(path: string): string {
    return `http://${this.#host}${path}`
  }

  file(name: string): string {
    return join(this.#folder, this.#name, name)
  }

  /** Calls the server API, with the key that the first start made. @throws Error if it refuses */
  async api(method: string, params: object): Promise<void> {
    const secrets = readFileSync(this.file('data/secrets.json'), 'utf8')
    const { http_api_key: key } = JSON.parse(secrets) as { http_api_key: string }
    const request = { method: 'POST', headers: { 'x-api-key': key }, body: JSON.stringify(params) }
    const answer = await (await fetch(this.url(`/api/${method}`), request)).text()
    if (answer.includes('"error"')) throw new Error(answer)
  }

  /** Begins a life; after the first, at the same port. @throws Error if it ends before it listens */
  async start(): Promise<void> {
    const file = this.file('server.ts')
    const source = readFileSync(join(root, 'examples', this.#name, 'server.ts'), 'utf8')
    if (!source.includes(portLine)) throw new Error(`${this.#name} does not say "${portLine}"`)
    const port = this.#host.split(':')[1] ?? '0'
    writeFileSync(file, source.replace(portLine, `http_server: { address: '127.0.0.1', port: ${port} }`))
    const child = Bun.spawn([process.execPath, '--no-orphans', file], {
      cwd: join(this.#folder, this.#name),
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    })
    this.#child = child
    const said = this.#listen(child.stderr)
    let out = ''
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      out += text
      const [, host] = /http:\/\/([\w.:]+)\//.exec(out) ?? []
      if (host === undefined) continue
      this.#host = host
      return
    }
    throw new Error(`${this.#name} ended with ${await child.exited}: ${out}${await said}`)
  }

  /** As a power cut would: nothing is finished, nobody is told. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.#child?.exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
    if (this.faults.length > 0) throw new Error(`${this.#name} had faults of its own: ${this.faults.join('\n')}`)
  }

  async #listen(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
    let text = ''
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) text += chunk
    for (const line of text.split('\n')) if (/"level":"error"|panic|rror:/.test(line)) this.faults.push(line)
    return text
  }
}

/** The names of all examples. */
export const examples = readdirSync(join(root, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
