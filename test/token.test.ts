import { describe, expect, test } from 'bun:test'
import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { apiKeyCheck } from '../src/access/api-key.ts'
import { hmacKey } from '../src/access/jwt.ts'
import { TokenVerifier, type TokenSettings } from '../src/access/token.ts'
import type { Verdict } from '../src/core/auth.ts'
import { loadConfig } from '../src/load-config.ts'
import { tokenSettings } from '../src/token-settings.ts'

const secret = 'a-secret-of-more-than-thirty-two-bytes'
const now = 1_800_000_000 // seconds
const clock = { now: () => now * 1000, monotonic: () => 0 }
const report = () => {}
const settings: TokenSettings = { keys: [hmacKey(secret)], audience: undefined, issuer: undefined, userClaim: 'sub' }
const verifier = (more: Partial<TokenSettings> = {}) => new TokenVerifier({ ...settings, ...more }, clock)

const base64url = (text: string | Uint8Array) => Buffer.from(text).toString('base64url')
const bits: Readonly<Record<string, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' }

/** Signs by hand, so that it can be done wrong. `payload`: an object, or the very text. */
function jwt(payload: object | string, { alg = 'HS256', key = secret, header = {} } = {}): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const input = `${base64url(JSON.stringify({ alg, typ: 'JWT', ...header }))}.${base64url(text)}`
  const hash = bits[alg] ?? 'sha256'
  return `${input}.${createHmac(hash, key).update(input).digest('base64url')}`
}

const because = (verdict: Verdict<unknown>) => (verdict.ok ? 'good' : verdict.because)
const connect = async (token: string, more?: Partial<TokenSettings>) => because(await verifier(more).connection(token))
const subscribe = async (token: string, more?: Partial<TokenSettings>) =>
  because(await verifier(more).subscription(token))

async function connection(payload: object | string) {
  const verdict = await verifier().connection(jwt(payload))
  if (!verdict.ok) throw new Error(verdict.because)
  return verdict.claims
}

async function subscription(payload: object | string) {
  const verdict = await verifier().subscription(jwt(payload))
  if (!verdict.ok) throw new Error(verdict.because)
  return verdict.claims
}

describe('a connection token', () => {
  test.each(['HS256', 'HS384', 'HS512'])('is good when it is signed with %s', async (alg) => {
    expect(await connect(jwt({ sub: '42' }, { alg }))).toBe('good')
  })

  test('tells who it is for, until when, and what is known of them', async () => {
    expect(await connection({ sub: '42', exp: now + 60, info: { name: 'Ann' }, meta: { plan: 'x' } })).toEqual({
      user: '42',
      expireAt: now + 60,
      info: '{"name":"Ann"}',
      meta: '{"plan":"x"}',
      subs: new Map(),
    })
  })

  test('without a user is for an anonymous client', async () => {
    // A vector of the protocol: no more than the time of issue, signed with "secret".
    const token = jwt({ iat: 1_738_078_824 }, { key: 'secret' })
    const verdict = await verifier({ keys: [hmacKey('secret')] }).connection(token)
    expect(verdict).toMatchObject({ ok: true, claims: { user: '', expireAt: undefined } })
  })

  test('hands on what the backend wrote, as it wrote it', async () => {
    const info = '{"id":12345678901234567890,"b" : [1.0, 1e2],"a":"\\u00e9"}'
    const claims = await connection(
      `{"info":${info},"meta":{ "n":0.10 },"subs":{"news":{"info":${info},"data":[ 1 ]}}}`,
    )
    expect(claims.info).toBe(info)
    expect(claims.meta).toBe('{ "n":0.10 }')
    expect(claims.subs.get('news')).toEqual({ info, data: '[ 1 ]', override: {} })
    expect((await connection('{"info":{\n"a":\r\n1}}')).info).toBe('{"a":1}')
  })

  test('may carry bytes', async () => {
    expect((await connection({ info: { a: 1 }, b64info: 'AP8=' })).info).toEqual(new Uint8Array([0, 255]))
  })

  test('subscribes to channels, with what holds for them', async () => {
    const override = { presence: { value: true }, force_recovery: { value: false }, join_leave: null }
    const claims = await connection({
      channels: ['a', 'b'],
      subs: { b: { override, b64data: 'AQ==' }, c: {}, d: null },
    })
    const nothing = { info: undefined, data: undefined, override: {} }
    expect(Object.fromEntries(claims.subs)).toEqual({
      a: nothing,
      b: { info: undefined, data: new Uint8Array([1]), override: { presence: true, forceRecovery: false } },
      c: nothing,
      d: nothing,
    })
  })

  test('may name a channel as objects name their prototype', async () => {
    const { subs } = await connection('{"subs":{"__proto__":{"data":1},"constructor":{}}}')
    expect([...subs.keys()]).toEqual(['__proto__', 'constructor'])
  })

  const ends: readonly [claims: object, expireAt: number | undefined][] = [
    [{}, undefined],
    [{ exp: now + 1 }, now + 1],
    [{ exp: now + 1.5 }, now + 1],
    [{ exp: now + 1, expire_at: now + 9 }, now + 9],
    [{ exp: now + 1, expire_at: 0 }, undefined],
    [{ expire_at: now + 9 }, now + 9],
    [{ expire_at: 1 }, 1],
  ]
  test.each(ends)('ends the connection when it says: %j', async (claims, expireAt) => {
    expect((await connection(claims)).expireAt).toBe(expireAt)
    expect((await subscription({ channel: 'a', ...claims })).expireAt).toBe(expireAt)
  })
})

