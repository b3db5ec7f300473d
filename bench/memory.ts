/** What a connection that is subscribed and silent holds in the server: the growth of its resident memory, divided. */
import { Child, type Usage } from './child.ts'
import type { DoorName } from './doors.ts'
import { type Kind, start } from './servers.ts'
import type { Row } from './table.ts'

const connections = 15_000
const most = 5 // KB

export async function memory(): Promise<Row[]> {
  const posthouse = await perConnection('posthouse', connections)
  return [
    {
      what: `memory of an idle subscribed connection, at ${connections}`,
      measured: `${posthouse.toFixed(2)} KB`,
      bun: `${(await perConnection('bun', connections)).toFixed(2)} KB`,
      node: `${(await perConnection('node', connections)).toFixed(2)} KB`,
      target: `≤ ${most} KB`,
      isMet: posthouse <= most,
    },
  ]
}

/** KB. `door`: WebSocket, if none is said. */
export async function perConnection(kind: Kind, count: number, door?: DoorName): Promise<number> {
  const server = await start(kind)
  const readers = new Child('readers.ts')
  const connect = (some: number) =>
    ({ do: 'connect', port: server.port, prefix: 'kept:memory-', channels: 1, count: some, door }) as const
  await readers.ask(connect(100)) // so that what is there once is there before
  await Bun.sleep(1000)
  const before = await server.child.ask<Usage>({ do: 'usage' })
  await readers.ask(connect(count))
  await Bun.sleep(3000) // what connecting left is collected
  const after = await server.child.ask<Usage>({ do: 'usage' })
  await readers.ask({ do: 'await', publications: 0 }) // all of them are still there
  await readers.kill()
  await server.child.kill()
  return (after.rss - before.rss) / count / 1000
}
