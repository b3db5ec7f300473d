/**
 * Which browser pages may connect. A browser says truthfully which page opens a
 * connection; a page of another origin could otherwise act with the visitor's
 * cookies and network (cross-site WebSocket hijacking, request forgery). Whatever
 * is no browser sends no Origin and is not meant.
 */
export class Origins {
  readonly #patterns: readonly RegExp[]

  /** `allowed`: exact origins such as `https://example.com`, with `*` for any run of characters. The server's own host is always allowed. */
  constructor(allowed: readonly string[]) {
    this.#patterns = allowed.map(
      (pattern) => new RegExp(`^${pattern.toLowerCase().split('*').map(escapeRegExp).join('.*')}$`),
    )
  }

  allows(request: Request): boolean {
    const origin = request.headers.get('origin')?.toLowerCase()
    // An image or a link of another site is asked for without an Origin; where it comes from is said here (W3C, Fetch Metadata).
    if (origin === undefined) return !/^(?:cross|same)-site$/.test(request.headers.get('sec-fetch-site') ?? '')
    const host = request.headers.get('host')?.toLowerCase()
    if (host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)) return true
    return this.#patterns.some((pattern) => pattern.test(origin))
  }

  /** What lets the page that asks, if it is allowed, read the answer (Fetch standard, CORS protocol). */
  cors(request: Request): HeaderRecord {
    const origin = request.headers.get('origin')
    if (origin === null || !this.allows(request)) return noPage
    const wanted = request.headers.get('access-control-request-headers')
    return {
      ...noPage,
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      ...(wanted !== null && { 'access-control-allow-headers': wanted }),
    }
  }
}

/** Not a `Headers`: that is an object of the runtime for each answer, and many answers wait for long. */
export type HeaderRecord = Readonly<Record<string, string>>

const noPage = { vary: 'Origin' } as const

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
