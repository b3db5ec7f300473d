/**
 * `npm test`: everything, or `npm test -- <what bun test takes>`. The last line
 * is the result, `N passed, N failed`, with `, N skipped` where tests could not
 * run; a file named by TEST_SUMMARY gets the same line.
 */
import { join } from 'node:path'
import { runTestsTwice, summary } from './run-tests.ts'
import { meetSystemNeeds } from './system-needs.ts'

const root = join(import.meta.dir, '..')
const everything = '{src,test,web,examples}/**/*.test.{ts,tsx}'

meetSystemNeeds()
const files = [...new Bun.Glob(everything).scanSync({ cwd: root })].toSorted()
const counts = await runTestsTwice(root, files, { filters: process.argv.slice(2) })
const summaryFile = process.env['TEST_SUMMARY']
if (summaryFile !== undefined) await Bun.write(summaryFile, `${summary(counts)}\n`)
console.log(summary(counts))
process.exitCode = counts.failed > 0 ? 1 : 0
