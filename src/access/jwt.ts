/**
 * Whether a JSON Web Token was signed with one of our keys (RFC 7515, RFC 7519).
 *
 * Of the header only `alg` and `kid` are read: the first to choose among the
 * algorithms that the key at hand is for (`none` is never one of them, and a
 * public key is never used as a shared secret), the second to find a key in a
 * set whose address the configuration gives. What a header says of addresses
 * and keys (`jku`, `jwk`, `x5u`) is not looked at, and no claim is read before
 * the signature is known to be good.
 */
import { compactVerify, errors } from 'jose'

type Claims = Readonly<Record<string, unknown>>

/** What a token says of its key. Anybody can write anything there. */
export interface KeyHint {
  readonly alg: string
  readonly kid: string // '' for none
}

/** A key or a set of them, the algorithms it may be used with, and what else must hold for a token that it signed. */
export interface TokenKey {
  readonly algorithms: readonly string[]
  /** Undefined: there is no such key. @throws ClientError 100 when that cannot be found out for now */
  readonly key: (hint: KeyHint) => Promise<CryptoKey | undefined>
  readonly good: (claims: Claims) => boolean
}

/** The claims of a token whose signature is good: parsed, and as they were written. */
export interface Signed {
  readonly claims: Claims
  readonly text: string
}

/** Undefined for what is no token, or none of ours. */
export async function verifySignature(token: string, keys: readonly TokenKey[]): Promise<Signed | undefined> {
  for (const each of keys) {
    const signed = await verifyWith(token, each)
    if (signed !== undefined && each.good(signed.claims)) return signed
  }
  return undefined
}

async function verifyWith(token: string, { algorithms, key }: TokenKey): Promise<Signed | undefined> {
  try {
    const find = async ({ alg = '', kid }: { alg?: string; kid?: unknown }) => {
      const found = await key({ alg, kid: typeof kid === 'string' ? kid : '' })
      if (found === undefined) throw new errors.JWKSNoMatchingKey()
      return found
    }
    const { payload, protectedHeader } = await compactVerify(token, find, { algorithms: [...algorithms] })
    return protectedHeader.b64 === false ? undefined : readClaims(payload) // RFC 7797 section 7: not in a JWT
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

function readClaims(payload: Uint8Array): Signed | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload)
    const claims: unknown = JSON.parse(text)
    if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return undefined
    return { claims: { ...claims }, text }
  } catch {
    return undefined // signed, and yet no JSON in UTF-8
  }
}

/** A shared secret. @param until seconds since 1970 from when on it is no longer good, nor are tokens that were issued later; 0 for no end */
export function hmacKey(secret: string, now: () => number = Date.now, until = 0): TokenKey {
  const imported = new Map<string, Promise<CryptoKey>>() // one for each algorithm: importing takes longer than verifying
  return {
    algorithms: Object.keys(hashes),
    key({ alg }) {
      const ready = imported.get(alg) ?? importSecret(secret, alg)
      imported.set(alg, ready)
      return ready
    },
    // Whoever holds an old secret may sign any `iat`, so our own clock decides as well.
    good: ({ iat }) => until === 0 || (now() < until * 1000 && !(typeof iat === 'number' && iat > until)),
  }
}

const hashes: Readonly<Record<string, string>> = { HS256: 'SHA-256', HS384: 'SHA-384', HS512: 'SHA-512' }

function importSecret(secret: string, algorithm: string): Promise<CryptoKey> {
  const hmac = { name: 'HMAC', hash: hashes[algorithm] ?? '' }
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secret), hmac, false, ['verify'])
}
