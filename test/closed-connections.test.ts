/** What is over is let go at once, and not when some timer comes to it: else those who come and go fill the memory. */
import { expect, test } from 'bun:test'
import { heapStats } from 'bun:jsc'
import { logged, startTestServer } from './server.ts'

const count = 300

test.each(['0s', '25s'])('connections that ended leave nothing behind, with pings every %s', async (ping_interval) => {
  await using server = await startTestServer({ namespaces: { log: logged }, client: { ping_interval } })
  const before = sockets()
  const wires = await Promise.all(Array.from({ length: count }, (_, n) => server.connect(`user-${n}`)))
  await Promise.all(wires.map((wire) => wire.ask({ subscribe: { channel: 'log:room' } })))
  expect(sockets()).toBeGreaterThanOrEqual(before + count)
  for (const wire of wires) wire.close()
  await Promise.all(wires.map((wire) => wire.closed))
  for (let tries = 0; tries < 100 && sockets() > before + count / 10; tries++) await Bun.sleep(10)
  expect(sockets()).toBeLessThanOrEqual(before + count / 10) // the collector may take a few for alive
})

/** Each holds its session, client and subscriptions. */
function sockets(): number {
  Bun.gc(true)
  return heapStats().objectTypeCounts['ServerWebSocket'] ?? 0
}