describe('a subscription token', () => {
  test('tells who may subscribe to what', async () => {
    const token = {
      sub: '42',
      channel: 'news',
      client: 'c1',
      info: { a: 1 },
      data: [1],
      override: { force_positioning: { value: true } },
    }
    expect(await subscription(token)).toEqual({
      user: '42',
      channel: 'news',
      client: 'c1',
      expireAt: undefined,
      info: '{"a":1}',
      data: '[1]',
      override: { forcePositioning: true },
    })
  })

  test('without a user is for an anonymous client', async () => {
    expect(await subscription({ iat: 1_738_078_824, channel: 'test1' })).toMatchObject({ user: '', channel: 'test1' })
  })

  test.each([{ sub: '42' }, { channel: '' }, { channel: null }, { channel: 5 }, { channel: ['a'] }])(
    'that names no channel is invalid: %j',
    async (claims) => expect(await subscribe(jwt(claims))).toBe('invalid'),
  )

  test.each(['news', '', null, 5])('is no way to connect: channel %j', async (channel) => {
    expect(await connect(jwt({ sub: '42', channel }))).toBe('invalid')
  })

  test('is no connection token: that one names no channel', async () => {
    expect(await subscribe(jwt({ sub: '42', subs: { news: {} }, channels: ['news'] }))).toBe('invalid')
  })
})

describe('what is no token', () => {
  const garbage = [
    '',
    '.',
    '..',
    '...',
    'a',
    'a.b',
    'a.b.c',
    'a.b.c.d',
    '\0',
    'null',
    '{}',
    '💥.💥.💥',
    'x'.repeat(70_000),
    '.........',
  ]
  test.each(garbage)('is invalid: %p', async (token) => {
    expect(await connect(token)).toBe('invalid')
    expect(await subscribe(token)).toBe('invalid')
  })

  test.each(['null', '5', '"x"', '[]', '[{"sub":"42"}]', '', '{', '{"sub":"42"}x', '{sub:"42"}'])(
    'is invalid, well signed or not: %s',
    async (payload) => expect(await connect(jwt(payload))).toBe('invalid'),
  )

  test('is invalid in bytes that are no text', async () => {
    const input = `${base64url('{"alg":"HS256"}')}.${base64url(new Uint8Array([123, 34, 255, 34, 58, 49, 125]))}`
    expect(await connect(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)).toBe('invalid')
  })

  test('never throws, whatever byte of a good one is changed', async () => {
    const good = jwt({ sub: '42', subs: { news: { info: { a: 1 } } } })
    for (let at = 0; at < good.length - 1; at++) {
      // but for the last letter, four bits of which are of no account
      for (const letter of ['A', 'z', '.', '=', ' ']) {
        if (good[at] === letter) continue
        const changed = good.slice(0, at) + letter + good.slice(at + 1)
        expect([at, await connect(changed)]).toEqual([at, 'invalid'])
      }
    }
  })
})

