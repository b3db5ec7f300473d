/** Bodies at the paths of a program, and at the doors beside them: how much of them is read, and what is said of more. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { BodyError, createServer, type Posthouse } from '../src/index.ts'
import { open, temporaryFolder } from './server.ts'
import { faultLog } from './fault-log.ts'

setDefaultTimeout(40_000)

const { faults, log } = faultLog()
const large = 64 * 1024 * 1024
const most = 5000 // bytes at the doors
const size = 40_000_000 // of an upload
let server: Posthouse
let left: Promise<string>
const folder = temporaryFolder()

beforeAll(async () => {
  const door = { max_request_body_size: most }
  server = await createServer({
    http_server: { address: '127.0.0.1', port: 0 },
    shutdown: { timeout: '2s' },
    data: { dir: folder },
    log,
    client: { allow_anonymous_connect_without_token: true },
    channel: { without_namespace: { ...open, history_size: 10, history_ttl: '1h' } },
    http_api: { body_size_limit: most, insecure: true },
    mailbox: { message_size_limit: most, open: true },
    http_stream: door,
    sse: door,
    emulation: door,
    uni_sse: door,
    uni_http_stream: door,
  })
  server.http('/upload', count, { maxBody: large })
  server.http('/small', count)
  server.http('/none', count, { maxBody: 0 })
  server.http('/unread', () => new Response('not for you\n', { status: 401 }), { maxBody: 10 })
  server.http('/own', async (request) => {
    const error = await request.bytes().catch((thrown: unknown) => thrown)
    return Response.json({ mine: error instanceof BodyError && error.status }, { status: 422 })
  })
  server.http('/form', async (request) => Response.json([...(await request.formData()).keys()]), { maxBody: large })
  server.http('/json', async (_, visit) => Response.json({ got: await visit.json({ maxBytes: 1000, maxDepth: 3 }) }))
  const leaving = Promise.withResolvers<string>()
  left = leaving.promise
  server.http(
    '/left',
    async (request) => {
      const bytes = request.bytes()
      bytes.catch((error: unknown) => leaving.resolve(error instanceof Error ? error.name : 'nothing'))
      return new Response(`${(await bytes).length}\n`)
    },
    { maxBody: large },
  )
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
  expect(faults).toEqual([])
})

async function count(request: Request): Promise<Response> {
  let [bytes, largest] = [0, 0]
  for await (const part of request.body ?? []) {
    bytes += part.length
    largest = Math.max(largest, part.length)
  }
  return Response.json({ bytes, inParts: largest < 1_000_000 })
}

/** What curl and fetch would never send. Resolves to the answer, or to as much of it as there is when the connection ends. Numbers are pauses. */
async function send(path: string, head: string, ...body: (Buffer | string | number)[]): Promise<string> {
  const socket = connect(server.port, '127.0.0.1')
  let answer = ''
  const ended = Promise.withResolvers<void>()
  socket.on('data', (data) => {
    answer += String(data)
    const [, length = '', content = ''] = /\r\ncontent-length: (\d+).*?\r\n\r\n(.*)/is.exec(answer) ?? []
    if (length !== '' && content.length >= Number(length)) ended.resolve()
  })
  socket.on('close', ended.resolve)
  socket.on('error', ended.resolve)
  socket.write(`POST ${path} HTTP/1.1\r\nhost: test\r\n${head}\r\n\r\n`)
  for (const part of body)
    if (typeof part === 'number') await Promise.race([Bun.sleep(part), ended.promise])
    else if (!socket.write(part))
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), ended.promise])
  await ended.promise
  socket.destroy()
  return answer
}

