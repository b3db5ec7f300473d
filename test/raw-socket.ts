/**
 * A WebSocket by hand, over plain TCP: for what no client does, such as not to
 * read, to lie about lengths, or to send what is no text.
 */
import { connect, type Socket } from 'node:net'

export class RawSocket implements Disposable {
  readonly #socket: Socket
  /** The answer to the upgrade, with its headers. */
  readonly head: string
  #received: Buffer = Buffer.alloc(0)
  #look = () => {}
  ended = false

  private constructor(socket: Socket, head: string, rest: Buffer) {
    this.#socket = socket
    this.head = head
    this.#received = rest
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#look()
    })
    socket.on('error', () => {}) // a reset is an end like any other
    socket.on('close', () => {
      this.ended = true
      this.#look()
    })
  }

  static async open(
    url: URL,
    headers: Record<string, string> = {},
    path = '/connection/websocket',
  ): Promise<RawSocket> {
    const socket = connect(Number(url.port), url.hostname)
    const all = {
      host: url.host,
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      ...headers,
    }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
    let answer = Buffer.alloc(0)
    await new Promise<void>((resolve) => {
      const read = (chunk: Buffer) => {
        answer = Buffer.concat([answer, chunk])
        if (!answer.includes('\r\n\r\n')) return
        socket.off('data', read)
        resolve()
      }
      socket.on('data', read)
      socket.once('close', () => resolve())
    })
    const end = answer.indexOf('\r\n\r\n') + 4
    return new RawSocket(socket, answer.subarray(0, end).toString('latin1'), answer.subarray(end))
  }

  get status(): number {
    return Number(this.head.split(' ')[1])
  }

  header(name: string): string | undefined {
    return new RegExp(`^${name}: *(.*)\r$`, 'im').exec(this.head)?.[1]
  }

  /** A text frame, masked as a client has to. `claims`: the length that it says it has. */
  send(payload: string | Uint8Array, { opcode = 1, final = true, claims = -1 } = {}): void {
    const bytes = Buffer.from(payload)
    const length = claims < 0 ? bytes.length : claims
    const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
    head[0] = (final ? 0x80 : 0) | opcode
    head[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127)
    if (head.length === 4) head.writeUInt16BE(length, 2)
    if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2)
    const mask = Buffer.from([1, 2, 3, 4])
    this.#socket.write(Buffer.concat([head, mask, bytes.map((byte, n) => byte ^ (mask[n % 4] ?? 0))]))
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** Reads no more, so that what is sent here waits on the other side. */
  stopReading(): void {
    this.#socket.pause()
  }

  readAgain(): void {
    this.#socket.resume()
  }

  /** The next frame; undefined at the end. */
  async next(): Promise<{ opcode: number; payload: Buffer } | undefined> {
    for (;;) {
      const frame = this.#cut()
      if (frame !== undefined || this.ended) return frame
      await new Promise<void>((resolve) => void (this.#look = resolve))
    }
  }

  /** The code of the close frame, whatever comes before it; undefined if the end came without one. */
  async closeCode(): Promise<number | undefined> {
    for (;;) {
      const frame = await this.next()
      if (frame === undefined) return undefined
      if (frame.opcode === 8) return frame.payload.readUInt16BE(0)
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #cut(): { opcode: number; payload: Buffer } | undefined {
    const bytes = this.#received
    if (bytes.length < 2) return undefined
    const short = (bytes[1] ?? 0) & 0x7f
    const start = short < 126 ? 2 : short === 126 ? 4 : 10
    if (bytes.length < start) return undefined
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
    if (bytes.length < start + length) return undefined
    this.#received = bytes.subarray(start + length)
    return { opcode: (bytes[0] ?? 0) & 0x0f, payload: bytes.subarray(start, start + length) }
  }
}