describe('a forged token', () => {
  const claims = { sub: 'admin' }
  const input = (header: object) => `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`

  test.each([
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    'HS1',
    'hs256',
    'HS256 ',
    'HS224',
    'MD5',
    'RS256',
    'ES256',
    'EdDSA',
    'PS256',
    'dir',
  ])('with the algorithm %j is invalid, signed or not', async (alg) => {
    expect(await connect(jwt(claims, { alg }))).toBe('invalid')
    expect(await connect(`${input({ alg })}.`)).toBe('invalid')
    expect(await connect(input({ alg }))).toBe('invalid')
  })

  test.each([{}, { alg: null }, { alg: 256 }, { alg: ['HS256'] }, { alg: { toString: 'HS256' } }, { typ: 'JWT' }])(
    'with the header %j is invalid',
    async (header) => {
      const text = input(header)
      const signature = createHmac('sha256', secret).update(text).digest('base64url')
      expect(await connect(`${text}.${signature}`)).toBe('invalid')
    },
  )

  test('is invalid under a public key that is used as a secret, and the other way', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = publicKey.export({ type: 'spki', format: 'pem' })
    const text = input({ alg: 'RS256' })
    const signed = `${text}.${base64url(signBytes('sha256', Buffer.from(text), privateKey))}`
    expect(await connect(signed)).toBe('invalid')
    expect(await connect(signed, { keys: [hmacKey(pem)] })).toBe('invalid')
    expect(await connect(jwt(claims, { key: pem }))).toBe('invalid')
  })

  test('is invalid under another secret, an empty one, or one that differs by a blank', async () => {
    for (const key of ['', ' ', `${secret} `, secret.slice(0, -1), 'another-secret-of-more-than-32-bytes!'])
      expect(await connect(jwt(claims, { key }))).toBe('invalid')
  })

  test('is invalid with the payload, the header or the signature of another', async () => {
    const [header, payload, signature] = jwt({ sub: '42' }).split('.')
    const [otherHeader, otherPayload, otherSignature] = jwt(claims, { alg: 'HS512' }).split('.')
    expect(await connect(`${header}.${otherPayload}.${signature}`)).toBe('invalid')
    expect(await connect(`${otherHeader}.${payload}.${signature}`)).toBe('invalid')
    expect(await connect(`${header}.${payload}.${otherSignature}`)).toBe('invalid')
  })

  test('is invalid with a signature that was cut short, or is longer', async () => {
    const token = jwt(claims)
    for (const cut of [1, 2, 10, 42, 43]) expect(await connect(token.slice(0, -cut))).toBe('invalid')
    expect(await connect(`${token}AAAA`)).toBe('invalid')
    expect(await connect(`${token}.`)).toBe('invalid')
  })

  test('gains nothing by what its header says of keys, and nothing is fetched', async () => {
    let asked = 0
    using server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response(String(++asked)) })
    const url = `http://127.0.0.1:${server.port}/keys`
    const key = 'the-key-of-an-attacker-who-has-one'
    const jwk = { kty: 'oct', k: base64url(key) }
    for (const header of [
      { jku: url },
      { x5u: url },
      { jwk },
      { kid: '../../dev/null' },
      { kid: url, jku: url, iss: url },
    ]) {
      expect(await connect(jwt(claims, { key, header }))).toBe('invalid')
      expect(await connect(jwt(claims, { header }))).toBe('good') // with the right signature they are of no account
    }
    expect(asked).toBe(0)
  })

  test('is invalid with a header that asks for what must be understood', async () => {
    expect(await connect(jwt(claims, { header: { crit: ['exp'], exp: 1 } }))).toBe('invalid')
    expect(await connect(jwt(claims, { header: { crit: ['b64'], b64: false } }))).toBe('invalid')
    const header = base64url(JSON.stringify({ alg: 'HS256', b64: false, crit: ['b64'] }))
    const signature = createHmac('sha256', secret).update(`${header}.{"sub":"admin"}`).digest('base64url')
    expect(await connect(`${header}.{"sub":"admin"}.${signature}`)).toBe('invalid')
  })
})

