import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTests, summary } from '../scripts/run-tests.ts'

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
  expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 })
})

test('arguments that match no test are a failure', async () => {
  await Bun.write(join(root, 'good.test.ts'), `${preamble}test('a', ok)`)
  expect(await runTests(root, [], { ...quiet, filters: ['no-such-file'] })).toEqual({
    passed: 0,
    failed: 1,
    skipped: 0,
  })
  expect(await runTests(root, [], { ...quiet, filters: ['./good.test.ts'] })).toEqual({
    passed: 1,
    failed: 0,
    skipped: 0,
  })
})

const quiet = { output: 'ignore' } as const
const preamble = `import { afterAll, describe, expect, test } from 'bun:test'
const ok = () => { expect(1).toBe(1) }
const bad = () => { throw new Error('meant to fail') }
`
