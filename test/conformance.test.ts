/**
 * The published conformance suite of the Durable Streams Protocol against a
 * real server, run once by its own runner; each of its tests is one here, by
 * its name. What it skips is listed, too, with the reason.
 */
import { describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { open, startTestServer, temporaryFolder } from './server.ts'

/** Groups of the suite that are left out. */
const leftOut: Readonly<Record<string, string>> = {
  Fork: 'forks: a channel is one log of one name, and shares no publications with another',
  'Reserved subscription APIs': 'reserved by the protocol, and not specified in it',
}

const report = z.object({
  testResults: z.array(
    z.object({
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
})

const results = await run()

describe('the conformance suite of Durable Streams', () => {
  test('runs in full, but for the groups that are left out', () => {
    const ran = results.filter(({ reason }) => reason === undefined)
    expect(ran.length).toBeGreaterThanOrEqual(250)
    expect(ran.filter(({ status }) => status !== 'passed' && status !== 'failed')).toEqual([])
  })

  for (const { name, status, failure, reason } of results) {
    if (reason !== undefined) test.skip(`${name} (${reason})`, () => {})
    else
      test(name, () => {
        if (status !== 'passed') throw new Error(failure)
      })
  }
})

async function run() {
  const folder = temporaryFolder()
  const everything = { allow_manage_for_client: true, allow_manage_for_anonymous: true, require_creation: true }
  await using server = await startTestServer({
    namespaces: { stream: { ...open, ...everything, history_size: -1, history_ttl: 'forever' } },
    client: { allowed_origins: ['https://example.com'] },
    // The suite waits for empty polls to end, and sends a body of 10 MB.
    channel_url: { long_poll_timeout: '1s' },
    http_api: { body_size_limit: 16_777_216 },
  })
  try {
    const root = join(import.meta.dirname, '..')
    const output = join(folder, 'report.json')
    const names = Object.keys(leftOut).join('|')
    const runner = Bun.spawn(
      [
        Bun.which('node') ?? process.execPath,
        join(root, 'node_modules', 'vitest', 'vitest.mjs'),
        'run',
        `--config=${join(import.meta.dirname, 'durable-streams', 'vitest.config.ts')}`,
        '--reporter=json',
        `--outputFile=${output}`,
        `--testNamePattern=^(?!${names})`,
      ],
      { cwd: root, env: { ...process.env, CONFORMANCE_URL: new URL('/c/stream:', server.url).href }, stderr: 'pipe' },
    )
    const complaint = await new Response(runner.stderr).text()
    await runner.exited
    const file = Bun.file(output)
    if (!(await file.exists())) throw new Error(`The runner of the suite gave no report: ${complaint}`)
    const { testResults } = report.parse(await file.json())
    return testResults.flatMap(({ assertionResults }) =>
      assertionResults.map(({ ancestorTitles, title, status, failureMessages }) => ({
        name: [...ancestorTitles, title].join(': '),
        status,
        failure: failureMessages?.[0],
        reason: Object.entries(leftOut).find(([group]) => ancestorTitles[0]?.startsWith(group) === true)?.[1],
      })),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
