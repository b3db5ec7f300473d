/** Files of the chat, over HTTP: what those who send, those who look and those who attack can count on. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { must } from '../src/core/must.ts'
import { corners, dataOf, photo, screenshot } from './files-support.ts'
import { type BeforeWrite, type FilesServer, startFiles } from './files-server.ts'
import { mayMount, mountSmallDisk } from './small-disk.ts'
import { temporaryFolder, until } from './stores-support.ts'

setDefaultTimeout(60_000) // against waiting for ever

type Scene = (scene: FilesServer & { folder: string; ask: Ask }) => Promise<void>
type Ask = (method: string, path: string, options?: Asked) => Promise<Response>

interface Asked {
  readonly user?: string
  readonly headers?: Record<string, string>
  readonly body?: BodyInit
}

async function withFiles(scene: Scene, given: Parameters<typeof startFiles>[1] = {}): Promise<void> {
  using folder = temporaryFolder()
  await using server = await startFiles(folder.path, given)
  await scene({ ...server, folder: folder.path, ask: asker(server.url) })
  expect(server.faults).toEqual([])
}

function asker(url: string): Ask {
  return (method, path, { user = 'alice', headers = {}, body } = {}) =>
    fetch(`${url}${path}`, { method, headers: { 'x-user': user, ...headers }, ...(body !== undefined && { body }) })
}

const start = '/api/chat/files'
const partly = (announced: number) => ({ 'upload-complete': '?0', 'upload-length': String(announced) })
const at = (offset: number, complete = '?0') => ({
  'upload-offset': String(offset),
  'upload-complete': complete,
  'content-type': 'application/partial-upload',
})

interface Described {
  readonly id: string
  readonly [key: string]: unknown
}

const json = async (response: Response) => (await response.json()) as Described

/** Sends it at once, and answers what is said of it. */
async function upload(ask: Ask, body: Uint8Array, query = 'name=a.bin', headers = {}): Promise<Described> {
  const response = await ask('POST', `${start}?${query}`, { body: Uint8Array.from(body), headers })
  expect(response.status).toBe(201)
  return json(response)
}

async function begin(ask: Ask, announced: number, query = 'name=a.bin'): Promise<string> {
  const response = await ask('POST', `${start}?${query}`, { headers: partly(announced) })
  expect(response.status).toBe(201)
  return must(response.headers.get('location') ?? undefined)
}

const offsetOf = async (ask: Ask, path: string) => Number((await ask('HEAD', path)).headers.get('upload-offset'))
const problem = async (response: Response) => {
  const { error } = (await response.json()) as { error?: { name?: string } }
  return [response.status, error?.name]
}

/** Puts it into a message, as the chat does. */
const use = ({ database }: Pick<FilesServer, 'database'>, file: string) =>
  database.write({ sql: `INSERT INTO chat_file_uses VALUES (?, 'room', 1)`, params: [file] })
const forget = ({ database }: Pick<FilesServer, 'database'>, file: string) =>
  database.write({ sql: `DELETE FROM chat_file_uses WHERE file = ?`, params: [file] })