describe('the time of a token', () => {
  const times: readonly [claims: string, verdict: string][] = [
    [`"exp":${now + 1}`, 'good'],
    [`"exp":${now}`, 'expired'],
    [`"exp":${now - 1}`, 'expired'],
    ['"exp":0', 'expired'],
    ['"exp":-1', 'expired'],
    [`"nbf":${now}`, 'good'],
    [`"nbf":${now + 5}`, 'good'], // a backend's clock may be a little ahead
    [`"nbf":${now + 6}`, 'expired'],
    [`"nbf":${now + 3600},"exp":${now + 7200}`, 'expired'],
    [`"iat":${now + 3600}`, 'good'],
    ['"exp":1e400', 'invalid'],
    ['"exp":-1e400', 'invalid'],
    ['"nbf":-1e400', 'invalid'],
    ['"expire_at":1e400', 'invalid'],
    ['"iat":1e400', 'invalid'],
    [`"exp":"${now + 60}"`, 'invalid'],
    ['"exp":null', 'invalid'],
    ['"exp":true', 'invalid'],
    ['"exp":{}', 'invalid'],
    [`"exp":[${now + 60}]`, 'invalid'],
    ['"nbf":"0"', 'invalid'],
    ['"iat":"0"', 'invalid'],
    ['"expire_at":"0"', 'invalid'],
  ]
  test.each(times)('%s is %s', async (claims, verdict) => {
    expect(await connect(jwt(`{${claims}}`))).toBe(verdict)
    expect(await subscribe(jwt(`{"channel":"a",${claims}}`))).toBe(verdict)
  })

  test('is of no account where something else is wrong: forged ones are not told to fetch a new one', async () => {
    const old = { exp: now - 1 }
    expect(await connect(jwt(old, { key: 'wrong-secret-wrong-secret-wrong!' }))).toBe('invalid')
    expect(await connect(jwt({ ...old, channel: 'a' }))).toBe('invalid')
    expect(await connect(jwt({ ...old, sub: 42 }))).toBe('invalid')
    expect(await subscribe(jwt(old))).toBe('invalid')
    expect(await connect(jwt({ ...old, aud: 'x' }), { audience: 'y' })).toBe('invalid')
  })
})

describe('claims of a wrong type', () => {
  const claims: readonly object[] = [
    { sub: 42 },
    { sub: null },
    { sub: ['42'] },
    { b64info: '!' },
    { b64info: 5 },
    { channels: 'news' },
    { channels: [1] },
    { channels: { a: 1 } },
    { subs: 'news' },
    { subs: ['news'] },
    { subs: { news: 5 } },
    { subs: { news: [] } },
    { subs: { news: { b64data: '*' } } },
    { subs: { news: { override: { presence: true } } } },
    { subs: { news: { override: { presence: { value: 1 } } } } },
    { meta: 'x' },
    { meta: [] },
  ]
  test.each(claims)('make it invalid: %j', async (each) => {
    expect(await connect(jwt(each))).toBe('invalid')
  })
})

describe('audience and issuer', () => {
  const cases: readonly [claims: object, asked: Partial<TokenSettings>, verdict: string][] = [
    [{ aud: 'chat' }, { audience: 'chat' }, 'good'],
    [{ aud: ['x', 'chat'] }, { audience: 'chat' }, 'good'],
    [{ aud: ['x', 5, null] }, { audience: 'chat' }, 'invalid'],
    [{ aud: 'chatter' }, { audience: 'chat' }, 'invalid'],
    [{ aud: 'Chat' }, { audience: 'chat' }, 'invalid'],
    [{ aud: [] }, { audience: 'chat' }, 'invalid'],
    [{ aud: { chat: 1 } }, { audience: 'chat' }, 'invalid'],
    [{}, { audience: 'chat' }, 'invalid'],
    [{ aud: 'chat-7' }, { audience: /^chat-\d$/u }, 'good'],
    [{ aud: 'chat-x' }, { audience: /^chat-\d$/u }, 'invalid'],
    [{ aud: 'anything' }, {}, 'good'],
    [{ iss: 'backend' }, { issuer: 'backend' }, 'good'],
    [{ iss: 'other' }, { issuer: 'backend' }, 'invalid'],
    [{ iss: ['backend'] }, { issuer: 'backend' }, 'invalid'],
    [{}, { issuer: 'backend' }, 'invalid'],
    [{}, { issuer: /undefined/u }, 'invalid'],
    [{ iss: 'backend', aud: 'x' }, { issuer: 'backend', audience: 'chat' }, 'invalid'],
  ]
  test.each(cases)('%j, where %p is asked for: %s', async (claims, asked, verdict) => {
    expect(await connect(jwt(claims), asked)).toBe(verdict)
  })

  test('the user may be in a claim of another name', async () => {
    const verdict = await verifier({ userClaim: 'uid' }).connection(jwt({ sub: 'a', uid: 'b' }))
    expect(verdict).toMatchObject({ ok: true, claims: { user: 'b' } })
    expect(await connect(jwt({ uid: 5 }), { userClaim: 'uid' })).toBe('invalid')
  })
})

