/** The published conformance suite of the Durable Streams Protocol, for its own test runner; `test/conformance.test.ts` starts it. */
import { runConformanceTests } from '@durable-streams/server-conformance-tests'

runConformanceTests({ baseUrl: process.env['CONFORMANCE_URL'] ?? '' })
