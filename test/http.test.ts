/** What a program answers over plain HTTP: handlers, files, cookies, TLS. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { SignedCookies } from '../src/library/cookies.ts'
import { cookie, createServer, files, type Posthouse, type ServerOptions } from '../src/index.ts'
import { temporaryFolder } from './server.ts'
import { faultLog } from './fault-log.ts'

const { faults, log } = faultLog()

function start(options: ServerOptions = {}): Promise<Posthouse> {
  return createServer({
    http_server: { address: '127.0.0.1', port: 0 },
    shutdown: { timeout: '2s' },
    data: { memory: true },
    log,
    ...options,
  })
}

let folder = ''
beforeAll(() => {
  folder = temporaryFolder()
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a handler', () => {
  test('is told the parts of its path and what came along', async () => {
    await using server = await start()
    server.http('/hello/:name', async (request, { params, query, cookies, address }) =>
      Response.json({ ...params, q: query.get('q'), a: cookies.get('a'), address, body: await request.text() }),
    )
    const url = new URL('/hello/B%C3%B6?q=1', server.url)
    const response = await fetch(url, { method: 'POST', body: 'text', headers: { cookie: 'a="b c"' } })
    expect(await response.json()).toEqual({ name: 'Bö', q: '1', a: 'b c', address: '127.0.0.1', body: 'text' })
  })

  test('that fails answers 500 without saying why, and the next one works', async () => {
    await using server = await start()
    server.http('/broken', () => {
      throw new Error('secret')
    })
    const response = await fetch(new URL('/broken', server.url))
    expect([response.status, await response.text()]).toEqual([500, 'internal server error\n'])
    expect(faults.splice(0).map(String)).toEqual(['Error: secret'])
    expect((await fetch(new URL('/nothing', server.url))).status).toBe(404)
  })
})

describe('a folder of files', () => {
  let server: Posthouse
  beforeAll(async () => {
    const root = join(folder, 'public')
    mkdirSync(join(root, 'sub', '.hidden'), { recursive: true })
    mkdirSync(join(root, '.well-known'))
    mkdirSync(join(root, 'empty'))
    mkdirSync(join(folder, 'public-not'))
    for (const [name, content] of Object.entries({
      'secret.txt': 'secret',
      'public-not/secret.txt': 'secret',
      'public/index.html': '<p>index',
      'public/a b.txt': '0123456789',
      'public/nothing.css': '',
      'public/.env': 'secret',
      'public/sub/index.html': '<p>sub',
      'public/sub/.hidden/x': 'secret',
      'public/.well-known/x': 'known',
    }))
      writeFileSync(join(folder, name), content)
    symlinkSync(join(folder, 'secret.txt'), join(root, 'link.txt'))
    symlinkSync(join(folder, 'public-not'), join(root, 'linked'))
    symlinkSync(join(root, 'a b.txt'), join(root, 'inside.txt'))
    server = await start()
    server.http('/static/*', files(root, { maxAge: 60 }))
    server.http('/', files(join(root, 'index.html')))
  })
  afterAll(() => server.close())

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(new URL(path, server.url), { headers, method, redirect: 'manual' })

  test('answers with its files, their type, and an index', async () => {
    const file = await get('/static/a%20b.txt')
    expect(await file.text()).toBe('0123456789')
    expect(file.headers.get('content-type')).toStartWith('text/plain')
    expect(file.headers.get('cache-control')).toBe('public, max-age=60')
    expect(file.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await (await get('/static/')).text()).toBe('<p>index')
    expect(await (await get('/static/sub/')).text()).toBe('<p>sub')
    expect(await (await get('/')).text()).toBe('<p>index')
    expect(await (await get('/static/inside.txt')).text()).toBe('0123456789')
    expect(await (await get('/static/.well-known/x')).text()).toBe('known')
    const empty = await get('/static/nothing.css')
    expect([empty.status, await empty.text()]).toEqual([200, ''])
    const moved = await get('/static/sub?x=1')
    expect([moved.status, moved.headers.get('location')]).toEqual([308, '/static/sub/?x=1'])
    expect((await get('/static/a%20b.txt/')).status).toBe(404)
    expect((await get('/static/empty/')).status).toBe(404)
    expect((await get('/static/a%20b.txt', {}, 'POST')).status).toBe(405)
  })

  const escapes = [
    '/static/../secret.txt',
    '/static/%2e%2e/secret.txt',
    '/static/%2e%2e%2fsecret.txt',
    '/static/..%2fsecret.txt',
    '/static/sub/..%2f..%2fsecret.txt',
    '/static/..%5csecret.txt',
    '/static/%2e%2e%2fpublic-not/secret.txt',
    '/static//etc/passwd',
    '/static/%2fetc/passwd',
    '/static/link.txt',
    '/static/linked/secret.txt',
    '/static/.env',
    '/static/sub/.hidden/x',
    '/static/a%20b.txt%00.html',
    '/static/%',
    '/static/%ff',
    '/static/./.env',
  ]
  test.each(escapes)('lets nobody out: %s', async (path) => {
    // Written to the socket as it is: a client would tidy it up.
    const socket = connectTcp(server.port, '127.0.0.1')
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    const answer = await Array.fromAsync(socket as AsyncIterable<Buffer>).then((all) => Buffer.concat(all).toString())
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d/)
    expect(answer).not.toContain('secret\n')
    expect(answer).not.toMatch(/\r\n\r\nsecret/)
  })

  test('says that nothing changed, and that a file did', async () => {
    const path = '/static/changing.txt'
    writeFileSync(join(folder, 'public', 'changing.txt'), 'one')
    const etag = (await get(path)).headers.get('etag') ?? ''
    const same = await get(path, { 'if-none-match': `"x", W/${etag}` })
    expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', etag])
    writeFileSync(join(folder, 'public', 'changing.txt'), 'two')
    expect((await get(path, { 'if-none-match': etag })).status).toBe(200)
  })

  test('tells the size without the file', async () => {
    const head = await get('/static/a%20b.txt', {}, 'HEAD')
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', ''])
  })

  const ranges: readonly [range: string, status: number, body: string, contentRange: string | null][] = [
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-30', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=4-2', 200, '0123456789', null],
    ['bytes=0-1,3-4', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ]
  test.each(ranges)('gives a part of a file: %s', async (range, status, body, contentRange) => {
    const part = await get('/static/a%20b.txt', { range })
    expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([status, body, contentRange])
  })

  test('gives a part only of the file that was meant', async () => {
    const stale = await get('/static/a%20b.txt', { range: 'bytes=0-1', 'if-range': '"other"' })
    expect([stale.status, await stale.text()]).toEqual([200, '0123456789'])
  })

  test('that is not there is said at once', () => {
    expect(() => files(join(folder, 'nowhere'))).toThrow('ENOENT')
  })
})

describe('a signed cookie', () => {
  let now = 1_000_000_000_000
  const cookies = new SignedCookies('a secret', false, () => now)
  const sent = (setCookie: string) => ({ headers: new Headers({ cookie: setCookie.split(';')[0] ?? '' }) })

  test('comes back as it was, whatever is in it', () => {
    for (const value of ['ann', '', 'ünï; =,"\n', 'a.b.c'])
      expect(cookies.get(sent(cookies.set('n', value)), 'n')).toBe(value)
  })

  test('is for the server alone, and not for scripts or other sites', () => {
    const set = cookies.set('n', 'v', { maxAge: 60 })
    for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=60']) expect(set).toContain(part)
    expect(set).not.toContain('Secure')
    expect(new SignedCookies('a secret', true).set('n', 'v')).toContain('Secure')
    expect(cookies.clear('n')).toContain('Max-Age=0')
    expect(cookie('n', 'a b;', { httpOnly: false, secure: true })).toMatch(/^n=a%20b%3B; .*Secure/)
  })

  test('that was changed, moved, kept too long or signed elsewhere is none', () => {
    const set = cookies.set('name', 'ann', { maxAge: 60 })
    const [value = '', expiry = '', signature = ''] = (set.split(';')[0] ?? '').slice(5).split('.')
    const forged = [
      `name=${Buffer.from('bo').toString('base64url')}.${expiry}.${signature}`,
      `name=${value}.${Number(expiry) + 1}.${signature}`,
      `name=${value}.${expiry}.${signature}x`,
      `name=${value}.${expiry}.`,
      `name=${value}.${expiry}`,
      `name=${value}.${expiry}.${signature}.x`,
      'name=',
      'name=ann',
    ]
    for (const each of forged) expect(cookies.get(sent(each), 'name')).toBeUndefined()
    expect(cookies.get(sent(set.replace('name=', 'other=')), 'other')).toBeUndefined()
    expect(new SignedCookies('another').get(sent(set), 'name')).toBeUndefined()
    now += 59_000
    expect(cookies.get(sent(set), 'name')).toBe('ann')
    now += 1000
    expect(cookies.get(sent(set), 'name')).toBeUndefined()
  })

  test('is good after a restart, as long as the secret is the same', async () => {
    const options = { client: { token: { hmac_secret_key: 'the same secret as before, long' } } }
    await using one = await start(options)
    const set = one.cookies.set('n', 'ann')
    await one.close()
    await using other = await start(options)
    expect(other.cookies.get(sent(set), 'n')).toBe('ann')
  })
})

const openssl = Bun.which('openssl')
describe.skipIf(openssl === null)('TLS', () => {
  const file = (name: string) => join(folder, name)
  const make = (name: string) =>
    Bun.spawnSync([
      openssl ?? '',
      ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost'.split(' '),
      ...'-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout'.split(' '),
      file(`${name}.key`),
      '-out',
      file(`${name}.crt`),
    ])
  const http_server = { address: '127.0.0.1', port: 0 }

  test('HTTPS and WSS, with certificate and key as files, as text, or in base 64', async () => {
    expect(make('one').exitCode).toBe(0)
    const [cert, key] = [await Bun.file(file('one.crt')).text(), await Bun.file(file('one.key')).text()]
    const ways = [
      { cert_pem: file('one.crt'), key_pem: file('one.key') },
      { cert_pem: cert, key_pem: key },
      { cert_pem: btoa(cert), key_pem: btoa(key) },
    ]
    for (const tls of ways) {
      await using server = await start({ http_server: { ...http_server, tls: { enabled: true, ...tls } } })
      server.socket('/echo', { message: (socket, message) => socket.send(message) })
      expect(server.url.protocol).toBe('https:')
      expect((await fetch(new URL('/health', server.url), { tls: { ca: cert } })).status).toBe(200)
      const ws = new WebSocket(`wss://${server.url.host}/echo`, { tls: { ca: cert } } as never)
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      ws.addEventListener('open', () => ws.send('hello'))
      ws.addEventListener('message', ({ data }) => resolve(data))
      ws.addEventListener('error', reject)
      expect(await promise).toBe('hello')
      ws.close()
    }
  })

  test('only those come in whose certificate is known, where that is asked for', async () => {
    expect([make('one').exitCode, make('two').exitCode]).toEqual([0, 0])
    const text = (name: string) => Bun.file(file(name)).text()
    const tls = { enabled: true, cert_pem: file('one.crt'), key_pem: file('one.key'), client_ca_pem: file('two.crt') }
    await using server = await start({ http_server: { ...http_server, tls } })
    const ca = await text('one.crt')
    const ask = async (own: object) =>
      fetch(new URL('/health', server.url), { tls: { ca, ...own } }).then(
        ({ status }) => status,
        () => 'refused',
      )
    expect(await ask({ cert: await text('two.crt'), key: await text('two.key') })).toBe(200)
    expect(await ask({})).toBe('refused')
    expect(await ask({ cert: ca, key: await text('one.key') })).toBe('refused')
  })

  test('what is no certificate is said, and a key is not shown', async () => {
    const failure = (tls: object) =>
      start({ http_server: { ...http_server, tls: { enabled: true, ...tls } } }).catch(String)
    expect(await failure({})).toContain('http_server.tls.cert_pem is missing')
    const said = await failure({ cert_pem: 'nowhere.crt', key_pem: 'the key itself' })
    expect(said).toContain('http_server.tls.cert_pem is neither PEM')
    expect(said).not.toContain('the key itself')
  })
})
