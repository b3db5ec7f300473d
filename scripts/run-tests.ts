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
  /** How many of the failures are of which file; empty if there were errors beside, outside of any test. */
  readonly failures: ReadonlyMap<string, number>
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
    const { exitCode, isError } = await bunTest(root, report, what, output)
    const xml = (await Bun.file(report).exists()) ? await Bun.file(report).text() : ''
    const listed = filters.length > 0 || xml === '' ? [] : files
    const absent = listed.filter((file) => !xml.includes(` file="${escaped(file)}"`))
    if (output === 'inherit') {
      if (xml === '') console.error(`The tests ended early and left no report (exit code ${exitCode})`)
      for (const file of absent) console.error(`No test ran in ${file}`)
    }
    const counts = count(xml, absent, exitCode)
    return isError ? { ...counts, failures: new Map() } : counts
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * As `runTests`, but a few files that failed are run once more, each by itself:
 * on a busy machine some test of thousands is late now and then. What passes
 * then counts as passed, and is named as unsteady, so that it is mended. Where
 * many fail nothing is run again: that is no accident.
 */
export async function runTestsTwice(root: string, files: readonly string[], options: Options = {}): Promise<Counts> {
  const first = await runTests(root, files, options)
  const failures = new Map(first.failures)
  if (failures.size === 0 || failures.size > mostAgain) return first
  const say = options.output === 'ignore' ? () => undefined : console.error
  for (const file of first.failures.keys()) {
    say(`\n${file} failed; once more, by itself:\n`)
    if ((await runTests(root, [file], { ...options, filters: [] })).failed > 0) continue
    say(`\nUnsteady: ${file} failed, and passed when it ran by itself`)
    failures.delete(file)
  }
  const mended = sum(first.failures) - sum(failures)
  return { ...first, passed: first.passed + mended, failed: first.failed - mended, failures }
}

const mostAgain = 4 // files

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
    stderr: 'pipe', // where the results go
  })
  const watchdog = setTimeout(() => {
    console.error(`The tests took longer than ${runLimit / 60_000} minutes and were stopped`)
    child.kill('SIGKILL')
  }, runLimit)
  let end = ''
  for await (const chunk of child.stderr.pipeThrough(new TextDecoderStream())) {
    if (output === 'inherit') process.stderr.write(chunk)
    end = (end + chunk).slice(-500)
  }
  const exitCode = await child.exited
  clearTimeout(watchdog)
  return { exitCode, isError: /^ \d+ errors?$/m.test(end) }
}

const testLimit = 30_000 // milliseconds; browsers and processes start slowly where many share two cores
const runLimit = 40 * 60_000 // milliseconds; a test that loops without awaiting is not stopped by its own limit

function count(xml: string, absent: readonly string[], exitCode: number): Counts {
  const root = /<testsuites [^>]*>/.exec(xml)?.[0] ?? ''
  const failures = new Map([...failuresOfFiles(xml), ...absent.map((file) => [file, 1] as const)])
  const failed = number(root, 'failures') + absent.length
  const unexplained = failed === 0 && (exitCode !== 0 || root === '') ? 1 : 0
  const skipped = number(root, 'skipped')
  const passed = number(root, 'tests') - number(root, 'failures') - skipped
  return { passed, failed: failed + unexplained, skipped, failures }
}

/** Each file is a suite directly in the root, and so at the first indentation; groups are suites within. */
function failuresOfFiles(xml: string): (readonly [file: string, failures: number])[] {
  const suites = [...xml.matchAll(/^ {2}<testsuite [^>]*file="([^"]*)"[^>]*>/gm)]
  return suites
    .map(([suite, file = '']) => [unescaped(file), number(suite, 'failures')] as const)
    .filter(([, failures]) => failures > 0)
}

const number = (element: string, name: string): number =>
  Number(new RegExp(` ${name}="(\\d+)"`).exec(element)?.[1] ?? 0)

const sum = (failures: ReadonlyMap<string, number>): number => [...failures.values()].reduce((all, one) => all + one, 0)

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
}
