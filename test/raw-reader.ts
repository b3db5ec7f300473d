/**
 * A client as bare as can be, a socket with a request written to it, for what
 * libraries do not let one do: not read at all, or be a thousand at once. It looks
 * for texts in what it got, whatever the encoding around them.
 */
import { connect, type Socket } from 'node:net'

interface From {
  readonly epoch: string
  readonly offset: number
}

export type RawDoor = (channel: string, from?: From) => Uint8Array

export class RawReader implements Disposable {
  readonly #socket: Socket
  readonly #decoder = new TextDecoder()
  text = ''
  closed = false

  constructor(url: URL, request: Uint8Array, reads = true) {
    this.#socket = connect(Number(url.port), url.hostname)
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => (this.closed = true))
    this.#socket.write(request)
    if (reads) this.read()
  }

  read(): void {
    this.#socket.on('data', (bytes: Buffer) => (this.text += this.#decoder.decode(bytes, { stream: true })))
  }

  /** How often it was told this. */
  count(text: string): number {
    return this.text.split(text).length - 1
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }
}

/** The request by which one comes in and is subscribed, for every door and encoding. */
export const rawDoors: Readonly<Record<string, RawDoor>> = {
  'websocket, json': (channel, from) => upgrade('websocket', frame(0x81, utf8(command(channel, from)))),
  'websocket, protobuf': (channel, from) =>
    upgrade('websocket?format=protobuf', frame(0x82, protobufCommand(channel, from))),
  'http_stream, json': (channel, from) => post('http_stream', 'application/json', utf8(command(channel, from))),
  'http_stream, protobuf': (channel, from) =>
    post('http_stream', 'application/octet-stream', protobufCommand(channel, from)),
  sse: (channel, from) => get(`sse?cf_connect=${encodeURIComponent(command(channel, from))}`),
  uni_websocket: (channel, from) =>
    upgrade(`uni_websocket?cf_connect=${encodeURIComponent(connectRequest(channel, from))}`, new Uint8Array()),
  uni_sse: (channel, from) => get(`uni_sse?cf_connect=${encodeURIComponent(connectRequest(channel, from))}`),
  uni_http_stream: (channel, from) => post('uni_http_stream', 'application/json', utf8(connectRequest(channel, from))),
}

function connectRequest(channel: string, from: From | undefined): string {
  return JSON.stringify({ subs: { [channel]: from === undefined ? {} : { recover: true, ...from } } })
}

function command(channel: string, from: From | undefined): string {
  return `{"id":1,"connect":${connectRequest(channel, from)}}`
}

function protobufCommand(channel: string, from: From | undefined): Uint8Array {
  const position = from === undefined ? [] : [0x18, 1, ...field(6, utf8(from.epoch)), 0x38, from.offset] // offset < 128
  const entry = [...field(1, utf8(channel)), ...field(2, position)]
  const message = [8, 1, ...field(4, field(3, entry))]
  return Uint8Array.of(message.length, ...message)
}

/** A field of bytes; all lengths here are below 128. */
function field(number: number, bytes: Iterable<number>): number[] {
  const content = [...bytes]
  return [number * 8 + 2, content.length, ...content]
}

function get(path: string): Uint8Array {
  return utf8(`GET /connection/${path} HTTP/1.1\r\nhost: test\r\n\r\n`)
}

function post(path: string, type: string, body: Uint8Array): Uint8Array {
  const head = `POST /connection/${path} HTTP/1.1\r\nhost: test\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`
  return Buffer.concat([utf8(head), body])
}

function upgrade(path: string, first: Uint8Array): Uint8Array {
  const head = `GET /connection/${path} HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`
  return Buffer.concat([utf8(head), first])
}

/** A frame of a WebSocket (RFC 6455, section 5.2), masked with zeros. */
function frame(kind: number, payload: Uint8Array): Uint8Array {
  const length = payload.length < 126 ? [0x80 | payload.length] : [0xfe, payload.length >> 8, payload.length & 255]
  return Buffer.concat([Uint8Array.of(kind, ...length, 0, 0, 0, 0), payload])
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
