/** WebSockets that a program speaks as it likes: what it is told, what it may rely on, and what the other side can make of it. */
import { describe, expect, test } from 'bun:test'
import { connect as connectTcp, type Socket } from 'node:net'
import WebSocketClient, { type ClientOptions } from 'ws'
import { createServer, type Posthouse, type RawSocket, type ServerOptions, type SocketHandlers } from '../src/index.ts'
import { faultLog } from './fault-log.ts'

const { faults, log } = faultLog()
const nothing = () => {}

function start(options: ServerOptions = {}): Promise<Posthouse> {
  return createServer({
    http_server: { address: '127.0.0.1', port: 0 },
    shutdown: { timeout: '2s' },
    data: { memory: true },
    log,
    ...options,
  })
}

class Client {
  readonly #ws: WebSocketClient
  readonly #messages: (string | Buffer)[] = []
  #look = nothing
  readonly opened: Promise<void>
  readonly closed: Promise<{ code: number; reason: string }>

  constructor(server: Posthouse, path: string, protocols: string[] = [], options: ClientOptions = {}) {
    this.#ws = new WebSocketClient(`ws://${server.url.host}${path}`, protocols, options)
    this.#ws.on('message', (data: Buffer, isBinary) => {
      this.#messages.push(isBinary ? data : data.toString())
      this.#look()
    })
    this.opened = new Promise((resolve, reject) => {
      this.#ws.on('open', resolve)
      this.#ws.on('error', reject)
    })
    this.opened.catch(nothing)
    this.closed = new Promise((resolve) => {
      this.#ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
    })
  }

  get ws(): WebSocketClient {
    return this.#ws
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#ws.send(data)
  }

  async next(): Promise<string | Buffer> {
    for (;;) {
      const message = this.#messages.shift()
      if (message !== undefined) return message
      await new Promise<void>((resolve) => {
        this.#look = resolve
      })
    }
  }

  async ask(data: string | Uint8Array<ArrayBuffer>): Promise<string | Buffer> {
    await this.opened
    this.send(data)
    return this.next()
  }
}

/** The bytes themselves: what no client would send, or not read. */
class Bare {
  readonly socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #look = nothing
  readonly closed: Promise<void>

  constructor(server: Posthouse, path: string) {
    this.socket = connectTcp(server.port, '127.0.0.1')
    this.socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, Buffer.from(bytes)])
      this.#look()
    })
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()))
    const key = 'dGhlIHNhbXBsZSBub25jZQ==' // RFC 6455, section 1.3
    const headers = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13`
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`)
  }

  /** One frame of less than 126 bytes, masked with zeros. */
  frame(first: number, payload = ''): void {
    const bytes = Buffer.from(payload)
    this.socket.write(Buffer.concat([Buffer.from([first, 0x80 | bytes.length, 0, 0, 0, 0]), bytes]))
  }

  /** The next so many bytes after the handshake. */
  async take(count: number): Promise<Buffer> {
    let head = this.#received.indexOf('\r\n\r\n')
    while (head < 0 || this.#received.length < head + 4 + count) {
      await new Promise<void>((resolve) => {
        this.#look = resolve
      })
      head = this.#received.indexOf('\r\n\r\n')
    }
    const taken = this.#received.subarray(head + 4, head + 4 + count)
    this.#received = Buffer.concat([this.#received.subarray(0, head + 4), this.#received.subarray(head + 4 + count)])
    return taken
  }
}

const echo: SocketHandlers<undefined> = { message: (socket, message) => socket.send(message) }

