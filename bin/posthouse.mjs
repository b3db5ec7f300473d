#!/usr/bin/env node
/**
 * `posthouse`, as npm installs it: finds the Bun that came along and hands over.
 *
 * The `bun` package puts its binary in place with an install script, and npm
 * does not let every dependency run one. So the binary is looked for where the
 * package manager itself puts it (the package of the platform), then where the
 * script moves it to (the package `bun`), then in the path. Plain JavaScript
 * for any Node that npm runs on.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { isatty } from 'node:tty'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

const bun = findBun()
if (bun === undefined) {
  console.error(
    `posthouse: no Bun found for ${platforms()[0]}; install again without leaving out optional packages, or see https://bun.com`,
  )
  process.exit(1)
}
run(bun)

/** The path of a Bun that starts, or undefined. */
function findBun() {
  const windows = process.platform === 'win32'
  const candidates = [
    ...platforms().map((name) => inPackage(`@oven/bun-${name}`, windows ? 'bun.exe' : 'bun')),
    inPackage('bun', 'bun.exe'), // its name on every platform; a script that only complains, where its own was not run
  ]
  return [...candidates, 'bun'].find((path) => path !== undefined && starts(path))
}

/** What Bun's packages for this machine are called, the likeliest first: a musl system cannot start what was built for glibc. */
function platforms() {
  const system = { win32: 'windows' }[process.platform] ?? process.platform
  const cpu = { arm64: 'aarch64' }[process.arch] ?? process.arch
  const name = system === 'android' ? `linux-${cpu}-android` : `${system}-${cpu}`
  const names = system === 'linux' && isMusl() ? [`${name}-musl`, name] : [name]
  return names.flatMap((each) => [each, `${each}-baseline`])
}

function isMusl() {
  process.report.excludeNetwork = true // else it looks up names of hosts, which takes seconds
  return process.report.getReport().header.glibcVersionRuntime === undefined
}

function inPackage(name, binary) {
  try {
    const path = join(dirname(require.resolve(`${name}/package.json`)), 'bin', binary)
    return existsSync(path) ? path : undefined
  } catch {
    return undefined // not installed: it is for another platform, or was left out
  }
}

function starts(path) {
  return spawnSync(path, ['--version'], { stdio: 'ignore', windowsHide: true }).status === 0
}

/** Runs the program in our place, as nearly as Node can: same terminal, same signals, same end. */
function run(path) {
  // Without us nobody would stop the server: it ends too if we are killed.
  const child = spawn(path, ['--no-orphans', main, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // What is typed at a terminal reaches both of us; passed on, it would count as asked twice.
      const typed = signal !== 'SIGTERM' && isatty(0)
      if (!typed) child.kill(signal)
    })
  }
  child.on('error', (error) => {
    console.error(`posthouse: ${path} did not start: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    for (const each of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(each)
    process.kill(process.pid, signal)
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 100) // a signal that does not end Node
  })
}
