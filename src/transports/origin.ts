/**
 * Which browser pages may ask, and which of them with the visitor's cookies. A
 * browser says truthfully which page sends a request, and puts cookies along
 * whoever wrote the page: another site could otherwise act in the visitor's
 * name (request forgery, cross-site WebSocket hijacking).
 *
 *   own      a page of this server, or no browser      with cookies
 *   listed   an origin that is named                   with cookies
 *   any      every origin is allowed, by `*`           as if there were none
 *   foreign  every other                               refused
 *
 * Sources: Fetch standard (Origin, CORS protocol), W3C Fetch Metadata.
 */
export type Page = 'own' | 'listed' | 'any' | 'foreign'

export class Origins {
  readonly #listed: readonly RegExp[]
  readonly #allowsAny: boolean

  /** `allowed`: exact origins such as `https://example.com`, with `*` for any run of characters. The server's own is always allowed. */
  constructor(allowed: readonly string[]) {
    const patterns = allowed.map(
      (pattern) => new RegExp(`^${pattern.toLowerCase().split('*').map(escapeRegExp).join('.*')}$`),
    )
    const isForAny = (pattern: RegExp) => anybodys.some((origin) => pattern.test(origin))
    this.#listed = patterns.filter((pattern) => !isForAny(pattern))
    this.#allowsAny = patterns.some(isForAny)
  }

  /** Of what page a request is. */
  pageOf({ request: { headers }, secure, host }: Asked): Page {
    const origin = headers.get('origin')?.toLowerCase()
    const site = headers.get('sec-fetch-site')
    if (site === 'same-origin') return 'own' // also of a form of ours that must not say where it stands ("null")
    // An image or a link of another site is asked for without an Origin.
    if (origin === undefined) return site === 'cross-site' || site === 'same-site' ? 'foreign' : 'own'
    // Where it is known that we are asked by TLS, our page was, too; else a proxy may have taken it off without telling.
    if (host !== '' && (origin === `https://${host}` || (!secure && origin === `http://${host}`))) return 'own'
    if (this.#listed.some((pattern) => pattern.test(origin))) return 'listed'
    return this.#allowsAny ? 'any' : 'foreign'
  }

  /** What lets the page that asks, if it is allowed, read the answer. */
  cors(asked: Asked): HeaderRecord {
    const { headers } = asked.request
    const origin = headers.get('origin')
    if (origin === null) return noPage
    const page = this.pageOf(asked)
    if (page === 'foreign') return noPage
    const wanted = headers.get('access-control-request-headers')
    return {
      ...noPage,
      'access-control-allow-origin': origin,
      ...(page !== 'any' && { 'access-control-allow-credentials': 'true' }),
      ...(wanted !== null && { 'access-control-allow-headers': wanted }),
    }
  }
}

/** Not a `Headers`: that is an object of the runtime for each answer, and many answers wait for long. */
export type HeaderRecord = Readonly<Record<string, string>>

const noPage = { vary: 'Origin' } as const

/** Of an arrival, what is looked at here. */
interface Asked {
  readonly request: Request
  readonly secure: boolean
  readonly host: string
}

/** Nobody's: what fits one of them fits all. The last is what a page says that has no origin, such as one in a sandbox. */
const anybodys = ['https://nobody.invalid', 'http://nobody.invalid', 'null']

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
