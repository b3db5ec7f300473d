/**
 * Runs `bun test` and counts, so that nothing is taken for passed that was not.
 *
 * The numbers come from the JUnit report. The report alone would flatter: a
 * file that fails to load, holds no test or ends the process does not appear
 * in it, and a run that was cut short leaves none behind. Each of these counts
 * as a failure here.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

interface Options {
  readonly filters?: readonly string[] // arguments for `bun test`, in place of the files
  readonly output?: 'inherit' | 'ignore'
}

/** Runs these files of the project at `root`, or what the filters choose. */
export async function runTests(root: string, files: readonly string[], options: Options = {}): Promise<Counts> {
  const { filters = [], output = 'inherit' } = options
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-test-'))
  try {
    const report = join(folder, 'junit.xml')
    const what = filters.length > 0 ? filters : files.map((file) => `./${file}`)
    const exitCode = await bunTest(root, report, what, output)
    const xml = (await Bun.file(report).exists()) ? await Bun.file(report).text() : ''
    const listed = filters.length > 0 || xml === '' ? [] : files
    const absent = listed.filter((file) => !xml.includes(` file="${escaped(file)}"`))
    if (output === 'inherit') {
      if (xml === '') console.error(`The tests ended early and left no report (exit code ${exitCode})`)
      for (const file of absent) console.error(`No test ran in ${file}`)
    }
    return count(xml, absent.length, exitCode)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export function summary({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

async function bunTest(root: string, report: string, what: readonly string[], output: 'inherit' | 'ignore') {
  const options = ['--isolate', '--no-orphans', `--timeout=${testLimit}`]
  const reporter = ['--reporter=junit', `--reporter-outfile=${report}`]
  const child = Bun.spawn([process.execPath, 'test', ...options, ...reporter, ...what], {
    cwd: root,
    stdin: 'ignore',
    stdout: output,
    stderr: output,
  })
  const watchdog = setTimeout(() => {
    console.error(`The tests took longer than ${runLimit / 60_000} minutes and were stopped`)
    child.kill('SIGKILL')
  }, runLimit)
  const exitCode = await child.exited
  clearTimeout(watchdog)
  return exitCode
}

const testLimit = 30_000 // milliseconds; browsers and processes start slowly where many share two cores
const runLimit = 20 * 60_000 // milliseconds; a test that loops without awaiting is not stopped by its own limit

function count(xml: string, absent: number, exitCode: number): Counts {
  const root = /<testsuites [^>]*>/.exec(xml)?.[0] ?? ''
  const total = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(root)?.[1] ?? 0) // the totals stand in the root element
  const failed = total('failures') + absent
  const unexplained = failed === 0 && (exitCode !== 0 || root === '') ? 1 : 0
  const skipped = total('skipped')
  return { passed: total('tests') - total('failures') - skipped, failed: failed + unexplained, skipped }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
