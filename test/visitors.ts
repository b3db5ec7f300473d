/**
 * Everybody who can come in by a door, behind one interface: the official SDK by
 * its transports and encodings, and bare clients for the doors of those who only
 * listen. Each comes back by itself when its line is cut, and says where it was.
 */
import { Centrifuge, type Options, type TransportName } from 'centrifuge'
import { Centrifuge as ProtobufCentrifuge } from 'centrifuge/build/protobuf'
import { EventSource, events, lines } from './event-source.ts'
import type { Pub, Push, Subscribed } from './wire.ts'

/** Somebody who is subscribed to one channel. */
export interface Visitor {
  /** The data of the publications that came, in order. */
  readonly heard: readonly unknown[]
  /** Who came and went, as far as it was told. */
  readonly seen: readonly string[]
  /** Why connections ended, as far as the server said so. */
  readonly farewells: readonly number[]
  readonly connections: number
  /** The id of the present connection. */
  readonly client: string
  leave(): void
}

/** A visitor who may also say something. */
export interface Guest extends Visitor {
  publish(data: unknown): Promise<void>
  count(): Promise<{ clients: number; users: number }>
  history(): Promise<unknown[]>
}

export interface Door<V extends Visitor = Visitor> {
  readonly name: string
  /** `url`: of the server, or of a line to it. */
  open(url: string, channel: string, token?: string): V
}

function official(transport: TransportName, encoding: 'json' | 'protobuf'): Door<Guest> {
  return {
    name: `${transport}, ${encoding}`,
    open: (url, channel, token = '') => new SdkGuest([transport], encoding, url, channel, token),
  }
}

export const guestDoors: readonly Door<Guest>[] = [
  official('websocket', 'json'),
  official('websocket', 'protobuf'),
  official('http_stream', 'json'),
  official('http_stream', 'protobuf'),
  official('sse', 'json'),
]

export const listenerDoors: readonly Door[] = (['uni_websocket', 'uni_sse', 'uni_http_stream'] as const).map(
  (name) => ({ name, open: (url, channel, token) => new Listener(name, url, channel, token) }),
)

/** The official client, as an application would use it. */
export class SdkGuest implements Guest {
  readonly heard: unknown[] = []
  readonly seen: string[] = []
  readonly farewells: number[] = []
  connections = 0
  client = ''
  /** By which transport it came in at last. */
  transport = ''
  readonly #sdk: Centrifuge
  readonly #channel: string
  readonly #binary: boolean

  constructor(transports: TransportName[], encoding: 'json' | 'protobuf', url: string, channel: string, token: string) {
    this.#channel = channel
    this.#binary = encoding === 'protobuf'
    const options: Partial<Options> = {
      token,
      websocket: WebSocket,
      fetch,
      readableStream: ReadableStream,
      eventsource: EventSource,
      emulationEndpoint: `${url}/emulation`,
      minReconnectDelay: 20,
      maxReconnectDelay: 100,
    }
    const endpoints = transports.map((transport) => ({
      transport,
      endpoint: `${transport === 'websocket' ? url.replace('http', 'ws') : url}/connection/${transport}`,
    }))
    const Sdk = this.#binary ? ProtobufCentrifuge : Centrifuge
    this.#sdk = new Sdk(endpoints, options) as Centrifuge
    this.#sdk.on('connected', ({ client, transport }) => {
      this.client = client
      this.transport = transport
      this.connections++
    })
    this.#sdk.on('connecting', ({ code }) => void (code >= 3000 && this.farewells.push(code)))
    this.#sdk.on('disconnected', ({ code }) => void (code >= 3000 && this.farewells.push(code)))
    const subscription = this.#sdk.newSubscription(channel, { joinLeave: true, positioned: true, recoverable: true })
    subscription.on('publication', ({ data }) => void this.heard.push(this.#read(data)))
    subscription.on('join', ({ info }) => void this.seen.push(`+${info.client}`))
    subscription.on('leave', ({ info }) => void this.seen.push(`-${info.client}`))
    subscription.subscribe()
    this.#sdk.connect()
  }

  async publish(data: unknown): Promise<void> {
    const text = JSON.stringify(data)
    await this.#sdk.publish(this.#channel, this.#binary ? new TextEncoder().encode(text) : data)
  }

  async count(): Promise<{ clients: number; users: number }> {
    const { numClients, numUsers } = await this.#sdk.presenceStats(this.#channel)
    return { clients: numClients, users: numUsers }
  }

  async history(): Promise<unknown[]> {
    const { publications } = await this.#sdk.history(this.#channel, { limit: 100 })
    return publications.map(({ data }) => this.#read(data))
  }

  leave(): void {
    this.#sdk.disconnect()
  }

  #read(data: unknown): unknown {
    return data instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(data)) : data
  }
}

