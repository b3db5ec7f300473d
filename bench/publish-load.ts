/**
 * Publishers in one process, on bare TCP: each has one request of the server
 * API under way at a time, and notes how long its answer took.
 */
import type { Socket } from 'bun'
import { payload } from './control.ts'

export interface PublishLoad {
  readonly port: number
  readonly namespace: string
  readonly inFlight: number
  readonly seconds: number
}

export interface PublishRate {
  readonly perSecond: number
  readonly p50: number // ms
  readonly p99: number // ms
}

export const apiKey = 'a key that only the benchmark uses'

const channels = 100 // to which a publisher publishes in turn

class Publisher {
  readonly #load: PublishLoad
  readonly #times: number[]
  #requests: Uint8Array[] = []
  #next = 0
  #sentAt = 0
  #answer = ''
  ended = false
  onEnd = () => {}

  constructor(load: PublishLoad, number: number, times: number[]) {
    this.#load = load
    this.#times = times
    this.#requests = Array.from({ length: channels }, (_, n) => request(`${load.namespace}:${(n + number) % channels}`))
  }

  send(socket: Socket<Publisher>): void {
    this.#sentAt = performance.now()
    socket.write(this.#requests[this.#next++ % channels] ?? '')
  }

  read(socket: Socket<Publisher>, bytes: Buffer): void {
    this.#answer += bytes.toString('latin1')
    if (!isWhole(this.#answer)) return
    if (!this.#answer.includes('"result":{')) throw new Error(`a publish was not accepted: ${this.#answer}`)
    this.#answer = ''
    if (this.ended) return this.onEnd()
    this.#times.push(performance.now() - this.#sentAt)
    this.send(socket)
  }

  run(): Promise<Socket<Publisher>> {
    return Bun.connect({ hostname: '127.0.0.1', port: this.#load.port, data: this, socket: handlers })
  }
}

const handlers = {
  open: (socket: Socket<Publisher>) => socket.data.send(socket),
  data: (socket: Socket<Publisher>, bytes: Buffer) => socket.data.read(socket, bytes),
}

function request(channel: string): Uint8Array {
  const body = `{"channel":"${channel}","data":${payload}}`
  return Buffer.from(
    `POST /api/publish HTTP/1.1\r\nHost: localhost\r\nX-API-Key: ${apiKey}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  )
}

function isWhole(answer: string): boolean {
  const body = answer.indexOf('\r\n\r\n') + 4
  return body > 4 && answer.length - body >= Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? Infinity)
}

async function measure(load: PublishLoad): Promise<PublishRate> {
  const times: number[] = []
  const publishers = Array.from({ length: load.inFlight }, (_, n) => new Publisher(load, n, times))
  const sockets = await Promise.all(publishers.map((publisher) => publisher.run()))
  await Bun.sleep(500) // until all is warm
  times.length = 0
  const begin = performance.now()
  await Bun.sleep(load.seconds * 1000)
  const took = (performance.now() - begin) / 1000
  const measured = times.toSorted((a, b) => a - b)
  await Promise.all(
    publishers.map((publisher) => {
      publisher.ended = true
      return new Promise<void>((resolve) => (publisher.onEnd = resolve))
    }),
  )
  for (const socket of sockets) socket.end()
  const at = (part: number) => measured[Math.floor(measured.length * part)] ?? Infinity
  return { perSecond: measured.length / took, p50: at(0.5), p99: at(0.99) }
}

if (import.meta.main) {
  process.on('message', async (load: PublishLoad) => process.send?.(await measure(load)))
  process.send?.({})
}