describe('who sends a file', () => {
  test('may send a small one in a single request, and gets it back as it was', () =>
    withFiles(async ({ ask }) => {
      const data = dataOf(200_000)
      const file = await upload(ask, data, `name=${encodeURIComponent('具体 情况.bin')}`)
      expect(file).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        name: '具体 情况.bin',
        type: 'application/octet-stream',
        size: 200_000,
      })
      const got = await ask('GET', `/files/${file.id}`)
      expect(Buffer.from(await got.bytes()).equals(data)).toBe(true)
    }))

  test('may send an empty one', () =>
    withFiles(async ({ ask }) => {
      const { id } = await upload(ask, new Uint8Array())
      expect(await (await ask('GET', `/files/${id}`)).text()).toBe('')
    }))

  test('may send it in pieces, and ask how far it is', () =>
    withFiles(async ({ ask }) => {
      const data = dataOf(100_000)
      const path = await begin(ask, data.length)
      for (const [from, to] of [
        [0, 40_000],
        [40_000, 40_000],
        [40_000, 99_999],
      ] as const) {
        const response = await ask('PATCH', path, { headers: at(from), body: data.slice(from, to) })
        expect(response.status).toBe(200)
        expect(response.headers.get('upload-complete')).toBe('?0')
        expect(response.headers.get('upload-offset')).toBe(String(to))
        expect(await offsetOf(ask, path)).toBe(to)
      }
      const last = await ask('PATCH', path, { headers: at(99_999, '?1'), body: data.slice(99_999) })
      expect(last.headers.get('upload-complete')).toBe('?1')
      const { id } = await json(last)
      expect(Buffer.from(await (await ask('GET', `/files/${id}`)).bytes()).equals(data)).toBe(true)
    }))

  test('is answered again what was answered already, if the answer was lost', () =>
    withFiles(async ({ ask }) => {
      const path = await begin(ask, 3)
      const first = await json(await ask('PATCH', path, { headers: at(0, '?1'), body: 'abc' }))
      expect(await json(await ask('PATCH', path, { headers: at(3, '?1') }))).toEqual(first)
      expect(await json(await ask('GET', path))).toEqual(first)
      const head = await ask('HEAD', path)
      expect([head.status, head.headers.get('upload-complete'), head.headers.get('upload-offset')]).toEqual([
        204,
        '?1',
        '3',
      ])
      expect(await problem(await ask('PATCH', path, { headers: at(0, '?1'), body: 'abc' }))).toEqual([409, 'conflict'])
    }))

  test('learns the limits', () =>
    withFiles(async ({ ask }) => {
      for (const response of [await ask('OPTIONS', start), await ask('HEAD', await begin(ask, 3))])
        expect(response.headers.get('upload-limit')).toBe('max-size=100000000, max-age=86400')
      expect((await ask('OPTIONS', start)).headers.get('accept-patch')).toBe('application/partial-upload')
    }))

  test('is told the right offset when it has the wrong one', () =>
    withFiles(async ({ ask }) => {
      const path = await begin(ask, 10)
      await ask('PATCH', path, { headers: at(0), body: 'abcd' })
      for (const wrong of [0, 3, 5, 9_999_999]) {
        const response = await ask('PATCH', path, { headers: at(wrong), body: 'x' })
        expect([response.status, response.headers.get('upload-offset')]).toEqual([409, '4'])
        expect(await json(response)).toMatchObject({ error: { name: 'conflict', hint: expect.any(String) } })
      }
      for (const none of ['', '-1', '1.5', '4, 4', 'NaN', '0x4', '99999999999999999999'])
        expect(
          await problem(await ask('PATCH', path, { headers: { ...at(0), 'upload-offset': none }, body: 'x' })),
        ).toEqual([400, 'invalid'])
      expect(await offsetOf(ask, path)).toBe(4)
    }))

  test('may not send more or less than it said', () =>
    withFiles(async ({ ask, url, folder }) => {
      const path = await begin(ask, 10)
      expect(await problem(await ask('PATCH', path, { headers: at(0), body: 'x'.repeat(11) }))).toEqual([
        400,
        'invalid',
      ])
      expect(await problem(await ask('PATCH', path, { headers: at(0, '?1'), body: 'x'.repeat(9) }))).toEqual([
        400,
        'invalid',
      ])
      expect(await offsetOf(ask, path)).toBe(0) // it was only announced
      const untold = untoldLength('x'.repeat(6), 'y'.repeat(6))
      expect(
        await problem(
          await fetch(`${url}${path}`, { method: 'PATCH', headers: { 'x-user': 'alice', ...at(0) }, body: untold }),
        ),
      ).toEqual([400, 'invalid'])
      expect((await ask('HEAD', path)).status).toBe(404)
      expect(await problem(await ask('POST', start, { headers: { 'upload-length': '4' }, body: 'abc' }))).toEqual([
        400,
        'invalid',
      ])
      expect(readdirSync(join(folder, 'files', 'incoming'))).toEqual([])
    }))

  test('has to say how much it is', () =>
    withFiles(async ({ ask, url }) => {
      expect(await problem(await ask('POST', start, { headers: { 'upload-complete': '?0' } }))).toEqual([
        411,
        'invalid',
      ])
      const untold = untoldLength('abc')
      expect(
        await problem(await fetch(`${url}${start}`, { method: 'POST', headers: { 'x-user': 'alice' }, body: untold })),
      ).toEqual([411, 'invalid'])
    }))

  test('may discard it, under way or complete', () =>
    withFiles(async ({ ask, folder }) => {
      const path = await begin(ask, 10)
      await ask('PATCH', path, { headers: at(0), body: 'abcd' })
      expect((await ask('DELETE', path)).status).toBe(204)
      expect((await ask('HEAD', path)).status).toBe(404)
      expect(readdirSync(join(folder, 'files', 'incoming'))).toEqual([])
      const { id } = await upload(ask, dataOf(10))
      expect((await ask('DELETE', `${start}/${id}`)).status).toBe(204)
      expect((await ask('GET', `/files/${id}`)).status).toBe(404)
    }))

  test('may say what its player knows, within bounds', () =>
    withFiles(async ({ ask }) => {
      const clip = Buffer.from('\x1a\x45\xdf\xa3\x9fB\x82\x84webm', 'latin1')
      const said = 'name=clip.webm&duration=4200&waveform=0,50,100'
      expect(await upload(ask, clip, said, { 'content-type': 'audio/webm;codecs=opus' })).toMatchObject({
        type: 'audio/webm',
        duration: 4200,
        waveform: [0, 50, 100],
      })
      const film = await upload(ask, clip, 'width=1920&height=1080&duration=0', { 'content-type': 'video/webm' })
      expect(film).toMatchObject({ type: 'video/webm', width: 1920, height: 1080, name: 'file' })
      const bad = [
        'duration=-1',
        'duration=1e9',
        'duration=999999999',
        'duration=',
        'width=99999',
        'waveform=',
        'waveform=1,,2',
      ]
      const worse = [
        'waveform=256',
        'waveform=0.5',
        'waveform=NaN',
        `waveform=${'1,'.repeat(100)}1`,
        'height=true',
        'waveform=[1]',
      ]
      for (const query of [...bad, ...worse])
        expect([query, ...(await problem(await ask('POST', `${start}?${query}`, { body: clip })))]).toEqual([
          query,
          400,
          'invalid',
        ])
    }))

  test('is asked for bytes when it sends a form or a packed body', () =>
    withFiles(async ({ ask }) => {
      const form = new FormData()
      for (let part = 0; part < 20_000; part++) form.append(`part${part}`, 'x')
      expect(await problem(await ask('POST', start, { body: form }))).toEqual([415, 'invalid'])
      const packed = { body: Bun.gzipSync(dataOf(100)), headers: { 'content-encoding': 'gzip' } }
      expect(await problem(await ask('POST', start, packed))).toEqual([415, 'invalid'])
    }))

  test('is asked to sign in, and not to use what is not there', () =>
    withFiles(async ({ ask }) => {
      expect(await problem(await ask('POST', start, { user: '', body: 'x' }))).toEqual([401, 'notLoggedIn'])
      expect(await problem(await ask('PUT', start, { body: 'x' }))).toEqual([405, 'invalid'])
      expect(await problem(await ask('POST', await begin(ask, 3), { body: 'x' }))).toEqual([405, 'invalid'])
    }))
})