type UniDoor = 'uni_websocket' | 'uni_sse' | 'uni_http_stream'

/** No library: a WebSocket, an EventSource or a body read by line, and pushes as they come. */
class Listener implements Visitor {
  readonly heard: unknown[] = []
  readonly seen: string[] = []
  readonly farewells: number[] = []
  connections = 0
  client = ''
  readonly #door: UniDoor
  readonly #url: string
  readonly #channel: string
  readonly #token: string
  #from: { recover: true; epoch: string; offset: number } | undefined
  #stop = new AbortController()
  #gone = false

  constructor(door: UniDoor, url: string, channel: string, token = '') {
    this.#door = door
    this.#url = `${url}/connection/${door}`
    this.#channel = channel
    this.#token = token
    void this.#stay()
  }

  leave(): void {
    this.#gone = true
    this.#stop.abort()
  }

  async #stay(): Promise<void> {
    while (!this.#gone) {
      this.#stop = new AbortController()
      try {
        for await (const push of this.#open()) this.#take(JSON.parse(push) as UniPush)
      } catch {
        // The line is cut, or down.
      }
      await Bun.sleep(20)
    }
  }

  #open(): AsyncIterable<string> {
    const request = JSON.stringify({ token: this.#token, subs: { [this.#channel]: this.#from ?? {} } })
    const query = `${this.#url}?cf_connect=${encodeURIComponent(request)}`
    const { signal } = this.#stop
    if (this.#door === 'uni_websocket') return messages(this.#url.replace('http', 'ws'), request, signal)
    if (this.#door === 'uni_sse') return body(fetch(query, { signal }), events)
    return body(fetch(this.#url, { method: 'POST', body: request, signal }), lines)
  }

  #take(push: UniPush): void {
    const subscribed = push.connect?.subs?.[this.#channel]
    if (push.connect !== undefined) {
      this.client = push.connect.client
      this.connections++
    }
    if (subscribed !== undefined) {
      this.#from = { recover: true, epoch: subscribed.epoch ?? '', offset: subscribed.offset ?? 0 }
      for (const each of subscribed.publications ?? []) this.#hear(each)
    }
    if (push.pub !== undefined) this.#hear(push.pub)
    if (push.join !== undefined) this.seen.push(`+${push.join.info.client}`)
    if (push.leave !== undefined) this.seen.push(`-${push.leave.info.client}`)
    if (push.disconnect !== undefined) this.farewells.push(push.disconnect.code)
  }

  #hear({ data, offset, epoch }: Pub): void {
    this.heard.push(data)
    if (this.#from !== undefined && offset !== undefined) {
      this.#from = { recover: true, epoch: epoch ?? this.#from.epoch, offset }
    }
  }
}

interface UniPush extends Push {
  readonly connect?: { readonly client: string; readonly subs?: Record<string, Subscribed> }
  readonly join?: { readonly info: { readonly client: string } }
  readonly leave?: { readonly info: { readonly client: string } }
  readonly disconnect?: { readonly code: number }
}

async function* body(response: Promise<Response>, read: (response: Response) => AsyncIterable<string>) {
  for await (const text of read(await response)) if (text !== '') yield text
}

async function* messages(url: string, first: string, signal: AbortSignal): AsyncGenerator<string> {
  const ws = new WebSocket(url)
  const { readable, writable } = new TransformStream<string, string>()
  const writer = writable.getWriter()
  ws.addEventListener('open', () => ws.send(first))
  ws.addEventListener('message', ({ data }) => void writer.write(String(data)))
  ws.addEventListener('close', () => void writer.close())
  signal.addEventListener('abort', () => ws.close())
  yield* readable
}