describe('an echo', () => {
  const messages: readonly (string | Uint8Array<ArrayBuffer>)[] = [
    'hello',
    '',
    'ünïcödé 驿站 🐎',
    'x'.repeat(60_000),
    new Uint8Array(0),
    new Uint8Array([0, 255, 10, 13]),
    new Uint8Array(60_000).fill(7),
  ]
  for (const compression of [false, true]) {
    test(`gives back text as text and bytes as bytes, of any size, ${compression ? '' : 'un'}compressed`, async () => {
      await using server = await start({ websocket: { compression } })
      server.socket('/echo', echo)
      const client = new Client(server, '/echo')
      for (const message of messages) {
        const answer = await client.ask(message)
        expect(typeof answer).toBe(typeof message === 'string' ? 'string' : 'object')
        if (typeof message === 'string') expect(answer).toBe(message)
        else expect(Buffer.from(answer as Buffer).equals(message)).toBe(true)
      }
      expect(client.ws.extensions.includes('permessage-deflate')).toBe(compression)
      client.ws.close(4123, 'thanks')
      expect(await client.closed).toEqual({ code: 4123, reason: 'thanks' })
    })
  }

  test('puts the pieces of a message together, and answers pings in between', async () => {
    await using server = await start()
    server.socket('/echo', echo)
    const bare = new Bare(server, '/echo')
    bare.frame(0x01, 'one ')
    bare.frame(0x89, 'there?')
    bare.frame(0x00, 'mes')
    bare.frame(0x80, 'sage')
    expect((await bare.take(8)).toString('latin1')).toBe('\x8a\x06there?') // the pong does not wait for the message
    expect((await bare.take(13)).toString('latin1')).toBe('\x81\x0bone message')
    bare.frame(0x88, '\x03\xe8')
    bare.socket.destroy()
  })
})

