/**
 * What a delivery costs the server: processor time of the whole process, divided
 * by the publications that reached a reader. What the same publishing costs when
 * nobody reads is taken off. The servers take turns, and the median counts.
 */
import { Child, type Usage } from './child.ts'
import type { Publishing } from './control.ts'
import type { DoorName } from './doors.ts'
import { kinds, type Kind, type Server, start } from './servers.ts'
import { median, type Row } from './table.ts'

export interface Load {
  readonly namespace: string
  readonly channels: number
  readonly readers: number
  readonly door?: DoorName
}

interface Pace {
  readonly what: string
  readonly perTick: number
}

export const rounds = 5
const ticks = 20
const every = 40 // ms
const most = 1.3 // times what the bare server takes

export async function oneChannel(): Promise<Row[]> {
  return measure({ namespace: 'kept', channels: 1, readers: 2000 }, [
    { what: 'CPU a delivery, 2,000 readers of a channel, 1 publication a tick', perTick: 1 },
    { what: 'CPU a delivery, 2,000 readers of a channel, 10 publications a tick', perTick: 10 },
  ])
}

export async function rooms(): Promise<Row[]> {
  return measure({ namespace: 'live', channels: 2000, readers: 10_000 }, [
    { what: 'CPU a delivery, 2,000 rooms of 5 readers, 400 rooms a tick', perTick: 400 },
  ])
}

async function measure(load: Load, paces: readonly Pace[]): Promise<Row[]> {
  const tested = []
  for (const kind of kinds) tested.push({ kind, subject: await Subject.start(kind, load) })
  const rows: Row[] = []
  for (const { what, perTick } of paces) {
    const costs: Record<Kind, number[]> = { posthouse: [], bun: [], node: [] }
    for (let round = 0; round <= rounds; round++) {
      for (const { kind, subject } of tested) {
        if (round === 0) await subject.warmUp(perTick)
        else costs[kind].push(await subject.costOfDelivery(perTick))
      }
    }
    rows.push(toRow(what, costs))
  }
  for (const { subject } of tested) await subject.end()
  return rows
}

function toRow(what: string, costs: Record<Kind, number[]>): Row {
  const [posthouse, bun, node] = [median(costs.posthouse), median(costs.bun), median(costs.node)]
  // Of each round, in which all of them met the same neighbours.
  const ratio = median(costs.posthouse.map((cost, round) => cost / (costs.bun[round] ?? Number.NaN)))
  return {
    what,
    measured: `${posthouse.toFixed(2)} µs = ${ratio.toFixed(2)}x bare bun`,
    bun: `${bun.toFixed(2)} µs`,
    node: `${node.toFixed(2)} µs`,
    target: `≤ ${most}x bare bun`,
    isMet: ratio <= most,
  }
}

/** A server with its readers. */
export class Subject {
  readonly #server: Server
  readonly #readers: Child
  readonly #load: Load
  #published = 0
  #alone = 0 // µs

  private constructor(server: Server, readers: Child, load: Load) {
    this.#server = server
    this.#readers = readers
    this.#load = load
  }

  static async start(kind: Kind, load: Load): Promise<Subject> {
    const server = await start(kind)
    const readers = new Child('readers.ts')
    const { namespace, channels, readers: count, door } = load
    await readers.ask({ do: 'connect', port: server.port, prefix: `${namespace}:read-`, channels, count, door })
    return new Subject(server, readers, load)
  }

  /** Lets the compilers do their work, then looks what publishing costs when nobody reads. */
  async warmUp(perTick: number): Promise<void> {
    await this.costOfDelivery(perTick)
    this.#alone = await this.#publish('unread-', perTick, 0)
  }

  /** µs */
  async costOfDelivery(perTick: number): Promise<number> {
    const { channels, readers } = this.#load
    const deliveries = (ticks * perTick * readers) / channels
    const cost = await this.#publish('read-', perTick, deliveries)
    return (cost - this.#alone) / deliveries
  }

  /** @returns µs of processor time */
  async #publish(name: string, perTick: number, deliveries: number): Promise<number> {
    const { namespace, channels } = this.#load
    const prefix = `${namespace}:${name}`
    const before = await this.#server.child.ask<Usage>({ do: 'usage' })
    await this.#server.child.ask({ do: 'publish', prefix, channels, perTick, ticks, every } satisfies Publishing)
    this.#published += deliveries
    await this.#readers.ask({ do: 'await', publications: this.#published })
    const after = await this.#server.child.ask<Usage>({ do: 'usage' })
    return after.cpu - before.cpu
  }

  async end(): Promise<void> {
    await this.#readers.kill()
    await this.#server.child.kill()
  }
}
