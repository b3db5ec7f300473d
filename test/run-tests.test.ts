import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTests, runTestsTwice, summary } from '../scripts/run-tests.ts'

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'posthouse-run-tests-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

const runs: readonly [behaviour: string, source: string, expected: string][] = [
  [
    'tests that pass are counted, grouped or not',
    `test('a', ok); describe('g', () => test('b', ok))`,
    '2 passed, 0 failed',
  ],
  ['a test that fails is counted beside those that pass', `test('a', ok); test('b', bad)`, '1 passed, 1 failed'],
  [
    'a test that did not run is skipped',
    `test('a', ok); test.skip('b', ok); test.todo('c')`,
    '1 passed, 0 failed, 2 skipped',
  ],
  ['a file that cannot be loaded is a failure', `import './not-there.ts'; test('a', ok)`, '0 passed, 1 failed'],
  ['a file without any test is a failure', `ok()`, '0 passed, 1 failed'],
  ['a file that ends the process with success is a failure', `test('a', () => process.exit(0))`, '0 passed, 1 failed'],
  [
    'a file that kills the process is a failure',
    `test('a', () => process.kill(process.pid, 'SIGKILL'))`,
    '0 passed, 1 failed',
  ],
  ['an error outside of any test is a failure', `test('a', ok); afterAll(bad)`, '1 passed, 1 failed'],
]

for (const [behaviour, source, expected] of runs) {
  test(behaviour, async () => {
    const file = `${Bun.hash(source)}.test.ts`
    await Bun.write(join(root, file), preamble + source)
    expect(summary(await runTests(root, [file], quiet))).toBe(expected)
  })
}

test('one file that cannot be loaded does not hide behind others that pass', async () => {
  await Bun.write(join(root, 'good.test.ts'), `${preamble}test('a', ok)`)
  await Bun.write(join(root, 'broken & "quoted".test.ts'), `${preamble}import './not-there.ts'`)
  const counts = await runTests(root, ['good.test.ts', 'broken & "quoted".test.ts'], quiet)
  expect(counts).toMatchObject({ passed: 1, failed: 1, skipped: 0 })
})

test('arguments that match no test are a failure', async () => {
  await Bun.write(join(root, 'good.test.ts'), `${preamble}test('a', ok)`)
  expect(await runTests(root, [], { ...quiet, filters: ['no-such-file'] })).toMatchObject({
    passed: 0,
    failed: 1,
    skipped: 0,
  })
  expect(await runTests(root, [], { ...quiet, filters: ['./good.test.ts'] })).toMatchObject({
    passed: 1,
    failed: 0,
    skipped: 0,
  })
})

test('a test that fails once, and not by itself, counts as passed; one that fails again does not', async () => {
  await Bun.write(join(root, 'good.test.ts'), `${preamble}test('a', ok)`)
  await Bun.write(join(root, 'once.test.ts'), `${onceOnly}; describe('g', () => test('c', ok))`)
  await Bun.write(join(root, 'always.test.ts'), `${preamble}test('a', ok); describe('g', () => test('b', bad))`)
  const counts = await runTestsTwice(root, ['good.test.ts', 'once.test.ts', 'always.test.ts'], quiet)
  expect(counts).toEqual({ passed: 4, failed: 1, skipped: 0, failures: new Map([['always.test.ts', 1]]) })
})

test('nothing is run again beside an error outside of any test', async () => {
  await Bun.write(join(root, 'outside.test.ts'), `${preamble}import './not-there.ts'; test('a', ok)`)
  await Bun.write(join(root, 'late.test.ts'), onceOnly)
  expect(summary(await runTestsTwice(root, ['outside.test.ts', 'late.test.ts'], quiet))).toBe('0 passed, 2 failed')
})

test('where many files fail, none is run again', async () => {
  const files = Array.from({ length: 5 }, (_, at) => `fails-once-${at}.test.ts`)
  for (const file of files) await Bun.write(join(root, file), onceOnly)
  expect(summary(await runTestsTwice(root, files, quiet))).toBe('0 passed, 5 failed')
})

const quiet = { output: 'ignore' } as const
const preamble = `import { afterAll, describe, expect, test } from 'bun:test'
const ok = () => { expect(1).toBe(1) }
const bad = () => { throw new Error('meant to fail') }
`
const onceOnly = `${preamble}const mark = import.meta.path + '.mark'
const here = await Bun.file(mark).exists()
await Bun.write(mark, '')
test('once', () => expect(here).toBe(true))`
