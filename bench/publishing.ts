/** Publishes a second through the server API, 64 under way at a time, each on a connection of its own. */
import { Child } from './child.ts'
import type { PublishLoad, PublishRate } from './publish-load.ts'
import { kinds, type Kind, start } from './servers.ts'
import { median, type Row } from './table.ts'

const rounds = 5
const seconds = 1.5
const least = 10_000 // a second
const slowest = 50 // ms, one in a hundred

export async function publishing(): Promise<Row[]> {
  const load = new Child('publish-load.ts')
  const servers = { posthouse: await start('posthouse'), bun: await start('bun'), node: await start('node') }
  const run = (kind: Kind, namespace: string) =>
    load.ask<PublishRate>({ port: servers[kind].port, namespace, inFlight: 64, seconds } satisfies PublishLoad)
  const kept: Record<'posthouse' | 'bun', PublishRate[]> = { posthouse: [], bun: [] }
  const live: Record<Kind, PublishRate[]> = { posthouse: [], bun: [], node: [] }
  for (let round = 0; round < rounds; round++) {
    for (const kind of ['posthouse', 'bun'] as const) kept[kind].push(await run(kind, 'kept'))
    for (const kind of kinds) live[kind].push(await run(kind, 'live'))
  }
  for (const child of [load, ...Object.values(servers).map((server) => server.child)]) await child.kill()

  const perSecond = median(kept.posthouse.map((rate) => rate.perSecond))
  const p99 = median(kept.posthouse.map((rate) => rate.p99))
  const ratio = median(kept.posthouse.map((rate, round) => rate.perSecond / (kept.bun[round]?.perSecond ?? Number.NaN)))
  return [
    {
      what: 'publishes a second, durable, 64 in flight',
      measured: `${show(kept.posthouse)} = ${ratio.toFixed(1)}x`,
      bun: show(kept.bun),
      target: `≥ ${least} /s, p99 < ${slowest} ms`,
      isMet: perSecond >= least && p99 < slowest,
    },
    {
      what: 'publishes a second, not kept, 64 in flight',
      measured: show(live.posthouse),
      bun: show(live.bun),
      node: show(live.node),
    },
  ]
}

function show(rates: readonly PublishRate[]): string {
  const middle = (of: (rate: PublishRate) => number) => median(rates.map(of))
  const [p50, p99] = [middle((rate) => rate.p50).toFixed(1), middle((rate) => rate.p99).toFixed(1)]
  return `${middle((rate) => rate.perSecond).toFixed(0)} /s, p50 ${p50} p99 ${p99} ms`
}
