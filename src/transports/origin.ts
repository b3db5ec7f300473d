/**
 * Which browser pages may connect. A browser says truthfully which page opens a
 * connection; a page of another origin could otherwise act with the visitor's
 * cookies and network (cross-site WebSocket hijacking, request forgery). Whatever
 * is no browser sends no Origin and is not meant.
 */
export class Origins {
  readonly #patterns: readonly RegExp[]

  /** `allowed`: exact origins such as `https://example.com`, with `*` for any run of characters. The server's own is always allowed. */
  constructor(allowed: readonly string[]) {
    this.#patterns = allowed.map(
      (pattern) => new RegExp(`^${pattern.toLowerCase().split('*').map(escapeRegExp).join('.*')}$`),
    )
  }

  allows(asked: Asked): boolean {
    const { headers } = asked.request
    const origin = headers.get('origin')?.toLowerCase()
    // An image or a link of another site is asked for without an Origin; where it comes from is said here (W3C, Fetch Metadata).
    if (origin === undefined) return !/^(?:cross|same)-site$/.test(headers.get('sec-fetch-site') ?? '')
    return isOwn(origin, asked) || this.#patterns.some((pattern) => pattern.test(origin))
  }

  /** What lets the page that asks, if it is allowed, read the answer (Fetch standard, CORS protocol). */
  cors(asked: Asked): Headers {
    const headers = new Headers({ vary: 'Origin' })
    const origin = asked.request.headers.get('origin')
    if (origin === null || !this.allows(asked)) return headers
    headers.set('access-control-allow-origin', origin)
    headers.set('access-control-allow-credentials', 'true')
    const wanted = asked.request.headers.get('access-control-request-headers')
    if (wanted !== null) headers.set('access-control-allow-headers', wanted)
    return headers
  }
}

/** Of an arrival, what is looked at here. */
interface Asked {
  readonly request: Request
  readonly secure: boolean
  readonly host: string
}

/** Where it is known that we are asked by TLS, our page was, too; a proxy may have taken it off without telling. */
function isOwn(origin: string, { secure, host }: Asked): boolean {
  return host !== '' && (origin === `https://${host}` || (!secure && origin === `http://${host}`))
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