describe('what comes between', () => {
  test('a connection that breaks off costs what was under way, not what had come', () =>
    withFiles(async ({ ask, url }) => {
      const data = dataOf(300_000)
      const path = await begin(ask, data.length)
      await cutOff(url, 'PATCH', path, data.subarray(0, 100_000), data.length)
      await until(async () => (await offsetOf(ask, path)) === 100_000)
      const { id } = await json(await ask('PATCH', path, { headers: at(100_000, '?1'), body: data.slice(100_000) }))
      expect(Buffer.from(await (await ask('GET', `/files/${id}`)).bytes()).equals(data)).toBe(true)
    }))

  test('who breaks off a single request leaves nothing', () =>
    withFiles(async ({ url, folder, database }) => {
      await cutOff(url, 'POST', start, dataOf(1000), 50_000)
      await until(() => database.sql('SELECT * FROM chat_files').length === 0)
      await until(() => readdirSync(join(folder, 'files', 'incoming')).length === 0)
    }))

  test('who comes back need not wait for the connection that it lost', () =>
    withFiles(async ({ ask, url, folder }) => {
      const path = await begin(ask, 10)
      const socket = connect(Number(new URL(url).port), '127.0.0.1')
      socket.write(
        `PATCH ${path} HTTP/1.1\r\nhost: x\r\nx-user: alice\r\nupload-offset: 0\r\ncontent-length: 10\r\n\r\nabcd`,
      )
      let answer = ''
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
      const partial = Bun.file(join(folder, 'files', 'incoming', must(path.split('/').at(-1))))
      await until(async () => (await partial.stat()).size === 4) // to ask how far it is would end it
      const response = await ask('PATCH', path, { headers: at(4, '?1'), body: 'efghij' })
      expect(response.status).toBe(200)
      const { id } = await json(response)
      expect(await (await ask('GET', `/files/${id}`)).text()).toBe('abcdefghij')
      await until(() => answer.includes('Another request goes on'))
      socket.destroy()
    }))

  test('of many who append at once, each byte is there once and in its place', async () => {
    for (let seed = 1; seed <= 3; seed++) {
      await withFiles(async ({ ask }) => {
        const data = dataOf(400_000, seed)
        const path = await begin(ask, data.length)
        const sender = async (): Promise<void> => {
          for (;;) {
            const head = await ask('HEAD', path)
            if (head.headers.get('upload-complete') === '?1') return
            const from = Number(head.headers.get('upload-offset'))
            const body = data.slice(from, from + 1 + ((from * 7 + seed * 13) % 90_000))
            const response = await ask('PATCH', path, { headers: at(from), body })
            expect([200, 409]).toContain(response.status)
          }
        }
        await Promise.all(Array.from({ length: 5 }, sender))
        const { id } = await json(await ask('GET', path))
        const got = Buffer.from(await (await ask('GET', `/files/${id}`)).bytes())
        expect(`seed ${seed}: ${got.equals(data)}`).toBe(`seed ${seed}: true`)
      })
    }
  })

  test('a killed server goes on where it was, with every byte it had acknowledged', async () => {
    using folder = temporaryFolder()
    const data = dataOf(6_000_000)
    let acknowledged = 0
    let path = ''
    for (let life = 0; ; life++) {
      const [server, url] = await spawnServer(folder.path)
      const ask = asker(url)
      if (life === 0) path = await begin(ask, data.length)
      const head = await ask('HEAD', path)
      expect(head.status).toBe(204)
      const from = Number(head.headers.get('upload-offset'))
      expect(from).toBeGreaterThanOrEqual(acknowledged)
      if (life === 8) {
        const { id } = await json(await ask('PATCH', path, { headers: at(from, '?1'), body: data.slice(from) }))
        expect(Buffer.from(await (await ask('GET', `/files/${id}`)).bytes()).equals(data)).toBe(true)
        server.kill()
        return
      }
      const kill = Bun.sleep(3 * life).then(() => server.kill('SIGKILL'))
      for (let offset = from; ; offset = acknowledged) {
        const response = await ask('PATCH', path, {
          headers: at(offset),
          body: data.slice(offset, offset + 50_000),
        }).catch(() => undefined)
        if (response?.status !== 200) break
        acknowledged = Number(response.headers.get('upload-offset'))
        if (acknowledged > 5_000_000) break
      }
      await kill
      await server.exited
    }
  })

  test('a server that was killed before its last word completes what has all its bytes', async () => {
    using folder = temporaryFolder()
    const data = await screenshot(30, 20)
    let path = ''
    {
      await using server = await startFiles(folder.path)
      path = await begin(asker(server.url), data.length)
    }
    await Bun.write(join(folder.path, 'files', 'incoming', must(path.split('/').at(-1))), data)
    await using server = await startFiles(folder.path)
    const ask = asker(server.url)
    expect((await ask('HEAD', path)).headers.get('upload-complete')).toBe('?1')
    expect(await json(await ask('GET', path))).toMatchObject({ type: 'image/png', width: 30 })
  })

  test('an upload whose bytes are lost is one to begin again', () =>
    withFiles(async ({ ask, folder }) => {
      const path = await begin(ask, 10)
      await Bun.file(join(folder, 'files', 'incoming', must(path.split('/').at(-1)))).delete()
      expect((await ask('HEAD', path)).status).toBe(404)
    }))

  test.skipIf(!existsSync('/proc/self/status'))(
    'a large file passes through, and does not stay in memory',
    async () => {
      using folder = temporaryFolder()
      const size = 400_000_000
      const [server, url] = await spawnServer(folder.path, 500_000_000) // by itself: memory of this process is that of all tests
      try {
        const ask = asker(url)
        const path = await begin(ask, size)
        const before = peakMemory(server.pid)
        const sender = Bun.spawn({
          cmd: [process.execPath, '-e', sendLargely, `${url}${path}`, String(size)],
          stdout: 'pipe',
          stderr: 'inherit',
          env: { ...process.env, BUN_BE_BUN: '1' },
        })
        expect(await new Response(sender.stdout).text()).toBe('200')
        expect(peakMemory(server.pid) - before).toBeLessThan(200_000_000)
        const { id } = await json(await ask('GET', path))
        const range = await ask('GET', `/files/${id}`, { headers: { range: `bytes=${size - 10}-` } })
        expect(Buffer.from(await range.bytes()).equals(dataOf(1_000_000).subarray(-10))).toBe(true)
      } finally {
        server.kill('SIGKILL')
        await server.exited
      }
    },
  )
})

