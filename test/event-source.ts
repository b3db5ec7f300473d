/** As much of an EventSource (HTML standard, section 9.2) as the SDK needs, where the runtime has none. It never reconnects. */
export class EventSource {
  onopen: (() => void) | undefined
  onmessage: ((event: { data: string }) => void) | undefined
  onerror: ((error: unknown) => void) | undefined
  readonly #stop = new AbortController()

  constructor(url: string) {
    void this.#read(url).then(
      () => this.#fail(new Error('the stream ended')),
      (error) => this.#fail(error),
    )
  }

  close(): void {
    this.#stop.abort()
  }

  async #read(url: string): Promise<void> {
    const response = await fetch(url, { signal: this.#stop.signal, headers: { accept: 'text/event-stream' } })
    const type = response.headers.get('content-type') ?? ''
    if (!response.ok || !type.startsWith('text/event-stream')) throw new Error(`${response.status} ${type}`)
    this.onopen?.()
    for await (const event of events(response)) this.onmessage?.({ data: event })
  }

  #fail(error: unknown): void {
    if (!this.#stop.signal.aborted) this.onerror?.(error)
  }
}

/** The data of each event. */
export async function* events(response: Response): AsyncGenerator<string> {
  let data: string[] = []
  for await (const line of lines(response)) {
    if (line.startsWith('data: ')) data.push(line.slice(6))
    else if (line === '' && data.length > 0) {
      yield data.join('\n')
      data = []
    }
  }
}

/** Each line of a body, as soon as it is complete. */
export async function* lines(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of response.body ?? []) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n/)
    rest = parts.pop() ?? ''
    yield* parts
  }
}
