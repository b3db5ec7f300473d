/**
 * How long somebody waits who has nothing to do with it, while a server writes
 * to 10,000 readers: one small HTTP request after the other, beside bursts of
 * three publications four times a second. The slowest in a hundred is what counts.
 */
import { Child } from './child.ts'
import type { Publishing } from './control.ts'
import { kinds, type Kind, start } from './servers.ts'
import type { Row } from './table.ts'

const count = 10_000
const channel = { prefix: 'kept:burst-', channels: 1 } as const
const bursts = { do: 'publish', ...channel, perTick: 3, ticks: 16, every: 250 } satisfies Publishing

export async function bystander(): Promise<Row[]> {
  const waits: Record<Kind, string> = { posthouse: '', bun: '', node: '' }
  for (const kind of kinds) waits[kind] = `${(await slowest(kind)).toFixed(0)} ms`
  const { posthouse: measured, bun, node } = waits
  return [{ what: `a bystander's wait (p99) during bursts to ${count} readers`, measured, bun, node }]
}

/** ms */
async function slowest(kind: Kind): Promise<number> {
  const server = await start(kind)
  const readers = new Child('readers.ts')
  await readers.ask({ do: 'connect', port: server.port, ...channel, count })
  const over = new AbortController()
  const publishing = server.child.ask(bursts).then(() => over.abort())
  const waits: number[] = []
  while (!over.signal.aborted) {
    const begin = performance.now()
    await ask(`http://127.0.0.1:${server.port}/health`)
    waits.push(performance.now() - begin)
    await Bun.sleep(2)
  }
  await publishing
  await readers.kill()
  await server.child.kill()
  return waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? Number.NaN
}

async function ask(url: string): Promise<void> {
  await (await fetch(url)).text()
}
