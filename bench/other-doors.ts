/** What the other ways in cost, beside WebSocket: processor time of a delivery, and memory of a connection that is silent. */
import type { DoorName } from './doors.ts'
import { rounds, Subject } from './fan-out.ts'
import { perConnection } from './memory.ts'
import { median, type Row } from './table.ts'

const readers = 2000
const mostTimes = 1.5 // what a WebSocket takes
const connections = 10_000
const mostMemory = 8 // KB

const streams = ['sse', 'http_stream', 'event stream at /c/'] as const satisfies DoorName[]
const silent = [...streams, 'event stream at /u/', 'long poll at /c/', 'long poll at /u/'] as const satisfies DoorName[]

export async function otherDoors(): Promise<Row[]> {
  const load = { namespace: 'kept', channels: 1, readers }
  const websocket = await Subject.start('posthouse', load)
  const others = []
  for (const door of streams) others.push({ door, subject: await Subject.start('posthouse', { ...load, door }) })
  const rows: Row[] = []
  for (const perTick of [1, 10]) {
    const costs: number[] = []
    const ratios = new Map<DoorName, number[]>(streams.map((door) => [door, []]))
    for (const subject of [websocket, ...others.map((other) => other.subject)]) await subject.warmUp(perTick)
    for (let round = 0; round < rounds; round++) {
      const cost = await websocket.costOfDelivery(perTick)
      costs.push(cost)
      for (const { door, subject } of others) ratios.get(door)?.push((await subject.costOfDelivery(perTick)) / cost)
    }
    for (const [door, each] of ratios) rows.push(toRow(door, perTick, median(costs), median(each)))
  }
  for (const subject of [websocket, ...others.map((other) => other.subject)]) await subject.end()
  return rows
}

function toRow(door: DoorName, perTick: number, cost: number, ratio: number): Row {
  return {
    what: `CPU a delivery by ${door}, ${perTick} publication${perTick === 1 ? '' : 's'} a tick`,
    measured: `${(cost * ratio).toFixed(2)} µs = ${ratio.toFixed(2)}x WebSocket`,
    target: `≤ ${mostTimes}x WebSocket`,
    isMet: ratio <= mostTimes,
  }
}

export async function otherDoorsMemory(): Promise<Row[]> {
  const websocket = await perConnection('posthouse', connections)
  const rows: Row[] = []
  for (const door of silent) {
    const size = await perConnection('posthouse', connections, door)
    rows.push({
      what: `memory of ${door}, silent, at ${connections}`,
      measured: `${size.toFixed(2)} KB; WebSocket ${websocket.toFixed(2)} KB`,
      target: `≤ ${mostMemory} KB`,
      isMet: size <= mostMemory,
    })
  }
  return rows
}
