/**
 * Public keys, and what each may verify. That is decided by the key alone: its
 * kind and, where it says so itself (`alg`, RFC 7517 section 4.4), the one
 * algorithm it is for. What a token claims chooses among these and adds none.
 */
import { createPublicKey } from 'node:crypto'
import { importJWK, type JWK } from 'jose'
import type { TokenKey } from './jwt.ts'

export type KeyKind = 'RSA' | 'EC' | 'OKP'

const rsa = ['RS256', 'RS384', 'RS512']
const edwards = ['EdDSA', 'Ed25519'] // RFC 8037, and its name by RFC 9864
const curves: Readonly<Record<string, readonly string[]>> = {
  'P-256': ['ES256'],
  'P-384': ['ES384'],
  'P-521': ['ES512'],
}

/** Every algorithm that some public key may verify. */
export const publicAlgorithms: readonly string[] = [...rsa, ...Object.values(curves).flat(), ...edwards]

/** The algorithms that a key may be used with; none for a key that is of no use here. */
export function algorithmsOf(key: JWK): readonly string[] {
  if (key.use !== undefined && key.use !== 'sig') return []
  if (key.key_ops !== undefined && !key.key_ops.includes('verify')) return []
  const possible = algorithmsOfKind(key)
  return key.alg === undefined ? possible : possible.filter((each) => each === key.alg)
}

function algorithmsOfKind({ kty, crv = '', n = '' }: JWK): readonly string[] {
  if (kty === 'RSA') return bytesOf(n) * 8 >= shortestRsa ? rsa : []
  if (kty === 'EC') return Object.hasOwn(curves, crv) ? (curves[crv] ?? []) : []
  return kty === 'OKP' && crv === 'Ed25519' ? edwards : []
}

const shortestRsa = 2048 // bits; RFC 7518 section 3.3

function bytesOf(base64url: string): number {
  return Buffer.from(base64url, 'base64url').length
}

/** One key of the configuration. @throws Error that says what is wrong with it */
export function publicKey(pem: string, kind: KeyKind): TokenKey {
  const jwk = readPublicKey(pem, kind)
  return { algorithms: algorithmsOf(jwk), key: keyOf(jwk), good: () => true }
}

/** The key for an algorithm, imported once for each. */
export function keyOf(jwk: JWK): TokenKey['key'] {
  const algorithms = algorithmsOf(jwk)
  const imported = new Map<string, Promise<CryptoKey | undefined>>()
  return ({ alg }) => {
    if (!algorithms.includes(alg)) return Promise.resolve(undefined)
    const ready = imported.get(alg) ?? importKey(jwk, alg)
    imported.set(alg, ready)
    return ready
  }
}

/** Without its private part, should somebody have published that. */
async function importKey({ kty, crv, n, e, x, y }: JWK, alg: string): Promise<CryptoKey | undefined> {
  const open = { kty, crv, n, e, x, y }
  const given = Object.fromEntries(Object.entries(open).filter(([, value]) => value !== undefined))
  try {
    const key = await importJWK({ ...given, alg }, alg)
    return key instanceof Uint8Array ? undefined : key
  } catch {
    return undefined // what looks like a key and is none verifies nothing
  }
}

/** A PEM text, as SPKI, PKCS#1 or a certificate; line breaks may be spelled `\n`, as in the environment. */
export function readPublicKey(text: string, kind: KeyKind): JWK {
  const pem = text.replaceAll('\\n', '\n').trim()
  if (pem.includes('PRIVATE KEY')) throw new Error('holds a private key; only the public one belongs here')
  const jwk = parse(pem)
  if (jwk.kty !== kind) throw new Error(`must be ${names[kind]}, not one of the kind ${jwk.kty}`)
  if (algorithmsOf(jwk).length === 0)
    throw new Error(`must be ${names[kind]}; this one is too short or of another kind`)
  return jwk
}

const names: Readonly<Record<KeyKind, string>> = {
  RSA: 'an RSA key of 2048 bits or more',
  EC: 'a key on the curve P-256, P-384 or P-521',
  OKP: 'an Ed25519 key',
}

function parse(pem: string): JWK {
  try {
    return createPublicKey(pem).export({ format: 'jwk' })
  } catch (error) {
    throw new Error('must be a public key in PEM: -----BEGIN PUBLIC KEY-----…', { cause: error })
  }
}
