/**
 * `npm run check`: types, lint, format and dead code, side by side. What failed
 * is shown whole, what passed in one line.
 */
import { delimiter, join } from 'node:path'

const root = join(import.meta.dir, '..')
const path = `${join(root, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`

const checks = {
  types: ['tsc', '-p', '.'],
  lint: ['oxlint', '--deny-warnings'], // type-aware, see .oxlintrc.json
  format: ['oxfmt', '--check'],
  'dead code': ['knip', '--no-progress', '--treat-config-hints-as-errors'],
} as const

async function check(name: string, [program, ...args]: readonly [string, ...string[]]): Promise<string | undefined> {
  const started = performance.now()
  const child = Bun.spawn([Bun.which(program, { PATH: path }) ?? program, ...args], {
    cwd: root,
    env: { ...process.env, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }), PATH: path },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (child.exitCode === 0) {
    console.log(`✓ ${name} (${seconds} s)`)
    return undefined
  }
  console.log(`✗ ${name}: ${program} ${args.join(' ')} (${seconds} s)\n${out}${err}`)
  return name
}

const results = await Promise.all(Object.entries(checks).map(([name, command]) => check(name, command)))
const failed = results.filter((name) => name !== undefined)
if (failed.length > 0) console.log(`Failed: ${failed.join(', ')}. \`npm run fix\` mends what can be mended by itself.`)
process.exitCode = failed.length > 0 ? 1 : 0
