/**
 * A program in another language that uses the client of that language. It takes
 * orders on stdin, a line each: `publish <JSON>`, `presence`, `history`; and
 * tells on stdout, an object a line, what it was answered and what happened.
 * It ends when stdin does.
 */
import { lines } from '../event-source.ts'
import type { Language } from './toolchains.ts'

export interface Place {
  readonly encoding: 'json' | 'protobuf'
  readonly url: string
  readonly token: string
  readonly channel: string
}

export interface Heard {
  readonly offset: number
  readonly data: unknown
}

interface Told {
  readonly event?: 'connected' | 'subscribed' | 'publication' | 'joined' | 'left' | 'error'
  readonly answer?: string
  readonly error?: string
  readonly because?: string
  readonly client?: string
  readonly user?: string
  readonly recovering?: boolean
  readonly recovered?: boolean
  readonly offset?: number
  readonly data?: unknown
  readonly users?: Readonly<Record<string, string>>
  readonly publications?: readonly Heard[]
}

const patience = 15_000 // ms

export class Driver implements AsyncDisposable {
  readonly #child: Bun.Subprocess<'pipe', 'pipe', 'pipe'>
  readonly #told: Told[] = []
  readonly #complaints: Promise<string>
  #answers = 0
  #changed = Promise.withResolvers<void>()
  #ended = false

  private constructor(command: string[], environment: Readonly<Record<string, string>>) {
    this.#child = Bun.spawn(command, {
      env: { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1', ...environment },
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
    })
    this.#complaints = new Response(this.#child.stderr).text()
    void this.#listen()
  }

  static async start(language: Language, program: string, place: Place): Promise<Driver> {
    const command = await language.build(program)
    return new Driver([...command, place.encoding, place.url, place.token, place.channel], language.environment)
  }

  /** The publications that came, in order. */
  get heard(): Heard[] {
    return this.#events('publication').map(({ offset = 0, data }) => ({ offset, data }))
  }

  /** Of each time it was subscribed: whether it had been before, and whether it then got all it missed. */
  get subscriptions(): { recovering: boolean; recovered: boolean }[] {
    return this.#events('subscribed').map(({ recovering = false, recovered = false }) => ({ recovering, recovered }))
  }

  /** The ids of its connections. */
  get clients(): string[] {
    return this.#events('connected').map(({ client = '' }) => client)
  }

  get joined(): string[] {
    return this.#events('joined').map(({ user = '' }) => user)
  }

  get left(): string[] {
    return this.#events('left').map(({ user = '' }) => user)
  }

  async publish(data: unknown): Promise<void> {
    await this.#ask('publish', `publish ${JSON.stringify(data)}`)
  }

  /** Users by client. */
  async presence(): Promise<Readonly<Record<string, string>>> {
    return (await this.#ask('presence', 'presence')).users ?? {}
  }

  async history(): Promise<readonly Heard[]> {
    return (await this.#ask('history', 'history')).publications ?? []
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    const deadline = Date.now() + patience
    while (!condition()) {
      if (this.#ended || Date.now() > deadline) throw await this.#trouble(`waited for ${what}`)
      await Promise.race([this.#changed.promise, Bun.sleep(deadline - Date.now())])
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.end()
    await Promise.race([this.#child.exited, Bun.sleep(2000)])
    this.#child.kill('SIGKILL')
    await this.#child.exited
  }

  #events(kind: Told['event']): Told[] {
    return this.#told.filter(({ event }) => event === kind)
  }

  /** One at a time. */
  async #ask(order: string, line: string): Promise<Told> {
    const number = this.#answers++
    await this.#child.stdin.write(`${line}\n`)
    await this.#child.stdin.flush()
    const answers = () => this.#told.filter(({ answer }) => answer !== undefined)
    await this.until(`the answer to ${order}`, () => answers().length > number)
    const answer = answers()[number] ?? {}
    if (answer.answer !== order || answer.error !== undefined) {
      throw await this.#trouble(`asked for ${order}, told ${JSON.stringify(answer)}`)
    }
    return answer
  }

  async #listen(): Promise<void> {
    for await (const line of lines(new Response(this.#child.stdout))) {
      if (line === '') continue
      this.#told.push(JSON.parse(line) as Told)
      this.#change()
    }
    this.#ended = true
    this.#change()
  }

  #change(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  async #trouble(what: string): Promise<Error> {
    const said = this.#told.slice(-20).map((each) => JSON.stringify(each))
    const complaint = this.#ended ? await this.#complaints : ''
    return new Error([what, 'it told last:', ...said, complaint].join('\n'))
  }
}
