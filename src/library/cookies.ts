/**
 * Cookies: how one is set, and how a value is put into one that nobody can
 * change. A signed cookie is `value.expiry.signature`: the signature (HMAC with
 * SHA-256) is over the name, the value and the expiry, so that a value can
 * neither be altered, nor kept beyond its time, nor moved to a cookie of
 * another name. It is not encrypted: its reader can see what it says.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { cookiesOf } from '../transports/visit.ts'

export interface CookieOptions {
  /** Seconds until the browser forgets it; without it, when the browser is closed. */
  readonly maxAge?: number
  /** Else `/`. */
  readonly path?: string
  readonly domain?: string
  /** Whether scripts of the page cannot read it. Else true. */
  readonly httpOnly?: boolean
  /** Whether it goes over HTTPS only. */
  readonly secure?: boolean
  /** Else `lax`: not sent with what another site's page posts or embeds. */
  readonly sameSite?: 'strict' | 'lax' | 'none'
}

/** A value for the header `Set-Cookie` (RFC 6265, section 4.1). */
export function cookie(name: string, value: string, options: CookieOptions = {}): string {
  const { path = '/', httpOnly = true, sameSite = 'lax', ...others } = options
  return new Bun.Cookie(name, value, { path, httpOnly, sameSite, ...others }).toString()
}

const month = 30 * 24 * 3600

export class SignedCookies {
  readonly #key: Uint8Array
  readonly #secure: boolean
  readonly #now: () => number

  /** `now`: milliseconds since 1970. `secure`: whether the server speaks HTTPS. */
  constructor(secret: string, secure = false, now: () => number = Date.now) {
    this.#key = new Uint8Array(hkdfSync('sha256', secret, '', 'posthouse signed cookies', 32)) // tokens and cookies cannot stand in for each other
    this.#secure = secure
    this.#now = now
  }

  /** A value for `Set-Cookie`. It is good for `maxAge` seconds, 30 days if nothing is said, whatever the browser does. */
  set(name: string, value: string, options: CookieOptions = {}): string {
    const maxAge = options.maxAge ?? month
    const bare = `${Buffer.from(value).toString('base64url')}.${Math.floor(this.#now() / 1000) + maxAge}`
    return cookie(name, `${bare}.${this.#sign(name, bare)}`, { secure: this.#secure, ...options, maxAge })
  }

  /** The value, if the cookie is there, was signed here, and is not past its time. */
  get(request: { readonly headers: Headers }, name: string): string | undefined {
    const signed = cookiesOf(request.headers).get(name) ?? ''
    const [value = '', expiry = '', signature = '', more] = signed.split('.')
    if (more !== undefined) return undefined
    const right = Buffer.from(this.#sign(name, `${value}.${expiry}`))
    const given = Buffer.from(signature)
    // Compared in a time that does not tell how much of it was right.
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined
    return Number(expiry) * 1000 > this.#now() ? Buffer.from(value, 'base64url').toString() : undefined
  }

  /** A value for `Set-Cookie` that takes the cookie away. */
  clear(name: string, options: CookieOptions = {}): string {
    return cookie(name, '', { ...options, maxAge: 0 })
  }

  #sign(name: string, bare: string): string {
    return createHmac('sha256', this.#key).update(`${name}\n${bare}`).digest('base64url')
  }
}