describe('the previous secret', () => {
  const old = 'the-secret-before-the-present-one'
  const configured = (until: number, seconds = now) => {
    const token = {
      hmac_secret_key: secret,
      hmac_previous_secret_key: old,
      hmac_previous_secret_key_valid_until: until,
    }
    const config = { ...loadConfig({}).config }
    const at = { now: () => seconds * 1000, monotonic: () => 0 }
    const client = { ...config.client, token: { ...config.client.token, ...token } }
    return new TokenVerifier(tokenSettings({ ...config, client }, { secret, clock: at, report }).connection, at)
  }
  const verdicts: readonly [until: number, seconds: number, iat: number | undefined, verdict: string][] = [
    [0, now, undefined, 'good'],
    [0, now, now, 'good'],
    [now + 60, now, undefined, 'good'],
    [now + 60, now, now, 'good'],
    [now + 60, now, now + 61, 'invalid'], // issued when the old secret was not to be used any more
    [now + 60, now + 60, now, 'invalid'], // whoever has the old secret can write any time of issue
  ]
  test.each(verdicts)('good until %p, at %p, issued at %p: %s', async (until, seconds, iat, verdict) => {
    expect(because(await configured(until, seconds).connection(jwt({ iat }, { key: old })))).toBe(verdict)
    expect(because(await configured(until, seconds).connection(jwt({ iat })))).toBe('good')
  })
})

test('subscription tokens have a secret of their own where the configuration says so', async () => {
  const own = 'a-secret-for-subscriptions-alone!!!'
  const { config } = loadConfig({
    environment: {
      POSTHOUSE_CLIENT_SUBSCRIPTION_TOKEN_ENABLED: 'true',
      POSTHOUSE_CLIENT_SUBSCRIPTION_TOKEN_HMAC_SECRET_KEY: own,
    },
  })
  const both = tokenSettings(config, { secret, clock, report })
  const by = (key: string) => jwt({ channel: 'a' }, { key })
  const verify = async (token: string) => because(await new TokenVerifier(both.subscription, clock).subscription(token))
  expect(await verify(by(own))).toBe('good')
  expect(await verify(by(secret))).toBe('invalid')
  expect(because(await new TokenVerifier(both.connection, clock).connection(jwt({}, { key: own })))).toBe('invalid')
})

describe('an API key', () => {
  const key = 'the-key-of-the-server-api'
  const cases: readonly [headers: Record<string, string>, good: boolean][] = [
    [{ 'X-API-Key': key }, true],
    [{ 'x-api-key': key }, true],
    [{ Authorization: `apikey ${key}` }, true],
    [{ Authorization: `ApiKey ${key}` }, true],
    [{}, false],
    [{ 'X-API-Key': '' }, false],
    [{ 'X-API-Key': key.slice(0, -1) }, false],
    [{ 'X-API-Key': `${key}x` }, false],
    [{ 'X-API-Key': key.toUpperCase() }, false],
    [{ 'X-API-Key': 'wrong', Authorization: `apikey ${key}` }, false],
    [{ 'X-API-Key': '', Authorization: `apikey ${key}` }, false],
    [{ Authorization: key }, false],
    [{ Authorization: `Bearer ${key}` }, false],
    [{ Authorization: `apikey ${key} x` }, false],
    [{ Authorization: 'apikey ' }, false],
  ]
  test.each(cases)('in %j is right: %p', (headers, good) => {
    expect(apiKeyCheck(key)(new Headers(headers))).toBe(good)
  })

  test('must not be empty: it would let in whoever sends none', () => {
    expect(() => apiKeyCheck('')).toThrow('must not be empty')
  })
})
