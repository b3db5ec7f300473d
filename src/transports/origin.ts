/**
 * Which browser pages may connect. A browser says truthfully which page opens a
 * connection; a page of another origin could otherwise act with the visitor's
 * cookies and network (cross-site WebSocket hijacking). Whatever is no browser
 * sends no Origin and is not meant.
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
    if (origin === undefined) return true
    const host = request.headers.get('host')?.toLowerCase()
    if (host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)) return true
    return this.#patterns.some((pattern) => pattern.test(origin))
  }
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