describe('the disk', () => {
  const noDisk = !mayMount()
  test.skipIf(noDisk)(
    `that is full is said to be, and the upload goes on when there is room${noDisk ? ' (skipped: may not mount)' : ''}`,
    async () => {
      using folder = temporaryFolder()
      using disk = mountSmallDisk()
      await using server = await startFiles(folder.path, { blobs: must(disk).path })
      const ask = asker(server.url)
      const filler = join(must(disk).path, 'filler')
      await Bun.write(filler, new Uint8Array(3_000_000))
      const data = dataOf(2_000_000)
      const path = await begin(ask, data.length)
      const response = await ask('PATCH', path, { headers: at(0, '?1'), body: data })
      expect(await problem(response)).toEqual([507, 'unavailable'])
      const reached = await offsetOf(ask, path)
      expect(reached).toBeWithin(1, data.length)
      await Bun.file(filler).delete()
      const { id } = await json(await ask('PATCH', path, { headers: at(reached, '?1'), body: data.slice(reached) }))
      expect(Buffer.from(await (await ask('GET', `/files/${id}`)).bytes()).equals(data)).toBe(true)
      expect(server.faults).toEqual([])
    },
  )
})

describe('limits', () => {
  test('no file is larger than it may be, and that is said before it is sent', () =>
    withFiles(
      async ({ ask }) => {
        expect(await problem(await ask('POST', start, { body: dataOf(1001) }))).toEqual([413, 'tooLarge'])
        const response = await ask('POST', start, { headers: partly(10_000_000_000) })
        expect([response.status, response.headers.get('upload-limit')]).toEqual([413, 'max-size=1000'])
        await upload(ask, dataOf(1000))
      },
      { limits: { fileBytes: 1000 } },
    ))

  test('nobody has more uploads under way than they may, however fast they begin', () =>
    withFiles(
      async ({ ask }) => {
        const all = await Promise.all(Array.from({ length: 20 }, () => ask('POST', start, { headers: partly(10) })))
        expect(all.filter(({ status }) => status === 201)).toHaveLength(3)
        expect(await problem(must(all.find(({ status }) => status !== 201)))).toEqual([429, 'full'])
        expect((await ask('POST', start, { user: 'bob', headers: partly(10) })).status).toBe(201)
        await ask('DELETE', must(all.find(({ status }) => status === 201)?.headers.get('location') ?? undefined))
        expect((await ask('POST', start, { headers: partly(10) })).status).toBe(201)
      },
      { limits: { openUploads: 3 } },
    ))

  test('nobody fills the disk with what they never send', () =>
    withFiles(
      async ({ ask, database }) => {
        const { id } = await upload(ask, dataOf(600))
        const path = await begin(ask, 300)
        expect(await problem(await ask('POST', start, { headers: partly(200) }))).toEqual([429, 'full'])
        await use({ database }, id)
        expect((await ask('POST', start, { headers: partly(200) })).status).toBe(201)
        await ask('DELETE', path)
      },
      { limits: { waitingBytes: 1000 } },
    ))
})

