/** A reader that came in by one of the doors over plain HTTP, on bare TCP. */
import type { Socket } from 'bun'
import type { Door } from './doors.ts'

const marker = 0x7c // the `|` of each publication

export class HttpReader {
  readonly #door: Door
  readonly #request: string
  readonly #count: (publications: number) => void
  #answer: string | undefined = '' // until it is in; of a poll, always
  #in = Promise.withResolvers<void>()
  connected = false

  /** `count` is told of publications. */
  constructor(door: Door, channel: string, number: number, count: (publications: number) => void) {
    this.#door = door
    this.#request = door.request(channel, number)
    this.#count = count
  }

  /** Resolves when it is in; a poll, when it has asked. */
  async connect(port: number): Promise<void> {
    const socket = await Bun.connect<HttpReader>({ hostname: '127.0.0.1', port, data: this, socket: handlers })
    socket.write(this.#request)
    this.connected = true
    if (!this.#door.polls) await this.#in.promise
  }

  read(socket: Socket<HttpReader>, bytes: Buffer): void {
    let publications = 0
    for (let at = bytes.indexOf(marker); at >= 0; at = bytes.indexOf(marker, at + 1)) publications++
    if (this.#answer !== undefined) this.#look(socket, (this.#answer += bytes.toString('latin1')))
    this.#count(publications)
  }

  lost(): void {
    this.connected = false
    this.#in.reject(new Error('the connection was lost'))
  }

  #look(socket: Socket<HttpReader>, answer: string): void {
    if (this.#door.polls) return this.#askAgain(socket, answer)
    const isIn = this.#door.isIn(answer)
    if (isIn === undefined) return
    this.#answer = undefined
    if (isIn) this.#in.resolve()
    else this.#in.reject(new Error(`a reader was refused: ${answer}`))
  }

  #askAgain(socket: Socket<HttpReader>, answer: string): void {
    const body = answer.indexOf('\r\n\r\n') + 4
    const length = Number(/^content-length: (\d+)/im.exec(answer.slice(0, body))?.[1])
    if (body < 4 || !(answer.length >= body + length)) return
    if (!answer.startsWith('HTTP/1.1 200 ') || !answer.includes('|')) throw new Error(`a poll was answered: ${answer}`)
    this.#answer = ''
    socket.write(this.#request)
  }
}

const handlers = {
  data(socket: Socket<HttpReader>, bytes: Buffer) {
    socket.data.read(socket, bytes)
  },
  close(socket: Socket<HttpReader>) {
    socket.data.lost()
  },
}
