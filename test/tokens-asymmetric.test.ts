/**
 * Tokens that a private key signed: keys in the configuration, and keys of an
 * identity provider, which is a real HTTP server here. Keys are made anew in
 * each run.
 */
import { describe, expect, test } from 'bun:test'
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { CompactSign, type JWK } from 'jose'
import { KeySet, keySetLimits, type KeySetLimits } from '../src/access/key-set.ts'
import { TokenVerifier } from '../src/access/token.ts'
import { ConfigError } from '../src/config-file.ts'
import { configSchema } from '../src/config.ts'
import { ClientError } from '../src/core/errors.ts'
import { loadConfig } from '../src/load-config.ts'
import { tokenSettings } from '../src/token-settings.ts'
import { startTestServer } from './server.ts'

const secret = 'a-secret-of-more-than-thirty-two-bytes'
const clock = { now: Date.now, monotonic: () => performance.now() }
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 })
const ec = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
}
const edwards = generateKeyPairSync('ed25519')

interface Pair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const pem = ({ publicKey }: Pair) => publicKey.export({ type: 'spki', format: 'pem' })
const jwk = ({ publicKey }: Pair, more: object = {}) => ({ ...publicKey.export({ format: 'jwk' }), ...more }) as JWK

function sign(pair: Pair, alg: string, claims: object = { sub: '42' }, header: object = {}): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg, typ: 'JWT', ...header })
    .sign(pair.privateKey)
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** Signs with any text as a shared secret. */
function hmac(key: string | Buffer, header: object, claims: object = { sub: '42' }): string {
  const input = `${base64url({ alg: 'HS256', typ: 'JWT', ...header })}.${base64url(claims)}`
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`
}

function verifier(token: object, subscription: object = {}) {
  const config = configSchema.parse({ client: { token, subscription_token: subscription } })
  const settings = tokenSettings(config, { secret, clock, report: () => {} })
  return {
    connection: async (text: string) => outcome(await new TokenVerifier(settings.connection, clock).connection(text)),
    subscription: async (text: string) =>
      outcome(await new TokenVerifier(settings.subscription, clock).subscription(text)),
  }
}

const outcome = (verdict: { ok: true } | { ok: false; because: string }) => (verdict.ok ? 'good' : verdict.because)

describe('a public key in the configuration', () => {
  const all = {
    rsa_public_key: pem(rsa),
    ecdsa_public_key: pem(ec.ES256),
    eddsa_public_key: pem(edwards),
  }

  test.each(['RS256', 'RS384', 'RS512'])('verifies %s', async (alg) => {
    const { connection } = verifier({ rsa_public_key: pem(rsa) })
    expect(await connection(await sign(rsa, alg))).toBe('good')
    expect(await connection(await sign(otherRsa, alg))).toBe('invalid')
  })

  test.each(['ES256', 'ES384', 'ES512'] as const)('verifies %s, if it is on its curve', async (alg) => {
    const token = await sign(ec[alg], alg)
    expect(await verifier({ ecdsa_public_key: pem(ec[alg]) }).connection(token)).toBe('good')
    const another = alg === 'ES256' ? ec.ES384 : ec.ES256
    expect(await verifier({ ecdsa_public_key: pem(another) }).connection(token)).toBe('invalid')
  })

  test('verifies EdDSA, by both of its names', async () => {
    const { connection } = verifier(all)
    expect(await connection(await sign(edwards, 'EdDSA'))).toBe('good')
    expect(await connection(await sign(edwards, 'Ed25519'))).toBe('good')
  })

  test('may be spelled in one line, or as a certificate would hold it', async () => {
    const token = await sign(rsa, 'RS256')
    expect(await verifier({ rsa_public_key: pem(rsa).replaceAll('\n', '\\n') }).connection(token)).toBe('good')
    const pkcs1 = rsa.publicKey.export({ type: 'pkcs1', format: 'pem' })
    expect(await verifier({ rsa_public_key: pkcs1 }).connection(token)).toBe('good')
  })

  test('stands beside the secret, and beside the other keys', async () => {
    const { connection } = verifier(all)
    for (const token of [await sign(rsa, 'RS512'), await sign(ec.ES256, 'ES256'), hmac(secret, {})])
      expect(await connection(token)).toBe('good')
  })

  test('changes nothing about audience, issuer and time', async () => {
    const { connection } = verifier({ ...all, audience: 'here', issuer_regex: '^https://id\\.' })
    const claims = { sub: '42', aud: ['there', 'here'], iss: 'https://id.example.com' }
    expect(await connection(await sign(rsa, 'RS256', claims))).toBe('good')
    expect(await connection(await sign(rsa, 'RS256', { ...claims, aud: 'there' }))).toBe('invalid')
    expect(await connection(await sign(rsa, 'RS256', { ...claims, iss: 'https://evil.example.com' }))).toBe('invalid')
    expect(await connection(await sign(rsa, 'RS256', { ...claims, exp: 1 }))).toBe('expired')
  })

  const attacks: readonly [what: string, token: () => string | Promise<string>][] = [
    ['the public key as a shared secret', () => hmac(pem(rsa), {})],
    ['the public key as a shared secret, without its last line break', () => hmac(pem(rsa).trim(), {})],
    ['the public key in DER as a shared secret', () => hmac(rsa.publicKey.export({ type: 'spki', format: 'der' }), {})],
    ['the modulus as a shared secret', () => hmac(Buffer.from(jwk(rsa).n ?? '', 'base64url'), {})],
    ['no algorithm', () => `${base64url({ alg: 'none' })}.${base64url({ sub: '42' })}.`],
    ['an HMAC that says RS256', () => hmac(pem(rsa), { alg: 'RS256' })],
    ['an HMAC that says ES256', () => hmac(pem(ec.ES256), { alg: 'ES256' })],
    ['a key of its own in the header', () => sign(otherRsa, 'RS256', { sub: '42' }, { jwk: jwk(otherRsa) })],
    ['PSS, which nobody configured', () => sign(rsa, 'PS256')],
    ['a signature on another curve', () => sign(ec.ES384, 'ES384')],
    ['a signature that is all zeros (psychic)', async () => zeroed(await sign(ec.ES256, 'ES256'))],
    ['a signature of another token', async () => swapped(await sign(rsa, 'RS256'))],
    ['a critical extension', () => unsafe({ alg: 'RS256', crit: ['exp'], exp: 1 })],
  ]
  test.each(attacks)('is not fooled by %s', async (_, token) => {
    expect(await verifier(all).connection(await token())).toBe('invalid')
  })

  const wrong: readonly [what: string, options: object, message: string][] = [
    ['no key', { rsa_public_key: 'hello' }, 'must be a public key in PEM'],
    ['the wrong kind', { rsa_public_key: pem(ec.ES256) }, 'must be an RSA key of 2048 bits or more'],
    ['too short', { rsa_public_key: pem(shortRsa) }, 'must be an RSA key of 2048 bits or more'],
    [
      'an unused curve',
      { ecdsa_public_key: pem(generateKeyPairSync('ec', { namedCurve: 'secp224r1' })) },
      'must be a public key in PEM',
    ],
    ['Ed25519 as ECDSA', { ecdsa_public_key: pem(edwards) }, 'must be a key on the curve'],
    ['RSA as EdDSA', { eddsa_public_key: pem(rsa) }, 'must be an Ed25519 key'],
    [
      'a private key',
      { rsa_public_key: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }) },
      'holds a private key',
    ],
  ]
  test.each(wrong)('is refused at the start when it is %s, and not shown', (_, options, message) => {
    const parsed = configSchema.safeParse({ client: { token: options } })
    expect(parsed.success).toBe(false)
    const text = parsed.error?.message ?? ''
    expect(text).toContain(message)
    expect(text).not.toContain('MII')
  })

  test('of subscription tokens stands alone: neither the secret of connections nor its keys verify them', async () => {
    const { subscription, connection } = verifier(
      { rsa_public_key: pem(rsa) },
      { enabled: true, ecdsa_public_key: pem(ec.ES256) },
    )
    const claims = { sub: '42', channel: 'news' }
    expect(await subscription(await sign(ec.ES256, 'ES256', claims))).toBe('good')
    expect(await subscription(await sign(rsa, 'RS256', claims))).toBe('invalid')
    expect(await subscription(hmac(secret, {}, claims))).toBe('invalid')
    expect(await connection(await sign(ec.ES256, 'ES256'))).toBe('invalid')
    expect(await connection(hmac(secret, {}))).toBe('good')
  })

  test('or a secret must be there where subscription tokens have settings of their own', () => {
    expect(configSchema.safeParse({ client: { subscription_token: { enabled: true } } }).error?.message).toContain(
      'a secret or a public key of its own',
    )
  })
})

function zeroed(token: string): string {
  const [header, payload] = token.split('.')
  return `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`
}

function swapped(token: string): string {
  const [header, , signature] = token.split('.')
  return `${header}.${base64url({ sub: 'admin' })}.${signature}`
}

function unsafe(header: object): string {
  return `${base64url(header)}.${base64url({ sub: '42' })}.AAAA`
}

/** An identity provider, and how often it was asked. */
function startProvider(answer: (asked: number) => Response | Promise<Response>) {
  let asked = 0
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => answer(++asked) })
  return {
    url: `${server.url.href}keys`,
    get asked() {
      return asked
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

const keys = (...list: readonly object[]) => Response.json({ keys: list })

function startSet(url: string, limits: Partial<KeySetLimits> = {}, monotonic = () => performance.now()) {
  const faults: unknown[] = []
  const set = new KeySet(url, { monotonic }, (error) => faults.push(error), { ...keySetLimits, pause: 20, ...limits })
  const settings = { keys: [set], audience: undefined, issuer: undefined, userClaim: 'sub' }
  const tokens = new TokenVerifier(settings, clock)
  const connection = async (token: string) => outcome(await tokens.connection(token))
  return { connection, faults }
}

describe('a key set', () => {
  const kid = (name: string) => ({ kid: name })
  const at = (pair: Pair, alg: string, name: string) => sign(pair, alg, { sub: '42' }, kid(name))

  test('verifies tokens by the key that they name', async () => {
    await using provider = startProvider(() =>
      keys(jwk(rsa, kid('r')), jwk(ec.ES256, kid('e')), jwk(ec.ES512, kid('f')), jwk(edwards, kid('o'))),
    )
    const { connection } = startSet(provider.url)
    const tokens = await Promise.all([
      at(rsa, 'RS256', 'r'),
      at(rsa, 'RS512', 'r'),
      at(ec.ES256, 'ES256', 'e'),
      at(ec.ES512, 'ES512', 'f'),
      at(edwards, 'EdDSA', 'o'),
    ])
    expect(await Promise.all(tokens.map(connection))).toEqual(Array(5).fill('good'))
    expect(provider.asked).toBe(1)
  })

  test('is not asked before a token needs it', async () => {
    await using provider = startProvider(() => keys(jwk(rsa, kid('r'))))
    const { connection } = startSet(provider.url)
    for (const token of ['', 'a.b.c', hmac(secret, kid('r')), await sign(rsa, 'RS256'), await at(rsa, 'PS256', 'r')])
      expect(await connection(token)).toBe('invalid')
    expect(provider.asked).toBe(0)
  })

  test('is read again when a key was changed for another, and the old key is no longer good then', async () => {
    let current = jwk(rsa, kid('one'))
    await using provider = startProvider(() => keys(current))
    const { connection } = startSet(provider.url)
    expect(await connection(await at(rsa, 'RS256', 'one'))).toBe('good')
    current = jwk(otherRsa, kid('two'))
    expect(await connection(await at(otherRsa, 'RS256', 'two'))).toBe('good')
    expect(await connection(await at(rsa, 'RS256', 'one'))).toBe('invalid')
  })

  test('gets a key that was replaced under the same name once the set is old', async () => {
    let now = 0
    let current = jwk(rsa, kid('one'))
    const { promise: again, resolve: wasAsked } = Promise.withResolvers<void>()
    await using provider = startProvider((asked) => {
      if (asked === 2) wasAsked()
      return keys(current)
    })
    const { connection } = startSet(provider.url, { freshFor: 1000 }, () => now)
    const old = await at(rsa, 'RS256', 'one')
    expect(await connection(old)).toBe('good')
    current = jwk(otherRsa, kid('one'))
    now = 999
    expect(await connection(old)).toBe('good')
    now = 1000
    expect(await connection(old)).toBe('good') // answered at once, while the set is read
    await again
    while ((await connection(old)) === 'good') await Bun.sleep(5)
    expect(await connection(await at(otherRsa, 'RS256', 'one'))).toBe('good')
    expect(provider.asked).toBe(2)
  })

  test('is asked once for any number of tokens with unknown keys, and then not before the pause is over', async () => {
    await using provider = startProvider(() => keys(jwk(rsa, kid('r'))))
    const { connection } = startSet(provider.url, { pause: 300 })
    const forged = await Promise.all(Array.from({ length: 100 }, (_, n) => at(otherRsa, 'RS256', `unknown-${n}`)))
    const first = await Promise.all(forged.slice(0, 50).map(connection))
    expect(provider.asked).toBe(1)
    const second = Promise.all(forged.slice(50).map(connection))
    expect(await connection(await at(rsa, 'RS256', 'r'))).toBe('good') // known: does not wait for them
    expect(provider.asked).toBe(1)
    expect([...first, ...(await second)]).toEqual(Array(100).fill('invalid'))
    expect(provider.asked).toBe(2)
  })

  const bad: readonly [what: string, answer: () => Response | Promise<Response>][] = [
    ['an error', () => new Response('{}', { status: 500 })],
    ['no JSON', () => new Response('<html>')],
    ['another JSON', () => Response.json([1])],
    ['too much', () => new Response(`{"keys":[],"more":"${'x'.repeat(300_000)}"}`)],
    ['too much in pieces', () => new Response(endless())],
    ['a redirect', () => Response.redirect('http://127.0.0.1:9/elsewhere')],
    ['nothing in time', () => new Promise<Response>(() => {})],
  ]
  test.each(bad)('that answers with %s makes tokens wait, not forged', async (_, answer) => {
    await using provider = startProvider(answer)
    const { connection, faults } = startSet(provider.url, { timeout: 200 })
    const failure: unknown = await connection(await at(rsa, 'RS256', 'r')).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ClientError)
    expect(failure).toMatchObject({ code: 100, temporary: true })
    expect(faults).toHaveLength(1)
  })

  test('that cannot be read keeps its keys for a time, and not for ever', async () => {
    let now = 0
    await using provider = startProvider((asked) =>
      asked === 1 ? keys(jwk(rsa, kid('r'))) : new Response('', { status: 503 }),
    )
    const { connection } = startSet(provider.url, { freshFor: 1000, keptFor: 5000 }, () => now)
    const token = await at(rsa, 'RS256', 'r')
    expect(await connection(token)).toBe('good')
    now = 4999
    expect(await connection(token)).toBe('good')
    now = 5000
    expect(await connection(token).catch(() => 'later')).toBe('later')
  })

  const useless: readonly [what: string, key: object][] = [
    ['is for encryption', jwk(rsa, { kid: 'k', use: 'enc' })],
    ['is for another algorithm', jwk(rsa, { kid: 'k', alg: 'RS512' })],
    ['is not for verifying', jwk(rsa, { kid: 'k', key_ops: ['encrypt'] })],
    ['is too short', jwk(shortRsa, { kid: 'k' })],
    ['is a shared secret', { kty: 'oct', kid: 'k', k: Buffer.from(secret).toString('base64url') }],
    ['has no name', jwk(rsa)],
    ['is damaged', jwk(rsa, { kid: 'k', n: '!!!' })],
    ['is no key', [1]],
  ]
  test.each(useless)('with a key that %s verifies nothing by it', async (_, key) => {
    await using provider = startProvider(() => keys(key))
    const { connection } = startSet(provider.url)
    expect(await connection(await at(rsa, 'RS256', 'k'))).toBe('invalid')
    expect(await connection(hmac(secret, kid('k')))).toBe('invalid')
    expect(await connection(hmac(pem(rsa), kid('k')))).toBe('invalid')
  })

  test('finds the key for the algorithm where two have one name', async () => {
    await using provider = startProvider(() => keys(jwk(rsa, kid('k')), jwk(ec.ES256, kid('k'))))
    const { connection } = startSet(provider.url)
    expect(await connection(await at(ec.ES256, 'ES256', 'k'))).toBe('good')
    expect(await connection(await at(rsa, 'RS256', 'k'))).toBe('good')
    expect(await connection(await at(ec.ES384, 'ES384', 'k'))).toBe('invalid')
  })

  test('of one provider never verifies the tokens of another, whatever their keys are called', async () => {
    await using ours = startProvider(() => keys(jwk(rsa, kid('same'))))
    await using theirs = startProvider(() => keys(jwk(otherRsa, kid('same'))))
    const { connection, subscription } = verifier(
      { jwks_public_endpoint: ours.url },
      { enabled: true, jwks_public_endpoint: theirs.url },
    )
    const claims = { sub: '42', channel: 'news' }
    const foreign = await sign(otherRsa, 'RS256', claims, kid('same'))
    expect(await subscription(foreign)).toBe('good')
    expect(await connection(await at(otherRsa, 'RS256', 'same'))).toBe('invalid')
    expect(await subscription(await sign(rsa, 'RS256', claims, kid('same')))).toBe('invalid')
    expect(await connection(await at(rsa, 'RS256', 'same'))).toBe('good')
  })

  test('is never looked for where a token says', async () => {
    await using provider = startProvider(() => keys(jwk(rsa, kid('r'))))
    await using attacker = startProvider(() => keys(jwk(otherRsa, kid('r')), jwk(otherRsa, kid('x'))))
    const { connection } = startSet(provider.url)
    for (const name of ['r', 'x', attacker.url, '../x', '{{x}}']) {
      const header = { kid: name, jku: attacker.url, x5u: attacker.url }
      const claims = { sub: '42', iss: attacker.url }
      expect(await connection(await sign(otherRsa, 'RS256', claims, header))).toBe('invalid')
    }
    expect(attacker.asked).toBe(0)
  })

  test.each(['https://id.example.com/{{tenant}}/keys', 'ftp://x/keys', 'file:///keys', 'keys'])(
    'is not at %s',
    (endpoint) => {
      expect(() => load(endpoint)).toThrow(ConfigError)
    },
  )

  test('that could be changed on the way is warned about', () => {
    expect(load('http://id.example.com/keys').warnings.join()).toContain('JWKS_PUBLIC_ENDPOINT begins with http://')
    expect(load('https://id.example.com/keys').warnings).toEqual([])
    expect(load('http://127.0.0.1:3000/keys').warnings).toEqual([])
  })

  test('lets a client in through the whole server', async () => {
    await using provider = startProvider(() => keys(jwk(ec.ES256, kid('e'))))
    await using server = await startTestServer({ client: { token: { jwks_public_endpoint: provider.url } } })
    const wire = await server.wire()
    const { connect } = await wire.ask({ connect: { token: await at(ec.ES256, 'ES256', 'e') } })
    expect(connect?.client).toBeString()
    const forger = await server.wire()
    forger.send({ id: 1, connect: { token: zeroed(await at(ec.ES256, 'ES256', 'e')) } })
    expect((await forger.closed).code).toBe(3500)
  })
})

function load(endpoint: string) {
  return loadConfig({ environment: { POSTHOUSE_CLIENT_TOKEN_JWKS_PUBLIC_ENDPOINT: endpoint } })
}

function endless(): ReadableStream {
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(65_536).fill(0x20))
    },
  })
}