const announced = (bytes: number) => `content-length: ${bytes}`
const chunked = 'transfer-encoding: chunked'
const chunk = (bytes: number) => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`
const last = '0\r\n\r\n'
const piece = 1_000_000

describe('a path with a limit of its own', () => {
  test.each(['with its length told', 'in chunks'])(
    'takes what the other doors would not, as it comes, %s',
    async (how) => {
      const parts = size / piece
      const answer =
        how === 'in chunks'
          ? await send('/upload', chunked, ...Array<string>(parts).fill(chunk(piece)), last)
          : await send('/upload', announced(size), ...Array<Buffer>(parts).fill(Buffer.alloc(piece)))
      expect(answer).toContain(JSON.stringify({ bytes: size, inParts: true }))
    },
  )

  test('reads nothing of what is announced to be more than it takes', async () => {
    const answer = await send('/upload', announced(10_000_000_000)) // and not one byte of it
    expect(answer).toMatch(/^HTTP\/1.1 413 .*the body is larger than 67108864 bytes\n$/s)
  })

  test('stops reading at its limit, whatever is still to come', async () => {
    expect(await send('/small', chunked, chunk(most), chunk(1))).toMatch(/^HTTP\/1.1 413 .* larger than 5000 bytes\n$/s)
    expect(await send('/none', chunked, chunk(1))).toMatch(/^HTTP\/1.1 413 /)
    expect(await send('/none', announced(0))).toContain('{"bytes":0')
  })

  test('may answer in its own words, and before anything is read', async () => {
    expect(await send('/own', announced(most + 1))).toMatch(/^HTTP\/1.1 422 .*\{"mine":413\}/s)
    expect(await send('/own', chunked, chunk(most), chunk(1))).toMatch(/^HTTP\/1.1 422 .*\{"mine":413\}/s)
    expect(await send('/unread', announced(10_000_000_000))).toMatch(/^HTTP\/1.1 401 .*not for you\n$/s)
  })

  test('takes a form with a file', async () => {
    const form = new FormData()
    form.append('name', 'ann')
    form.append('file', new Blob([new Uint8Array(200_000)]), 'a.bin')
    expect(await (await fetch(new URL('/form', server.url), { method: 'POST', body: form })).json()).toEqual([
      'name',
      'file',
    ])
  })

  test('is told when the sender leaves in the middle, and that is nobody’s fault', async () => {
    const socket = connect(server.port, '127.0.0.1')
    socket.write(`POST /left HTTP/1.1\r\nhost: test\r\n${announced(1_000_000)}\r\n\r\nbut only this`)
    setTimeout(() => socket.destroy(), 100)
    expect(await left).toBe('AbortError')
  })

  test('lets be whoever sends slowly, as long as something comes', async () => {
    const drip = Array.from({ length: 15 }, () => [1000, chunk(1)]).flat()
    const slow = await Promise.all([
      send('/upload', chunked, ...drip, last),
      send('/upload', chunked, 15_000, chunk(3), last),
    ])
    for (const answer of slow) expect(answer).toMatch(/^HTTP\/1.1 200 /)
  })

  test('has a length that is more than what comes cut off by the runtime, and one that is less told apart', async () => {
    const less = await send('/upload', announced(5), 'helloGET /small HTTP/1.1\r\nhost: test\r\n\r\n')
    expect(less).toContain('{"bytes":5')
    expect(await send('/upload', `${announced(5)}\r\n${chunked}`, chunk(5), last)).toMatch(/^HTTP\/1.1 400 /)
  })
})

describe('beside a path that takes much, every other', () => {
  const json = 'content-type: application/json'
  const doors: readonly (readonly [string, string])[] = [
    ['/small', ''],
    ['/api/publish', json],
    ['/c/news', 'content-type: text/plain'],
    ['/u/ann', json],
    ['/connection/http_stream', json],
    ['/connection/sse', json],
    ['/connection/uni_sse', json],
    ['/connection/uni_http_stream', json],
    ['/emulation', json],
  ]
  test.each(doors)('keeps its limit, and says so: %s', async (path, type) => {
    const head = (length: string) => (type === '' ? length : `${type}\r\n${length}`)
    const refused = /^HTTP\/1.1 413 .*\b5000 bytes/s
    expect(await send(path, head(announced(most + 1)))).toMatch(refused)
    expect(await send(path, head(announced(10_000_000_000)))).toMatch(refused)
    expect(await send(path, head(chunked), chunk(most), chunk(1))).toMatch(refused)
  })
})

describe('a body that is JSON', () => {
  const post = async (body: string, type = 'application/json') => {
    const url = new URL('/json', server.url)
    const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': type } })
    return [response.status, await response.text()] as const
  }

  test('is read', async () => {
    expect(await post('{"a":[1]}')).toEqual([200, '{"got":{"a":[1]}}'])
    expect(await post('"ü"', 'application/vnd.x+json; charset=utf-8')).toEqual([200, '{"got":"ü"}'])
  })

  const wrong: readonly (readonly [string, string, number, string])[] = [
    ['nothing', '', 400, 'not the JSON'],
    ['half of it', '{"a":', 400, 'not the JSON'],
    ['too deep', '[[[[1]]]]', 400, 'not the JSON'],
    ['too long', `"${'x'.repeat(1000)}"`, 413, 'larger than 1000 bytes'],
  ]
  test.each(wrong)('is refused with the reason: %s', async (_, body, status, why) => {
    const [answered, text] = await post(body)
    expect(answered).toBe(status)
    expect(text).toContain(why)
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', ''])(
    'that a page of any site could send is none: %j',
    async (type) => {
      expect((await post('{}', type))[0]).toBe(415)
    },
  )
})

describe('a folder beside the database', () => {
  test('is made once, is for the server’s user alone, and is there the next time', () => {
    const path = server.dataFolder('files')
    expect(path).toBe(join(folder, 'files'))
    expect(statSync(path).mode & 0o777).toBe(0o700)
    writeFileSync(join(path, 'a'), 'kept')
    expect(readFileSync(join(server.dataFolder('files'), 'a'), 'utf8')).toBe('kept')
  })

  test.each(['', '.', '..', '../x', 'a/b', 'posthouse.db', 'secrets.json', 'a\0'])(
    'has a plain name, not %j',
    (name) => {
      expect(() => server.dataFolder(name)).toThrow('is no name of a data folder')
    },
  )

  test('is not there where nothing is kept', async () => {
    await using memory = await createServer({ http_server: { port: 0 }, data: { memory: true }, log })
    expect(() => memory.dataFolder('files')).toThrow('data.memory')
  })
})
