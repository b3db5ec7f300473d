/** What a hostile site, or a hostile URL, can make the server do: nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { systemResolver } from '../src/chat/outgoing/destination.ts'
import { type Answer, ask, type Asked, type Outgoing } from '../src/chat/outgoing/outgoing.ts'
import { internetOnly } from '../src/chat/outgoing/policy.ts'
import { endless, outgoingTo, says, site } from './sites.ts'

const page = 65_536
const cut: Asked = { wants: () => ({ bytes: page, excess: 'cut' }), timeout: 5000, redirects: 3 }
const refuse: Asked = { ...cut, wants: () => ({ bytes: page, excess: 'refuse' }) }

async function answer(outgoing: Outgoing, url: string, asked: Asked = cut): Promise<Answer> {
  const got = await ask(outgoing, url, asked)
  if ('failed' in got) throw new Error(`${got.failed}: ${got.because}`)
  return got
}

async function failure(outgoing: Outgoing, url: string, asked: Asked = cut): Promise<string> {
  const got = await ask(outgoing, url, asked)
  return 'failed' in got ? got.failed : `answered ${got.status}`
}

const text = ({ body }: Answer) => new TextDecoder().decode(body)

test('a page comes with its status, its type and its body', async () => {
  await using there = await says('200 OK\r\ncontent-type: Text/HTML; charset=utf-8', '<p>hi')
  const got = await answer(outgoingTo(there), `${there.url}a%20b?q=1#part`)
  expect({ ...got, headers: {}, body: text(got), url: got.url.href }).toMatchObject({
    status: 200,
    type: 'text/html',
    body: '<p>hi',
    cut: false,
    url: `${there.url}a%20b?q=1#part`,
  })
  const lines = there.requests[0]?.split('\r\n') ?? []
  expect(lines[0]).toBe('GET /a%20b?q=1 HTTP/1.1')
  const said = lines.slice(1).map((line) => line.toLowerCase())
  expect(said).toContain(`host: site.test:${there.port}`)
  expect(said).toContain('user-agent: posthouse-test')
  expect(said.join()).not.toMatch(/cookie|authorization|referer/)
})

test('a POST carries its body', async () => {
  await using there = await says('204 No Content')
  const asked: Asked = { ...cut, method: 'POST', headers: { 'content-type': 'text/plain' }, body: '驿站' }
  expect((await answer(outgoingTo(there), there.url, asked)).status).toBe(204)
  expect(there.requests[0]).toContain('POST / HTTP/1.1')
  expect(there.requests[0]?.toLowerCase()).toContain('content-length: 6\r\n')
  expect(there.requests[0]).toEndWith('\r\n\r\n驿站')
})

describe('an address inside', () => {
  const real: Outgoing = {
    resolve: systemResolver,
    admits: internetOnly({ ports: [80, 443] }),
    userAgent: 'posthouse-test',
  }
  const everyPort = (port: number): Outgoing => ({ ...real, admits: internetOnly({ ports: [port] }) })
  const hosts = `
    127.0.0.1 127.1 127.0.1 0x7f.1 0x7f000001 0177.0.0.1 2130706433 017700000001 127.0.0.1. localhost localhost.
    LOCALHOST 0.0.0.0 0 １２７.0.0.1 ①②⑦.⓪.⓪.① 127。0。0。1 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1]
    [0:0:0:0:0:ffff:127.0.0.1] [::127.0.0.1] [64:ff9b::127.0.0.1] [2002:7f00:1::]
  `

  test.each(hosts.trim().split(/\s+/))('is not reached as %s', async (host) => {
    await using there = await says('200 OK', 'secret')
    expect(await failure(everyPort(there.port), `http://${host}:${there.port}/`)).toBe('host')
    expect(there.opened()).toBe(0)
  })

  test.each([
    '169.254.169.254',
    '[fd00:ec2::254]',
    '100.100.100.200',
    '192.168.1.1',
    '10.0.0.1',
    '[fe80::1]',
    '168.63.129.16',
  ])('such as %s is not even tried', async (host) => {
    expect(await failure(real, `http://${host}/latest/meta-data/`)).toBe('host')
  })

  test('is not told from a name that does not exist', async () => {
    const [inside, nowhere] = await Promise.all(
      ['localhost', 'nowhere.invalid'].map((host) => ask(real, `http://${host}/`, cut)),
    )
    expect(JSON.stringify(inside).replace('localhost', 'X')).toBe(
      JSON.stringify(nowhere).replace('nowhere.invalid', 'X'),
    )
  })
})

test.each([
  'file:///etc/passwd',
  'ftp://site.test/',
  'gopher://site.test/',
  'javascript:alert(1)',
  'data:text/html,x',
  'http://',
  '',
])('%j is no URL that is asked', async (url) => {
  expect(await failure(outgoingTo(), url)).toBe('url')
})

test('a URL with credentials is not asked, nor is one without end', async () => {
  await using there = await says('200 OK')
  const { port } = there
  for (const url of [`http://a:b@site.test:${port}/`, `http://a@site.test:${port}/`, `${there.url}${'x'.repeat(5000)}`])
    expect(await failure(outgoingTo(there), url)).toBe('url')
  expect(there.opened()).toBe(0)
})

test('another port than allowed is not tried', async () => {
  await using there = await says('200 OK')
  await using secret = await says('200 OK')
  expect(await failure(outgoingTo(there), secret.url)).toBe('host')
  expect(secret.opened()).toBe(0)
})

test('a name that changes its mind is held to its first word (DNS rebinding)', async () => {
  await using honest = await says('200 OK', 'honest')
  let asked = 0
  const answers = [['127.0.0.1'], ['127.0.0.2'], ['127.0.0.3']]
  const outgoing = { ...outgoingTo(honest), resolve: () => Promise.resolve(answers[asked++] ?? []) }
  expect(text(await answer(outgoing, honest.url))).toBe('honest')
  expect(asked).toBe(1)
  expect(await failure(outgoing, honest.url)).toBe('host')
})

test('a name with one address outside and one inside is not asked', async () => {
  await using there = await says('200 OK')
  for (const addresses of [['127.0.0.1', '10.0.0.1'], ['::1', '127.0.0.1'], ['127.0.0.1', 'nonsense'], []]) {
    const outgoing = { ...outgoingTo(there), resolve: () => Promise.resolve(addresses) }
    expect(await failure(outgoing, there.url)).toBe('host')
  }
  expect(there.opened()).toBe(0)
})

test('a name with a dead address is asked at the next', async () => {
  await using there = await says('200 OK', 'alive')
  const outgoing: Outgoing = {
    ...outgoingTo(there),
    resolve: () => Promise.resolve(['127.0.0.9', '127.0.0.1']),
    admits: ({ port }) => port === there.port,
  }
  expect(text(await answer(outgoing, there.url))).toBe('alive')
})

test('a request that may have arrived is not sent to another address', async () => {
  await using there = await site((socket) => socket.destroy())
  const outgoing = { ...outgoingTo(there), resolve: () => Promise.resolve(['127.0.0.1', '127.0.0.1']) }
  expect(await failure(outgoing, there.url, { ...cut, method: 'POST', body: 'x' })).toBe('connection')
  expect(there.opened()).toBe(1)
  expect(await failure(outgoing, there.url.replace('http:', 'https:'), { ...cut, method: 'POST', body: 'x' })).toBe(
    'connection',
  )
  expect(there.opened()).toBe(2)
})

test('no proxy of the environment comes between', async () => {
  await using proxy = await says('200 OK', 'proxy')
  await using there = await says('200 OK', 'direct')
  process.env['HTTP_PROXY'] = `http://127.0.0.1:${proxy.port}`
  try {
    expect(text(await answer(outgoingTo(there), there.url))).toBe('direct')
    expect(proxy.opened()).toBe(0)
  } finally {
    delete process.env['HTTP_PROXY']
  }
})

describe('a redirect', () => {
  test('is followed three times', async () => {
    await using there = await site((socket, request) => {
      const left = Number(/^GET \/(\d)/.exec(request)?.[1])
      if (left === 0) socket.end('HTTP/1.1 200 OK\r\n\r\nthere')
      else socket.end(`HTTP/1.1 ${left === 1 ? 307 : 302} Found\r\nlocation: /${left - 1}\r\n\r\n`)
    })
    const got = await answer(outgoingTo(there), `${there.url}3`)
    expect([text(got), got.url.pathname]).toEqual(['there', '/0'])
    expect(await failure(outgoingTo(there), `${there.url}4`)).toBe('redirects')
    expect(await failure(outgoingTo(there), `${there.url}1`, { ...cut, redirects: 0 })).toBe('answered 307')
  })

  test('to itself ends', async () => {
    await using there = await says('301 Moved Permanently\r\nlocation: /')
    expect(await failure(outgoingTo(there), there.url)).toBe('redirects')
    expect(there.opened()).toBe(4)
  })

  test('to the inside is checked like any URL', async () => {
    await using secret = await says('200 OK', 'secret')
    const where = [
      `http://127.0.0.1:${secret.port}/`,
      `http://inside.test:${secret.port}/`,
      `//127.1:${secret.port}/`,
      'http://169.254.169.254/latest/',
      'http://[::1]/',
    ]
    for (const location of where) {
      await using there = await says(`302 Found\r\nlocation: ${location}`)
      expect(await failure(outgoingTo(there), there.url)).toBe('host')
    }
    for (const location of [
      'file:///etc/passwd',
      'javascript:alert(1)',
      `http://a:b@site.test/`,
      'http://',
      `/${'x'.repeat(5000)}`,
    ]) {
      await using there = await says(`302 Found\r\nlocation: ${location}`)
      expect(await failure(outgoingTo(there), there.url)).toBe('url')
    }
    expect(secret.opened()).toBe(0)
  })

  test('is resolved anew: a name that is somewhere else by then is not reached', async () => {
    await using there = await says('302 Found\r\nlocation: /again')
    let asked = 0
    const outgoing = {
      ...outgoingTo(there),
      resolve: () => Promise.resolve([asked++ === 0 ? '127.0.0.1' : '10.0.0.1']),
    }
    expect(await failure(outgoing, there.url)).toBe('host')
    expect(there.opened()).toBe(1)
  })

  test('may be written in UTF-8', async () => {
    await using there = await site((socket, request) =>
      socket.end(
        request.startsWith('GET / ') ? 'HTTP/1.1 302 Found\r\nlocation: /上海\r\n\r\n' : 'HTTP/1.1 200 OK\r\n\r\n',
      ),
    )
    expect((await answer(outgoingTo(there), there.url)).url.pathname).toBe('/%E4%B8%8A%E6%B5%B7')
  })

  test('to nowhere is a failure', async () => {
    await using there = await says('302 Found')
    expect(await failure(outgoingTo(there), there.url)).toBe('redirects')
  })
})

describe('an answer without end', () => {
  const ok = 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n'
  const inMemory = 64 * 1_048_576

  test('is cut where it was allowed to go', async () => {
    for (const head of ['\r\n', 'content-length: 99999999999\r\n\r\n']) {
      await using there = await site((socket, _, self) => {
        socket.write(ok + head)
        endless(socket, self, 'x'.repeat(page))
      })
      const got = await answer(outgoingTo(there), there.url)
      expect([got.body.length, got.cut]).toEqual([page, true])
      expect(await failure(outgoingTo(there), there.url, refuse)).toBe('size')
      expect(there.sent).toBeLessThan(inMemory)
    }
  })

  test('is cut in small chunks too', async () => {
    await using there = await site((socket, _, self) => {
      socket.write(`${ok}transfer-encoding: chunked\r\n\r\n`)
      endless(socket, self, '1\r\nx\r\n'.repeat(500))
    })
    expect((await answer(outgoingTo(there), there.url)).body.length).toBe(page)
  })

  test.each([
    ['in one header', 'a: ', 'x'.repeat(page)],
    ['in many headers', '', 'a: b\r\n'.repeat(1000)],
    ['in the extension of a chunk', 'transfer-encoding: chunked\r\n\r\n4;', 'x'.repeat(page)],
    ['in trailers', 'transfer-encoding: chunked\r\n\r\n0\r\n', 'a: b\r\n'.repeat(1000)],
  ])('ends %s', async (_, head, chunk) => {
    await using there = await site((socket, _request, self) => {
      socket.write(ok + head)
      endless(socket, self, chunk)
    })
    expect(await failure(outgoingTo(there), there.url)).toBeOneOf(['answer', 'connection'])
    expect(there.sent).toBeLessThan(inMemory)
  })

  test.each(['100 Continue', '102 Processing', '103 Early Hints'])(
    'ends in front of the answer (%s)',
    async (status) => {
      await using there = await site((socket, _, self) => endless(socket, self, `HTTP/1.1 ${status}\r\n\r\n`))
      expect(await failure(outgoingTo(there), there.url)).toBe('answer')
    },
  )

  test('ends when it is compressed (a bomb)', async () => {
    const zeros = Buffer.alloc(200_000_000)
    for (const [encoding, bomb] of [
      ['gzip', gzipSync(zeros)],
      ['br', brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
    ] as const) {
      await using there = await says(`200 OK\r\ncontent-encoding: ${encoding}`, bomb)
      const before = process.memoryUsage().rss
      const got = await answer(outgoingTo(there), there.url)
      expect([got.body.length, got.cut]).toEqual([page, true])
      expect(await failure(outgoingTo(there), there.url, refuse)).toBe('size')
      expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000) // half of what it would unfold to: others in this process need memory too
    }
  })

  test('ends when nothing unfolds from it', async () => {
    const empty = gzipSync('').subarray(0, 10) // the head; then stored blocks of length 0
    await using there = await site((socket, _, self) => {
      socket.write(`${ok}content-encoding: gzip\r\n\r\n`)
      socket.write(empty)
      endless(socket, self, Buffer.from('000000ffff'.repeat(2000), 'hex'))
    })
    expect(await failure(outgoingTo(there), there.url)).toBe('size')
  })
})

test('compressed pages are read', async () => {
  for (const [encoding, body] of [
    ['gzip', gzipSync('hello')],
    ['x-gzip', gzipSync('hello')],
    ['GZIP', gzipSync('hello').subarray(0, -8)],
    ['br', brotliCompressSync('hello')],
    ['identity', Buffer.from('hello')],
  ] as const) {
    await using there = await says(`200 OK\r\ncontent-encoding: ${encoding}`, body)
    expect(text(await answer(outgoingTo(there), there.url))).toBe('hello')
  }
})

test.each(['gzip, gzip', 'deflate', 'zstd', 'x'])('the encoding %s was not asked for', async (encoding) => {
  await using there = await says(`200 OK\r\ncontent-encoding: ${encoding}`, 'x')
  expect(await failure(outgoingTo(there), there.url)).toBe('answer')
})

test('what says it is compressed and is not is no answer', async () => {
  for (const encoding of ['gzip', 'br']) {
    await using there = await says(`200 OK\r\ncontent-encoding: ${encoding}`, 'this is no such thing at all')
    expect(await failure(outgoingTo(there), there.url)).toBe('answer')
  }
})

test('what is of another type is not read', async () => {
  await using there = await site((socket, _, self) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\n\r\n')
    endless(socket, self, 'x'.repeat(page))
  })
  const asked: Asked = { ...cut, wants: (type) => (type === 'text/html' ? { bytes: page, excess: 'cut' } : undefined) }
  expect(await failure(outgoingTo(there), there.url, asked)).toBe('type')
})

test.each([
  ['an SSH server', 'SSH-2.0-OpenSSH_9.9\r\n'],
  ['HTTP/0.9', '<html>'],
  ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'],
])('%s is no answer', async (_, bytes) => {
  await using there = await site((socket) => socket.end(bytes))
  expect(await failure(outgoingTo(there), there.url)).toBe('answer')
})

test('a connection that is refused, closed or broken off is said so', async () => {
  const gone = await says('200 OK')
  await gone[Symbol.asyncDispose]()
  expect(await failure(outgoingTo(gone), gone.url)).toBe('connection')
  await using silent = await site((socket) => socket.end())
  expect(await failure(outgoingTo(silent), silent.url)).toBe('connection')
  await using short = await says('200 OK\r\ncontent-length: 50', 'hello')
  expect(await failure(outgoingTo(short), short.url)).toBe('connection')
})

describe('time', () => {
  const soon: Asked = { ...cut, timeout: 300 }
  const slow: [string, (write: (bytes: string) => void) => void][] = [
    ['says nothing', () => undefined],
    ['drips its head', (write) => write('x')],
    ['drips its body', (write) => write('y')],
  ]

  test.each(slow)('is over for a site that %s', async (name, drip) => {
    await using there = await site((socket) => {
      socket.write(name.includes('body') ? 'HTTP/1.1 200 OK\r\n\r\n' : 'HTTP/1.1 200 OK\r\na: ')
      const timer = setInterval(
        () => (socket.destroyed ? clearInterval(timer) : drip((bytes) => void socket.write(bytes))),
        10,
      )
    })
    expect(await failure(outgoingTo(there), there.url, soon)).toBe('time')
  })

  test('is counted over all redirects', async () => {
    await using there = await site(
      (socket) => void setTimeout(() => socket.end('HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n'), 150),
    )
    expect(await failure(outgoingTo(there), there.url, soon)).toBe('time')
  })

  test('is over for a name server that says nothing', async () => {
    expect(
      await failure({ ...outgoingTo(), resolve: () => new Promise(() => undefined) }, 'http://site.test/', soon),
    ).toBe('time')
  })

  test('can be cut short from outside', async () => {
    const stop = new AbortController()
    await using there = await site(() => stop.abort())
    expect(await failure(outgoingTo(there), there.url, { ...cut, signal: stop.signal })).toBe('cancelled')
    expect(await failure(outgoingTo(there), there.url, { ...cut, signal: stop.signal })).toBe('cancelled')
  })
})

const openssl = Bun.which('openssl')
describe.skipIf(openssl === null)('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'posthouse-outgoing-'))
  const make = (name: string, subject: string) =>
    Bun.spawnSync(
      [
        openssl ?? '',
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
      ].concat(
        ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${subject}`],
        ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)],
      ),
    )
  const read = (name: string) => Bun.file(join(folder, name)).text()
  const serve = async (name: string) =>
    Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      tls: { key: await read(`${name}.key`), cert: await read(`${name}.crt`) },
      fetch: (request) => new Response(request.headers.get('host')),
    })
  beforeAll(() => {
    expect(make('named', 'DNS:site.test').exitCode).toBe(0)
    expect(make('numbered', 'IP:127.0.0.1').exitCode).toBe(0)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('the certificate has to carry the name of the URL, whatever the address is', async () => {
    using server = await serve('named')
    const port = server.port ?? 0
    const outgoing = { ...outgoingTo({ port }), ca: await read('named.crt') }
    expect(text(await answer(outgoing, `https://site.test:${port}/`))).toBe(`site.test:${port}`)
    expect(text(await answer(outgoing, `https://site.test.:${port}/`))).toBe(`site.test.:${port}`)
    expect(await failure(outgoing, `https://other.test:${port}/`)).toBe('connection')
    expect(await failure(outgoing, `https://127.0.0.1:${port}/`)).toBe('connection')
  })

  test('a URL with an address needs a certificate for that address', async () => {
    using server = await serve('numbered')
    const port = server.port ?? 0
    const outgoing = { ...outgoingTo({ port }), ca: await read('numbered.crt') }
    expect(text(await answer(outgoing, `https://127.0.0.1:${port}/`))).toBe(`127.0.0.1:${port}`)
    expect(await failure(outgoing, `https://site.test:${port}/`)).toBe('connection')
  })

  test('a certificate that nobody vouches for is refused, also where the environment says not to look', async () => {
    using server = await serve('named')
    const port = server.port ?? 0
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      expect(await failure(outgoingTo({ port }), `https://site.test:${port}/`)).toBe('connection')
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    }
  })
})
