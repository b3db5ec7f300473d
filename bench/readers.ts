/**
 * Many readers in one process, on bare TCP: each connects, subscribes to one
 * channel, by WebSocket unless another door is said, and counts what it is sent. Cheap, so that on a small machine the
 * server and not the load is what is measured.
 */
import type { Socket } from 'bun'
import { type DoorName, doors } from './doors.ts'
import { FrameCounter, textFrame } from './frames.ts'
import { HttpReader } from './http-reader.ts'

export type ReadersQuestion =
  | {
      readonly do: 'connect'
      readonly port: number
      readonly prefix: string
      readonly channels: number
      readonly count: number
      readonly door?: DoorName | undefined
    }
  /** Says when all together were sent so many publications since they connected. */
  | { readonly do: 'await'; readonly publications: number }
  /** Says when each of them, having lost its connection, is back and was sent all up to this offset. */
  | { readonly do: 'return'; readonly port: number; readonly offset: number }

const handshake =
  'GET /connection/websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
const atOnce = 100 // connections under way
const retryWithin = 250 // ms

const readers: (Reader | HttpReader)[] = []
let received = 0
let wanted = Infinity
let enough = () => {}

class Reader {
  readonly #channel: string
  #counter = new FrameCounter()
  #text: string | undefined = '' // until it is subscribed
  #subscribed = Promise.withResolvers<void>()
  #epoch = ''
  #offset = 0 // of the last publication that it was sent
  connected = false

  constructor(channel: string) {
    this.#channel = channel
  }

  /** Resolves when it is subscribed. */
  async connect(port: number): Promise<void> {
    this.#text = ''
    this.#counter = new FrameCounter()
    this.#subscribed = Promise.withResolvers()
    await Bun.connect<Reader>({ hostname: '127.0.0.1', port, data: this, socket: handlers })
    await this.#subscribed.promise
  }

  /** Connects until it works and nothing is missing. Not all in the same instant: the listen queue of a server is short. */
  async comeBack(port: number, offset: number): Promise<void> {
    while (this.#offset < offset) {
      try {
        if (!this.connected) await this.connect(port)
      } catch {
        // The server is not there yet, which is what is measured.
      }
      await Bun.sleep(Math.random() * retryWithin)
    }
  }

  read(socket: Socket<Reader>, bytes: Buffer): void {
    const frames = this.#text === undefined ? bytes : this.#greet(socket, bytes, this.#text)
    const publications = this.#counter.read(frames)
    this.#offset += publications // offsets have no holes, so to count is to know the place
    countReceived(publications)
  }

  lost(): void {
    this.connected = false
    this.#subscribed.reject(new Error('the connection was lost'))
  }

  /** The first few pieces of a connection are looked at as text. @returns what in this one is frames */
  #greet(socket: Socket<Reader>, bytes: Buffer, before: string): Buffer {
    const text = (this.#text = before + bytes.toString('latin1'))
    const begin = text.indexOf('\r\n\r\n') + 4
    if (begin > before.length) {
      const since = this.#epoch === '' ? '' : `,"recover":true,"epoch":"${this.#epoch}","offset":${this.#offset}`
      socket.write(textFrame(`{"id":1,"connect":{}}\n{"id":2,"subscribe":{"channel":"${this.#channel}"${since}}}`))
    }
    const [, answer] = /"id":2,("[a-z]+":\{.*\}\})/.exec(text) ?? []
    if (answer !== undefined) this.#begin(answer)
    return begin < 4 ? bytes.subarray(bytes.length) : bytes.subarray(Math.max(0, begin - before.length))
  }

  #begin(answer: string): void {
    if (answer.startsWith('"error"')) throw new Error(`a reader was refused: ${answer}`)
    if (this.#epoch === '') this.#offset = Number(/"offset":(\d+)/.exec(answer)?.[1] ?? 0)
    else if (!answer.includes('"recovered":true')) throw new Error(`a reader missed something: ${answer}`)
    this.#epoch = /"epoch":"([^"]*)"/.exec(answer)?.[1] ?? ''
    this.#text = undefined
    this.connected = true
    this.#subscribed.resolve()
  }
}

const handlers = {
  open(socket: Socket<Reader>) {
    socket.write(handshake)
  },
  data(socket: Socket<Reader>, bytes: Buffer) {
    socket.data.read(socket, bytes)
  },
  close(socket: Socket<Reader>) {
    socket.data.lost()
  },
}

function countReceived(publications: number): void {
  received += publications
  if (received >= wanted) enough()
}

async function each(
  work: (reader: Reader | HttpReader) => Promise<void>,
  list: readonly (Reader | HttpReader)[],
): Promise<void> {
  const rest = list.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const reader of rest) await work(reader)
    }),
  )
}

async function obey(question: ReadersQuestion): Promise<void> {
  if (question.do === 'connect') {
    const { port, prefix, channels, count, door } = question
    const first = readers.length
    for (let n = first; n < first + count; n++) {
      const channel = `${prefix}${n % channels}`
      readers.push(door === undefined ? new Reader(channel) : new HttpReader(doors[door], channel, n, countReceived))
    }
    await each((reader) => reader.connect(port), readers.slice(first))
  } else if (question.do === 'return') {
    const returning = readers.filter((reader) => reader instanceof Reader)
    await Promise.all(returning.map((reader) => reader.comeBack(question.port, question.offset)))
  } else {
    const { promise, resolve } = Promise.withResolvers<void>()
    wanted = question.publications
    enough = resolve
    if (received >= wanted) resolve()
    await promise
  }
  if (readers.some((reader) => !reader.connected)) throw new Error('a reader lost its connection')
}

process.on('message', async (question: ReadersQuestion) => {
  await obey(question)
  process.send?.({ received })
})
process.send?.({})
