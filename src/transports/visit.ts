interface Visited {
  readonly headers: Headers
  readonly url: string
  readonly address: string
  readonly secure: boolean
  readonly host: string
  readonly params?: object | undefined
}

/** Whoever comes in, as the HTTP request tells: what programs decide by. Taken apart only when it is asked for. */
export class Visit {
  readonly headers: Headers
  /** Of whoever asks; behind a proxy that is not one of `http_server.trusted_proxies`, that of the proxy. */
  readonly address: string
  /** Whether it came by TLS, here or at such a proxy. */
  readonly secure: boolean
  /** What `:name` stands for in the path. */
  readonly params: Readonly<Record<string, string>>
  readonly #url: string
  readonly #pattern: string
  readonly #host: string
  #cookies: ReadonlyMap<string, string> | undefined

  /** Made by the server. @internal */
  constructor(request: Visited, pattern = '') {
    this.headers = request.headers
    this.address = request.address
    this.secure = request.secure
    this.#host = request.host
    this.params = { ...request.params }
    this.#url = request.url
    this.#pattern = pattern
  }

  get url(): URL {
    return new URL(this.#url)
  }

  /** Of this server, as the visitor sees it: `https://chat.example.com`. The visitor says it: put no address of it into what is for others. */
  get origin(): string {
    return `${this.secure ? 'https' : 'http'}://${this.#host}`
  }

  get query(): URLSearchParams {
    return this.url.searchParams
  }

  /** Of a name that is there twice, the first. */
  get cookies(): ReadonlyMap<string, string> {
    return (this.#cookies ??= cookiesOf(this.headers))
  }

  /** What `*` stands for at the end of the path, as it came: not decoded. */
  get rest(): string {
    return this.#pattern.endsWith('/*') ? this.#steps.slice(this.#pattern.split('/').length - 1).join('/') : ''
  }

  /** @internal The runtime looks for the handler by the path as it came, and hands over one in which `..` was followed. Whoever was led elsewhere by that is not meant. */
  get isAstray(): boolean {
    const pattern = this.#pattern.split('/')
    const steps = this.#steps
    const fits = pattern.every((step, at) => step === '*' || step.startsWith(':') || step === steps[at])
    return !fits || (pattern.at(-1) === '*' ? steps.length < pattern.length : steps.length !== pattern.length)
  }

  get #steps(): readonly string[] {
    return this.url.pathname.split('/')
  }
}

/** RFC 6265, section 5.4. */
export function cookiesOf(headers: Headers): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  for (const pair of (headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, at).trim()
    if (at > 0 && !cookies.has(name)) cookies.set(name, decoded(pair.slice(at + 1).trim()))
  }
  return cookies
}

function decoded(value: string): string {
  const bare = value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value
  try {
    return decodeURIComponent(bare)
  } catch {
    return bare
  }
}
