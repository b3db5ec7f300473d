/** What a raw socket costs beside the runtime's own: processor time of the server per message that comes back. */
import { Child, type Usage } from './child.ts'
import { median, type Row } from './table.ts'

const [sockets, roundTrips] = [50, 1000]
const rounds = 7
const most = 1.15

export async function rawSocket(): Promise<Row[]> {
  const servers = { posthouse: new Child('echo-server.ts', 'posthouse'), bun: new Child('echo-server.ts', 'bun') }
  const load = new Child('echo-load.ts')
  await load.started
  const rows: Row[] = []
  for (const bytes of [100, 10_000]) {
    const costs: Record<keyof typeof servers, number[]> = { posthouse: [], bun: [] }
    for (let round = -1; round < rounds; round++) {
      for (const kind of round % 2 === 0 ? (['posthouse', 'bun'] as const) : (['bun', 'posthouse'] as const)) {
        const cost = await measure(servers[kind], load, bytes)
        if (round >= 0) costs[kind].push(cost) // the one before lets the compiler do its work
      }
    }
    const [posthouse, bun] = [median(costs.posthouse), median(costs.bun)]
    // Of neighbours in time, so that what the machine does besides weighs on both.
    const ratio = median(costs.posthouse.map((cost, at) => cost / (costs.bun[at] ?? Number.NaN)))
    rows.push({
      what: `raw socket: a message of ${bytes} B and its echo, at ${sockets} sockets`,
      measured: `${posthouse.toFixed(2)} µs (${ratio.toFixed(2)}x)`,
      bun: `${bun.toFixed(2)} µs`,
      target: `≤ ${most}x`,
      isMet: ratio <= most,
    })
  }
  await Promise.all([servers.posthouse, servers.bun, load].map((child) => child.kill()))
  return rows
}

async function measure(server: Child, load: Child, bytes: number): Promise<number> {
  const { port } = (await server.started) as { port: number }
  const before = await server.ask<Usage>({ do: 'usage' })
  await load.ask({ port, sockets, roundTrips, bytes })
  const after = await server.ask<Usage>({ do: 'usage' })
  return (after.cpu - before.cpu) / (sockets * roundTrips)
}
