/**
 * A server with 1,000 readers is killed with -9 and started again: how long until
 * all of them are back and have what was published meanwhile. They try again
 * within a quarter of a second; real clients are more patient.
 */
import { Child } from './child.ts'
import type { Publishing } from './control.ts'
import { newFolder, start } from './servers.ts'
import { median, type Row } from './table.ts'

const count = 1000
const missed = 10 // publications
const rounds = 3

export async function returning(): Promise<Row[]> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) times.push(await once())
  return [
    {
      what: `${count} readers back and caught up after kill -9`,
      measured: `${median(times).toFixed(0)} ms`,
    },
  ]
}

async function once(): Promise<number> {
  const folder = newFolder()
  const first = await start('posthouse', folder)
  const readers = new Child('readers.ts')
  const channel = { prefix: 'kept:return-', channels: 1 } as const
  const publish = { do: 'publish', ...channel, perTick: missed, ticks: 1, every: 0 } satisfies Publishing
  await first.child.ask(publish)
  await readers.ask({ do: 'connect', port: first.port, ...channel, count })
  const begin = performance.now()
  await first.child.kill()
  const back = readers.ask({ do: 'return', port: first.port, offset: 2 * missed })
  const second = await start('posthouse', folder, first.port)
  await second.child.ask(publish)
  await back
  const took = performance.now() - begin
  await readers.kill()
  await second.child.kill()
  return took
}
