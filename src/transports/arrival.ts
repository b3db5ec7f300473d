/**
 * A request, with who sent it and how, as far as that can be believed: from the
 * peer itself, or from a proxy that the configuration names. Looked up when it
 * is asked for; many requests are answered without.
 */
import type { HeaderRecord, Origins, Page } from './origin.ts'
import { addressOf, type Proxies } from './proxies.ts'

export interface ArrivalOptions {
  readonly origins: Origins
  /** Undefined: there are none. */
  readonly proxies: Proxies | undefined
  /** Whether the server itself speaks TLS. */
  readonly secure: boolean
}

/** What the runtime knows of its sockets. */
interface Sockets {
  requestIP(request: Request): { readonly address: string } | null
}

export class Arrival {
  readonly request: Request
  readonly #options: ArrivalOptions
  readonly #sockets: Sockets
  #peer: string | undefined
  #isForwarded: boolean | undefined
  #judged: Page | undefined

  constructor(request: Request, sockets: Sockets, options: ArrivalOptions) {
    this.request = request
    this.#sockets = sockets
    this.#options = options
  }

  /** Of whoever asks; behind a proxy that is not named, that of the proxy. '' when it is gone already. */
  get address(): string {
    if (!this.#forwarded) return this.#peerAddress
    const header = this.request.headers.get('x-forwarded-for')
    const { proxies } = this.#options
    return (header === null ? undefined : proxies?.origin(this.#peerAddress, header)) ?? this.#peerAddress
  }

  /** Whether it came by TLS, here or at the proxy. */
  get secure(): boolean {
    const told = this.#told('x-forwarded-proto')
    return told === undefined ? this.#options.secure : told === 'https' || told === 'wss'
  }

  /** Under which name the server was asked for, with the port where it is not the usual one; '' if that is not said. */
  get host(): string {
    const host = this.#told('x-forwarded-host') ?? this.request.headers.get('host')?.toLowerCase() ?? ''
    return host.replace(this.secure ? /:443$/ : /:80$/, '') // which a browser never says
  }

  /** Of this server, as whoever asks sees it. */
  get origin(): string {
    return `${this.secure ? 'https' : 'http'}://${this.host}`
  }

  /** Whether a page that sends this may, if it is a page. */
  get isAllowed(): boolean {
    return this.#page !== 'foreign'
  }

  /** What it was sent with; of a page that is allowed only because all are, without cookies. */
  get headers(): Headers {
    const { headers } = this.request
    if (this.#page !== 'any' || !headers.has('cookie')) return headers
    const others = new Headers(headers)
    others.delete('cookie')
    return others
  }

  /** What lets the page that asks, if it is allowed, read the answer. */
  cors(): HeaderRecord {
    return this.#options.origins.cors(this)
  }

  /** The same, where other pages are allowed. */
  under(origins: Origins): Arrival {
    return new Arrival(this.request, this.#sockets, { ...this.#options, origins })
  }

  get #page(): Page {
    return (this.#judged ??= this.#options.origins.pageOf(this))
  }

  /** Of several proxies, what the first was asked for. */
  #told(header: string): string | undefined {
    if (!this.#forwarded) return undefined
    const [first = ''] = (this.request.headers.get(header) ?? '').split(',')
    return first.trim().toLowerCase() || undefined
  }

  get #forwarded(): boolean {
    const { proxies } = this.#options
    return (this.#isForwarded ??= proxies?.has(this.#peerAddress) === true)
  }

  get #peerAddress(): string {
    return (this.#peer ??= addressOf(this.#sockets.requestIP(this.request)?.address ?? '') ?? '')
  }
}