describe('who looks at a file', () => {
  test('gets a picture that is turned the right way, small and large, and nothing of where it was taken', () =>
    withFiles(async ({ ask }) => {
      const file = await upload(ask, await photo(900, 600, 6), 'name=IMG_1234.JPG')
      expect(file).toMatchObject({ type: 'image/jpeg', width: 600, height: 900, thumbnail: true })
      expect(file['placeholder']).toStartWith('data:image/webp;base64,')
      const large = await ask('GET', `/files/${file.id}`)
      expect(large.headers.get('content-type')).toBe('image/jpeg')
      expect(large.headers.get('content-disposition')).toStartWith('inline; filename="IMG_1234.JPG"')
      const bytes = Buffer.from(await large.bytes())
      expect(bytes.length).toBe(Number(file['size']))
      expect(bytes.toString('latin1')).not.toContain('52 degrees')
      const small = await ask('GET', `/files/${file.id}/thumbnail`)
      expect(small.headers.get('content-type')).toBe('image/webp')
      expect(await new Bun.Image(await small.bytes()).metadata()).toEqual({ format: 'webp', width: 320, height: 480 })
    }))

  test('may ask for parts, and only once for the whole', () =>
    withFiles(async ({ ask }) => {
      const data = dataOf(10_000)
      const { id } = await upload(ask, data)
      const path = `/files/${id}`
      const part = async (range: string, headers = {}) => {
        const response = await ask('GET', path, { headers: { range, ...headers } })
        return [response.status, response.headers.get('content-range'), (await response.bytes()).length]
      }
      expect(await part('bytes=0-99')).toEqual([206, 'bytes 0-99/10000', 100])
      expect(await part('bytes=9900-')).toEqual([206, 'bytes 9900-9999/10000', 100])
      expect(await part('bytes=-5')).toEqual([206, 'bytes 9995-9999/10000', 5])
      expect(await part('bytes=10000-')).toEqual([416, 'bytes */10000', 0])
      expect(await part('bytes=0-1,5-6')).toEqual([200, null, 10_000])
      const whole = await ask('GET', path)
      const etag = must(whole.headers.get('etag') ?? undefined)
      expect(whole.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
      expect(await part('bytes=0-99', { 'if-range': etag })).toEqual([206, 'bytes 0-99/10000', 100])
      expect(await part('bytes=0-99', { 'if-range': '"another"' })).toEqual([200, null, 10_000])
      expect((await ask('GET', path, { headers: { 'if-none-match': etag } })).status).toBe(304)
      const head = await ask('HEAD', path)
      expect([head.status, head.headers.get('content-length')]).toEqual([200, '10000'])
    }))

  test('is asked each time whether they may, and never learns what is not for them', async () => {
    const asked: string[] = []
    const members = new Set(['bob'])
    const mayRead = (user: string, id: string) => {
      asked.push(`${user} ${id.length}`)
      return members.has(user)
    }
    await withFiles(
      async ({ ask, database }) => {
        const { id } = await upload(ask, await screenshot(9, 6))
        const path = `/files/${id}`
        const status = async (user: string, headers = {}) => (await ask('GET', path, { user, headers })).status
        expect([await status('alice'), await status('bob'), await status('')]).toEqual([200, 404, 404])
        expect(asked).toEqual([]) // it is not sent yet
        await use({ database }, id)
        expect([await status('bob'), await status('eve'), await status('alice')]).toEqual([200, 404, 404])
        expect(asked).toEqual(['bob 32', 'eve 32', 'alice 32'])
        members.delete('bob')
        const etag = must((await ask('GET', path, { user: 'bob' })).headers.get('etag') ?? 'none')
        expect(await status('bob', { 'if-none-match': etag })).toBe(404)
        expect(await status('bob', { 'if-none-match': '*' })).toBe(404)

        const none = await ask('GET', `/files/${'0'.repeat(32)}`, { user: 'eve' })
        const foreign = await ask('GET', path, { user: 'eve' })
        expect([none.status, await none.text()]).toEqual([foreign.status, await foreign.text()])
        const names = ({ headers }: Response) => [...headers.keys()].filter((name) => name !== 'date').toSorted()
        expect(names(none)).toEqual(names(foreign))
      },
      { mayRead },
    )
  })

  test('finds no upload of somebody else', () =>
    withFiles(async ({ ask }) => {
      const path = await begin(ask, 10)
      for (const method of ['HEAD', 'GET', 'PATCH', 'DELETE'])
        expect((await ask(method, path, { user: 'eve', headers: at(0) })).status).toBe(404)
      expect(await offsetOf(ask, path)).toBe(0)
      expect((await ask('GET', path.replace(start, '/files'))).status).toBe(404) // nobody sees half a file
    }))

  test('finds nothing by a path that is none', () =>
    withFiles(async ({ ask, folder, url }) => {
      await Bun.write(join(folder, 'files', 'secret'), 'secret')
      await upload(ask, dataOf(10))
      const steps = [
        '..%2f..%2ftest.db',
        '%2e%2e%2fsecret',
        'secret',
        'unfinished',
        'incoming',
        '%00',
        '..',
        '.',
        '__proto__',
        'constructor',
      ]
      const tricks = [
        ...steps,
        "' OR 1=1 --",
        '0'.repeat(32),
        '%',
        'a'.repeat(5000),
        '..\\secret',
        '%252e%252e%252fsecret',
      ]
      for (const trick of tricks) {
        for (const path of [`/files/${trick}`, `/files/${trick}/thumbnail`, `${start}/${trick}`]) {
          const answer = await rawGet(url, path)
          expect(`${path} ${answer.slice(9, 12)}`).toMatch(/ (404|400)$/)
          expect(answer).not.toContain('secret\n')
        }
      }
    }))
})

test('the server keeps files of its own, which nobody gets before they are in use', () =>
  withFiles(async ({ ask, files, database }) => {
    const { id, ...told } = await files.keep('https://example.com/a/picture.png', 'image/png', await screenshot(9, 6))
    expect(told).toMatchObject({ name: 'picture.png', type: 'image/png', width: 9, height: 6, thumbnail: true })
    for (const user of ['', 'alice']) expect((await ask('GET', `/files/${id}`, { user })).status).toBe(404)
    await use({ database }, id)
    expect((await ask('GET', `/files/${id}`)).status).toBe(200)
  }))

describe('who attacks', () => {
  const safe = {
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
  }

  test('has nothing run at our address, whatever it calls its file', () =>
    withFiles(async ({ ask }) => {
      const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
      const html = '<!doctype html><script>alert(1)</script>'
      for (const body of [
        svg,
        html,
        '<?xml version="1.0"?><x/>',
        'alert(1)',
        `GIF89a=1;alert(1)`,
        '%PDF-1.7 <script>',
        `\ufeff${html}`,
      ]) {
        for (const declared of [
          'image/svg+xml',
          'text/html',
          'image/png',
          'application/javascript',
          'x'.repeat(5000),
        ]) {
          const response = await ask('POST', `${start}?name=innocent.html`, {
            body,
            headers: { 'content-type': declared },
          })
          const { id } = await json(response)
          const { headers } = await ask('GET', `/files/${id}`)
          expect(headers.get('content-type')).toMatch(/^application\/(octet-stream|pdf)$/)
          expect(headers.get('content-disposition')).toStartWith('attachment; filename="innocent.html"')
          expect(headers.toJSON()).toMatchObject(safe)
        }
      }
    }))

  test('gains nothing by a picture that is a page too', () =>
    withFiles(async ({ ask }) => {
      const { id } = await upload(
        ask,
        Buffer.concat([await photo(9, 6), Buffer.from('<script>alert(1)</script>')]),
        'name=x.html',
      )
      const response = await ask('GET', `/files/${id}`)
      expect(response.headers.toJSON()).toMatchObject({ ...safe, 'content-type': 'image/jpeg' })
      expect(await response.text()).not.toContain('<script>')
      const thumbnail = await ask('GET', `/files/${id}/thumbnail`)
      expect(thumbnail.headers.toJSON()).toMatchObject({ ...safe, 'content-type': 'image/webp' })
    }))

  test('cannot name its file out of the header or out of a folder', () =>
    withFiles(async ({ ask }) => {
      for (const name of [
        '../../etc/passwd',
        'a\r\nSet-Cookie: x=1',
        'a"; filename=b',
        'photo_\u202Egpj.exe',
        'a\0b',
        'é'.repeat(2500),
      ]) {
        const file = await upload(ask, dataOf(10), `name=${encodeURIComponent(name)}`)
        const { headers } = await ask('GET', `/files/${file.id}`)
        expect(headers.get('content-disposition')).toMatch(
          /^attachment; filename="[^"]{1,255}"; filename\*=UTF-8''[\w%.-]+$/,
        )
        expect(headers.has('set-cookie')).toBe(false)
        expect(file['name']).not.toMatch(/[/\\\0\r\n\u202e]/)
      }
    }))

  test('does not make us unfold a bomb', () =>
    withFiles(async ({ ask }) => {
      const bomb = Buffer.from(await corners(10, 10).png().bytes())
      bomb.writeUInt32BE(30_000, 16)
      bomb.writeUInt32BE(30_000, 20)
      bomb.writeUInt32BE(Bun.hash.crc32(bomb.subarray(12, 29)), 29)
      const file = await upload(ask, bomb, 'name=bomb.png')
      expect(file).toEqual({
        id: file.id,
        name: 'bomb.png',
        type: 'application/octet-stream',
        size: bomb.length,
      })
      expect((await ask('GET', `/files/${file.id}/thumbnail`)).status).toBe(404)
      expect((await ask('GET', `/files/${file.id}`)).headers.get('content-disposition')).toStartWith('attachment')
    }))
})