describe('a socket', () => {
  test('knows how it came in, and has data of the program', async () => {
    await using server = await start()
    server.socket('/rooms/:room/*', {
      async accept({ params, query, cookies, headers, address, rest, url }) {
        if (query.get('name') === 'nobody') return new Response('who?', { status: 403 })
        return {
          said: 0,
          seen: { ...params, rest, path: url.pathname, cookie: cookies.get('a'), agent: headers.get('x-a'), address },
        }
      },
      open: (socket) => socket.send(JSON.stringify(socket.data.seen)),
      message: (socket) => socket.send(String(++socket.data.said)),
    })
    const options = { headers: { cookie: 'a=b', 'x-a': 'me' } }
    const client = new Client(server, '/rooms/a%20b/c/d', [], options)
    const seen = JSON.parse(String(await client.next())) as object
    const path = '/rooms/a%20b/c/d'
    expect(seen).toMatchObject({ room: 'a b', rest: 'c/d', path, cookie: 'b', agent: 'me', address: '127.0.0.1' })
    expect([await client.ask('x'), await client.ask('x')]).toEqual(['1', '2'])
    const refused = new Client(server, '/rooms/x/?name=nobody')
    expect(await refused.opened.catch(String)).toContain('403')
  })

  test('speaks the first of its subprotocols that a client offers, and none that it does not know', async () => {
    await using server = await start()
    server.socket('/', { protocols: ['v2', 'v1'], open: (socket) => socket.send(`chose ${socket.protocol}`) })
    const client = new Client(server, '/', ['v1', 'v2'])
    expect(await client.next()).toBe('chose v2')
    expect(client.ws.protocol).toBe('v2')
    const stranger = new Client(server, '/', ['v9'])
    expect(await stranger.opened.catch(String)).toContain('Server sent no subprotocol')
  })

  test('is for pages of listed origins, or of all', async () => {
    await using server = await start({ client: { allowed_origins: ['https://a.example'] } })
    server.socket('/listed', {})
    server.socket('/own', { origins: ['https://b.example'] })
    server.socket('/any', { origins: 'any' })
    const comes = async (path: string, origin: string) =>
      new Client(server, path, [], { origin }).opened.then(
        () => true,
        () => false,
      )
    expect(await comes('/listed', 'https://a.example')).toBe(true)
    expect(await comes('/listed', 'https://b.example')).toBe(false)
    expect(await comes('/own', 'https://b.example')).toBe(true)
    expect(await comes('/own', 'https://a.example')).toBe(false)
    expect(await comes('/any', 'https://c.example')).toBe(true)
    expect(await comes('/listed', `http://${server.url.host}`)).toBe(true)
  })

  test('closes with a code and a reason, and hears how it was closed', async () => {
    const heard: unknown[] = []
    await using server = await start()
    server.socket('/', {
      message(socket, message) {
        if (message === 'bye') socket.close(4001, 'as you wish')
        else expect(() => socket.close(Number(message))).toThrow(RangeError)
      },
      close: (socket, code, reason) => heard.push([code, reason, socket.isOpen, socket.send('too late')]),
    })
    const one = new Client(server, '/')
    await one.opened
    for (const code of ['999', '1005', '1006', '1015', '2999', '5000']) one.send(code)
    one.send('bye')
    expect(await one.closed).toEqual({ code: 4001, reason: 'as you wish' })
    const other = new Client(server, '/')
    await other.opened
    other.ws.terminate()
    while (heard.length < 2) await Bun.sleep(5)
    expect(heard).toEqual([
      [4001, 'as you wish', false, false],
      [1006, '', false, false],
    ])
    expect(faults).toEqual([])
  })

  test('takes no message above its own limit', async () => {
    await using server = await start()
    server.socket('/', { ...echo, maxMessageSize: 10 })
    const client = new Client(server, '/')
    expect(await client.ask('x'.repeat(10))).toBe('x'.repeat(10))
    client.send('ü'.repeat(6)) // 12 bytes
    expect(await client.closed).toEqual({ code: 1009, reason: 'message too big' })
  })

  test('takes no message above the limit of the server, however it is packed', async () => {
    await using server = await start({ websocket: { message_size_limit: 1000, compression: true } })
    server.socket('/', { ...echo, maxMessageSize: 100_000 })
    const client = new Client(server, '/')
    await client.opened
    client.send('x'.repeat(50_000)) // some hundred bytes on the way
    expect((await client.closed).code).toBe(1009)
  })

  test('is told when it sends more than is read, and when there is room again', async () => {
    const { promise: full, resolve: isFull } = Promise.withResolvers<number>()
    const { promise: drained, resolve: isDrained } = Promise.withResolvers<RawSocket>()
    await using server = await start()
    server.socket('/', {
      maxWaiting: 1_000_000,
      open(socket) {
        const chunk = new Uint8Array(100_000)
        let sent = 0
        while (socket.send(chunk)) sent++
        isFull(sent)
      },
      drain: (socket) => socket.waiting === 0 && isDrained(socket),
    })
    const bare = new Bare(server, '/')
    bare.socket.pause()
    const sent = await full
    expect(sent).toBeGreaterThanOrEqual(9)
    expect(sent).toBeLessThan(200)
    bare.socket.resume()
    await bare.take(sent * (10 + 100_000)) // all that was accepted
    const socket = await drained
    expect(socket.send('again')).toBe(true)
    expect((await bare.take(7)).toString('latin1')).toBe('\x81\x05again') // and nothing else in between
    bare.socket.destroy()
  })

  test('a handler that fails closes its socket, and no other', async () => {
    await using server = await start()
    server.socket('/', {
      message(socket, message) {
        if (message === 'throw') throw new Error('thrown')
        if (message === 'reject') return Promise.reject(new Error('rejected'))
        return socket.send(message)
      },
    })
    const [one, two, three] = [new Client(server, '/'), new Client(server, '/'), new Client(server, '/')]
    await Promise.all([one.opened, two.opened])
    one.send('throw')
    two.send('reject')
    expect(await one.closed).toEqual({ code: 1011, reason: 'internal server error' })
    expect(await two.closed).toEqual({ code: 1011, reason: 'internal server error' })
    expect(await three.ask('still here')).toBe('still here')
    expect(faults.splice(0).map(String)).toEqual(['Error: thrown', 'Error: rejected'])
  })

  test('that answers no ping is cut off, one that answers stays', async () => {
    await using server = await start({ client: { ping_interval: '1s', pong_timeout: '500ms' } })
    server.socket('/', echo)
    const alive = new Client(server, '/')
    const deaf = new Bare(server, '/')
    await deaf.closed
    expect(await alive.ask('still here')).toBe('still here')
  })

  test('is told when the server goes down', async () => {
    const server = await start()
    server.socket('/', echo)
    const client = new Client(server, '/')
    await client.opened
    await server.close()
    expect(await client.closed).toEqual({ code: 1001, reason: 'the server goes down' })
  })

  test('is none where somebody comes without WebSocket', async () => {
    await using server = await start()
    server.socket('/', echo)
    expect((await fetch(server.url)).status).toBe(426)
  })

  test('has its path alone, and paths may be added while others are in use', async () => {
    await using server = await start()
    server.socket('/one', echo)
    const client = new Client(server, '/one')
    await client.opened
    expect(() => server.socket('/one', echo)).toThrow('there is something at /one already')
    expect(() => server.http('/health', () => new Response())).toThrow('there is something at /health already')
    expect(() => server.http('health', () => new Response())).toThrow('a path begins with "/"')
    server.socket('/two', echo)
    expect(await new Client(server, '/two').ask('two')).toBe('two')
    expect(await client.ask('one')).toBe('one')
  })
})
