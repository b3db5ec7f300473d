/**
 * The network between a client and the server, in the test's hands: it can be
 * cut, be down for a while, swallow what goes over it without a word, and turn
 * requests away as some company proxies do.
 */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'

export class Line implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** Whoever asks for something like this is told 403. */
  refuses: RegExp | undefined
  #down = false
  #silent = false
  readonly #lost = new WeakSet<Socket>() // what goes over these arrives nowhere, for good

  private constructor(target: URL) {
    this.#server = createServer((near) => {
      if (this.#down) {
        near.destroy()
        return
      }
      const far = connect(Number(target.port), target.hostname)
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one)
        if (this.#silent) this.#lost.add(one)
        one.on('error', () => this.#end(one, other))
        one.on('close', () => {
          this.#sockets.delete(one)
          this.#end(one, other)
        })
      }
      near.on('data', (bytes) => {
        if (this.refuses?.test(bytes.toString('latin1')) === true) {
          near.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
          far.destroy()
        } else this.#pass(bytes, near, far)
      })
      far.on('data', (bytes) => this.#pass(bytes, far, near))
    })
  }

  static async to(target: URL): Promise<Line> {
    const line = new Line(target)
    line.#server.listen(0, '127.0.0.1')
    await once(line.#server, 'listening')
    return line
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the line is closed')
    return `http://127.0.0.1:${address.port}`
  }

  /** Everybody is cut off without a word, and nobody gets through until it is mended. */
  cut(): void {
    this.#down = true
    for (const socket of this.#sockets) {
      this.#lost.delete(socket)
      socket.resetAndDestroy()
    }
  }

  /** From now on nothing gets through, and nobody is told: the connections that there are stay silent for good. */
  swallow(): void {
    this.#silent = true
    for (const socket of this.#sockets) this.#lost.add(socket)
  }

  /** New connections get through. */
  mend(): void {
    this.#down = this.#silent = false
  }

  #pass(bytes: Uint8Array | string, from: Socket, to: Socket): void {
    if (this.#lost.has(from) || to.write(bytes)) return
    from.pause()
    to.once('drain', () => from.resume())
  }

  /** Over a line that swallows everything, the end of one side is not seen on the other. */
  #end(one: Socket, other: Socket): void {
    if (!this.#lost.has(one)) other.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
