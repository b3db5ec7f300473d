/** What the tests of channel URLs share: curl as it is, and readers of events and of sockets that write down what they hear. */
import { must } from '../src/core/must.ts'
import { BunWebSocket } from './wire.ts'

export interface Curled {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** The real curl, with the arguments somebody would type. */
export async function curl(...args: string[]): Promise<Curled> {
  const child = Bun.spawn(['curl', '-sS', '-i', ...args], { stderr: 'pipe' })
  const [out, complaint] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  if ((await child.exited) !== 0) throw new Error(`curl: ${complaint}`)
  // Of `100 Continue` and the answer, the answer.
  const [head, body] = split(out.replace(/^HTTP\/1\.1 100 [^\r]*\r\n\r\n/, ''), '\r\n\r\n')
  const [first, fields] = split(head, '\r\n')
  const headers = new Headers()
  for (const field of fields.split('\r\n').filter(Boolean)) headers.append(...split(field, ': '))
  return { status: Number(first.split(' ')[1]), headers, body }
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at)
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + at.length)]
}

export interface Event {
  readonly id: string
  readonly event: string
  readonly data: string
}

/** Reads an event stream as the HTML Standard has it, so far as the tests need. */
export class Events implements AsyncDisposable {
  readonly response: Response
  readonly comments: string[] = []
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #abort: AbortController
  readonly #events: Event[] = []
  #rest = ''
  #id = ''
  #ended = false

  private constructor(response: Response, abort: AbortController) {
    this.response = response
    this.#abort = abort
    this.#reader = must(response.body ?? undefined).getReader()
  }

  static async open(url: URL | string, headers: Record<string, string> = {}): Promise<Events> {
    const abort = new AbortController()
    const response = await fetch(url, {
      headers: { accept: 'text/event-stream', ...headers },
      signal: AbortSignal.any([abort.signal, AbortSignal.timeout(20_000)]),
    })
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
    return new Events(response, abort)
  }

  get lastEventId(): string {
    return this.#id
  }

  async next(): Promise<Event | undefined> {
    while (this.#events.length === 0 && !this.#ended) await this.#read()
    return this.#events.shift()
  }

  /** The data of so many events. */
  async take(count: number): Promise<string[]> {
    const taken: string[] = []
    while (taken.length < count) {
      const event = await this.next()
      if (event === undefined) break
      taken.push(event.data)
    }
    return taken
  }

  /** All that comes until the server ends it. */
  async rest(): Promise<Event[]> {
    const all: Event[] = []
    for (let event = await this.next(); event !== undefined; event = await this.next()) all.push(event)
    return all
  }

  /** Until the server said where this reader begins. */
  async begun(): Promise<this> {
    while (this.#id === '' && !this.#ended) await this.#read()
    return this
  }

  async comment(): Promise<void> {
    while (this.comments.length === 0 && !this.#ended) await this.#read()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await this.#reader.cancel().catch(() => {})
  }

  async #read(): Promise<void> {
    const { done, value } = await this.#reader.read()
    if (done) {
      this.#ended = true
      return
    }
    this.#rest += new TextDecoder().decode(value)
    const blocks = this.#rest.split('\n\n')
    this.#rest = blocks.pop() ?? ''
    for (const block of blocks) this.#take(block)
  }

  #take(block: string): void {
    const data: string[] = []
    let event = 'message'
    for (const line of block.split('\n')) {
      if (line.startsWith(':')) this.comments.push(line)
      const [name, value] = split(line, ':')
      const text = value.startsWith(' ') ? value.slice(1) : value
      if (name === 'id') this.#id = text
      else if (name === 'event') event = text
      else if (name === 'data') data.push(text)
    }
    if (data.length > 0) this.#events.push({ id: this.#id, event, data: data.join('\n') })
  }
}

/** A bare WebSocket, and what it heard. */
export class Bare implements Disposable {
  readonly ws: WebSocket
  readonly heard: (string | Uint8Array)[] = []
  readonly closed: Promise<{ code: number; reason: string }>
  #wake = () => {}

  private constructor(ws: WebSocket) {
    this.ws = ws
    ws.binaryType = 'arraybuffer'
    ws.addEventListener('message', ({ data }) => {
      this.heard.push(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer))
      this.#wake()
    })
    this.closed = new Promise((resolve) => {
      ws.addEventListener('close', ({ code, reason }) => {
        resolve({ code, reason })
        this.#wake()
      })
    })
  }

  /** @throws when the server does not take the upgrade */
  static async open(url: URL | string, headers: Record<string, string> = {}): Promise<Bare> {
    const ws = new BunWebSocket(String(url).replace(/^http/, 'ws'), { protocols: [], headers })
    const bare = new Bare(ws)
    await new Promise<void>((resolve, reject) => {
      ws.addEventListener('open', () => resolve())
      ws.addEventListener('error', () => reject(new Error('the upgrade was refused')))
    })
    return bare
  }

  async take(count: number): Promise<(string | Uint8Array)[]> {
    const deadline = AbortSignal.timeout(8000)
    while (this.heard.length < count) {
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#wake = resolve
        }),
        new Promise((_, reject) => {
          deadline.addEventListener('abort', () => reject(new Error(`heard only ${JSON.stringify(this.heard)}`)))
        }),
        this.closed.then(({ code, reason }) => {
          if (this.heard.length < count) throw new Error(`closed with ${code} ${reason}`)
        }),
      ])
    }
    return this.heard.splice(0, count)
  }

  [Symbol.dispose](): void {
    this.ws.close()
  }
}
