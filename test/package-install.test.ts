/**
 * The package as a stranger gets it: packed, installed into an empty folder
 * without install scripts, and used from TypeScript, from JavaScript and from
 * the command line.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { temporaryFolder } from './server.ts'

setDefaultTimeout(120_000)

const root = join(import.meta.dir, '..')
const folder = temporaryFolder()
const app = join(folder, 'app')
const modules = join(root, 'node_modules')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ran {
  readonly code: number
  readonly out: string
}

async function run(cwd: string, command: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  const child = Bun.spawn([...command], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...environment },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, out: out + err }
}

beforeAll(async () => {
  // Packed in a copy: packing makes `dist` anew, and other tests may be reading it.
  const copy = join(folder, 'copy')
  const parts = ['package.json', 'bin', 'src', 'web', 'scripts', 'examples', 'tsconfig.json', 'tsconfig.types.json']
  for (const part of [...parts, 'CHANGELOG.md', 'LICENSE', 'README.md'])
    cpSync(join(root, part), join(copy, part), { recursive: true })
  symlinkSync(modules, join(copy, 'node_modules'))
  const path = `${join(modules, '.bin')}${delimiter}${process.env['PATH'] ?? ''}`
  const packed = await run(copy, ['npm', 'pack', '--pack-destination', folder], { PATH: path })
  expect(packed).toMatchObject({ code: 0 })

  mkdirSync(app)
  writeFileSync(join(app, 'package.json'), '{"name": "app", "private": true, "type": "module"}')
  const [tarball = ''] = new Bun.Glob('posthouse-*.tgz').scanSync({ cwd: folder })
  const install = ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', join(folder, tarball)]
  const offline = await run(app, [...install, '--offline'])
  const installed = offline.code === 0 ? offline : await run(app, install) // what npm has never seen has to be fetched
  expect(installed).toMatchObject({ code: 0 })
})

const program = `
import * as z from 'zod'
import { createServer, ClientError, files, json, of, type Client, type Posthouse, type ServerOptions } from 'posthouse'

const options: ServerOptions = {
  http_server: { address: '127.0.0.1', port: 0 },
  data: { dir: './data-ts' },
  log: { level: 'error' },
  client: { token: { hmac_secret_key: 'a secret of the user, long enough' } },
  channel: { namespaces: [{ name: 'chat', history_size: 10, history_ttl: '1h', presence: true }] },
  async onConnect({ cookies, query }) {
    const name = cookies.get('name') ?? query.get('name')
    if (name === null || name === undefined) throw new ClientError(4000, 'who are you?')
    return { user: name, info: { name } }
  },
  onSubscribe: (client: Client, { channel }) => channel.startsWith('chat:') && client.user !== '',
  onPublish: (_client, { data }) => ({ data: [data], tags: { a: 'b' } }),
}
const server: Posthouse = await createServer(options)
server.rpc('add', z.object({ a: z.number(), b: z.number() }), ({ a, b }, { user }) => \`\${user}: \${(a + b).toFixed(1)}\`)
server.http('/files/*', files('.'))
server.socket('/count', {
  accept: ({ query }) => ({ left: Number(query.get('from')) }),
  message(socket) {
    const accepted: boolean = socket.send(String(socket.data.left--))
    if (!accepted || socket.data.left < 0) socket.close(1000, 'done')
  },
})
await server.write({ sql: 'CREATE TABLE mine (at INTEGER)', params: [] })
const { offset } = await server.publish('chat:a', json('{"n": 1}'), {
  idempotencyKey: 'k',
  statements: [{ sql: 'INSERT INTO mine VALUES (?)', params: [of.offset] }],
})
const [row] = server.sql('SELECT at FROM mine')
const { publications } = await server.history('chat:a')
console.log(JSON.stringify({ offset, row, data: publications[0]?.data }))
// @ts-expect-error -- an option that does not exist
void (() => createServer({ http_servr: {} }))
// @ts-expect-error -- a duration has a unit
void (() => createServer({ client: { ping_interval: 5 } }))
// @ts-expect-error -- the schema says what comes
server.rpc('typed', z.object({ a: z.number() }), ({ b }) => b)
await server.close()
`

test('a program in TypeScript runs, and ends by itself when the server is closed', async () => {
  writeFileSync(join(app, 'program.ts'), program)
  const { code, out } = await run(app, [process.execPath, 'program.ts'])
  expect({ code, out }).toEqual({ code: 0, out: '{"offset":1,"row":{"at":1},"data":{"n":1}}\n' })
})

test('the types are complete: without those of Bun, and with the strictest compiler', async () => {
  writeFileSync(join(app, 'program.ts'), program)
  const options = {
    target: 'esnext',
    lib: ['esnext', 'dom', 'dom.iterable'],
    types: [],
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
  }
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['program.ts'] }))
  const compiler = join(modules, 'typescript', 'bin', 'tsc')
  expect(await run(app, [process.execPath, compiler, '-p', '.'])).toEqual({ code: 0, out: '' })
})

test('a program in JavaScript runs', async () => {
  const text = `
    import { createServer } from 'posthouse'
    const server = await createServer({ http_server: { address: '127.0.0.1', port: 0 }, data: { memory: true } })
    server.socket('/echo', { message: (socket, message) => socket.send(message) })
    const socket = new WebSocket(new URL('/echo', server.url.href.replace('http', 'ws')))
    socket.onopen = () => socket.send('hello')
    socket.onmessage = async ({ data }) => {
      console.log(data)
      await server.close()
    }
  `
  writeFileSync(join(app, 'program.js'), text)
  expect(await run(app, [process.execPath, 'program.js'])).toEqual({ code: 0, out: 'hello\n' })
})

test('nothing but the library can be imported', async () => {
  for (const inside of ['src/server.ts', 'src/core/node.ts', 'src/index.ts', 'chat']) {
    const { code, out } = await run(app, [process.execPath, '-e', `await import('posthouse/${inside}')`])
    expect(code).toBe(1)
    expect(out).toContain('Cannot find module')
  }
})

test('the examples are in the package, and run where the tutorial says to copy them', async () => {
  cpSync(join(app, 'node_modules/posthouse/examples'), join(app, 'examples'), { recursive: true })
  cpSync(join(modules, 'centrifuge'), join(app, 'node_modules/centrifuge'), { recursive: true })
  const file = join(app, 'examples/chat/server.ts')
  const port = `http_server: { address: '127.0.0.1', port: 0 }`
  writeFileSync(file, readFileSync(file, 'utf8').replace('http_server: { port: 8000 }', port))
  const child = Bun.spawn([process.execPath, file], { cwd: app, stdin: 'ignore', stdout: 'pipe', stderr: 'ignore' })
  try {
    const url = await urlIn(child.stdout, /chat: (\S+)/)
    for (const path of ['/', '/style.css', '/centrifuge.js'])
      expect([path, (await fetch(new URL(path, url))).status]).toEqual([path, 200])
  } finally {
    child.kill('SIGKILL')
  }
})

test('npx posthouse serve starts, with its page, although no install script has run', async () => {
  const flags = ['--address', '127.0.0.1', '--port', '0', '--data', './data-npx']
  // A group of its own, which ends as one: npx itself does not pass a signal on.
  const child = Bun.spawn(['npx', '--no-install', 'posthouse', 'serve', ...flags], {
    cwd: app,
    env: { ...process.env, NO_COLOR: '1' },
    detached: true,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
  })
  try {
    const url = await urlIn(child.stdout)
    expect(await (await fetch(new URL('/health', url))).json()).toEqual({})
    const page = await (await fetch(url)).text()
    const [, script = ''] = /src="([^"]+\.js)"/.exec(page) ?? []
    expect(script).not.toBe('')
    expect((await fetch(new URL(script, url))).status).toBe(200)
  } finally {
    process.kill(-child.pid, 'SIGKILL')
  }
})

async function urlIn(stdout: ReadableStream<Uint8Array>, pattern = /"url":"([^"]+)"/): Promise<string> {
  let out = ''
  for await (const bytes of stdout) {
    out += new TextDecoder().decode(bytes)
    const [, url] = pattern.exec(out) ?? []
    if (url !== undefined) return url
  }
  throw new Error(`it ended: ${out}`)
}
