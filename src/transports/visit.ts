/** Whoever comes in, as the HTTP request tells: what programs decide by. Taken apart only when it is asked for. */
export class Visit {
  readonly headers: Headers
  /** Of the peer, as the transport sees it: behind a proxy, that of the proxy. */
  readonly address: string
  /** What `:name` stands for in the path. */
  readonly params: Readonly<Record<string, string>>
  readonly #url: string
  readonly #pattern: string
  #cookies: ReadonlyMap<string, string> | undefined

  constructor(request: { headers: Headers; url: string; address: string; params?: object | undefined }, pattern = '') {
    this.headers = request.headers
    this.address = request.address
    this.params = { ...request.params }
    this.#url = request.url
    this.#pattern = pattern
  }

  get url(): URL {
    return new URL(this.#url)
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
