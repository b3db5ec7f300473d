/**
 * `bin/posthouse.mjs` on real folders as package managers leave them: with the
 * program it starts replaced by one that does what a test asks of it.
 */
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'posthouse-launcher-'))
  await mkdir(join(root, 'bin'))
  await copyFile(join(import.meta.dir, '..', 'bin', 'posthouse.mjs'), join(root, 'bin', 'posthouse.mjs'))
  await Bun.write(join(root, 'src', 'cli', 'main.ts'), program)
})
afterEach(() => rm(root, { recursive: true, force: true }))

test('the binary of the platform is used where no install script ran', async () => {
  await install(platformPackage, 'bun')
  await installPlaceholder()
  const posthouse = launch(['exit', 'two words', '--flag'])
  expect(await posthouse.exited).toBe(5)
  expect(await posthouse.output()).toContain('["exit","two words","--flag"]')
})

test('the binary is used where an install script moved it to', async () => {
  await mkdir(join(root, 'node_modules', platformPackage, 'bin'), { recursive: true })
  await Bun.write(join(root, 'node_modules', platformPackage, 'package.json'), '{}')
  await install('bun', 'bun.exe')
  expect(await launch(['exit']).exited).toBe(5)
})

test('a Bun in the path is the last resort', async () => {
  await installPlaceholder()
  await mkdir(join(root, 'path'))
  await symlink(process.execPath, join(root, 'path', 'bun'))
  expect(await launch(['exit'], join(root, 'path')).exited).toBe(5)
})

test('without any Bun there is one sentence', async () => {
  await installPlaceholder()
  const posthouse = launch(['exit'])
  expect(await posthouse.exited).toBe(1)
  expect(await posthouse.errors()).toMatch(/^posthouse: no Bun found for \S+; [^\n]+\n$/)
})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} reaches the program, which may end as it likes`, async () => {
    await install(platformPackage, 'bun')
    const posthouse = launch(['trap'])
    await posthouse.started()
    posthouse.kill(signal)
    expect(await posthouse.exited).toBe(7)
    expect(await posthouse.output()).toContain(`got ${signal}`)
  })
}

test('a program that a signal ended is reported as such', async () => {
  await install(platformPackage, 'bun')
  const posthouse = launch(['die'])
  await posthouse.exited
  expect(posthouse.signal()).toBe('SIGKILL')
})

test.skipIf(process.platform !== 'linux')('a program does not outlive a launcher that is killed', async () => {
  await install(platformPackage, 'bun')
  const posthouse = launch(['trap'])
  await posthouse.started()
  posthouse.kill('SIGKILL')
  await posthouse.exited
  expect(await posthouse.output()).not.toContain('got') // the end of its output is the end of the program
})

const program = `
console.log(JSON.stringify(process.argv.slice(2)))
const [what] = process.argv.slice(2)
if (what === 'exit') process.exit(5)
if (what === 'die') process.kill(process.pid, 'SIGKILL')
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => { console.log('got ' + signal); process.exit(7) })
setInterval(() => {}, 1000)
console.log('started')
`

const system = { win32: 'windows' }[process.platform as string] ?? process.platform
const cpu = { arm64: 'aarch64' }[process.arch as string] ?? process.arch
const platformPackage = `@oven/bun-${system}-${cpu}`
const node = Bun.which('node') ?? 'node'

async function install(name: string, binary: string): Promise<void> {
  const folder = join(root, 'node_modules', name)
  await mkdir(join(folder, 'bin'), { recursive: true })
  await Bun.write(join(folder, 'package.json'), '{}')
  await symlink(process.execPath, join(folder, 'bin', binary))
}

/** What the package \`bun\` holds until its install script has run. */
async function installPlaceholder(): Promise<void> {
  const path = join(root, 'node_modules', 'bun', 'bin', 'bun.exe')
  await Bun.write(path, '#!/bin/sh\necho "the install script did not run" >&2\nexit 1\n')
  await Bun.write(join(root, 'node_modules', 'bun', 'package.json'), '{}')
  await chmod(path, 0o755)
}

function launch(args: readonly string[], path = '/nowhere') {
  const child = Bun.spawn([node, join(root, 'bin', 'posthouse.mjs'), ...args], {
    env: { PATH: path },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [first, rest] = child.stdout.tee()
  const all = new Response(rest).text()
  return {
    exited: child.exited,
    signal: () => child.signalCode,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    output: () => all,
    errors: () => new Response(child.stderr).text(),
    async started() {
      let seen = ''
      for await (const chunk of first.pipeThrough(new TextDecoderStream())) {
        seen += chunk
        if (seen.includes('started')) return
      }
      throw new Error(`The program ended before it started: ${seen}`)
    },
  }
}