describe('clearing up', () => {
  const hour = 60 * 60 * 1000

  /** Sweeps until it rests. */
  const sweep = async ({ files }: FilesServer) => {
    for (let round = 0; round < 100; round++) if (await files.sweep()) return
    throw new Error('it does not come to an end')
  }
  const kept = (folder: string) =>
    readdirSync(join(folder, 'files'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /[0-9a-f]{30}/.test(name),
    )

  async function withTime(
    scene: (scene: Parameters<Scene>[0] & { pass: (ms: number) => void }) => Promise<void>,
    beforeWrite?: BeforeWrite,
  ) {
    let now = Date.now()
    const options = { now: () => now, ...(beforeWrite && { beforeWrite }) }
    await withFiles((given) => scene({ ...given, pass: (ms) => (now += ms) }), options)
  }

  test('uploads that are given up go away', () =>
    withTime(async (scene) => {
      const { ask, pass, folder } = scene
      const [given, going] = [await begin(ask, 10), await begin(ask, 10)]
      await ask('PATCH', given, { headers: at(0), body: 'abc' })
      pass(23 * hour)
      await ask('PATCH', going, { headers: at(0), body: 'abc' })
      pass(2 * hour)
      await sweep(scene)
      expect((await ask('HEAD', given)).status).toBe(404)
      expect(await offsetOf(ask, going)).toBe(3)
      expect(kept(folder)).toHaveLength(1)
    }))

  test('files that were never sent go away after a day, their bytes a while later', () =>
    withTime(async (scene) => {
      const { ask, pass, folder, database } = scene
      const { id } = await upload(ask, await screenshot(9, 6))
      pass(23 * hour)
      await sweep(scene)
      expect((await ask('GET', `/files/${id}`)).status).toBe(200)
      pass(2 * hour)
      await sweep(scene)
      expect((await ask('GET', `/files/${id}`)).status).toBe(404)
      expect(kept(folder)).toHaveLength(2) // for a backup that is being made
      pass(1.9 * hour)
      await sweep(scene)
      expect(kept(folder)).toHaveLength(2)
      pass(hour)
      await sweep(scene)
      expect(kept(folder)).toEqual([])
      expect(database.sql('SELECT * FROM chat_files')).toEqual([])
    }))

  test('files in messages stay, until the last of these is gone', () =>
    withTime(async (scene) => {
      const { ask, pass, folder } = scene
      const { id } = await upload(ask, dataOf(10))
      await use(scene, id)
      expect(await problem(await ask('DELETE', `${start}/${id}`))).toEqual([409, 'conflict'])
      pass(1000 * hour)
      await sweep(scene)
      expect((await ask('GET', `/files/${id}`)).status).toBe(200)
      await forget(scene, id)
      await sweep(scene)
      expect((await ask('GET', `/files/${id}`)).status).toBe(404)
      pass(3 * hour)
      await sweep(scene)
      expect(kept(folder)).toEqual([])
    }))

  test('a face stays as long as somebody wears it', () =>
    withTime(async (scene) => {
      const { ask, pass, database } = scene
      const { id } = await upload(ask, await screenshot(9, 6))
      const person = `INSERT INTO chat_people (id, name, kind, created, seen) VALUES ('alice', 'Alice', 'guest', 0, 0)`
      const wear = (avatar: string | null) => ({ sql: `UPDATE chat_people SET avatar = ?`, params: [avatar] })
      await database.write({ sql: person }, wear(id))
      pass(100 * hour)
      await sweep(scene)
      expect((await ask('GET', `/files/${id}`, { user: 'bob' })).status).toBe(200)
      await database.write(wear(null))
      await sweep(scene)
      expect((await ask('GET', `/files/${id}`, { user: 'bob' })).status).toBe(404)
    }))

  test('a file that is sent on after it was erased is there again', () =>
    withTime(async (scene) => {
      const { ask, pass } = scene
      const { id } = await upload(ask, dataOf(10))
      await use(scene, id)
      await forget(scene, id)
      await sweep(scene)
      await use(scene, id) // it was decided a moment before
      expect((await ask('GET', `/files/${id}`)).status).toBe(200)
      pass(3 * hour)
      await sweep(scene)
      expect((await ask('GET', `/files/${id}`)).status).toBe(200)
    }))

  test('a file that is sent on in the instant in which it is erased is there again', async () => {
    let chosen = '' // it is not in use when it is looked at, and is when it is written that it is not
    const beforeWrite = (sql: string, run: (sql: string, param: string) => void): void => {
      if (chosen === '' || !sql.includes(`SET state = 'erased'`)) return
      run(`INSERT INTO chat_file_uses VALUES (?, 'room', 2)`, chosen)
      chosen = ''
    }
    await withTime(async (scene) => {
      const { ask, pass } = scene
      const { id } = await upload(ask, dataOf(10))
      await use(scene, id)
      await forget(scene, id)
      chosen = id
      await sweep(scene)
      expect(chosen).toBe('')
      expect((await ask('GET', `/files/${id}`)).status).toBe(200)
      pass(3 * hour)
      await sweep(scene)
      expect((await ask('GET', `/files/${id}`)).status).toBe(200)
    }, beforeWrite)
  })

  test('bytes that nobody wrote down go away, but not those of a moment ago', () =>
    withTime(async (scene) => {
      const { ask, pass, folder } = scene
      await upload(ask, dataOf(10))
      const shelf = join(folder, 'files', 'ab')
      await Bun.write(join(shelf, 'c'.repeat(30)), 'stray')
      await Bun.write(join(folder, 'files', 'incoming', 'd'.repeat(32)), 'stray')
      await sweep(scene)
      expect(kept(folder)).toHaveLength(3)
      pass(3 * hour)
      await sweep(scene)
      expect(kept(folder)).toHaveLength(1)
    }))

  test('many files are gone through in small steps', () =>
    withTime(async (scene) => {
      const { pass, files, database } = scene
      const ids = Array.from({ length: 1000 }, (_, each) => each.toString(16).padStart(32, '0'))
      const insert = `INSERT INTO chat_files (id, owner, state, name, type, announced, size, voice, created, changed)
                      VALUES (?, 'alice', 'used', 'a', 'b', 1, 1, 0, 0, 0)`
      await database.write(...ids.map((id) => ({ sql: insert, params: [id] })))
      for (const id of ids.slice(0, 600)) await use(scene, id)
      const left = () => database.sql(`SELECT id FROM chat_files WHERE state = 'used'`).length
      expect(await files.sweep()).toBe(false)
      expect(left()).toBe(1000)
      await sweep(scene)
      expect(left()).toBe(600)
      pass(3 * hour)
      await sweep(scene)
      expect(database.sql('SELECT id FROM chat_files')).toHaveLength(600)
    }))
})

test('every file is readable by the server alone', () =>
  withFiles(async ({ ask, folder }) => {
    await begin(ask, 10)
    await upload(ask, await screenshot(9, 6))
    const root = join(folder, 'files')
    for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      const file = Bun.file(join(root, name))
      const { mode } = await file.stat()
      expect([name, mode & 0o077]).toEqual([name, 0])
    }
    expect(readFileSync(join(folder, 'test.db')).length).toBeGreaterThan(0)
  }))

