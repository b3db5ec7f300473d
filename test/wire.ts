/**
 * The client protocol by hand: JSON frames over a WebSocket, one by one, for
 * what an SDK would never send and never show.
 */
export interface Message {
  readonly id?: number
  readonly error?: { readonly code: number; readonly message: string; readonly temporary?: boolean }
  readonly push?: Push
  readonly connect?: {
    readonly client: string
    readonly ping?: number
    readonly subs?: Record<string, Subscribed>
    readonly [other: string]: unknown
  }
  readonly subscribe?: Subscribed
  readonly history?: { readonly publications: readonly Pub[]; readonly offset: number; readonly epoch: string }
  readonly presence?: { readonly presence: Record<string, unknown> }
  readonly [other: string]: unknown
}

export interface Push {
  readonly channel?: string
  readonly pub?: Pub
  readonly unsubscribe?: { readonly code: number; readonly reason: string }
  readonly [other: string]: unknown
}

export interface Pub {
  readonly data: unknown
  readonly offset?: number
  readonly epoch?: string
  readonly [other: string]: unknown
}

export interface Subscribed {
  readonly epoch?: string
  readonly offset?: number
  readonly recovered?: boolean
  readonly publications?: readonly Pub[]
  readonly [other: string]: unknown
}

export interface Closed {
  readonly code: number
  readonly reason: string
}

export interface WireOptions {
  readonly protocols?: string[]
  readonly headers?: Record<string, string>
  /** Whether pings are answered. They are kept as messages in either case. */
  readonly pong?: boolean
}

/** Bun's WebSocket can do more than the browser's, whose types are in force here. */
type BunSocket = WebSocket & { terminate(): void }
export const BunWebSocket = WebSocket as unknown as new (
  url: string,
  options: { protocols: string[]; headers: Record<string, string> },
) => BunSocket

const patience = 4000 // ms after which a test that waits is told what it waited for

export class Wire implements Disposable {
  readonly #ws: BunSocket
  readonly #pong: boolean
  /** Each frame as it came. */
  readonly frames: string[] = []
  readonly #messages: Message[] = []
  #looking: (() => void)[] = []
  #lastId = 0
  #closed: Closed | undefined
  readonly closed: Promise<Closed>

  private constructor(ws: BunSocket, pong: boolean) {
    this.#ws = ws
    this.#pong = pong
    ws.addEventListener('message', ({ data }) => this.#receive(String(data)))
    const { promise, resolve } = Promise.withResolvers<Closed>()
    this.closed = promise
    ws.addEventListener('close', ({ code, reason }) => {
      resolve((this.#closed = { code, reason }))
      this.#look()
    })
  }

  /** @throws when the server does not take the upgrade */
  static async open(url: string, { protocols = [], headers = {}, pong = true }: WireOptions = {}): Promise<Wire> {
    const ws = new BunWebSocket(url, { protocols, headers })
    const wire = new Wire(ws, pong)
    await new Promise<void>((resolve, reject) => {
      ws.addEventListener('open', () => resolve())
      ws.addEventListener('error', () => reject(new Error('the upgrade was refused')))
    })
    return wire
  }

  get protocol(): string {
    return this.#ws.protocol
  }

  /** One frame: commands by line, or text as it is. */
  send(...commands: (object | string)[]): void {
    this.#ws.send(commands.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n'))
  }

  sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.#ws.send(bytes)
  }

  /** Sends a command with the next id, and takes its reply. */
  ask(command: object): Promise<Message> {
    const id = ++this.#lastId
    this.send({ id, ...command })
    return this.reply(id)
  }

  reply(id: number): Promise<Message> {
    return this.#take(`a reply to ${id}`, (message) => message.id === id)
  }

  /** The next push, of a kind if one is given. */
  async push(kind = ''): Promise<Push> {
    const { push } = await this.#take(
      `a push ${kind}`,
      (message) => message.push !== undefined && (kind === '' || kind in message.push),
    )
    return push ?? {}
  }

  /** The data of the next publications. */
  async publications(count: number): Promise<unknown[]> {
    const taken: unknown[] = []
    while (taken.length < count) taken.push((await this.push('pub')).pub?.data)
    return taken
  }

  ping(): Promise<Message> {
    return this.#take('a ping', (message) => Object.keys(message).length === 0)
  }

  /** What came and nobody took. */
  get left(): readonly Message[] {
    return this.#messages
  }

  /** The next message, whatever it is. */
  next(): Promise<Message> {
    return this.#take('anything', () => true)
  }

  /** How the server answers: the next reply, or the code with which it closes. */
  async answer(): Promise<Message | number> {
    const next = this.#take('a reply', (message) => message.id !== undefined)
    return Promise.race([this.closed.then(({ code }) => code), next.catch(() => this.closed.then(({ code }) => code))])
  }

  close(): void {
    this.#ws.close()
  }

  /** As if the network went away. */
  terminate(): void {
    this.#ws.terminate()
  }

  [Symbol.dispose](): void {
    this.#ws.terminate()
  }

  #receive(frame: string): void {
    this.frames.push(frame)
    for (const line of frame.split('\n')) {
      const message = JSON.parse(line) as Message
      if (line === '{}' && this.#pong) this.#ws.send('{}')
      this.#messages.push(message)
    }
    this.#look()
  }

  #wait(look: () => void): void {
    this.#looking.push(look)
  }

  #look(): void {
    const looking = this.#looking
    this.#looking = []
    for (const look of looking) look()
  }

  #take(what: string, wanted: (message: Message) => boolean): Promise<Message> {
    const { promise, resolve, reject } = Promise.withResolvers<Message>()
    const tooLate = () => reject(new Error(`waited for ${what}; there is ${JSON.stringify(this.#messages)}`))
    const timer = setTimeout(tooLate, patience)
    const look = () => {
      const at = this.#messages.findIndex(wanted)
      const [message] = at < 0 ? [] : this.#messages.splice(at, 1)
      if (message !== undefined) resolve(message)
      else if (this.#closed === undefined) return this.#wait(look)
      else reject(new Error(`waited for ${what}; closed with ${this.#closed.code} ${this.#closed.reason}`))
      clearTimeout(timer)
    }
    look()
    return promise
  }
}
