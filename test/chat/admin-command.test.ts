import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { refusalOf, startChat } from './support.ts'

setDefaultTimeout(60_000)

const root = join(import.meta.dir, '..', '..')
const parent = mkdtempSync(join(tmpdir(), 'posthouse-admin-'))
afterAll(() => rmSync(parent, { recursive: true }))
let folders = 0
const newFolder = () => join(parent, `data-${++folders}`)

async function posthouse(...args: readonly string[]) {
  const child = Bun.spawn([process.execPath, join(root, 'src/cli/main.ts'), ...args], {
    cwd: parent,
    env: { PATH: process.env['PATH'] ?? '' },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { status: await child.exited, out, err }
}

/** A port on which nothing listens. */
function freePort(): string {
  const probe = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
  const { port } = probe
  void probe.stop(true)
  return String(port)
}

const passwordIn = (out: string) => /shown this once: (\S+)/.exec(out)?.[1] ?? ''

test('the first administrator is made before the first start, with a password that is shown', async () => {
  const folder = newFolder()
  const made = await posthouse('admin', 'Ann', '--data', folder, '--port', freePort())
  expect(made.status).toBe(0)
  expect(made.out).toContain('Ann is an administrator of this server.')
  await using chat = await startChat({ folder })
  const { token } = await chat.call('people.login', { name: 'Ann', password: passwordIn(made.out), asToken: true })
  expect((await chat.call('people.me', {}, token)).admin).toBe(true)
  await chat.call('admin.people', {}, token)
})

test('while the server runs it is asked, and does it at once', async () => {
  const folder = newFolder()
  await using chat = await startChat({ folder })
  const where = ['--data', folder, '--port', String(chat.server.port), '--address', '127.0.0.1']
  const { token } = await chat.call('people.register', { name: 'Bob', password: 'correct horse', asToken: true })
  expect(await refusalOf(chat.call('admin.people', {}, token))).toBe('forbidden')
  expect(await posthouse('admin', 'BOB', ...where)).toEqual({
    status: 0,
    out: 'Bob is an administrator of this server.\n',
    err: '',
  })
  await chat.call('admin.people', {}, token)
  expect((await posthouse('admin', 'Bob', '--remove', ...where)).out).toBe('Bob is no administrator any more.\n')
  expect(await refusalOf(chat.call('admin.people', {}, token))).toBe('forbidden')

  await chat.enter('Guest')
  const guest = await posthouse('admin', 'Guest', ...where)
  expect(guest).toMatchObject({ status: 1, out: '' })
  expect(guest.err).toContain('claim the name')
  expect(await posthouse('admin', 'Nobody', '--remove', ...where)).toMatchObject({
    status: 1,
    err: 'posthouse: admin: nobody has the name Nobody\n',
  })

  const elsewhere = await posthouse('admin', 'Bob', '--data', folder, '--port', freePort())
  expect(elsewhere.status).toBe(1)
  expect(elsewhere.err).toContain('Another process is using')
})

test('what is no server of ours is told apart, and a wrong use', async () => {
  const folder = newFolder()
  {
    await using chat = await startChat({ folder })
    await chat.enter('Ann')
  }
  using other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('hello') })
  const told = await posthouse('admin', 'Ann', '--data', folder, '--port', String(other.port), '--address', '127.0.0.1')
  expect(told.status).toBe(1)
  expect(told.err).toContain('another program')
  expect((await posthouse('admin')).status).toBe(2)
  expect((await posthouse('admin', 'Ann', 'Bob')).status).toBe(2)
  expect((await posthouse('admin', 'Ann', '--data.memory')).status).toBe(1)
  expect((await posthouse('admin', 'Ann', '--no-chat.enabled')).err).toContain('no chat')
  expect((await posthouse('admin', '--help')).out).toContain('Usage: posthouse admin')
})