/** A body that travels in chunks. */
function untoldLength(...texts: readonly string[]): ReadableStream<Uint8Array> {
  const left = texts.map((text) => new TextEncoder().encode(text))
  return new ReadableStream({
    async pull(controller) {
      await Bun.sleep(1)
      const next = left.shift()
      if (next === undefined) controller.close()
      else controller.enqueue(next)
    },
  })
}

const sendLargely = `
  const [url, size] = process.argv.slice(1)
  const words = new Uint32Array(250_000)
  for (let at = 0, state = 1; at < words.length; at++) words[at] = state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  const piece = new Uint8Array(words.buffer)
  let left = Number(size)
  const body = new ReadableStream({ pull(c) { if (left <= 0) return c.close(); c.enqueue(piece.slice()); left -= piece.length } })
  const headers = { 'x-user': 'alice', 'upload-offset': '0', 'upload-complete': '?1' }
  const response = await fetch(url, { method: 'PATCH', headers, body })
  process.stdout.write(String(response.status))
`

/** In bytes, since it began. */
const peakMemory = (pid: number): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

async function spawnServer(
  folder: string,
  fileBytes?: number,
): Promise<[Bun.Subprocess<'ignore', 'pipe', 'inherit'>, url: string]> {
  const server = Bun.spawn({
    cmd: [
      process.execPath,
      join(import.meta.dir, 'files-server.ts'),
      folder,
      ...(fileBytes ? [String(fileBytes)] : []),
    ],
    stdout: 'pipe',
    stderr: 'inherit',
    env: { ...process.env, BUN_BE_BUN: '1' },
  })
  const { value } = await server.stdout.getReader().read()
  return [server, new TextDecoder().decode(value).trim()]
}

/** Announces more than it sends, and is gone. */
async function cutOff(url: string, method: string, path: string, bytes: Uint8Array, announced: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(
    `${method} ${path} HTTP/1.1\r\nhost: x\r\nx-user: alice\r\nupload-offset: 0\r\ncontent-length: ${announced}\r\n\r\n`,
  )
  socket.write(bytes, () => setTimeout(resolve, 50))
  await promise
  socket.destroy()
}

/** A path as it is, which `fetch` would put right. */
function rawGet(url: string, path: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
  socket.on('close', () => resolve(answer))
  socket.write(`GET ${path.replaceAll(' ', '%20')} HTTP/1.1\r\nhost: x\r\nx-user: alice\r\nconnection: close\r\n\r\n`)
  return promise
}
