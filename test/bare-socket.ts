/** A bare WebSocket, as a page or a toy has it: what comes is kept until it is asked for. */
export class BareSocket implements Disposable {
  readonly #socket: WebSocket
  readonly #messages: (string | ArrayBuffer)[] = []
  #wake: (() => void) | undefined
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
      this.#messages.push(data)
      this.#wake?.()
    })
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code, reason }) => {
        resolve({ code, reason })
        this.#wake?.()
      })
    })
  }

  /** Rejects if the server does not answer with a WebSocket. */
  static async open(url: string | URL): Promise<BareSocket> {
    const socket = new WebSocket(String(url).replace(/^http/, 'ws'))
    const bare = new BareSocket(socket)
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('close', () => reject(new Error(`no WebSocket at ${url}`)))
    })
    return bare
  }

  send(message: unknown): void {
    this.#socket.send(message instanceof Uint8Array ? new Uint8Array(message) : JSON.stringify(message))
  }

  sendText(text: string): void {
    this.#socket.send(text)
  }

  /** The next message, parsed; bytes as they are. */
  async next(): Promise<Received> {
    while (this.#messages.length === 0) {
      if (this.#socket.readyState === WebSocket.CLOSED) throw new Error('the socket is closed, and nothing is left')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const message = this.#messages.shift()
    return message instanceof ArrayBuffer ? { bytes: new Uint8Array(message) } : JSON.parse(message ?? '')
  }

  /** The data of so many messages. */
  async take(count: number): Promise<unknown[]> {
    const taken: unknown[] = []
    while (taken.length < count) taken.push((await this.next()).data)
    return taken
  }

  /** What has come and nobody asked for. */
  get waiting(): number {
    return this.#messages.length
  }

  close(): void {
    this.#socket.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

export interface Received {
  readonly from?: string
  readonly data?: unknown
  readonly b64data?: string
  readonly bytes?: Uint8Array
  readonly id?: string
  readonly time?: number
  readonly ack?: string
  readonly by?: string
  readonly error?: string
  readonly lost?: boolean
  readonly clientId?: string
  readonly sent?: readonly Sent[]
}

export interface Sent {
  readonly to: string
  readonly status: 'delivered' | 'queued' | 'refused'
  readonly id?: string
  readonly until?: number
  readonly reason?: string
}
